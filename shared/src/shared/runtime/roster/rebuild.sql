-- Statements of making a projection anew.

-- name: lock
SELECT pg_try_advisory_lock($1);

-- name: unlock
SELECT pg_advisory_unlock($1);

-- name: tables
SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY tablename;

-- name: hold_up_others
SELECT pg_advisory_xact_lock($1);

-- name: kept
SELECT 'schools' AS what, count(*) FROM roster.schools
UNION ALL SELECT 'terms', count(*) FROM roster.terms
UNION ALL SELECT 'classes', count(*) FROM roster.classes
UNION ALL SELECT 'people', count(*) FROM roster.people
UNION ALL SELECT 'enrolments', count(*) FROM roster.enrolments
UNION ALL SELECT 'guardianships', count(*) FROM roster.guardianships
UNION ALL SELECT 'links', count(*) FROM roster.links;

-- name: lock_migrations
SELECT pg_advisory_lock_shared($1);

-- name: unlock_migrations
SELECT pg_advisory_unlock_shared($1);
