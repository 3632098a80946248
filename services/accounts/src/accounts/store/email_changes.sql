-- Another address for an account: it waits until the link that went there is used.

-- name: ask_for_change
WITH account AS (
    UPDATE accounts SET version = version + 1 WHERE account_id = $1
), revoked AS (
    UPDATE tokens SET revoked_at = $2
    WHERE account_id = $1 AND purpose = 'email_change' AND used_at IS NULL AND revoked_at IS NULL
), link AS (
    INSERT INTO tokens (token_hash, account_id, purpose, expires_at) VALUES ($3, $1, 'email_change', $4)
), change AS (
    INSERT INTO email_changes (account_id, token_hash, email, email_key, requested_at) VALUES ($1, $3, $5, $6, $2)
    ON CONFLICT (account_id) DO UPDATE
    SET token_hash = excluded.token_hash, email = excluded.email, email_key = excluded.email_key,
        requested_at = excluded.requested_at
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($7::text[], $8::smallint[], $9::text[], $10::text[], $11::jsonb[], $12::bytea[]);

-- name: change_of_token
SELECT account_id, email, email_key, requested_at FROM email_changes WHERE token_hash = $1;

-- name: change_of_account
SELECT account_id, email, email_key, requested_at FROM email_changes WHERE account_id = $1;

-- name: holder_of_address
-- Locked: whoever has the address keeps it until this is decided.
SELECT account_id, state, version, language, registered_at, expires_at FROM accounts WHERE email_key = $1 FOR UPDATE;

-- name: change_address
-- Links that were mailed to the old address work no longer.
WITH account AS (
    UPDATE accounts SET email = $2, email_key = $3, version = version + 1 WHERE account_id = $1
), spent AS (
    UPDATE tokens SET used_at = CASE WHEN token_hash = $5 THEN $4::timestamptz END,
                      revoked_at = CASE WHEN token_hash = $5 THEN NULL ELSE $4::timestamptz END
    WHERE account_id = $1 AND used_at IS NULL AND revoked_at IS NULL
), change AS (
    DELETE FROM email_changes WHERE account_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($6::text[], $7::smallint[], $8::text[], $9::text[], $10::jsonb[], $11::bytea[]);
