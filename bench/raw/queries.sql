-- The raw side of a write: the same rows without their event.

-- name: register
WITH account AS (
    INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, registered_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (email_key) DO NOTHING
    RETURNING account_id, registered_at, expires_at
), links AS (
    INSERT INTO tokens (token_hash, account_id, purpose, expires_at)
    SELECT link, account_id, 'activation', expires_at FROM account, unnest($10::bytea[]) AS link
), request AS (
    INSERT INTO mail_requests (address, requested_at, mailed) SELECT $9, registered_at, true FROM account
)
SELECT EXISTS (SELECT FROM account);
