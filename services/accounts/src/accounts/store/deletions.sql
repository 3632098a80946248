-- Deleting an account: seven days in which it can be kept, then everything goes.

-- name: set_deletion
-- $2 null: the account is kept.
WITH account AS (
    UPDATE accounts SET deletion_at = $2, version = version + 1 WHERE account_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($3::text[], $4::smallint[], $5::text[], $6::text[], $7::jsonb[], $8::bytea[]);

-- name: due_to_delete
SELECT account_id FROM accounts WHERE deletion_at <= $1 ORDER BY deletion_at LIMIT $2 FOR UPDATE SKIP LOCKED;

-- name: delete_account
-- Codes and what waits to be confirmed go with the row. Digests of the address in the
-- limits are forgotten within a day by themselves.
WITH account AS (
    DELETE FROM accounts WHERE account_id = $1 RETURNING account_id
), mailed AS (
    DELETE FROM tokens WHERE account_id = $1
), own_logins AS (
    UPDATE school_logins SET linked_account_id = NULL, linked_at = NULL, link_version = link_version + 1 WHERE linked_account_id = $1
), own_sessions AS (
    DELETE FROM sessions WHERE account_id = $1
), own_devices AS (
    DELETE FROM devices WHERE account_id = $1
), own_history AS (
    DELETE FROM sign_ins WHERE account_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[]);
