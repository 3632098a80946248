-- Signing in, sessions, and what an account is protected by. What belongs to an account goes with it.

ALTER TABLE accounts
    ADD COLUMN second_factor text,          -- the secret of the app that shows codes, encrypted; null: off
    ADD COLUMN second_factor_step bigint,   -- the newest time step whose code was used: none is good twice
    ADD COLUMN deletion_at timestamptz;     -- when the account will be deleted, if the person has asked for it

CREATE INDEX accounts_to_delete ON accounts (deletion_at) WHERE deletion_at IS NOT NULL;

-- A sign-in that lasts. The reference token lies in the browser, its hash here alone.
CREATE TABLE sessions (
    session_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,       -- SHA-256
    form_token text NOT NULL,               -- stands in the forms of the session's pages
    shared_computer boolean NOT NULL,
    browser text,
    system text,
    signed_in_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL         -- moves with use
);

CREATE INDEX sessions_of_account ON sessions (account_id, last_used_at);
CREATE INDEX sessions_age ON sessions (expires_at);

-- Browsers that an account was used in: by the cookie that they keep, a shared computer by where it stands.
CREATE TABLE devices (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    device_hash bytea NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, device_hash)
);

CREATE INDEX devices_age ON devices (last_used_at);

-- When the account was signed in to, for its owner to see; kept a year.
CREATE TABLE sign_ins (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    signed_in_at timestamptz NOT NULL,
    shared_computer boolean NOT NULL,
    browser text,
    system text
);

CREATE INDEX sign_ins_of_account ON sign_ins (account_id, signed_in_at);
CREATE INDEX sign_ins_age ON sign_ins USING brin (signed_in_at);

-- Guesses that failed, or are under way: an attempt counts before it is checked, so that many at once are no way round.
CREATE TABLE failed_attempts (
    subject bytea PRIMARY KEY,              -- HMAC of account and device, of account and network, or of a network
    address bytea,                          -- HMAC of the account's address, to forgive all its failures at once
    failures integer NOT NULL,
    failed_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);

CREATE INDEX failed_attempts_address ON failed_attempts (address) WHERE address IS NOT NULL;
CREATE INDEX failed_attempts_age ON failed_attempts (failed_at);

-- Codes for when the app is lost: each good once.
CREATE TABLE recovery_codes (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    code_hash bytea NOT NULL,               -- HMAC
    used_at timestamptz,
    PRIMARY KEY (account_id, code_hash)
);

-- The secret of an app that is being set up: it takes effect once a code has shown that the app has it.
CREATE TABLE second_factor_setups (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    secret text NOT NULL,                   -- encrypted
    begun_at timestamptz NOT NULL
);

-- An address that waits to be confirmed: one for an account, by the token that was mailed there.
CREATE TABLE email_changes (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    email text NOT NULL,
    email_key text NOT NULL,
    requested_at timestamptz NOT NULL
);
