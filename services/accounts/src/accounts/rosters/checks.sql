-- What is wrong between rows. Each statement takes the rows out that are wrong and returns their lines and ids: when an import
-- is lenient, what is left is whole. They run in the order in which things refer to each other, so that what refers to a row
-- that was taken out is wrong as well. $1 is whether a reference may lead to what was known before, because the export does not
-- tell all that there is of it, and $2 the district.

-- name: note_taken
, noted AS (INSERT INTO spared SELECT id FROM taken),
asked AS (SELECT $1::boolean AS known_before, $2::uuid AS district) -- so that each statement has the same parameters
SELECT count(*) OVER () AS all_of_them, line FROM taken ORDER BY line LIMIT $3;

-- name: org_twice
DELETE FROM stage_orgs AS row
USING (SELECT org_id, min(line) AS first FROM stage_orgs GROUP BY org_id HAVING count(*) > 1) AS twice
WHERE row.org_id = twice.org_id AND row.line > twice.first
RETURNING row.line, row.org_id AS id;

-- name: org_parent
DELETE FROM stage_orgs AS row
WHERE NOT gone AND parent_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_orgs AS known WHERE NOT known.gone AND known.org_id = row.parent_id)
    AND NOT EXISTS (SELECT FROM orgs AS known WHERE $1 AND known.org_id = row.parent_id AND known.district_id = $2)
RETURNING row.line, row.org_id AS id;

-- name: place_orgs
CREATE TEMP TABLE org_places AS
WITH RECURSIVE known AS (
    SELECT org_id, kind, parent_id FROM stage_orgs WHERE NOT gone
    UNION ALL
    SELECT org_id, kind, parent_id FROM orgs
    WHERE $1 AND district_id = $2 AND NOT EXISTS (SELECT FROM stage_orgs WHERE stage_orgs.org_id = orgs.org_id)
), placed AS (
    SELECT org_id, CASE WHEN kind = 'school' THEN org_id END AS school_id FROM known WHERE parent_id IS NULL
    UNION ALL
    SELECT known.org_id, CASE WHEN kind = 'school' THEN known.org_id ELSE placed.school_id END
    FROM known JOIN placed ON known.parent_id = placed.org_id
)
SELECT org_id, school_id FROM placed;

-- name: org_in_circle
DELETE FROM stage_orgs AS row
WHERE NOT gone AND NOT EXISTS (SELECT FROM org_places WHERE org_places.org_id = row.org_id)
RETURNING row.line, row.org_id AS id;

-- name: term_twice
DELETE FROM stage_terms AS row
USING (SELECT term_id, min(line) AS first FROM stage_terms GROUP BY term_id HAVING count(*) > 1) AS twice
WHERE row.term_id = twice.term_id AND row.line > twice.first
RETURNING row.line, row.term_id AS id;

-- name: term_parent
DELETE FROM stage_terms AS row
WHERE NOT gone AND parent_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_terms AS known WHERE NOT known.gone AND known.term_id = row.parent_id)
    AND NOT EXISTS (SELECT FROM terms AS known WHERE $1 AND known.term_id = row.parent_id AND known.district_id = $2)
RETURNING row.line, row.term_id AS id;

-- name: course_twice
DELETE FROM stage_courses AS row
USING (SELECT course_id, min(line) AS first FROM stage_courses GROUP BY course_id HAVING count(*) > 1) AS twice
WHERE row.course_id = twice.course_id AND row.line > twice.first
RETURNING row.line, row.course_id AS id;

-- name: course_org
DELETE FROM stage_courses AS row
WHERE NOT gone AND NOT EXISTS (SELECT FROM org_places WHERE org_places.org_id = row.org_id)
RETURNING row.line, row.course_id AS id;

-- name: course_year
DELETE FROM stage_courses AS row
WHERE NOT gone AND year_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_terms AS known WHERE NOT known.gone AND known.term_id = row.year_id)
    AND NOT EXISTS (SELECT FROM terms AS known WHERE $1 AND known.term_id = row.year_id AND known.district_id = $2)
RETURNING row.line, row.course_id AS id;

-- name: class_twice
DELETE FROM stage_classes AS row
USING (SELECT class_id, min(line) AS first FROM stage_classes GROUP BY class_id HAVING count(*) > 1) AS twice
WHERE row.class_id = twice.class_id AND row.line > twice.first
RETURNING row.line, row.class_id AS id;

-- name: class_org
DELETE FROM stage_classes AS row
WHERE NOT gone AND NOT EXISTS (SELECT FROM org_places WHERE org_places.org_id = row.org_id)
RETURNING row.line, row.class_id AS id;

-- name: class_school
DELETE FROM stage_classes AS row
USING org_places WHERE NOT gone AND org_places.org_id = row.org_id AND org_places.school_id IS NULL
RETURNING row.line, row.class_id AS id;

-- name: class_course
DELETE FROM stage_classes AS row
WHERE NOT gone AND course_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_courses AS known WHERE NOT known.gone AND known.course_id = row.course_id)
    AND NOT EXISTS (SELECT FROM courses AS known WHERE $1 AND known.course_id = row.course_id AND known.district_id = $2)
RETURNING row.line, row.class_id AS id;

-- name: class_terms
DELETE FROM stage_classes AS row
WHERE NOT gone AND EXISTS (
    SELECT FROM unnest(row.term_ids) AS named (term_id)
    WHERE NOT EXISTS (SELECT FROM stage_terms AS known WHERE NOT known.gone AND known.term_id = named.term_id)
        AND NOT EXISTS (SELECT FROM terms AS known WHERE $1 AND known.term_id = named.term_id AND known.district_id = $2)
)
RETURNING row.line, row.class_id AS id;

-- name: person_twice
DELETE FROM stage_people AS row
USING (SELECT person_id, min(line) AS first FROM stage_people GROUP BY person_id HAVING count(*) > 1) AS twice
WHERE row.person_id = twice.person_id AND row.line > twice.first
RETURNING row.line, row.person_id AS id;

-- name: person_email
DELETE FROM stage_people AS row
USING (
    SELECT email_key, min(line) AS first FROM stage_people WHERE email_key IS NOT NULL AND NOT gone
    GROUP BY email_key HAVING count(*) > 1
) AS twice
WHERE NOT gone AND row.email_key = twice.email_key AND row.line > twice.first
RETURNING row.line, row.person_id AS id;

-- name: drop_ties_of_taken
-- What a row that was taken out says beside.
DELETE FROM stage_agents AS row
WHERE NOT EXISTS (
    SELECT FROM stage_people AS kept WHERE kept.person_id = row.person_id AND kept.line = row.line
);

-- name: drop_roles_of_taken
-- In 1.1 roles stand in the rows of people.
DELETE FROM stage_roles AS row
WHERE NOT EXISTS (
    SELECT FROM stage_people AS kept WHERE kept.person_id = row.person_id AND kept.line = row.line
);

-- name: end_roles_handed_over
-- A row that gives a role to somebody else takes it from whoever had it.
INSERT INTO stage_roles (line, role_id, gone)
SELECT DISTINCT 0, old.role_id, true
FROM person_roles AS old JOIN stage_roles AS row ON row.row_id = old.row_id AND row.person_id <> old.person_id
WHERE NOT EXISTS (SELECT FROM stage_roles AS named WHERE named.role_id = old.role_id);

-- name: end_other_roles
-- In 1.1 a person's row has all roles, also in a delta.
INSERT INTO stage_roles (line, role_id, gone)
SELECT 0, old.role_id, true
FROM person_roles AS old JOIN stage_people AS person ON person.person_id = old.person_id AND NOT person.gone
WHERE NOT EXISTS (SELECT FROM stage_roles AS named WHERE named.role_id = old.role_id);

-- name: role_twice
DELETE FROM stage_roles AS row
USING (SELECT row_id, min(line) AS first FROM stage_roles GROUP BY row_id HAVING count(*) > 1) AS twice
WHERE row.row_id = twice.row_id AND row.line > twice.first
RETURNING row.line, row.role_id AS id;

-- name: role_too_many
-- More than an event can tell of one person.
DELETE FROM stage_roles AS row
USING (SELECT person_id FROM stage_roles WHERE NOT gone GROUP BY person_id HAVING count(*) > 5000) AS overloaded
WHERE row.person_id = overloaded.person_id
RETURNING row.line, row.role_id AS id;

-- name: role_person
DELETE FROM stage_roles AS row
WHERE NOT gone
    AND NOT EXISTS (SELECT FROM stage_people AS known WHERE NOT known.gone AND known.person_id = row.person_id)
    AND NOT EXISTS (SELECT FROM people AS known WHERE $1 AND known.person_id = row.person_id AND known.district_id = $2)
RETURNING row.line, row.role_id AS id;

-- name: role_org
DELETE FROM stage_roles AS row
WHERE NOT gone AND NOT EXISTS (SELECT FROM org_places WHERE org_places.org_id = row.org_id)
RETURNING row.line, row.role_id AS id;

-- name: end_roles_above_schools
-- Above schools only who runs the district is anything.
UPDATE stage_roles AS row SET gone = true
FROM org_places
WHERE org_places.org_id = row.org_id AND school_id IS NULL AND role <> 'district_operator';

-- name: birth_twice
DELETE FROM stage_births AS row
USING (SELECT person_id, min(line) AS first FROM stage_births GROUP BY person_id HAVING count(*) > 1) AS twice
WHERE row.person_id = twice.person_id AND row.line > twice.first
RETURNING row.line, row.person_id AS id;

-- name: birth_person
DELETE FROM stage_births AS row
WHERE NOT gone
    AND NOT EXISTS (SELECT FROM stage_people AS known WHERE NOT known.gone AND known.person_id = row.person_id)
    AND NOT EXISTS (SELECT FROM people AS known WHERE $1 AND known.person_id = row.person_id AND known.district_id = $2)
RETURNING row.line, row.person_id AS id;

-- name: agent_person
DELETE FROM stage_agents AS row
WHERE NOT EXISTS (SELECT FROM stage_people AS known WHERE NOT known.gone AND known.person_id = row.agent_id)
    AND NOT EXISTS (SELECT FROM people AS known WHERE $1 AND known.person_id = row.agent_id AND known.district_id = $2)
RETURNING row.line, row.person_id AS id;

-- name: find_families
-- Who is a student, or a guardian. What was known of a role before does not count where the export tells of it, and counts
-- where its row was left out.
CREATE TEMP TABLE families AS
SELECT person_id, bool_or(role = 'student') AS is_student, bool_or(role = 'guardian') AS is_guardian
FROM (
    SELECT person_id, role FROM stage_roles WHERE NOT gone
    UNION ALL
    SELECT person_id, role
    FROM (
        SELECT role_id, person_id, role, person_roles.ends_on FROM person_roles JOIN people USING (person_id)
        WHERE $1 AND district_id = $2
        UNION ALL
        SELECT role_id, person_id, role, ends_on FROM person_roles JOIN spared ON spared.id = role_id
        UNION ALL
        SELECT role_id, person_id, role, ends_on FROM person_roles JOIN spared ON spared.id = person_id
    ) AS known
    WHERE coalesce(ends_on >= CURRENT_DATE, true)
        AND NOT EXISTS (SELECT FROM stage_roles WHERE stage_roles.role_id = known.role_id)
) AS roles
WHERE role IN ('student', 'guardian')
GROUP BY person_id;

-- name: drop_births_of_others
-- Of nobody but pupils is the birthday kept.
DELETE FROM stage_births AS row
WHERE NOT EXISTS (SELECT FROM families WHERE families.person_id = row.person_id AND is_student);

-- name: find_ties
-- Which of the two is the pupil: the one who is a student; of two students, the one who is no guardian.
CREATE TEMP TABLE stage_ties AS
SELECT line, guardianship_id, agents.person_id AS named_by,
    CASE WHEN one_is_pupil THEN agents.person_id WHEN other_is_pupil THEN agent_id END AS student_id,
    CASE WHEN one_is_pupil THEN agent_id WHEN other_is_pupil THEN agents.person_id END AS guardian_id
FROM stage_agents AS agents
    LEFT JOIN families AS one ON one.person_id = agents.person_id
    LEFT JOIN families AS other ON other.person_id = agent_id
    CROSS JOIN LATERAL (
        SELECT one.is_student AND (other.is_student IS NOT TRUE OR (other.is_guardian AND NOT one.is_guardian))
                AS one_is_pupil,
            other.is_student AND (one.is_student IS NOT TRUE OR (one.is_guardian AND NOT other.is_guardian))
                AS other_is_pupil
    ) AS roles;
ANALYZE stage_ties;

-- name: agent_student
DELETE FROM stage_ties WHERE student_id IS NULL
RETURNING line, named_by AS id;

-- name: enrolment_twice
DELETE FROM stage_enrolments AS row
USING (
    SELECT enrolment_id, min(line) AS first FROM stage_enrolments GROUP BY enrolment_id HAVING count(*) > 1
) AS twice
WHERE row.enrolment_id = twice.enrolment_id AND row.line > twice.first
RETURNING row.line, row.enrolment_id AS id;

-- name: enrolment_class
DELETE FROM stage_enrolments AS row
WHERE NOT gone
    AND NOT EXISTS (SELECT FROM stage_classes AS known WHERE NOT known.gone AND known.class_id = row.class_id)
    AND NOT EXISTS (SELECT FROM classes AS known WHERE $1 AND known.class_id = row.class_id AND known.district_id = $2)
RETURNING row.line, row.enrolment_id AS id;

-- name: enrolment_person
DELETE FROM stage_enrolments AS row
WHERE NOT gone
    AND NOT EXISTS (SELECT FROM stage_people AS known WHERE NOT known.gone AND known.person_id = row.person_id)
    AND NOT EXISTS (SELECT FROM people AS known WHERE $1 AND known.person_id = row.person_id AND known.district_id = $2)
RETURNING row.line, row.enrolment_id AS id;

-- name: place_classes
CREATE TEMP TABLE class_places AS
SELECT class_id, school_id, kind FROM stage_classes JOIN org_places USING (org_id) WHERE NOT gone
UNION ALL
SELECT class_id, coalesce(org_places.school_id, classes.school_id), kind FROM classes LEFT JOIN org_places USING (org_id)
WHERE $1 AND district_id = $2
    AND NOT EXISTS (SELECT FROM stage_classes WHERE stage_classes.class_id = classes.class_id);

-- name: enrolment_school
DELETE FROM stage_enrolments AS row
USING stage_enrolments AS each
    LEFT JOIN class_places USING (class_id)
    LEFT JOIN org_places ON org_places.org_id = each.org_id
WHERE row.ctid = each.ctid AND NOT each.gone
    AND (class_places.school_id IS NULL OR class_places.school_id IS DISTINCT FROM org_places.school_id)
RETURNING row.line, row.enrolment_id AS id;
