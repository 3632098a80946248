-- What an export changes: for each aggregate a table of the new states of what differs, numbered in the order of its ids, so
-- that they are written from one end of the index to the other. $1 is the district, $2 yesterday, $3 whether the export is a
-- delta.
--
-- What a delta does not name stays as it is. What a whole export does not name is over with yesterday, unless it was before. A
-- column that the office has written stays as it is, too (`by_hand`). `version` is that of the state before.

-- name: find_classes_over
-- Classes that are over after the import, whenever they ended: a run that was killed may have left what hangs on them.
CREATE TEMP TABLE classes_over AS
SELECT old.class_id
FROM (SELECT * FROM classes WHERE district_id = $1) AS old LEFT JOIN stage_classes AS staged USING (class_id)
WHERE coalesce(staged.gone, old.ends_on <= $2 OR (NOT $3 AND old.class_id NOT IN (SELECT id FROM spared)));

-- name: find_people_over
CREATE TEMP TABLE people_over AS
SELECT old.person_id
FROM (SELECT * FROM people WHERE district_id = $1) AS old LEFT JOIN stage_people AS staged USING (person_id)
WHERE coalesce(staged.gone, old.ends_on <= $2 OR (NOT $3 AND old.person_id NOT IN (SELECT id FROM spared)));

-- name: analyze_over
ANALYZE class_places;
ANALYZE families;
ANALYZE classes_over;
ANALYZE people_over;

-- name: find_terms
-- One that is over is not withdrawn by an export that names it no longer.
CREATE TEMP TABLE changed_terms AS
SELECT row_number() OVER (ORDER BY coalesce(staged.term_id, old.term_id)) AS seq,
    coalesce(staged.term_id, old.term_id) AS term_id, new.*, coalesce(old.version, 0) AS version,
    new.withdrawn AND NOT coalesce(old.withdrawn, false) AS ended
FROM (SELECT * FROM terms WHERE district_id = $1) AS old
    FULL JOIN stage_terms AS staged USING (term_id)
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN named THEN staged.kind ELSE old.kind END AS kind,
            CASE WHEN named THEN staged.title ELSE old.title END AS title,
            CASE WHEN named THEN staged.begins_on ELSE old.begins_on END AS begins_on,
            CASE WHEN named THEN staged.ends_on ELSE old.ends_on END AS ends_on,
            CASE WHEN named THEN staged.parent_id ELSE old.parent_id END AS parent_id,
            NOT named AND (old.withdrawn OR coalesce(gone, NOT $3 AND old.ends_on > $2
                AND old.term_id NOT IN (SELECT id FROM spared))) AS withdrawn
        FROM (SELECT coalesce(NOT gone, false) AS named) AS is_staged
    ) AS new
WHERE new.kind IS NOT NULL
    AND (
        old.term_id IS NULL
        OR (new.kind, new.title, new.begins_on, new.ends_on, new.parent_id, new.withdrawn)
            IS DISTINCT FROM (old.kind, old.title, old.begins_on, old.ends_on, old.parent_id, old.withdrawn)
    );

-- name: find_courses
-- One that is named no longer is nobody's, and stays.
CREATE TEMP TABLE changed_courses AS
SELECT new.course_id, new.title, new.subjects
FROM stage_courses AS new LEFT JOIN courses AS old ON old.course_id = new.course_id AND old.district_id = $1
WHERE NOT gone AND (old.course_id IS NULL OR (new.title, new.subjects) IS DISTINCT FROM (old.title, old.subjects));

-- name: find_orgs
CREATE TEMP TABLE changed_orgs AS
SELECT row_number() OVER (ORDER BY coalesce(staged.org_id, old.org_id)) AS seq, coalesce(staged.org_id, old.org_id) AS org_id,
    new.*, coalesce(old.version, 0) AS version, new.ends_on <= $2 AND coalesce(old.ends_on > $2, true) AS ended,
    CASE WHEN new.kind = 'school' THEN new.ends_on ELSE $2 END AS school_ends_on,
    'school' IN (new.kind, old.kind) AS is_or_was_school
FROM (SELECT * FROM orgs WHERE district_id = $1) AS old
    FULL JOIN stage_orgs AS staged USING (org_id)
    LEFT JOIN org_places USING (org_id)
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN named THEN staged.kind ELSE old.kind END AS kind,
            CASE WHEN named AND NOT coalesce('name' = ANY (old.by_hand), false) THEN staged.name ELSE old.name END AS name,
            CASE WHEN named THEN staged.parent_id ELSE old.parent_id END AS parent_id,
            CASE WHEN named THEN org_places.school_id ELSE old.school_id END AS school_id,
            CASE WHEN NOT named AND coalesce(gone, NOT $3 AND old.org_id NOT IN (SELECT id FROM spared))
                THEN least(old.ends_on, $2)
                WHEN NOT named THEN old.ends_on END AS ends_on
        FROM (SELECT coalesce(NOT gone, false) AS named) AS is_staged
    ) AS new
WHERE new.kind IS NOT NULL
    AND (
        old.org_id IS NULL
        OR (new.kind, new.name, new.parent_id, new.school_id, new.ends_on)
            IS DISTINCT FROM (old.kind, old.name, old.parent_id, old.school_id, old.ends_on)
    );

-- name: find_classes
CREATE TEMP TABLE changed_classes AS
SELECT row_number() OVER (ORDER BY coalesce(staged.class_id, old.class_id)) AS seq,
    coalesce(staged.class_id, old.class_id) AS class_id, new.*, coalesce(old.version, 0) AS version,
    new.ends_on <= $2 AND coalesce(old.ends_on > $2, true) AS ended
FROM (SELECT * FROM classes WHERE district_id = $1) AS old
    FULL JOIN stage_classes AS staged USING (class_id)
    LEFT JOIN classes_over AS over USING (class_id)
    LEFT JOIN org_places ON org_places.org_id = coalesce(staged.org_id, old.org_id) AND over.class_id IS NULL
    CROSS JOIN LATERAL (
        SELECT
            coalesce(org_places.school_id, old.school_id) AS school_id,
            CASE WHEN named THEN staged.org_id ELSE old.org_id END AS org_id,
            CASE WHEN named THEN staged.course_id ELSE old.course_id END AS course_id,
            CASE WHEN named THEN staged.kind ELSE old.kind END AS kind,
            CASE WHEN named AND NOT coalesce('title' = ANY (old.by_hand), false) THEN staged.title ELSE old.title END AS title,
            CASE WHEN named THEN staged.grades ELSE old.grades END AS grades,
            CASE WHEN named THEN staged.own_subjects ELSE old.own_subjects END AS own_subjects,
            CASE WHEN named THEN staged.term_ids ELSE old.term_ids END AS term_ids,
            CASE WHEN over.class_id IS NOT NULL THEN least(old.ends_on, $2) WHEN NOT named THEN old.ends_on END AS ends_on
        FROM (SELECT coalesce(NOT gone, false) AS named) AS is_staged
    ) AS stated
    LEFT JOIN changed_courses AS new_course ON new_course.course_id = stated.course_id
    LEFT JOIN courses AS old_course ON old_course.course_id = stated.course_id
    CROSS JOIN LATERAL (
        SELECT stated.*,
            CASE WHEN stated.own_subjects <> '[]' THEN stated.own_subjects
                ELSE coalesce(new_course.subjects, old_course.subjects, '[]') END AS subjects
    ) AS new
WHERE new.kind IS NOT NULL
    AND (
        old.class_id IS NULL
        OR (new.school_id, new.org_id, new.course_id, new.kind, new.title, new.grades, new.own_subjects, new.subjects,
            new.term_ids, new.ends_on)
            IS DISTINCT FROM (old.school_id, old.org_id, old.course_id, old.kind, old.title, old.grades, old.own_subjects,
                old.subjects, old.term_ids, old.ends_on)
    );

-- name: find_roles
CREATE TEMP TABLE changed_roles AS
SELECT coalesce(staged.role_id, old.role_id) AS role_id, coalesce(staged.row_id, old.row_id) AS row_id, new.*
FROM (SELECT person_roles.* FROM person_roles JOIN people USING (person_id) WHERE district_id = $1) AS old
    FULL JOIN stage_roles AS staged USING (role_id)
    LEFT JOIN org_places ON org_places.org_id = coalesce(staged.org_id, old.org_id)
    LEFT JOIN people_over AS person_over ON person_over.person_id = coalesce(staged.person_id, old.person_id)
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN named THEN staged.person_id ELSE old.person_id END AS person_id,
            CASE WHEN named OR (org_places.org_id IS NOT NULL AND NOT over) THEN org_places.school_id
                ELSE old.school_id END AS school_id,
            CASE WHEN named THEN staged.org_id ELSE old.org_id END AS org_id,
            CASE WHEN named THEN staged.role ELSE old.role END AS role,
            CASE WHEN named THEN staged.begins_on ELSE old.begins_on END AS begins_on,
            CASE WHEN over THEN least(old.ends_on, $2) WHEN named THEN staged.ends_on ELSE old.ends_on END AS ends_on
        FROM (SELECT coalesce(NOT staged.gone, false) AS named) AS is_staged
            CROSS JOIN LATERAL (
                SELECT person_over.person_id IS NOT NULL OR (NOT named AND coalesce(
                    staged.gone OR old.ends_on <= $2
                        OR (org_places.org_id IS NOT NULL AND org_places.school_id IS NULL AND old.role <> 'district_operator'),
                    NOT $3 AND old.role_id NOT IN (SELECT id FROM spared)
                        AND old.person_id NOT IN (SELECT id FROM spared))) AS over
            ) AS is_over
    ) AS new
WHERE new.role IS NOT NULL
    AND (
        old.role_id IS NULL
        OR (new.school_id, new.org_id, new.role, new.begins_on, new.ends_on)
            IS DISTINCT FROM (old.school_id, old.org_id, old.role, old.begins_on, old.ends_on)
    );

-- name: find_people
-- Who is no pupil any more has no birthday either.
CREATE TEMP TABLE changed_people AS
SELECT row_number() OVER (ORDER BY coalesce(staged.person_id, old.person_id)) AS seq,
    coalesce(staged.person_id, old.person_id) AS person_id, new.*, coalesce(old.version, 0) AS version,
    new.ends_on <= $2 AND coalesce(old.ends_on > $2, true) AS ended
FROM (SELECT * FROM people WHERE district_id = $1) AS old
    FULL JOIN stage_people AS staged USING (person_id)
    LEFT JOIN people_over AS over USING (person_id)
    LEFT JOIN stage_births AS birth USING (person_id)
    LEFT JOIN (SELECT DISTINCT person_id FROM changed_roles) AS with_role USING (person_id)
    LEFT JOIN families USING (person_id)
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN named AND NOT coalesce('given_name' = ANY (old.by_hand), false) THEN staged.given_name
                ELSE old.given_name END AS given_name,
            CASE WHEN named AND NOT coalesce('family_name' = ANY (old.by_hand), false) THEN staged.family_name
                ELSE old.family_name END AS family_name,
            CASE WHEN named AND NOT coalesce('language' = ANY (old.by_hand), false) THEN staged.language
                ELSE old.language END AS language,
            CASE WHEN 'born_on' = ANY (old.by_hand) THEN old.born_on
                WHEN birth.gone IS FALSE THEN birth.born_on
                WHEN over.person_id IS NULL AND families.is_student IS NOT TRUE
                    AND (NOT $3 OR with_role.person_id IS NOT NULL OR old.ends_on <= $2) THEN NULL
                ELSE old.born_on END AS born_on,
            CASE WHEN over.person_id IS NOT NULL THEN least(old.ends_on, $2) WHEN NOT named THEN old.ends_on END AS ends_on
        FROM (SELECT coalesce(NOT staged.gone, false) AS named) AS is_staged
    ) AS new
WHERE new.given_name IS NOT NULL
    AND (
        old.person_id IS NULL OR with_role.person_id IS NOT NULL
        OR (new.given_name, new.family_name, new.language, new.born_on, new.ends_on)
            IS DISTINCT FROM (old.given_name, old.family_name, old.language, old.born_on, old.ends_on)
    );

-- name: find_guardianships
CREATE TEMP TABLE changed_guardianships AS
SELECT row_number() OVER (ORDER BY coalesce(staged.guardianship_id, old.guardianship_id)) AS seq,
    coalesce(staged.guardianship_id, old.guardianship_id) AS guardianship_id,
    coalesce(staged.student_id, old.student_id) AS student_id,
    coalesce(staged.guardian_id, old.guardian_id) AS guardian_id,
    coalesce(old.see, true) AS see, coalesce(old.excuse, true) AS excuse, coalesce(old.receive, true) AS receive,
    coalesce(old.sign, true) AS sign, new.ends_on, coalesce(old.version, 0) AS version,
    new.ends_on <= $2 AND coalesce(old.ends_on > $2, true) AS ended
FROM (SELECT * FROM guardianships WHERE district_id = $1) AS old
    FULL JOIN (
        SELECT DISTINCT ON (guardianship_id) guardianship_id, student_id, guardian_id FROM stage_ties
        ORDER BY guardianship_id
    ) AS staged USING (guardianship_id)
    LEFT JOIN people_over AS student_over ON student_over.person_id = coalesce(staged.student_id, old.student_id)
    LEFT JOIN people_over AS guardian_over ON guardian_over.person_id = coalesce(staged.guardian_id, old.guardian_id)
    -- In a delta a pupil's row tells all guardians, and a guardian's all pupils, unless it names nobody: then those of the
    -- others may.
    LEFT JOIN (SELECT DISTINCT student_id FROM stage_ties WHERE named_by = student_id) AS named_by_student
        ON named_by_student.student_id = old.student_id
    LEFT JOIN (SELECT DISTINCT guardian_id FROM stage_ties WHERE named_by = guardian_id) AS named_by_guardian
        ON named_by_guardian.guardian_id = old.guardian_id
    CROSS JOIN LATERAL (
        SELECT old.guardianship_id IN (SELECT id FROM spared) OR old.student_id IN (SELECT id FROM spared)
            OR old.guardian_id IN (SELECT id FROM spared) AS spared
    ) AS left_out
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN student_over.person_id IS NOT NULL OR guardian_over.person_id IS NOT NULL THEN least(old.ends_on, $2)
            WHEN staged.guardianship_id IS NOT NULL THEN CASE WHEN 'ends_on' = ANY (old.by_hand) THEN old.ends_on END
            WHEN NOT spared AND (NOT $3 OR named_by_student.student_id IS NOT NULL OR named_by_guardian.guardian_id IS NOT NULL)
                THEN least(old.ends_on, $2)
            ELSE old.ends_on END AS ends_on
    ) AS new
WHERE old.guardianship_id IS NULL OR new.ends_on IS DISTINCT FROM old.ends_on OR staged.student_id <> old.student_id;

-- name: find_enrolments
CREATE TEMP TABLE changed_enrolments AS
SELECT row_number() OVER (ORDER BY coalesce(staged.enrolment_id, old.enrolment_id)) AS seq,
    coalesce(staged.enrolment_id, old.enrolment_id) AS enrolment_id, new.*, coalesce(old.version, 0) AS version,
    new.ends_on <= $2 AND coalesce(old.ends_on > $2, true) AS ended
FROM (SELECT * FROM enrolments WHERE district_id = $1) AS old
    FULL JOIN stage_enrolments AS staged USING (enrolment_id)
    LEFT JOIN class_places ON class_places.class_id = coalesce(staged.class_id, old.class_id)
    LEFT JOIN classes_over AS class_over ON class_over.class_id = coalesce(staged.class_id, old.class_id)
    LEFT JOIN people_over AS person_over ON person_over.person_id = coalesce(staged.person_id, old.person_id)
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN named OR NOT over THEN coalesce(class_places.school_id, old.school_id)
                ELSE old.school_id END AS school_id,
            CASE WHEN named THEN staged.class_id ELSE old.class_id END AS class_id,
            CASE WHEN named THEN staged.person_id ELSE old.person_id END AS person_id,
            CASE WHEN named THEN staged.role ELSE old.role END AS role,
            CASE WHEN named THEN staged.role = 'teacher' AND staged.is_primary AND class_places.kind = 'homeroom'
                ELSE old.homeroom AND (over OR coalesce(class_places.kind = 'homeroom', true)) END AS homeroom,
            CASE WHEN named THEN staged.subjects ELSE old.subjects END AS subjects,
            CASE WHEN named THEN staged.begins_on ELSE old.begins_on END AS begins_on,
            CASE WHEN over THEN least(old.ends_on, $2) WHEN named THEN staged.ends_on ELSE old.ends_on END AS ends_on
        FROM (SELECT coalesce(NOT staged.gone, false) AS named) AS is_staged
            CROSS JOIN LATERAL (
                SELECT class_over.class_id IS NOT NULL OR person_over.person_id IS NOT NULL
                    OR (NOT named AND coalesce(staged.gone OR old.ends_on <= $2,
                        NOT $3 AND old.enrolment_id NOT IN (SELECT id FROM spared))) AS over
            ) AS is_over
    ) AS new
WHERE new.role IS NOT NULL
    AND (
        old.enrolment_id IS NULL
        OR (new.school_id, new.class_id, new.person_id, new.role, new.homeroom, new.subjects, new.begins_on, new.ends_on)
            IS DISTINCT FROM (old.school_id, old.class_id, old.person_id, old.role, old.homeroom, old.subjects, old.begins_on,
                old.ends_on)
    );

-- name: count
SELECT 'schools' AS what, count(*) FILTER (WHERE version = 0) AS created,
    count(*) FILTER (WHERE version > 0 AND (ended AND kind = 'school' OR kind <> 'school') IS NOT TRUE) AS changed,
    count(*) FILTER (WHERE version > 0 AND (ended AND kind = 'school' OR kind <> 'school')) AS ended,
    (SELECT count(*) FROM stage_orgs WHERE kind = 'school' AND NOT gone
        AND NOT EXISTS (SELECT FROM changed_orgs WHERE changed_orgs.org_id = stage_orgs.org_id)) AS unchanged
FROM changed_orgs WHERE is_or_was_school
UNION ALL
SELECT 'terms', count(*) FILTER (WHERE version = 0), count(*) FILTER (WHERE version > 0 AND NOT ended),
    count(*) FILTER (WHERE version > 0 AND ended),
    (SELECT count(*) FROM stage_terms WHERE NOT gone
        AND NOT EXISTS (SELECT FROM changed_terms WHERE changed_terms.term_id = stage_terms.term_id))
FROM changed_terms
UNION ALL
SELECT 'classes', count(*) FILTER (WHERE version = 0), count(*) FILTER (WHERE version > 0 AND ended IS NOT TRUE),
    count(*) FILTER (WHERE version > 0 AND ended),
    (SELECT count(*) FROM stage_classes WHERE NOT gone
        AND NOT EXISTS (SELECT FROM changed_classes WHERE changed_classes.class_id = stage_classes.class_id))
FROM changed_classes
UNION ALL
SELECT 'people', count(*) FILTER (WHERE version = 0), count(*) FILTER (WHERE version > 0 AND ended IS NOT TRUE),
    count(*) FILTER (WHERE version > 0 AND ended),
    (SELECT count(*) FROM stage_people WHERE NOT gone
        AND NOT EXISTS (SELECT FROM changed_people WHERE changed_people.person_id = stage_people.person_id))
FROM changed_people
UNION ALL
SELECT 'guardianships', count(*) FILTER (WHERE version = 0), count(*) FILTER (WHERE version > 0 AND ended IS NOT TRUE),
    count(*) FILTER (WHERE version > 0 AND ended),
    (SELECT count(DISTINCT guardianship_id) FROM stage_ties WHERE NOT EXISTS (
        SELECT FROM changed_guardianships WHERE changed_guardianships.guardianship_id = stage_ties.guardianship_id))
FROM changed_guardianships
UNION ALL
SELECT 'enrolments', count(*) FILTER (WHERE version = 0), count(*) FILTER (WHERE version > 0 AND ended IS NOT TRUE),
    count(*) FILTER (WHERE version > 0 AND ended),
    (SELECT count(*) FROM stage_enrolments WHERE NOT gone
        AND NOT EXISTS (SELECT FROM changed_enrolments WHERE changed_enrolments.enrolment_id = stage_enrolments.enrolment_id))
FROM changed_enrolments;

-- name: standing
SELECT 'people' AS what, count(*) FROM people WHERE district_id = $1 AND coalesce(ends_on > $2, true)
UNION ALL
SELECT 'guardianships', count(*) FROM guardianships WHERE district_id = $1 AND coalesce(ends_on > $2, true)
UNION ALL
SELECT 'enrolments', count(*) FROM enrolments WHERE district_id = $1 AND coalesce(ends_on > $2, true);

-- name: index_changes
CREATE INDEX ON changed_terms (seq);
CREATE INDEX ON changed_classes (seq);
CREATE INDEX ON changed_people (seq);
CREATE INDEX ON changed_roles (person_id);
CREATE INDEX ON changed_roles (role_id);
CREATE INDEX ON changed_guardianships (seq);
CREATE INDEX ON changed_enrolments (seq);
ANALYZE changed_classes;
ANALYZE changed_people;
ANALYZE changed_roles;
ANALYZE changed_guardianships;
ANALYZE changed_enrolments;
