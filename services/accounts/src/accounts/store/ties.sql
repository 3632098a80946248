-- What ties people to a school's people on a day ($2), from the tables that the projections of other services are copies of; in
-- the form that the rights are decided by.

-- name: acting
-- $1: a portal account. A guardian has a login for each child, so that several may be one person's.
SELECT person_id, kind, coalesce(student_id, school_id) AS scope_id FROM school_logins
WHERE linked_account_id = $1 AND ended_at IS NULL;

-- name: ties
-- $1: who is asking, by the ids of all that they are in the roster.
SELECT json_build_object(
    'person_id', person_id,
    'district_id', district_id,
    'roles', (
        SELECT coalesce(json_agg(json_build_object('role', role, 'school_id', school_id)), '[]')
        FROM person_roles AS held
        WHERE held.person_id = asker.person_id
            AND coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
            AND NOT EXISTS (SELECT FROM orgs WHERE org_id = held.school_id AND orgs.ends_on < $2)
    ),
    'classes', (
        SELECT coalesce(json_agg(json_build_object(
            'class_id', class_id, 'school_id', school_id, 'role', role, 'homeroom', homeroom, 'subjects', subjects)), '[]')
        FROM enrolments AS held
        WHERE held.person_id = asker.person_id
            AND coalesce(begins_on <= $2, true) AND coalesce(held.ends_on >= $2, true)
            AND NOT EXISTS (SELECT FROM classes WHERE classes.class_id = held.class_id AND classes.ends_on < $2)
            AND NOT EXISTS (SELECT FROM orgs WHERE org_id = held.school_id AND orgs.ends_on < $2)
    ),
    'children', (
        SELECT coalesce(json_agg(json_build_object(
            'student_id', student_id, 'see', see, 'excuse', excuse, 'receive', receive, 'sign', sign)), '[]')
        FROM guardianships AS held
        WHERE guardian_id = asker.person_id AND coalesce(held.ends_on >= $2, true)
    )
)
FROM people AS asker
WHERE person_id = ANY ($1::uuid[]) AND coalesce(ends_on >= $2, true);
