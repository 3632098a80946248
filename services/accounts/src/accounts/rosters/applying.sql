-- Writing what changed, a stretch of its numbers at a time, each with its events in the same statement. A row that somebody
-- has changed since the differences were found is left as it is, without its event, and is told as passed: the next run finds it.

-- name: last_of_orgs
SELECT coalesce(max(seq), 0) FROM changed_orgs;

-- name: take_orgs
SELECT org_id, name, school_ends_on AS ends_on, version + 1 AS version
FROM changed_orgs WHERE is_or_was_school ORDER BY seq;

-- name: last_of_terms
SELECT coalesce(max(seq), 0) FROM changed_terms;

-- name: take_terms
SELECT term_id, kind, title, begins_on, ends_on, parent_id, withdrawn, version + 1 AS version
FROM changed_terms WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- name: write_terms
WITH written AS (
    INSERT INTO terms (term_id, district_id, kind, title, begins_on, ends_on, parent_id, withdrawn, version)
    SELECT term_id, $3, kind, title, begins_on, ends_on, parent_id, withdrawn, version + 1
    FROM changed_terms WHERE seq BETWEEN $1 AND $2 ORDER BY seq
    ON CONFLICT (term_id) DO UPDATE SET kind = excluded.kind, title = excluded.title, begins_on = excluded.begins_on,
        ends_on = excluded.ends_on, parent_id = excluded.parent_id, withdrawn = excluded.withdrawn,
        version = excluded.version
    WHERE terms.version = excluded.version - 1
    RETURNING term_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM written JOIN
        unnest($4::text[], $5::smallint[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
            AS event (lane, slot, topic, key, headers, value) ON event.key = written.term_id::text
)
SELECT count(*) FROM written;

-- name: name_roles
-- Those from before exports were asked what they call a role, which nobody is told.
UPDATE person_roles AS known SET row_id = row.row_id
FROM stage_roles AS row WHERE known.row_id IS NULL AND row.role_id = known.role_id AND row.row_id IS NOT NULL;

-- name: write_courses
INSERT INTO courses (course_id, district_id, title, subjects)
SELECT course_id, $1, title, subjects FROM changed_courses
ON CONFLICT (course_id) DO UPDATE SET title = excluded.title, subjects = excluded.subjects;

-- name: write_orgs
WITH written AS (
    INSERT INTO orgs (org_id, district_id, kind, name, parent_id, school_id, ends_on, version)
    SELECT org_id, $1, kind, name, parent_id, school_id, ends_on, version + 1 FROM changed_orgs
    ON CONFLICT (org_id) DO UPDATE SET kind = excluded.kind, name = excluded.name, parent_id = excluded.parent_id,
        school_id = excluded.school_id, ends_on = excluded.ends_on, version = excluded.version
    WHERE orgs.version = excluded.version - 1
    RETURNING org_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM written JOIN
        unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[])
            AS event (lane, slot, topic, key, headers, value) ON event.key = written.org_id::text
)
SELECT count(*) FROM written;

-- name: last_of_classes
SELECT coalesce(max(seq), 0) FROM changed_classes;

-- name: take_classes
SELECT class_id, school_id, kind, title, grades, subjects, term_ids, ends_on, version + 1 AS version
FROM changed_classes WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- name: write_classes
WITH written AS (
    INSERT INTO classes (class_id, district_id, school_id, org_id, course_id, kind, title, grades, own_subjects, subjects,
        term_ids, ends_on, version)
    SELECT class_id, $3, school_id, org_id, course_id, kind, title, grades, own_subjects, subjects, term_ids, ends_on,
        version + 1
    FROM changed_classes WHERE seq BETWEEN $1 AND $2 ORDER BY seq
    ON CONFLICT (class_id) DO UPDATE SET school_id = excluded.school_id, org_id = excluded.org_id,
        course_id = excluded.course_id, kind = excluded.kind, title = excluded.title, grades = excluded.grades,
        own_subjects = excluded.own_subjects, subjects = excluded.subjects, term_ids = excluded.term_ids,
        ends_on = excluded.ends_on, version = excluded.version
    WHERE classes.version = excluded.version - 1
    RETURNING class_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM written JOIN
        unnest($4::text[], $5::smallint[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
            AS event (lane, slot, topic, key, headers, value) ON event.key = written.class_id::text
)
SELECT count(*) FROM written;

-- name: last_of_people
SELECT coalesce(max(seq), 0) FROM changed_people;

-- name: take_people
SELECT person_id, given_name, family_name, born_on, language, ends_on, version + 1 AS version, (
    SELECT coalesce(jsonb_agg(jsonb_build_object('role', each.role, 'school_id', school_id, 'begins_on', begins_on,
        'ends_on', each.ends_on) ORDER BY each.role, school_id, role_id), '[]')
    FROM (
        SELECT new.role_id, new.school_id, new.role, new.begins_on, new.ends_on
        FROM changed_roles AS new WHERE new.person_id = person.person_id
        UNION ALL
        SELECT old.role_id, old.school_id, old.role, old.begins_on, old.ends_on
        FROM person_roles AS old WHERE old.person_id = person.person_id
            AND NOT EXISTS (SELECT FROM changed_roles WHERE changed_roles.role_id = old.role_id)
    ) AS each
    WHERE coalesce(each.ends_on >= CURRENT_DATE, true)
) AS roles
FROM changed_people AS person WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- name: write_people
WITH written AS (
    INSERT INTO people (person_id, district_id, given_name, family_name, born_on, language, ends_on, version)
    SELECT person_id, $3, given_name, family_name, born_on, language, ends_on, version + 1
    FROM changed_people WHERE seq BETWEEN $1 AND $2 ORDER BY seq
    ON CONFLICT (person_id) DO UPDATE SET given_name = excluded.given_name, family_name = excluded.family_name,
        born_on = excluded.born_on, language = excluded.language, ends_on = excluded.ends_on, version = excluded.version
    WHERE people.version = excluded.version - 1
    RETURNING person_id
), roles AS (
    INSERT INTO person_roles (role_id, row_id, person_id, school_id, org_id, role, begins_on, ends_on)
    SELECT role_id, row_id, person_id, school_id, org_id, role, begins_on, ends_on
    FROM changed_roles JOIN written USING (person_id)
    ON CONFLICT (role_id) DO UPDATE SET school_id = excluded.school_id, org_id = excluded.org_id, role = excluded.role,
        begins_on = excluded.begins_on, ends_on = excluded.ends_on
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM written JOIN
        unnest($4::text[], $5::smallint[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
            AS event (lane, slot, topic, key, headers, value) ON event.key = written.person_id::text
)
SELECT count(*) FROM written;

-- name: last_of_guardianships
SELECT coalesce(max(seq), 0) FROM changed_guardianships;

-- name: take_guardianships
SELECT guardianship_id, student_id, guardian_id, see, excuse, receive, sign, ends_on, version + 1 AS version
FROM changed_guardianships WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- name: write_guardianships
WITH written AS (
    INSERT INTO guardianships (guardianship_id, district_id, student_id, guardian_id, see, excuse, receive, sign, ends_on,
        version)
    SELECT guardianship_id, $3, student_id, guardian_id, see, excuse, receive, sign, ends_on, version + 1
    FROM changed_guardianships WHERE seq BETWEEN $1 AND $2 ORDER BY seq
    ON CONFLICT (guardianship_id) DO UPDATE SET student_id = excluded.student_id, guardian_id = excluded.guardian_id,
        ends_on = excluded.ends_on, version = excluded.version
    WHERE guardianships.version = excluded.version - 1
    RETURNING guardianship_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM written JOIN
        unnest($4::text[], $5::smallint[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
            AS event (lane, slot, topic, key, headers, value) ON event.key = written.guardianship_id::text
)
SELECT count(*) FROM written;

-- name: last_of_enrolments
SELECT coalesce(max(seq), 0) FROM changed_enrolments;

-- name: take_enrolments
SELECT enrolment_id, school_id, class_id, person_id, role, homeroom, subjects, begins_on, ends_on, version + 1 AS version
FROM changed_enrolments WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- name: write_enrolments
WITH written AS (
    INSERT INTO enrolments (enrolment_id, district_id, school_id, class_id, person_id, role, homeroom, subjects, begins_on,
        ends_on, version)
    SELECT enrolment_id, $3, school_id, class_id, person_id, role, homeroom, subjects, begins_on, ends_on, version + 1
    FROM changed_enrolments WHERE seq BETWEEN $1 AND $2 ORDER BY seq
    ON CONFLICT (enrolment_id) DO UPDATE SET school_id = excluded.school_id, class_id = excluded.class_id,
        person_id = excluded.person_id, role = excluded.role, homeroom = excluded.homeroom, subjects = excluded.subjects,
        begins_on = excluded.begins_on, ends_on = excluded.ends_on, version = excluded.version
    WHERE enrolments.version = excluded.version - 1
    RETURNING enrolment_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM written JOIN
        unnest($4::text[], $5::smallint[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
            AS event (lane, slot, topic, key, headers, value) ON event.key = written.enrolment_id::text
)
SELECT count(*) FROM written;
