-- Portal accounts. A pending one that nobody activates is deleted whole at `expires_at`.
CREATE TABLE accounts (
    account_id uuid PRIMARY KEY,
    email text NOT NULL,                -- as given, the domain in ASCII
    email_key text NOT NULL UNIQUE,     -- equal for all spellings of one address
    password_hash text NOT NULL,        -- Argon2id, with its parameters
    age_bracket text NOT NULL CHECK (age_bracket IN ('under_13', '13_15', '16_17', 'adult')),
    language text NOT NULL CHECK (language IN ('pl', 'en', 'uk')),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active')),
    version bigint NOT NULL DEFAULT 1,  -- grows with every event of the account
    registered_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    activated_at timestamptz,
    terms_version text,                 -- accepted in the act of activation
    CHECK ((state = 'active') = (activated_at IS NOT NULL AND terms_version IS NOT NULL))
);

CREATE INDEX accounts_to_expire ON accounts (expires_at) WHERE state = 'pending';

-- Links that were mailed. No foreign key and nothing personal: a row outlives its registration by 30 days, so that a
-- link that ran out can say so.
CREATE TABLE tokens (
    token_hash bytea PRIMARY KEY,       -- SHA-256
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);

CREATE INDEX tokens_of_account ON tokens (account_id);
CREATE INDEX tokens_age ON tokens (expires_at);

-- Who asked for a mail in the last hours, and whether one was sent: the limit per address, shared by all replicas.
-- Written for every request, also for addresses that nobody has, so that all take the same time.
CREATE TABLE mail_requests (
    address bytea NOT NULL,             -- HMAC of the address
    requested_at timestamptz NOT NULL,
    mailed boolean NOT NULL
);

CREATE INDEX mail_requests_mailed ON mail_requests (address, requested_at) WHERE mailed;
CREATE INDEX mail_requests_age ON mail_requests (requested_at);
