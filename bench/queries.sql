-- What the rows put into the databases and read out of them.

-- name: queue_mails
-- Mails with all that they are made of, their notices and their contacts, as the worker would have written them.
WITH mail AS MATERIALIZED (
    SELECT *, (created_at AT TIME ZONE 'UTC')::date AS created_on, split_part(address, '@', 2) AS domain
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::jsonb[], $11::text[], $12::timestamptz[])
        AS mail (mail_id, account_id, notice_id, event_id, school_id, lane, kind, language, address, params,
                 sealed_token, created_at)
),
contact AS (
    INSERT INTO contacts (account_id, version, state, language, address, domain, updated_at)
    SELECT account_id, 1, CASE WHEN kind = 'activation' THEN 'pending' ELSE 'active' END, language, address, domain,
           created_at
    FROM mail
),
made AS (
    INSERT INTO mails (mail_id, created_on, account_id, lane, kind, school_id, thread_id, created_at)
    SELECT mail_id, created_on, account_id, lane, kind, school_id, 'account-' || account_id, created_at FROM mail
),
notice AS (
    INSERT INTO notices (notice_id, created_on, mail_id, account_id, kind, event_id, event_type, event_time, dedup_key,
                         params, sealed_token, created_at)
    SELECT notice_id, created_on, mail_id, account_id, kind, event_id, 'bench', created_at, mail_id::text, params,
           sealed_token, created_at
    FROM mail
),
turn AS (
    INSERT INTO queue_turns (lane, school_id, next_due_at, last_turn)
    SELECT DISTINCT lane, school_id, 'infinity'::timestamptz, '-infinity'::timestamptz FROM mail
    ON CONFLICT DO NOTHING
)
INSERT INTO mail_queue (mail_id, created_on, lane, school_id, account_id, kind, domain, due_at, not_after)
SELECT mail_id, created_on, lane, school_id, account_id, kind, domain, created_at, created_at + interval '4 days'
FROM mail;

-- name: open_turns
-- From now on the queue is to be worked off.
UPDATE queue_turns SET next_due_at = now() WHERE lane = $1;

-- name: accepted
SELECT count(*) FROM mails WHERE state = 'accepted' AND kind = ANY ($1::text[]);

-- name: forget_mails
TRUNCATE mails, notices, notice_keys, mail_queue, queue_turns, attempts, outbox;

-- name: forget_contacts
TRUNCATE contacts;

-- name: know_contacts
INSERT INTO contacts (account_id, version, state, language, address, domain, updated_at)
SELECT account_id, 1, 'active', language, address, split_part(address, '@', 2), now()
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS contact (account_id, language, address);

-- name: accepted_at
-- When the relay accepted the mail of each event.
SELECT notices.event_id, attempts.answered_at
FROM notices JOIN attempts USING (mail_id)
WHERE attempts.result = 'accepted' AND notices.kind = ANY ($1::text[]);

-- name: written_at
-- When each event was committed with its row.
SELECT (headers ->> 'ce_id')::uuid AS event_id, created_at FROM outbox_archive WHERE lane = $1;

-- name: insert_events
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[]);

-- name: fill_lane
-- As many rows of a lane as asked for, each with a key of its own, such as a roster import leaves.
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT $1, number % 4, $2, number::text, $3, repeat('x', 400)::bytea
FROM generate_series(1, $4::integer) AS number;

-- name: span_of_lane
-- About how many rows of a lane there are, when nearly all rows are of it.
SELECT coalesce(max(id) - min(id), 0)
FROM generate_series(0, 3) AS held (slot)
CROSS JOIN LATERAL (
    (SELECT id FROM outbox WHERE lane = $1 AND slot BETWEEN held.slot AND held.slot ORDER BY slot, id LIMIT 1)
    UNION ALL
    (SELECT id FROM outbox WHERE lane = $1 AND slot BETWEEN held.slot AND held.slot ORDER BY slot DESC, id DESC LIMIT 1)
) AS ends;

-- name: is_lane_archived
SELECT EXISTS (SELECT FROM outbox_archive WHERE lane = $1);

-- name: left_in_outbox
SELECT EXISTS (SELECT FROM outbox WHERE lane = $1);

-- name: left_of_events
-- Whether events of a service wait for Kafka, or for something that they tell of and that is not known yet.
SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM parked_events);

-- name: left_to_send
SELECT EXISTS (SELECT FROM mail_queue WHERE attempt_token IS NOT NULL OR due_at <= now());

-- name: left_in_queue
SELECT EXISTS (SELECT FROM mail_queue WHERE lane = $1 AND due_at <= now());

-- name: forget_archive
TRUNCATE outbox_archive;

-- name: forget_events
TRUNCATE outbox, outbox_archive;

-- name: forget_accounts
TRUNCATE accounts, tokens, mail_requests, outbox CASCADE;

-- name: left_unsettled
-- Whether mails are in the queue, also those that a sender holds or that were put off.
SELECT EXISTS (SELECT FROM mail_queue WHERE lane = $1 AND kind = 'new_sign_in');

-- name: fill_sent
-- Mails that were accepted, with all that is kept of them. $1 the first number, $2 how many, $3 over how many days.
WITH mail AS MATERIALIZED (
    SELECT gen_random_uuid() AS mail_id, gen_random_uuid() AS account_id, number,
           now() - (1 + number % $3::int) * interval '1 day' AS at
    FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS number
),
made AS (
    INSERT INTO mails (mail_id, created_on, account_id, lane, kind, thread_id, created_at, state, settled_at)
    SELECT mail_id, (at AT TIME ZONE 'UTC')::date, account_id, 'bulk', 'welcome', 'account-' || account_id, at,
           'accepted', at
    FROM mail
),
tried AS (
    INSERT INTO attempts (mail_id, attempt_token, started_on, created_on, started_at, answered_at, result, code,
                          enhanced, reply, relay)
    SELECT mail_id, gen_random_uuid(), (at AT TIME ZONE 'UTC')::date, (at AT TIME ZONE 'UTC')::date, at, at, 'accepted',
           250, '2.0.0', 'queued', 'relay'
    FROM mail
),
known AS (
    INSERT INTO notice_keys (dedup_key, noticed_at) SELECT 'welcome:' || account_id, at FROM mail
)
INSERT INTO notices (notice_id, created_on, mail_id, account_id, kind, event_id, event_type, event_time, dedup_key,
                     params, created_at)
SELECT gen_random_uuid(), (at AT TIME ZONE 'UTC')::date, mail_id, account_id, 'welcome', gen_random_uuid(), 'bench', at,
       'welcome:' || account_id, '{"terms_version": "2026-09-01"}', at
FROM mail;
