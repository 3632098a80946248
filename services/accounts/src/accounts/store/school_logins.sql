-- School logins. Whoever hands them out at a school holds its lock: of two at once the second finds what the first has made.

-- name: lock_school
SELECT pg_advisory_xact_lock(hashtextextended('school logins ' || $1::text, 0));

-- name: find_schools
-- $2: the code of the district, if it is told.
SELECT org_id AS school_id, orgs.district_id, orgs.name
FROM orgs JOIN districts USING (district_id)
WHERE kind = 'school' AND coalesce(ends_on >= CURRENT_DATE, true) AND lower(orgs.name) = lower($1)
    AND ($2::text IS NULL OR code = $2);

-- name: find_classes
SELECT class_id, title FROM classes
WHERE school_id = $1 AND lower(title) = lower($2) AND coalesce(ends_on >= CURRENT_DATE, true);

-- name: holders_in_class
-- $1: the class, $2: the day. Of each pupil the pupil first, then the guardians.
WITH pupils AS (
    SELECT DISTINCT person_id FROM enrolments
    WHERE class_id = $1 AND role = 'student' AND coalesce(begins_on <= $2, true) AND coalesce(ends_on >= $2, true)
), holders AS (
    SELECT 'student' AS kind, person_id, person_id AS student_id FROM pupils
    UNION ALL
    SELECT 'guardian', guardian_id, student_id FROM guardianships JOIN pupils ON student_id = pupils.person_id
    WHERE coalesce(ends_on >= $2, true)
)
SELECT holders.kind, holders.person_id, holders.student_id, person.given_name, person.family_name, person.language,
    student.given_name AS student_given_name, student.family_name AS student_family_name,
    login.login_id, login.name, login.is_first_password, login.issued_at
FROM holders
    JOIN people AS person ON person.person_id = holders.person_id AND coalesce(person.ends_on >= $2, true)
    JOIN people AS student ON student.person_id = holders.student_id
    LEFT JOIN school_logins AS login ON login.person_id = holders.person_id AND login.student_id = holders.student_id
        AND login.ended_at IS NULL;

-- name: holders_on_staff
-- $1: the school, $2: the day.
SELECT DISTINCT 'staff' AS kind, people.person_id, NULL::uuid AS student_id, given_name, family_name, language,
    NULL AS student_given_name, NULL AS student_family_name,
    login.login_id, login.name, login.is_first_password, login.issued_at
FROM person_roles AS held JOIN people USING (person_id)
    LEFT JOIN school_logins AS login ON login.person_id = people.person_id AND login.student_id IS NULL
        AND login.school_id = $1
        AND login.ended_at IS NULL
WHERE held.school_id = $1 AND role NOT IN ('student', 'guardian')
    AND coalesce(held.begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true) AND coalesce(people.ends_on >= $2, true);

-- name: taken
SELECT name FROM school_logins WHERE name = ANY ($1::text[]);

-- name: add
INSERT INTO school_logins (login_id, district_id, school_id, person_id, student_id, kind, name, password_hash,
    is_first_password, issued_at)
SELECT login_id, $1, $2, person_id, student_id, kind, name, password_hash, true, $3
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[])
    AS new (login_id, person_id, student_id, kind, name, password_hash);

-- name: print_again
-- $4: also in the place of a password that its owner has chosen, perhaps in this moment. Whoever was about to choose one, by the
-- password that was printed before, does not.
WITH new AS (
    SELECT login_id, new.password_hash
    FROM school_logins JOIN unnest($2::uuid[], $3::text[]) AS new (login_id, password_hash) USING (login_id)
    ORDER BY login_id FOR UPDATE OF school_logins
), printed AS (
    UPDATE school_logins SET password_hash = new.password_hash, is_first_password = true, issued_at = $1
    FROM new
    WHERE school_logins.login_id = new.login_id AND (is_first_password OR $4)
    RETURNING school_logins.login_id
), choices AS (
    UPDATE tokens SET revoked_at = $1 FROM printed
    WHERE account_id = login_id AND purpose = 'first_password' AND used_at IS NULL AND revoked_at IS NULL
)
SELECT login_id FROM printed;

-- name: lock_login
SELECT FROM school_logins WHERE login_id = $1 FOR UPDATE;

-- name: login
-- By its name ($1) or its id ($2), while it and whose it is are not over.
SELECT login_id, school_logins.school_id, person.person_id, student_id, school_logins.kind, school_logins.name, password_hash,
    is_first_password, linked_at, issued_at, person.given_name, person.family_name, person.language,
    student.given_name AS student_given_name, student.family_name AS student_family_name, orgs.name AS school
FROM school_logins JOIN people AS person ON person.person_id = school_logins.person_id
    LEFT JOIN people AS student ON student.person_id = student_id
    JOIN orgs ON org_id = school_logins.school_id
WHERE (school_logins.name = $1 OR login_id = $2) AND ended_at IS NULL AND coalesce(person.ends_on >= CURRENT_DATE, true);

-- name: known_device
SELECT device_hash FROM devices JOIN school_logins ON login_id = account_id
WHERE name = $1 AND device_hash = ANY ($2::bytea[])
ORDER BY devices.last_used_at DESC, device_hash LIMIT 1;

-- name: school_near
SELECT coalesce(
    (SELECT school_id FROM school_logins WHERE name >= $1 ORDER BY name LIMIT 1),
    (SELECT school_id FROM school_logins ORDER BY name LIMIT 1));

-- name: set_password
UPDATE school_logins SET password_hash = $2, is_first_password = false WHERE login_id = $1;
