-- Contacts, notices, the mails that they become, and the queue that the sender works off.
--
-- Tables that grow with every mail are partitioned by day and dropped by age (retention.py). Each has a default
-- partition, so that an insert never fails because a day is missing; retention moves such rows to their day.

-- Who can be written to: this service's own projection of the portal accounts.
CREATE TABLE contacts (
    account_id    uuid        PRIMARY KEY,
    version       bigint      NOT NULL,
    state         text        NOT NULL CHECK (state IN ('pending', 'active', 'gone')),
    language      text,
    address       text,
    domain        text,
    registered_at timestamptz,
    expires_at    timestamptz,
    updated_at    timestamptz NOT NULL,
    -- 'gone' keeps the id and the version alone, so that a late event does not bring the person back.
    CHECK ((state = 'gone') = (address IS NULL) AND (address IS NULL) = (domain IS NULL)
           AND (state = 'gone') = (language IS NULL))
);
CREATE INDEX contacts_address ON contacts (lower(address)) WHERE address IS NOT NULL;

-- What was noticed once is never noticed again: PostgreSQL allows no unique key across day partitions, so the keys
-- have a table of their own.
CREATE TABLE notice_keys (
    dedup_key  text        PRIMARY KEY,
    noticed_at timestamptz NOT NULL
) PARTITION BY HASH (dedup_key);
CREATE TABLE notice_keys_0 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE notice_keys_1 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE notice_keys_2 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE notice_keys_3 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE notice_keys_4 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE notice_keys_5 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE notice_keys_6 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE notice_keys_7 PARTITION OF notice_keys FOR VALUES WITH (MODULUS 8, REMAINDER 7);
CREATE INDEX notice_keys_noticed_at ON notice_keys (noticed_at);

-- One message to one person. `created_on` is the UTC day of `created_at`.
CREATE TABLE mails (
    mail_id     uuid        NOT NULL,
    created_on  date        NOT NULL,
    account_id  uuid        NOT NULL,
    lane        text        NOT NULL CHECK (lane IN ('security', 'direct', 'bulk')),
    kind        text        NOT NULL,
    district_id uuid,
    school_id   uuid,
    state       text        NOT NULL DEFAULT 'queued'
                            CHECK (state IN ('queued', 'accepted', 'refused', 'expired', 'cancelled')),
    reason      text,
    thread_id   text        NOT NULL,
    created_at  timestamptz NOT NULL,
    settled_at  timestamptz,
    PRIMARY KEY (mail_id, created_on),
    CHECK ((state = 'queued') = (settled_at IS NULL))
) PARTITION BY RANGE (created_on);
CREATE TABLE mails_default PARTITION OF mails DEFAULT;
CREATE INDEX mails_account_id ON mails (account_id, created_at);

-- One fact for one person, and the event that it comes from; it lies in the partition of its mail's day.
-- `sealed_token` is wiped when the mail is settled.
CREATE TABLE notices (
    notice_id    uuid        NOT NULL,
    created_on   date        NOT NULL,
    mail_id      uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    kind         text        NOT NULL,
    event_id     uuid        NOT NULL,
    event_type   text        NOT NULL,
    event_time   timestamptz NOT NULL,
    dedup_key    text        NOT NULL,
    params       jsonb       NOT NULL,
    sealed_token text,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (notice_id, created_on)
) PARTITION BY RANGE (created_on);
CREATE TABLE notices_default PARTITION OF notices DEFAULT;
CREATE INDEX notices_mail_id ON notices (mail_id);

-- The mails that are not settled. `due_at` doubles as the end of a sender's lease: what a killed sender held becomes
-- due by itself. Whoever takes rows of several mails locks them in the order of mail_id, and queue_turns after them.
CREATE TABLE mail_queue (
    mail_id       uuid        PRIMARY KEY,
    created_on    date        NOT NULL,
    lane          text        NOT NULL CHECK (lane IN ('security', 'direct', 'bulk')),
    school_id     uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    account_id    uuid        NOT NULL,
    kind          text        NOT NULL,
    domain        text        NOT NULL,
    due_at        timestamptz NOT NULL,
    not_after     timestamptz NOT NULL,
    attempts      int         NOT NULL DEFAULT 0,
    attempt_token uuid
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX mail_queue_due ON mail_queue (lane, school_id, due_at);
CREATE INDEX mail_queue_account_id ON mail_queue (account_id);
CREATE INDEX mail_queue_leased ON mail_queue (domain) WHERE attempt_token IS NOT NULL;

-- Whose turn it is: a row per lane and school that ever had a mail (the nil id where a mail belongs to no school).
-- Whoever queues mails sets it in the same transaction, which locks the row and so orders queueing and claiming.
CREATE TABLE queue_turns (
    lane        text        NOT NULL,
    school_id   uuid        NOT NULL,
    next_due_at timestamptz NOT NULL,
    last_turn   timestamptz NOT NULL,
    PRIMARY KEY (lane, school_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 100);
CREATE INDEX queue_turns_due ON queue_turns (lane, next_due_at);

-- Each try of a mail and what the relay answered. In `reply` the recipient's address reads <recipient>.
CREATE TABLE attempts (
    mail_id       uuid        NOT NULL,
    attempt_token uuid        NOT NULL,
    started_on    date        NOT NULL,
    created_on    date        NOT NULL,
    started_at    timestamptz NOT NULL,
    answered_at   timestamptz,
    result        text        NOT NULL,
    code          int,
    enhanced      text,
    reply         text,
    relay         text        NOT NULL
) PARTITION BY RANGE (started_on);
CREATE TABLE attempts_default PARTITION OF attempts DEFAULT;
CREATE INDEX attempts_mail_id ON attempts (mail_id);

-- Addresses that nothing is sent to any more, because their server said that there is no such mailbox.
CREATE TABLE suppressions (
    address    text        PRIMARY KEY,
    reason     text        NOT NULL,
    mail_id    uuid,
    created_at timestamptz NOT NULL
);

-- How a destination domain treats us: faults in a row, a pause, and the allowance while it is ramped up again.
CREATE TABLE domain_states (
    domain        text        PRIMARY KEY,
    faults        int         NOT NULL DEFAULT 0,
    allowance     int,
    paused_until  timestamptz,
    pause_seconds int         NOT NULL DEFAULT 0,
    changed_at    timestamptz NOT NULL
);
