-- What an account is protected by. A use case that changes it locks the account first; a second statement then sees all
-- that was committed before, above all every session.

-- name: credentials_of_address
SELECT account_id, version, language, email, password_hash, second_factor, second_factor_step, deletion_at
FROM accounts WHERE email_key = $1 AND state = 'active';

-- name: credentials_of_address_on_device
-- $2: what the device that asks shows.
SELECT account_id, version, language, email, password_hash, second_factor, second_factor_step, deletion_at,
       (SELECT device_hash FROM devices
        WHERE devices.account_id = accounts.account_id AND device_hash = ANY ($2::bytea[])
        ORDER BY last_used_at DESC, device_hash LIMIT 1) AS known_device
FROM accounts WHERE email_key = $1 AND state = 'active';

-- name: credentials
SELECT account_id, version, language, email, password_hash, second_factor, second_factor_step, deletion_at
FROM accounts WHERE account_id = $1 AND state = 'active';

-- name: lock_credentials
SELECT account_id, version, language, email, password_hash, second_factor, second_factor_step, deletion_at
FROM accounts WHERE account_id = $1 AND state = 'active'
FOR UPDATE;

-- name: whole_account
SELECT account_id, email, language, age_bracket, registered_at, activated_at, terms_version, deletion_at,
       second_factor IS NOT NULL AS second_factor
FROM accounts WHERE account_id = $1 AND state = 'active';

-- name: change_password
-- Links that would set a password, and an address that waits to be confirmed, are of no use any more.
WITH account AS (
    UPDATE accounts SET password_hash = $2, version = version + 1 WHERE account_id = $1
), spent AS (
    UPDATE tokens SET used_at = CASE WHEN token_hash = $4 THEN $3::timestamptz END,
                      revoked_at = CASE WHEN token_hash = $4 THEN NULL ELSE $3::timestamptz END
    WHERE account_id = $1 AND used_at IS NULL AND revoked_at IS NULL
), change AS (
    DELETE FROM email_changes WHERE account_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($5::text[], $6::smallint[], $7::text[], $8::text[], $9::jsonb[], $10::bytea[]);

-- name: ask_for_reset
WITH account AS (
    UPDATE accounts SET version = version + 1 WHERE account_id = $1
), revoked AS (
    UPDATE tokens SET revoked_at = $2
    WHERE account_id = $1 AND purpose = 'password_reset' AND used_at IS NULL AND revoked_at IS NULL
), link AS (
    INSERT INTO tokens (token_hash, account_id, purpose, expires_at) VALUES ($3, $1, 'password_reset', $4)
), request AS (
    INSERT INTO mail_requests (address, requested_at, mailed) VALUES ($5, $2, true)
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($6::text[], $7::smallint[], $8::text[], $9::text[], $10::jsonb[], $11::bytea[]);

-- name: wait_in_line
SELECT pg_advisory_xact_lock($1);

-- name: reset_ends_at
SELECT max(expires_at) FROM tokens
WHERE account_id = $1 AND purpose = 'password_reset' AND used_at IS NULL AND revoked_at IS NULL;

-- name: token
SELECT account_id, purpose, expires_at, used_at, revoked_at FROM tokens WHERE token_hash = $1;

-- name: add_token
INSERT INTO tokens (token_hash, account_id, purpose, expires_at) VALUES ($1, $2, $3, $4);

-- name: use_token
UPDATE tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL RETURNING true;
