-- Signing in and sessions. Whoever decides on what it has read of an account has locked it (credentials.sql).

-- name: device_known
-- Whether the account was used in this browser before, and whether it was ever used at all.
SELECT EXISTS (SELECT FROM devices WHERE account_id = $1 AND device_hash = $2) AS known,
       EXISTS (SELECT FROM sign_ins WHERE account_id = $1) AS signed_in_before;

-- name: known_among
SELECT device_hash FROM devices WHERE account_id = $1 AND device_hash = ANY ($2::bytea[])
ORDER BY last_used_at DESC, device_hash LIMIT 1;

-- name: begin_session
-- $12: how many events raise the account's version. $13: a hash with better parameters, if the password's was an old one.
WITH account AS (
    UPDATE accounts SET version = version + $12, password_hash = coalesce($13, password_hash)
    WHERE account_id = $2 AND ($12 > 0 OR $13::text IS NOT NULL)
), session AS (
    INSERT INTO sessions (session_id, account_id, token_hash, form_token, shared_computer, browser, system,
                          signed_in_at, last_used_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
), history AS (
    INSERT INTO sign_ins (account_id, signed_in_at, shared_computer, browser, system) VALUES ($2, $8, $5, $6, $7)
), device AS (
    INSERT INTO devices (account_id, device_hash, last_used_at) VALUES ($2, $10, $8)
    ON CONFLICT (account_id, device_hash) DO UPDATE SET last_used_at = excluded.last_used_at
), forgiven AS (
    DELETE FROM failed_attempts WHERE subject = ANY ($11::bytea[])
)
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($14::text[], $15::smallint[], $16::text[], $17::text[], $18::jsonb[], $19::bytea[]);

-- name: use_session
-- That of a school login ends with whoever has left.
-- $3 and $4: how long a session lasts without use, on one's own device and on a shared computer.
UPDATE sessions
SET last_used_at = $2, expires_at = $2::timestamptz + CASE WHEN shared_computer THEN $4::interval ELSE $3::interval END
WHERE token_hash = $1 AND expires_at > $2 AND NOT EXISTS (
    SELECT FROM school_logins JOIN people USING (person_id)
    WHERE login_id = account_id AND (ended_at IS NOT NULL OR people.ends_on < CURRENT_DATE)
)
RETURNING session_id, account_id, form_token, shared_computer, browser, system, signed_in_at, last_used_at,
    (SELECT person_id FROM school_logins WHERE login_id = account_id) AS person_id,
    (SELECT kind FROM school_logins WHERE login_id = account_id) AS login_kind,
    (SELECT coalesce(student_id, school_id) FROM school_logins WHERE login_id = account_id) AS scope_id;

-- name: session_of_token
SELECT session_id, account_id FROM sessions WHERE token_hash = $1;

-- name: is_live
SELECT EXISTS (SELECT FROM sessions WHERE session_id = $1 AND expires_at > $2);

-- name: sessions_of_account
SELECT session_id, account_id, form_token, shared_computer, browser, system, signed_in_at, last_used_at,
    (SELECT person_id FROM school_logins WHERE login_id = account_id) AS person_id,
    (SELECT kind FROM school_logins WHERE login_id = account_id) AS login_kind,
    (SELECT coalesce(student_id, school_id) FROM school_logins WHERE login_id = account_id) AS scope_id
FROM sessions
WHERE account_id = $1 AND expires_at > $2
ORDER BY last_used_at DESC, session_id;

-- name: end_sessions
-- Of one account, or with NULL of whomever. An event goes out for each session that was still there; its subject is the
-- account, the session stands in `told`.
WITH gone AS (
    DELETE FROM sessions WHERE ($1::uuid IS NULL OR account_id = $1) AND session_id = ANY ($2::uuid[])
    RETURNING session_id
), events AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.lane, event.slot, event.topic, event.key, event.headers, event.value
    FROM unnest($2::uuid[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::jsonb[], $8::bytea[])
        AS event (told, lane, slot, topic, key, headers, value)
    JOIN gone ON gone.session_id = told
)
SELECT count(*) FROM gone;

-- name: sessions_there_are
SELECT count(*) FROM sessions;

-- name: some_sessions
SELECT session_id, account_id FROM sessions ORDER BY session_id LIMIT $1;

-- name: sign_ins_of_account
SELECT signed_in_at, shared_computer, browser, system FROM sign_ins WHERE account_id = $1 ORDER BY signed_in_at DESC;

-- name: forget_sessions
DELETE FROM sessions WHERE session_id IN (SELECT session_id FROM sessions WHERE expires_at < $1 LIMIT $2);

-- name: forget_sign_ins
DELETE FROM sign_ins WHERE signed_in_at < $1;

-- name: devices_of_account
SELECT last_used_at FROM devices WHERE account_id = $1 ORDER BY last_used_at DESC;

-- name: forget_devices
DELETE FROM devices WHERE last_used_at < $1;
