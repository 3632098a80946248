-- Partitions by day and what is dropped or cleaned by age.

-- name: partitions
SELECT child.relname AS name, to_date(right(child.relname, 8), 'YYYYMMDD') AS day
FROM pg_inherits JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = $1::text::regclass AND child.relname ~ '_[0-9]{8}$'
ORDER BY child.relname;

-- name: strayed_mails
SELECT DISTINCT created_on AS day FROM mails_default;

-- name: strayed_notices
SELECT DISTINCT created_on AS day FROM notices_default;

-- name: strayed_attempts
SELECT DISTINCT started_on AS day FROM attempts_default;

-- name: adding_partition
-- The statements that add a day: made on its own and attached, because that does not lock out those who write; rows
-- of the day that came before it move from the default partition.
SELECT format(
    'CREATE TABLE %1$I (LIKE %2$I INCLUDING ALL);'
    'LOCK TABLE %3$I IN ACCESS EXCLUSIVE MODE;'
    'WITH moved AS (DELETE FROM %3$I WHERE %4$I = %5$L RETURNING *) INSERT INTO %1$I SELECT * FROM moved;'
    'ALTER TABLE %2$I ATTACH PARTITION %1$I FOR VALUES FROM (%5$L) TO (%6$L);',
    $1::text || to_char($3::date, '_YYYYMMDD'), $1::text, $1::text || '_default', $2::text, $3::date, $3::date + 1
);

-- name: dropping_partition
SELECT format('DROP TABLE %I', $1::text);

-- name: clean_notice_keys
DELETE FROM notice_keys
WHERE dedup_key IN (SELECT dedup_key FROM notice_keys WHERE noticed_at < $1 LIMIT $2);

-- name: clean_inbox
DELETE FROM inbox
WHERE event_id IN (SELECT event_id FROM inbox WHERE handled_at < $1 LIMIT $2);

-- name: try_lock
SELECT pg_try_advisory_lock($1::bigint);

-- name: unlock
SELECT pg_advisory_unlock($1::bigint);
