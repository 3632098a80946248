-- Taking over states, many of one kind at once: $1 their data as JSON, as the contract writes it, $2 their districts. What is no
-- newer than what is there changes nothing. Each returns the ids of what it has written.

-- name: schools
INSERT INTO roster.schools AS old (school_id, district_id, name, ends_on, version)
SELECT school_id, district_id, name, ends_on, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (school_id uuid, name text, ends_on date, version bigint), unnest($2::uuid[])
) AS new (school_id, name, ends_on, version, district_id)
ON CONFLICT (school_id) DO UPDATE SET district_id = excluded.district_id, name = excluded.name, ends_on = excluded.ends_on,
    version = excluded.version
WHERE old.version < excluded.version
RETURNING school_id;

-- name: terms
INSERT INTO roster.terms AS old (term_id, district_id, kind, title, begins_on, ends_on, parent_id, withdrawn, version)
SELECT term_id, district_id, kind, title, begins_on, ends_on, parent_id, withdrawn, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (term_id uuid, kind text, title text, begins_on date, ends_on date, parent_id uuid,
        withdrawn boolean, version bigint),
    unnest($2::uuid[])
) AS new (term_id, kind, title, begins_on, ends_on, parent_id, withdrawn, version, district_id)
ON CONFLICT (term_id) DO UPDATE SET district_id = excluded.district_id, kind = excluded.kind, title = excluded.title,
    begins_on = excluded.begins_on, ends_on = excluded.ends_on, parent_id = excluded.parent_id, withdrawn = excluded.withdrawn,
    version = excluded.version
WHERE old.version < excluded.version
RETURNING term_id;

-- name: classes
INSERT INTO roster.classes AS old (class_id, district_id, school_id, kind, title, grades, subjects, term_ids, ends_on, version)
SELECT class_id, district_id, school_id, kind, title, grades, subjects, term_ids, ends_on, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (class_id uuid, school_id uuid, kind text, title text, grades text[], subjects jsonb,
        term_ids uuid[], ends_on date, version bigint),
    unnest($2::uuid[])
) AS new (class_id, school_id, kind, title, grades, subjects, term_ids, ends_on, version, district_id)
ON CONFLICT (class_id) DO UPDATE SET district_id = excluded.district_id, school_id = excluded.school_id, kind = excluded.kind,
    title = excluded.title, grades = excluded.grades, subjects = excluded.subjects, term_ids = excluded.term_ids,
    ends_on = excluded.ends_on, version = excluded.version
WHERE old.version < excluded.version
RETURNING class_id;

-- name: people
-- $3 is the sort keys.
INSERT INTO roster.people AS old (person_id, district_id, given_name, family_name, sort_key, born_on, language, roles, ends_on,
    version)
SELECT person_id, district_id, given_name, family_name, sort_key, born_on, language, roles, ends_on, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (person_id uuid, given_name text, family_name text, born_on date, language text,
        roles jsonb, ends_on date, version bigint),
    unnest($2::uuid[]),
    unnest($3::text[])
) AS new (person_id, given_name, family_name, born_on, language, roles, ends_on, version, district_id, sort_key)
ON CONFLICT (person_id) DO UPDATE SET district_id = excluded.district_id, given_name = excluded.given_name,
    family_name = excluded.family_name, sort_key = excluded.sort_key, born_on = excluded.born_on, language = excluded.language,
    roles = excluded.roles, ends_on = excluded.ends_on, version = excluded.version
WHERE old.version < excluded.version
RETURNING person_id;

-- name: enrolments
INSERT INTO roster.enrolments AS old (enrolment_id, district_id, school_id, class_id, person_id, role, homeroom, subjects,
    begins_on, ends_on, version)
SELECT enrolment_id, district_id, school_id, class_id, person_id, role, homeroom, subjects, begins_on, ends_on, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (enrolment_id uuid, school_id uuid, class_id uuid, person_id uuid, role text,
        homeroom boolean, subjects text[], begins_on date, ends_on date, version bigint),
    unnest($2::uuid[])
) AS new (enrolment_id, school_id, class_id, person_id, role, homeroom, subjects, begins_on, ends_on, version, district_id)
ON CONFLICT (enrolment_id) DO UPDATE SET district_id = excluded.district_id, school_id = excluded.school_id,
    class_id = excluded.class_id, person_id = excluded.person_id, role = excluded.role, homeroom = excluded.homeroom,
    subjects = excluded.subjects, begins_on = excluded.begins_on, ends_on = excluded.ends_on, version = excluded.version
WHERE old.version < excluded.version
RETURNING enrolment_id;

-- name: guardianships
INSERT INTO roster.guardianships AS old (guardianship_id, district_id, student_id, guardian_id, see, excuse, receive, sign,
    ends_on, version)
SELECT guardianship_id, district_id, student_id, guardian_id, see, excuse, receive, sign, ends_on, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (guardianship_id uuid, student_id uuid, guardian_id uuid, see boolean, excuse boolean,
        receive boolean, sign boolean, ends_on date, version bigint),
    unnest($2::uuid[])
) AS new (guardianship_id, student_id, guardian_id, see, excuse, receive, sign, ends_on, version, district_id)
ON CONFLICT (guardianship_id) DO UPDATE SET district_id = excluded.district_id, student_id = excluded.student_id,
    guardian_id = excluded.guardian_id, see = excluded.see, excuse = excluded.excuse, receive = excluded.receive,
    sign = excluded.sign, ends_on = excluded.ends_on, version = excluded.version
WHERE old.version < excluded.version
RETURNING guardianship_id;

-- name: links
INSERT INTO roster.links AS old (login_id, district_id, kind, scope_id, person_id, account_id, version)
SELECT login_id, district_id, kind, scope_id, person_id, account_id, version
FROM ROWS FROM (
    json_to_recordset($1::json) AS (login_id uuid, kind text, scope_id uuid, person_id uuid, account_id uuid, version bigint),
    unnest($2::uuid[])
) AS new (login_id, kind, scope_id, person_id, account_id, version, district_id)
ON CONFLICT (login_id) DO UPDATE SET district_id = excluded.district_id, kind = excluded.kind, scope_id = excluded.scope_id,
    person_id = excluded.person_id, account_id = excluded.account_id, version = excluded.version
WHERE old.version < excluded.version
RETURNING login_id;
