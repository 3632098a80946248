-- Who printed a password for whom: written, and read.

-- name: note
INSERT INTO printed_slips (printed_at, login_id, actor_id, capacity, persons)
SELECT $1, login_id, $3, $4, $5 FROM unnest($2::uuid[]) AS login_id;

-- name: of_login
-- $1: the login's name.
SELECT printed_at, capacity, coalesce(actor.name, actor_id::text) AS actor, (
    SELECT string_agg(given_name || ' ' || family_name, ', ' ORDER BY family_name, given_name)
    FROM people WHERE people.person_id = ANY (persons)
) AS person
FROM school_logins AS login JOIN printed_slips USING (login_id)
    LEFT JOIN school_logins AS actor ON actor.login_id = actor_id
WHERE login.name = $1
ORDER BY printed_at DESC;
