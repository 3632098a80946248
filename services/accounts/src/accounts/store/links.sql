-- Links of school logins with portal accounts, and what people are by them. Whoever changes a link has locked the account before
-- the login.

-- name: links
-- Of an account ($1), or of one login ($2).
SELECT login_id, school_logins.district_id, school_logins.school_id, person.person_id, student_id, school_logins.kind, school_logins.name,
    orgs.name AS school, linked_account_id, linked_at, link_version, person.given_name, person.family_name,
    student.given_name AS student_given_name, student.family_name AS student_family_name
FROM school_logins JOIN people AS person ON person.person_id = school_logins.person_id
    LEFT JOIN people AS student ON student.person_id = student_id
    JOIN orgs ON org_id = school_logins.school_id
WHERE linked_account_id = $1 OR login_id = $2
ORDER BY linked_at, login_id;

-- name: keep
-- $2: the account, none: the link ends; $3: since when; $5: the account whose version grows with its event.
WITH account AS (
    UPDATE accounts SET version = version + 1 WHERE account_id = $5
), login AS (
    UPDATE school_logins SET linked_account_id = $2, linked_at = $3, link_version = $4 WHERE login_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($6::text[], $7::smallint[], $8::text[], $9::text[], $10::jsonb[], $11::bytea[]);

-- name: places
-- What people are on a day ($4), and where: $1 the people, $2 for each as what, $3 of which pupil or at which school. Guardians see
-- a child whom no court's document hides, and may print the child's own login anew; a child whom they see as its guardian is not
-- there as a pupil once more.
WITH own AS (
    SELECT person_id, kind, scope_id
    FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS own (person_id, kind, scope_id) JOIN people USING (person_id)
    WHERE coalesce(people.ends_on >= $4, true)
), pupils AS (
    SELECT DISTINCT ON (person_id) kind, person_id
    FROM (
        SELECT kind, person_id FROM own WHERE kind = 'student'
        UNION ALL
        SELECT own.kind, student_id FROM own JOIN guardianships ON guardian_id = own.person_id AND student_id = scope_id
        WHERE own.kind = 'guardian' AND see AND coalesce(ends_on >= $4, true)
    ) AS each
    ORDER BY person_id, kind
), places AS (
    SELECT pupils.kind, person_id, school_id, '{}'::text[] AS roles
    FROM pupils JOIN person_roles USING (person_id)
    WHERE role = 'student' AND coalesce(begins_on <= $4, true) AND coalesce(ends_on >= $4, true)
    UNION
    SELECT own.kind, person_id, school_id, array_agg(DISTINCT role)
    FROM own JOIN person_roles USING (person_id)
    WHERE own.kind = 'staff' AND school_id = scope_id AND role NOT IN ('student', 'guardian')
        AND coalesce(begins_on <= $4, true) AND coalesce(ends_on >= $4, true)
    GROUP BY own.kind, person_id, school_id
)
SELECT places.kind, people.person_id, given_name, family_name, places.school_id, orgs.name AS school, places.roles, ARRAY (
    SELECT DISTINCT title FROM enrolments JOIN classes USING (class_id)
    WHERE places.kind <> 'staff' AND enrolments.person_id = places.person_id AND enrolments.role = 'student'
        AND classes.school_id = places.school_id AND classes.kind = 'homeroom' AND coalesce(classes.ends_on >= $4, true)
        AND coalesce(enrolments.begins_on <= $4, true) AND coalesce(enrolments.ends_on >= $4, true)
    ORDER BY title
) AS classes, login_id
FROM places JOIN people ON people.person_id = places.person_id
    JOIN orgs ON org_id = places.school_id
    LEFT JOIN school_logins AS login ON places.kind = 'guardian' AND login.person_id = people.person_id
        AND login.kind = 'student' AND login.ended_at IS NULL
WHERE coalesce(people.ends_on >= $4, true) AND coalesce(orgs.ends_on >= $4, true);

-- name: lock_logins
-- Those of an account, in the order in which whoever locks several does.
SELECT FROM school_logins WHERE linked_account_id = $1 ORDER BY login_id FOR UPDATE;
