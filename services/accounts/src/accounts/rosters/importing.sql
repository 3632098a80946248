-- What an import as a whole asks and notes.

-- name: lock
SELECT pg_try_advisory_lock($1, hashtext($2));

-- name: unlock
SELECT pg_advisory_unlock($1, hashtext($2));

-- name: is_known
SELECT EXISTS (SELECT FROM districts WHERE district_id = $1);

-- name: has_districts
SELECT EXISTS (SELECT FROM districts);

-- name: write_district
WITH called AS (
    SELECT (SELECT name FROM stage_orgs WHERE kind = 'district' AND NOT gone ORDER BY line LIMIT 1) AS name
)
INSERT INTO districts (district_id, code, name) SELECT $1, $2, coalesce(name, $2) FROM called
ON CONFLICT (district_id) DO UPDATE SET name = excluded.name
WHERE (SELECT name FROM called) <> districts.name;

-- name: count_changes
SELECT (SELECT count(*) FROM changed_orgs) + (SELECT count(*) FROM changed_terms) + (SELECT count(*) FROM changed_classes)
    + (SELECT count(*) FROM changed_people) + (SELECT count(*) FROM changed_guardianships)
    + (SELECT count(*) FROM changed_enrolments);

-- name: forget_staging
DROP TABLE IF EXISTS stage_orgs, stage_terms, stage_courses, stage_classes, stage_people, stage_agents, stage_roles,
    stage_births, stage_enrolments, stage_ties, spared, org_places, class_places, families, classes_over, people_over,
    changed_terms, changed_courses, changed_orgs, changed_classes, changed_roles, changed_people, changed_guardianships,
    changed_enrolments;
