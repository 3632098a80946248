-- Registration and activation. Statements that change an account write its rows and its events at once, and only if
-- the account still is as it was read (its version, or the key of the address); else they do nothing and say so.

-- name: known_of_address
SELECT account_id, state, version, language, registered_at, expires_at,
       ARRAY(SELECT requested_at FROM mail_requests WHERE address = $2 AND mailed AND requested_at > $4) AS mailed_at,
       ARRAY(SELECT requested_at FROM mail_requests WHERE address = $3 AND mailed AND requested_at > $4) AS told_at
FROM (VALUES (true)) AS always LEFT JOIN accounts ON email_key = $1;

-- name: mailed_at
SELECT ARRAY(SELECT requested_at FROM mail_requests WHERE address = $1 AND mailed AND requested_at > $2);

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
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM account,
        unnest($11::text[], $12::smallint[], $13::text[], $14::text[], $15::jsonb[], $16::bytea[]) AS event
)
SELECT EXISTS (SELECT FROM account);

-- name: renew
WITH account AS (
    UPDATE accounts
    SET version = version + 1,
        password_hash = coalesce($4, password_hash),
        age_bracket = coalesce($5, age_bracket),
        language = coalesce($6, language)
    WHERE account_id = $1 AND version = $2 AND state = 'pending'
    RETURNING account_id, expires_at
), revoked AS (
    UPDATE tokens SET revoked_at = $3 FROM account
    WHERE tokens.account_id = account.account_id AND revoked_at IS NULL
), links AS (
    INSERT INTO tokens (token_hash, account_id, purpose, expires_at)
    SELECT link, account_id, 'activation', expires_at FROM account, unnest($8::bytea[]) AS link
), request AS (
    INSERT INTO mail_requests (address, requested_at, mailed) SELECT $7, $3, true FROM account
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM account,
        unnest($9::text[], $10::smallint[], $11::text[], $12::text[], $13::jsonb[], $14::bytea[]) AS event
)
SELECT EXISTS (SELECT FROM account);

-- name: tell_owner
WITH account AS (
    UPDATE accounts SET version = version + 1 WHERE account_id = $1 AND version = $2
    RETURNING account_id
), request AS (
    INSERT INTO mail_requests (address, requested_at, mailed) SELECT $4, $3, true FROM account
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM account,
        unnest($5::text[], $6::smallint[], $7::text[], $8::text[], $9::jsonb[], $10::bytea[]) AS event
)
SELECT EXISTS (SELECT FROM account);

-- name: note_silence
INSERT INTO mail_requests (address, requested_at, mailed) VALUES ($1, $2, false);

-- name: note_mail
INSERT INTO mail_requests (address, requested_at, mailed) VALUES ($1, $2, true);

-- name: link
SELECT account_id, purpose, token.expires_at AS token_expires_at, used_at, revoked_at,
       state, version, language, registered_at, account.expires_at, password_hash
FROM tokens AS token LEFT JOIN accounts AS account USING (account_id)
WHERE token_hash = $1;

-- name: activate
WITH account AS (
    UPDATE accounts SET state = 'active', version = version + 1, activated_at = $3, terms_version = $4
    WHERE account_id = $1 AND version = $2 AND state = 'pending'
    RETURNING account_id
), used AS (
    UPDATE tokens SET used_at = $3 FROM account
    WHERE tokens.account_id = account.account_id AND used_at IS NULL
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.* FROM account,
        unnest($5::text[], $6::smallint[], $7::text[], $8::text[], $9::jsonb[], $10::bytea[]) AS event
)
SELECT EXISTS (SELECT FROM account);

-- name: due_to_expire
SELECT account_id, version FROM accounts WHERE state = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT $2;

-- name: expire
WITH due AS (
    SELECT account_id FROM accounts JOIN unnest($1::uuid[], $2::bigint[]) AS seen (account_id, version)
        USING (account_id, version)
    WHERE state = 'pending'
    FOR UPDATE OF accounts SKIP LOCKED
), gone AS (
    DELETE FROM accounts USING due WHERE accounts.account_id = due.account_id
    RETURNING accounts.account_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.lane, event.slot, event.topic, event.key, event.headers, event.value FROM gone
    JOIN unnest($3::text[], $4::smallint[], $5::text[], $6::text[], $7::jsonb[], $8::bytea[])
        AS event (lane, slot, topic, key, headers, value) ON event.key = gone.account_id::text
)
SELECT count(*) FROM gone;

-- name: forget_tokens
DELETE FROM tokens WHERE token_hash IN (SELECT token_hash FROM tokens WHERE expires_at < $1 LIMIT $2);

-- name: forget_mail_requests
DELETE FROM mail_requests WHERE requested_at < $1;
