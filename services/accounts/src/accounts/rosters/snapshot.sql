-- The state of everything in the roster, page by page in the order of the ids. FOR SHARE: a change that comes meanwhile waits,
-- so that its event is written after that of the page, and the last one that a compacted topic keeps is the newest.

-- name: orgs
SELECT org_id AS id, org_id, district_id, name, ends_on, version FROM orgs
WHERE kind = 'school' AND org_id > $1 ORDER BY org_id LIMIT $2 FOR SHARE;

-- name: classes
SELECT class_id AS id, class_id, district_id, school_id, kind, title, grades, subjects, term_ids, ends_on, version FROM classes
WHERE class_id > $1 ORDER BY class_id LIMIT $2 FOR SHARE;

-- name: people
SELECT person_id AS id, person_id, district_id, given_name, family_name, born_on, language, ends_on, version, (
    SELECT coalesce(jsonb_agg(jsonb_build_object('role', role, 'school_id', school_id, 'begins_on', begins_on,
        'ends_on', role.ends_on) ORDER BY role, school_id, role_id), '[]')
    FROM person_roles AS role WHERE role.person_id = people.person_id
) AS roles
FROM people WHERE person_id > $1 ORDER BY person_id LIMIT $2 FOR SHARE OF people;

-- name: guardianships
SELECT guardianship_id AS id, guardianship_id, district_id, student_id, guardian_id, see, excuse, receive, sign, ends_on, version
FROM guardianships WHERE guardianship_id > $1 ORDER BY guardianship_id LIMIT $2 FOR SHARE;

-- name: enrolments
SELECT enrolment_id AS id, enrolment_id, district_id, school_id, class_id, person_id, role, homeroom, subjects, begins_on, ends_on,
    version
FROM enrolments WHERE enrolment_id > $1 ORDER BY enrolment_id LIMIT $2 FOR SHARE;

-- name: insert_events
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[]);
