-- The code from an app that signing in asks for, and the codes for when the app is lost.

-- name: begin_setup
INSERT INTO second_factor_setups (account_id, session_id, secret, begun_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE
SET session_id = excluded.session_id, secret = excluded.secret, begun_at = excluded.begun_at;

-- name: setup
SELECT secret, begun_at FROM second_factor_setups WHERE account_id = $1 AND session_id = $2;

-- name: switch_on
WITH account AS (
    UPDATE accounts SET second_factor = $2, second_factor_step = $3, version = version + 1 WHERE account_id = $1
), done AS (
    DELETE FROM second_factor_setups WHERE account_id = $1
), codes AS (
    INSERT INTO recovery_codes (account_id, code_hash) SELECT $1, unnest($4::bytea[])
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($5::text[], $6::smallint[], $7::text[], $8::text[], $9::jsonb[], $10::bytea[]);

-- name: switch_off
WITH account AS (
    UPDATE accounts SET second_factor = NULL, second_factor_step = NULL, version = version + 1 WHERE account_id = $1
), codes AS (
    DELETE FROM recovery_codes WHERE account_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[]);

-- name: use_code
UPDATE recovery_codes SET used_at = $3
WHERE account_id = $1 AND code_hash = ANY ($2::bytea[]) AND used_at IS NULL
RETURNING true;

-- name: note_step
UPDATE accounts SET second_factor_step = $2 WHERE account_id = $1;

-- name: tell_of_guesses
WITH account AS (
    UPDATE accounts SET version = version + 1 WHERE account_id = $1
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[]);

-- name: forget_setups
DELETE FROM second_factor_setups WHERE begun_at < $1;
