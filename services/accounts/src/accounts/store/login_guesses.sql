-- Failed guesses at school logins, as the school's office sees them.

-- name: note
-- $1: the login, none: there is none and nothing is written. $3: what the password was entered for.
INSERT INTO login_guesses AS seen (login_id, day, sign_ins, links)
SELECT $1, $2, ($3 = 'sign_in')::integer, ($3 = 'link')::integer WHERE $1::uuid IS NOT NULL
ON CONFLICT (login_id, day) DO UPDATE
SET sign_ins = seen.sign_ins + excluded.sign_ins, links = seen.links + excluded.links;

-- name: most_guessed
-- Those of a school ($1) since a day ($2).
SELECT login_id, name, kind, sum(sign_ins)::integer AS sign_ins, sum(links)::integer AS links
FROM school_logins JOIN login_guesses USING (login_id)
WHERE school_id = $1 AND day >= $2
GROUP BY login_id
ORDER BY sum(sign_ins + links) DESC, name;

-- name: forget
DELETE FROM login_guesses WHERE day < $1;
