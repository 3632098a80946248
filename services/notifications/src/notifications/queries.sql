-- The worker's statements. All take arrays, so that a batch of events costs as many statements as one event.

-- name: contacts_of
-- Locked in the order of their ids: what is decided on them holds until the commit, and two workers do not deadlock.
SELECT account_id, version, state, language, address, registered_at, expires_at, password_version, address_version,
       address_asked_version, deletion_version
FROM contacts
WHERE account_id = ANY ($1::uuid[])
ORDER BY account_id
FOR UPDATE;

-- name: save_contacts
-- The version is the judge between two workers that both found no contact: returns those that were saved. A late event
-- leaves it as it was.
INSERT INTO contacts (account_id, version, state, language, address, domain, registered_at, expires_at,
                      password_version, address_version, address_asked_version, deletion_version, updated_at)
SELECT account_id, version, state, language, address, domain, registered_at, expires_at,
       password_version, address_version, address_asked_version, deletion_version, $13
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
            $8::timestamptz[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
    AS contact (account_id, version, state, language, address, domain, registered_at, expires_at,
                password_version, address_version, address_asked_version, deletion_version)
ORDER BY account_id
ON CONFLICT (account_id) DO UPDATE
SET version = EXCLUDED.version, state = EXCLUDED.state, language = EXCLUDED.language, address = EXCLUDED.address,
    domain = EXCLUDED.domain, registered_at = EXCLUDED.registered_at, expires_at = EXCLUDED.expires_at,
    password_version = EXCLUDED.password_version, address_version = EXCLUDED.address_version,
    address_asked_version = EXCLUDED.address_asked_version, deletion_version = EXCLUDED.deletion_version,
    updated_at = EXCLUDED.updated_at
WHERE contacts.version <= EXCLUDED.version AND contacts.state <> 'gone'
RETURNING account_id;

-- name: ask_for_erasure
-- What is suppressed of their addresses goes with them, whosever mail it was that had been refused.
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::text[]) AS asked (account_id, address)
),
erasure AS (
    INSERT INTO erasures (account_id, asked_at) SELECT account_id, $3 FROM asked ORDER BY account_id
    ON CONFLICT DO NOTHING
)
UPDATE suppressions SET account_id = asked.account_id FROM asked WHERE suppressions.address = lower(asked.address);

-- name: move_mails
-- Mails for the contact's address follow it: what may be in flight to a domain is counted by where they go. Also those
-- that a sender holds, because it may give them back.
UPDATE mail_queue AS queued SET domain = moved.domain
FROM unnest($1::uuid[], $2::text[]) AS moved (account_id, domain)
WHERE queued.account_id = moved.account_id
  AND queued.mail_id IN (
    SELECT mail_id FROM mail_queue
    WHERE account_id = ANY ($1::uuid[]) AND kind <> ALL ($3::text[])
    ORDER BY mail_id
    FOR UPDATE
  );

-- name: unqueue_mails
-- Also mails that a sender holds: when it records what became of one, it finds it settled.
DELETE FROM mail_queue
WHERE mail_id IN (
    SELECT queued.mail_id
    FROM mail_queue AS queued JOIN unnest($1::uuid[], $2::text[]) AS asked (account_id, kind) USING (account_id, kind)
    ORDER BY queued.mail_id
    FOR UPDATE OF queued
)
RETURNING mail_id, created_on;

-- name: unqueue_these
DELETE FROM mail_queue
WHERE mail_id IN (SELECT mail_id FROM mail_queue WHERE mail_id = ANY ($1::uuid[]) ORDER BY mail_id FOR UPDATE)
RETURNING mail_id, created_on;

-- name: cancel_mails
-- The days stand apart from the ids, so that of all the partitions only those days are looked at.
WITH wiped AS (
    UPDATE notices SET sealed_token = NULL, sealed_address = NULL
    WHERE mail_id = ANY ($1::uuid[]) AND created_on = ANY ($2::date[])
      AND (sealed_token IS NOT NULL OR sealed_address IS NOT NULL)
)
UPDATE mails SET state = 'cancelled', reason = $3, settled_at = $4
WHERE mail_id = ANY ($1::uuid[]) AND created_on = ANY ($2::date[])
RETURNING mail_id, account_id, lane, kind, reason, district_id, school_id;

-- name: queue_mails
-- A notice is new when its dedup key is; each new one becomes a mail, and its school has a turn when it is due.
WITH wanted AS (
    SELECT notice.*, coalesce(notice.own_domain, contacts.domain) AS domain
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
                $9::text[], $10::timestamptz[], $11::timestamptz[], $12::uuid[], $13::text[], $14::timestamptz[],
                $15::jsonb[], $16::text[], $17::text[], $18::text[], $19::text[])
        AS notice (dedup_key, mail_id, notice_id, account_id, lane, kind, district_id, school_id,
                   thread_id, due_at, not_after, event_id, event_type, event_time, params, sealed_token,
                   sealed_address, own_domain, traceparent)
    JOIN contacts USING (account_id)
    WHERE coalesce(notice.own_domain, contacts.domain) IS NOT NULL
),
fresh AS (
    INSERT INTO notice_keys (dedup_key, noticed_at)
    SELECT dedup_key, $20 FROM wanted ORDER BY dedup_key
    ON CONFLICT DO NOTHING
    RETURNING dedup_key
),
noticed AS (
    SELECT wanted.*, $20::timestamptz AS created_at, ($20::timestamptz AT TIME ZONE 'UTC')::date AS created_on
    FROM wanted JOIN fresh USING (dedup_key)
),
mail AS (
    INSERT INTO mails (mail_id, created_on, account_id, lane, kind, district_id, school_id, thread_id, created_at)
    SELECT mail_id, created_on, account_id, lane, kind, district_id, school_id, thread_id, created_at FROM noticed
),
notice AS (
    INSERT INTO notices (notice_id, created_on, mail_id, account_id, kind, event_id, event_type, event_time, dedup_key,
                         params, sealed_token, sealed_address, traceparent, created_at)
    SELECT notice_id, created_on, mail_id, account_id, kind, event_id, event_type, event_time, dedup_key,
           params, sealed_token, sealed_address, traceparent, created_at
    FROM noticed
),
queued AS (
    INSERT INTO mail_queue (mail_id, created_on, lane, school_id, district_id, account_id, kind, domain, due_at,
                            not_after)
    SELECT mail_id, created_on, lane, coalesce(school_id, '00000000-0000-0000-0000-000000000000'), district_id,
           account_id, kind, domain, due_at, not_after
    FROM noticed
    RETURNING lane, school_id, due_at
),
turn AS (
    INSERT INTO queue_turns (lane, school_id, next_due_at, last_turn)
    SELECT lane, school_id, min(due_at), '-infinity' FROM queued GROUP BY lane, school_id ORDER BY lane, school_id
    ON CONFLICT (lane, school_id) DO UPDATE SET next_due_at = EXCLUDED.next_due_at
    WHERE queue_turns.next_due_at > EXCLUDED.next_due_at
)
SELECT lane, kind, count(*) AS mails FROM noticed GROUP BY lane, kind;

-- name: insert_events
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[]);

-- name: queue_depth
SELECT lane, count(*) AS mails, count(*) FILTER (WHERE due_at <= now()) AS due,
       count(paused_due_at) AS paused, greatest(extract(epoch FROM now() - min(due_at)), 0)::float8 AS late_seconds
FROM mail_queue
GROUP BY lane;

-- name: suppressions
SELECT address, reason, created_at FROM suppressions ORDER BY created_at DESC, address;

-- name: remove_suppression
DELETE FROM suppressions WHERE lower(address) = ANY ($1::text[]) RETURNING address;

-- name: forget_suppressions
DELETE FROM suppressions WHERE address = ANY ($1::text[]);

-- name: kept_contact
SELECT contacts.state, contacts.language, contacts.address, suppressions.created_at AS suppressed_since
FROM contacts LEFT JOIN suppressions ON suppressions.address = lower(contacts.address)
WHERE contacts.account_id = $1;

-- name: kept_mails
SELECT mail_id, kind, created_at, state, reason, settled_at,
       (SELECT coalesce(json_agg(params ORDER BY notices.created_at, notice_id), '[]')
        FROM notices WHERE notices.mail_id = mails.mail_id) AS facts,
       (SELECT coalesce(json_agg(json_build_object('at', started_at, 'answer', result, 'reply', reply)
                                 ORDER BY started_at), '[]')
        FROM attempts WHERE attempts.mail_id = mails.mail_id) AS attempts
FROM mails
WHERE account_id = $1
ORDER BY created_at, mail_id;
