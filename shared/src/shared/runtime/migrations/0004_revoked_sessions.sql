-- Sessions that ended before their time, for as long as an access token of theirs may live. Kept by the worker from
-- SessionRevoked and asked by every request.
CREATE TABLE revoked_sessions (
    session_id uuid PRIMARY KEY,
    remembered_until timestamptz NOT NULL
);

CREATE INDEX revoked_sessions_age ON revoked_sessions (remembered_until);
