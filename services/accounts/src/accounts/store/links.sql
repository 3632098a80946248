-- Links of school logins with portal accounts, and what people are by them. Whoever changes a link has locked the account before
-- the login.

-- name: links
-- Of an account ($1), or of one login ($2).
SELECT login_id, school_logins.district_id, school_logins.school_id, person.person_id, school_logins.kind, school_logins.name,
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
-- What the people of an account ($1) are on a day ($2), and where: guardians of pupils, pupils, staff. A guardian sees a child
-- whom no court's document hides, and may print the child's own login anew.
WITH own AS (
    SELECT DISTINCT people.person_id
    FROM school_logins JOIN people USING (person_id)
    WHERE linked_account_id = $1 AND ended_at IS NULL AND coalesce(people.ends_on >= $2, true)
), pupils AS (
    SELECT 'student' AS kind, person_id FROM own
    UNION
    SELECT 'guardian', student_id FROM own JOIN guardianships ON guardian_id = own.person_id
    WHERE see AND coalesce(ends_on >= $2, true)
), roles AS (
    SELECT person_id, school_id, role FROM person_roles
    WHERE coalesce(begins_on <= $2, true) AND coalesce(ends_on >= $2, true)
), places AS (
    SELECT pupils.kind, person_id, school_id, '{}'::text[] AS roles
    FROM pupils JOIN roles USING (person_id)
    WHERE role = 'student'
    UNION ALL
    SELECT 'staff', person_id, school_id, array_agg(DISTINCT role)
    FROM own JOIN roles USING (person_id)
    WHERE role NOT IN ('student', 'guardian')
    GROUP BY person_id, school_id
)
SELECT places.kind, people.person_id, given_name, family_name, places.school_id, orgs.name AS school, places.roles, ARRAY (
    SELECT DISTINCT title FROM enrolments JOIN classes USING (class_id)
    WHERE places.kind <> 'staff' AND enrolments.person_id = places.person_id AND enrolments.role = 'student'
        AND classes.school_id = places.school_id AND classes.kind = 'homeroom' AND coalesce(classes.ends_on >= $2, true)
        AND coalesce(enrolments.begins_on <= $2, true) AND coalesce(enrolments.ends_on >= $2, true)
    ORDER BY title
) AS classes, login_id
FROM places JOIN people ON people.person_id = places.person_id
    LEFT JOIN orgs ON org_id = places.school_id
    LEFT JOIN school_logins AS login ON places.kind = 'guardian' AND login.person_id = people.person_id
        AND login.kind = 'student' AND login.ended_at IS NULL
WHERE coalesce(people.ends_on >= $2, true) AND coalesce(orgs.ends_on >= $2, true);
