-- Partitions by day. What changes tables is put together by PostgreSQL itself, which quotes the names.

-- name: partitions
SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::text::regclass;

-- name: strayed
-- The statement that asks for the days of rows in the default partition.
SELECT format('SELECT DISTINCT %I::date AS day FROM %I', $2::text, $1::text || '_default');

-- name: adding
-- The statements that add a day: made on its own and attached, because that does not lock out those who write; rows
-- of the day that came before it move from the default partition.
SELECT format(
    'CREATE TABLE %1$I (LIKE %2$I INCLUDING ALL);'
    'LOCK TABLE %3$I IN ACCESS EXCLUSIVE MODE;'
    'WITH moved AS (DELETE FROM %3$I WHERE %4$I >= %5$L AND %4$I < %6$L RETURNING *)'
    ' INSERT INTO %1$I SELECT * FROM moved;'
    'ALTER TABLE %2$I ATTACH PARTITION %1$I FOR VALUES FROM (%5$L) TO (%6$L);',
    $1::text, $2::text, $2::text || '_default', $3::text, $4::date, $4::date + 1
);
