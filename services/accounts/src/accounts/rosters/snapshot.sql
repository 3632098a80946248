-- The state of everything in the roster, page by page in the order of the ids. A page is locked first and read afterwards, by a
-- statement of its own: a change that comes meanwhile is in it, or waits, so that its event is written behind. The last one of a
-- key, which a compacted topic keeps, is the newest.

-- name: lock_schools
SELECT org_id AS id FROM orgs WHERE kind = 'school' AND org_id > $1 ORDER BY org_id LIMIT $2 FOR SHARE;

-- name: schools
SELECT org_id, district_id, name, ends_on, version FROM orgs WHERE org_id = ANY ($1::uuid[]);

-- name: lock_terms
SELECT term_id AS id FROM terms WHERE term_id > $1 ORDER BY term_id LIMIT $2 FOR SHARE;

-- name: terms
SELECT term_id, district_id, kind, title, begins_on, ends_on, parent_id, withdrawn, version FROM terms
WHERE term_id = ANY ($1::uuid[]);

-- name: lock_classes
SELECT class_id AS id FROM classes WHERE class_id > $1 ORDER BY class_id LIMIT $2 FOR SHARE;

-- name: classes
SELECT class_id, district_id, school_id, kind, title, grades, subjects, term_ids, ends_on, version FROM classes
WHERE class_id = ANY ($1::uuid[]);

-- name: lock_people
SELECT person_id AS id FROM people WHERE person_id > $1 ORDER BY person_id LIMIT $2 FOR SHARE;

-- name: people
SELECT person_id, district_id, given_name, family_name, born_on, language, ends_on, version, (
    SELECT coalesce(jsonb_agg(jsonb_build_object('role', each.role, 'school_id', school_id, 'begins_on', begins_on,
        'ends_on', each.ends_on) ORDER BY each.role, school_id, role_id), '[]')
    FROM person_roles AS each
    WHERE each.person_id = people.person_id AND coalesce(each.ends_on >= CURRENT_DATE, true)
) AS roles
FROM people WHERE person_id = ANY ($1::uuid[]);

-- name: lock_guardianships
SELECT guardianship_id AS id FROM guardianships WHERE guardianship_id > $1 ORDER BY guardianship_id LIMIT $2 FOR SHARE;

-- name: guardianships
SELECT guardianship_id, district_id, student_id, guardian_id, see, excuse, receive, sign, ends_on, version FROM guardianships
WHERE guardianship_id = ANY ($1::uuid[]);

-- name: lock_enrolments
SELECT enrolment_id AS id FROM enrolments WHERE enrolment_id > $1 ORDER BY enrolment_id LIMIT $2 FOR SHARE;

-- name: enrolments
SELECT enrolment_id, district_id, school_id, class_id, person_id, role, homeroom, subjects, begins_on, ends_on, version
FROM enrolments WHERE enrolment_id = ANY ($1::uuid[]);

-- name: lock_links
SELECT login_id AS id FROM school_logins WHERE login_id > $1 AND link_version > 0 ORDER BY login_id LIMIT $2 FOR SHARE;

-- name: links
SELECT login_id, kind, coalesce(student_id, school_id) AS scope_id, district_id, person_id,
    linked_account_id AS account_id, link_version AS version FROM school_logins
WHERE login_id = ANY ($1::uuid[]);

-- name: insert_events
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[]);
