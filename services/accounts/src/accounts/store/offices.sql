-- What an office looks at: the school's classes, and who of them has a login.

-- name: schools
SELECT org_id AS school_id, district_id, name FROM orgs WHERE org_id = ANY ($1::uuid[]) AND kind = 'school' ORDER BY name;

-- name: classes
SELECT class_id, title, classes.school_id, orgs.district_id, name FROM classes JOIN orgs ON orgs.org_id = classes.school_id
WHERE class_id = ANY ($1::uuid[]) AND coalesce(classes.ends_on >= $2, true) ORDER BY name, title;

-- name: counts
-- $1: the school, $2: the day. Of each homeroom class how many pupils there are, with their guardians how many logins they are
-- to have, how many they have, and of how many the printed password was not used yet.
WITH pupils AS (
    SELECT DISTINCT class_id, person_id FROM enrolments JOIN classes USING (class_id)
    WHERE classes.school_id = $1 AND classes.kind = 'homeroom' AND coalesce(classes.ends_on >= $2, true)
        AND enrolments.role = 'student'
        AND coalesce(enrolments.begins_on <= $2, true) AND coalesce(enrolments.ends_on >= $2, true)
), holders AS (
    SELECT class_id, person_id, person_id AS student_id FROM pupils
    UNION ALL
    SELECT class_id, guardian_id, student_id FROM pupils JOIN guardianships ON student_id = pupils.person_id
    WHERE coalesce(ends_on >= $2, true)
), counted AS (
    SELECT class_id, count(DISTINCT holders.student_id) AS pupils, count(*) AS people, count(login_id) AS logins,
        count(*) FILTER (WHERE is_first_password) AS unused
    FROM holders JOIN people ON people.person_id = holders.person_id AND coalesce(people.ends_on >= $2, true)
        LEFT JOIN school_logins AS login ON login.person_id = holders.person_id AND login.student_id = holders.student_id
            AND login.ended_at IS NULL
    GROUP BY class_id
)
SELECT class_id, title, coalesce(pupils, 0) AS pupils, coalesce(people, 0) AS people, coalesce(logins, 0) AS logins,
    coalesce(unused, 0) AS unused
FROM classes LEFT JOIN counted USING (class_id)
WHERE school_id = $1 AND kind = 'homeroom' AND coalesce(ends_on >= $2, true);

-- name: whose_login
-- $1: a login that is not over, $2: a day. A pair belongs to where its pupil is on that day, whichever school handed it out.
SELECT kind, student_id, CASE WHEN student_id IS NULL THEN ARRAY[school_id] ELSE ARRAY (
    SELECT DISTINCT held.school_id FROM person_roles AS held
    WHERE held.person_id = student_id AND held.school_id IS NOT NULL AND role = 'student'
        AND coalesce(begins_on <= $2, true) AND coalesce(ends_on >= $2, true)
) END AS schools, ARRAY (
    SELECT class_id FROM enrolments
    WHERE enrolments.person_id = student_id AND role = 'student'
        AND coalesce(begins_on <= $2, true) AND coalesce(ends_on >= $2, true)
) AS classes
FROM school_logins WHERE login_id = $1 AND ended_at IS NULL;
