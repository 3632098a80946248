-- Partitions by day, and what is cleaned by age.

-- name: partitions
SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::text::regclass;

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
    $1::text, $2::text, $2::text || '_default', $3::text, $4::date, $4::date + 1
);

-- name: clean_notice_keys
DELETE FROM notice_keys
WHERE dedup_key IN (SELECT dedup_key FROM notice_keys WHERE noticed_at < $1 LIMIT $2);
