-- Whom somebody is, and what ties them to a school's people, on a day ($2).

-- name: acting
-- $1: a portal account. A guardian has a login for each child, so that several may be one person's.
SELECT person_id, kind, scope_id FROM roster.links WHERE account_id = $1;

-- name: ties
-- $1: who is asking, by the ids of all that they are in the roster.
SELECT json_build_object(
    'person_id', person_id,
    'district_id', district_id,
    'roles', (
        SELECT coalesce(json_agg(json_build_object('role', role, 'school_id', school_id)), '[]')
        FROM jsonb_to_recordset(asker.roles) AS held (role text, school_id uuid, begins_on date, ends_on date)
        WHERE coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
            AND NOT EXISTS (SELECT FROM roster.schools WHERE schools.school_id = held.school_id AND schools.ends_on < $2)
    ),
    'classes', (
        SELECT coalesce(json_agg(json_build_object(
            'class_id', class_id, 'school_id', school_id, 'role', role, 'homeroom', homeroom, 'subjects', subjects)), '[]')
        FROM roster.enrolments AS held
        WHERE held.person_id = asker.person_id
            AND coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
            AND NOT EXISTS (
                SELECT FROM roster.classes WHERE classes.class_id = held.class_id AND classes.ends_on < $2
            )
            AND NOT EXISTS (SELECT FROM roster.schools WHERE schools.school_id = held.school_id AND schools.ends_on < $2)
    ),
    'children', (
        SELECT coalesce(json_agg(json_build_object(
            'student_id', student_id, 'see', see, 'excuse', excuse, 'receive', receive, 'sign', sign)), '[]')
        FROM roster.guardianships AS held
        WHERE guardian_id = asker.person_id AND coalesce(held.ends_on >= $2, true)
    )
)
FROM roster.people AS asker
WHERE person_id = ANY ($1::uuid[]) AND coalesce(ends_on >= $2, true);

-- name: place
-- $1: a pupil. No row: there is none on that day.
SELECT json_build_object(
    'student_id', person_id,
    'district_id', district_id,
    'school_ids', (
        SELECT coalesce(json_agg(DISTINCT school_id), '[]')
        FROM jsonb_to_recordset(student.roles) AS held (role text, school_id uuid, begins_on date, ends_on date)
        WHERE role = 'student' AND school_id IS NOT NULL
            AND coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
    ),
    'class_ids', (
        SELECT coalesce(json_agg(DISTINCT class_id), '[]')
        FROM roster.enrolments AS held
        WHERE held.person_id = student.person_id AND role = 'student'
            AND coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
            AND NOT EXISTS (
                SELECT FROM roster.classes WHERE classes.class_id = held.class_id AND classes.ends_on < $2
            )
    )
)
FROM roster.people AS student
WHERE person_id = $1 AND coalesce(ends_on >= $2, true)
    AND EXISTS (
        SELECT FROM jsonb_to_recordset(student.roles) AS held (role text, begins_on date, ends_on date)
        WHERE role = 'student' AND coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
    );
