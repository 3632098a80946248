-- The sender's statements. None looks at more of the queue than it takes: their cost does not grow with the backlog.
-- Rows are picked by `= ANY` rather than by joins: whatever the planner believes of a table, it begins at the index.

-- name: is_anything_due
SELECT EXISTS (SELECT FROM queue_turns WHERE lane = $1 AND turn_at <= now());

-- name: take_turns
-- The schools whose turn it is. Who queues mails holds the row of its school until its commit; such a school is passed
-- over and comes next time.
SELECT school_id FROM queue_turns
WHERE lane = $1 AND turn_at <= now()
ORDER BY turn_at
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: wait_a_second
SET LOCAL lock_timeout = '1s';

-- name: wait_for_turn
-- When every school that is due is being queued for, without a pause: stand in line for the one that waited longest.
SELECT school_id FROM queue_turns
WHERE lane = $1 AND turn_at <= now()
ORDER BY turn_at
LIMIT 1
FOR UPDATE;

-- name: claim_mails
-- A statement of its own after take_turns, so that it sees everything queued before the turns were taken.
-- $1 lane, $2 schools, $3 mails per school, $4 cap per domain, $5 seconds of the lease, $6 domains that this sender can
-- take nothing more to for now.
-- Of what is due: ended mails are leased to be settled; mails that fit a brake wait for their end; mails to a paused
-- domain and beyond what may be in flight to one are put off (not past their end). What waits comes back without a token.
WITH due AS MATERIALIZED (
    SELECT queued.mail_id, queued.domain, queued.due_at, queued.not_after,
           CASE
               WHEN queued.not_after <= now() THEN 'ended'
               WHEN EXISTS (
                   SELECT FROM mail_brakes AS brake
                   WHERE brake.lifted_at IS NULL
                     AND queued.lane = ANY (brake.lanes)
                     AND (brake.kind IS NULL OR brake.kind = queued.kind)
                     AND (brake.school_id IS NULL OR brake.school_id = queued.school_id)
                     AND (brake.district_id IS NULL OR brake.district_id = queued.district_id)
               ) THEN 'braked'
               ELSE 'wanted'
           END AS what
    FROM unnest($2::uuid[]) AS turn (school_id)
    CROSS JOIN LATERAL (
        SELECT * FROM mail_queue
        WHERE lane = $1 AND mail_queue.school_id = turn.school_id AND due_at <= now()
        ORDER BY due_at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS queued
),
destination AS MATERIALIZED (
    SELECT domain, state.paused_until, state.domain IS NOT NULL AS watched,
           CASE WHEN domain = ANY ($6::text[]) THEN 0
                ELSE least(coalesce(state.allowance, $4), $4) - flying.mails END AS room
    FROM (SELECT DISTINCT domain FROM due) AS met
    LEFT JOIN domain_states AS state USING (domain)
    CROSS JOIN LATERAL (
        SELECT count(*) AS mails FROM mail_queue
        WHERE mail_queue.domain = met.domain AND attempt_token IS NOT NULL AND due_at > now()
    ) AS flying
),
ranked AS (
    SELECT due.*, destination.paused_until, destination.watched,
           row_number() OVER (PARTITION BY due.domain, due.what ORDER BY due.due_at) - destination.room AS excess
    FROM due JOIN destination USING (domain)
),
verdict AS MATERIALIZED (
    SELECT mail_id, due_at, watched, CASE WHEN what = 'braked' THEN due_at END AS paused_due_at,
           CASE
               WHEN what = 'ended' THEN NULL
               WHEN what = 'braked' THEN not_after
               WHEN paused_until > now() THEN least(paused_until + random() * interval '10 seconds', not_after)
               WHEN excess > 0
                   THEN least(now() + (1 + excess / $4::float + random()) * interval '1 second', not_after)
           END AS put_off_to
    FROM ranked
),
held AS (
    UPDATE mail_queue AS queued
    SET attempt_token = CASE WHEN put_off_to IS NULL THEN gen_random_uuid() END,
        due_at = coalesce(put_off_to, now() + $5::float * interval '1 second'),
        paused_due_at = verdict.paused_due_at,
        attempts = queued.attempts + (put_off_to IS NULL)::int
    FROM verdict
    WHERE queued.mail_id = verdict.mail_id AND queued.mail_id = ANY (ARRAY(SELECT mail_id FROM verdict))
    RETURNING queued.*, verdict.due_at AS was_due_at, verdict.watched
)
SELECT mail_id, created_on, attempt_token, lane, kind, school_id, account_id, domain, was_due_at AS due_at, not_after,
       attempts, watched
FROM held
ORDER BY was_due_at;

-- name: read_mails
-- What claimed mails are made of and whom they go to. After the claim's commit, so that schools are held up no longer
-- than they must be. Of all the partitions only the mails' days are looked at: they stand apart for that. A contact that
-- is gone has no language: its last notice brings it.
SELECT mails.mail_id, mails.created_at, mails.thread_id, mails.district_id,
       notice.event_time, notice.params, notice.sealed_token, notice.sealed_address, notice.traceparent,
       coalesce(contacts.state, 'gone') AS contact_state, contacts.address,
       coalesce(contacts.language, notice.params ->> 'language') AS language,
       suppressions.address IS NOT NULL AS suppressed
FROM mails
LEFT JOIN LATERAL (
    SELECT event_time, params, sealed_token, sealed_address, traceparent FROM notices
    WHERE notices.created_on = ANY ($2::date[])
      AND notices.mail_id = mails.mail_id AND notices.created_on = mails.created_on
    ORDER BY notice_id
    LIMIT 1
) AS notice ON true
LEFT JOIN contacts ON contacts.account_id = mails.account_id AND contacts.account_id = ANY ($3::uuid[])
LEFT JOIN suppressions ON suppressions.address = lower(contacts.address)
WHERE mails.created_on = ANY ($2::date[]) AND mails.mail_id = ANY ($1::uuid[]) AND mails.state = 'queued';

-- name: suppressed_of
SELECT address FROM suppressions WHERE address = ANY ($1::text[]);

-- name: end_turns
-- A statement of its own after claim_mails, so that it sees what is left. A lease counts as due when it ends.
UPDATE queue_turns
SET last_turn = now(),
    next_due_at = coalesce(
        (SELECT due_at FROM mail_queue
         WHERE mail_queue.lane = queue_turns.lane AND mail_queue.school_id = queue_turns.school_id
         ORDER BY due_at LIMIT 1),
        'infinity')
WHERE lane = $1 AND school_id = ANY ($2::uuid[]);

-- name: still_held
SELECT EXISTS (SELECT FROM mail_queue WHERE mail_id = $1 AND attempt_token = $2);

-- name: record
-- What became of a batch of mails, one row each. A mail is settled once: what the relay accepted is accepted, also when
-- it was cancelled or leased to another meanwhile; any other end counts only for who still holds the mail.
-- The days stand apart from the mails, so that of all the partitions only those days are looked at.
WITH outcome AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[],
                         $8::text[])
        AS outcome (mail_id, created_on, attempt_token, state, reason, due_at, tried, suppressed_address)
),
attempt AS (
    INSERT INTO attempts (mail_id, attempt_token, started_on, created_on, started_at, answered_at, result, code,
                          enhanced, reply, relay)
    SELECT mail_id, attempt_token, (started_at AT TIME ZONE 'UTC')::date, created_on, started_at, answered_at, result,
           code, enhanced, reply, $9
    FROM unnest($10::uuid[], $11::uuid[], $12::date[], $13::timestamptz[], $14::timestamptz[], $15::text[], $16::int[],
                $17::text[], $18::text[])
        AS attempt (mail_id, attempt_token, created_on, started_at, answered_at, result, code, enhanced, reply)
    ON CONFLICT DO NOTHING
),
held AS MATERIALIZED (
    SELECT queued.mail_id, queued.attempt_token
    FROM mail_queue AS queued
    WHERE queued.mail_id = ANY ($1::uuid[])
    ORDER BY queued.mail_id
    FOR UPDATE OF queued
),
ended AS (
    DELETE FROM mail_queue
    WHERE mail_id = ANY (ARRAY(
        SELECT held.mail_id FROM held JOIN outcome USING (mail_id)
        WHERE outcome.state = 'accepted'
           OR outcome.state IS NOT NULL AND outcome.attempt_token = held.attempt_token))
    RETURNING mail_id
),
kept AS (
    UPDATE mail_queue AS queued
    SET attempt_token = NULL, due_at = outcome.due_at, attempts = queued.attempts - (NOT outcome.tried)::int
    FROM held, outcome
    WHERE queued.mail_id = held.mail_id AND outcome.mail_id = held.mail_id
      AND outcome.state IS NULL AND outcome.attempt_token = held.attempt_token
),
taken AS (
    UPDATE mails SET state = 'accepted', reason = NULL, settled_at = now()
    WHERE created_on = ANY ($26::date[])
      AND mail_id = ANY (ARRAY(SELECT mail_id FROM outcome WHERE outcome.state = 'accepted'))
      AND state <> 'accepted'
    RETURNING mail_id
),
closed AS (
    UPDATE mails SET state = outcome.state, reason = outcome.reason, settled_at = now()
    FROM outcome JOIN ended USING (mail_id)
    WHERE mails.created_on = ANY ($26::date[])
      AND mails.mail_id = outcome.mail_id AND mails.created_on = outcome.created_on
      AND outcome.state <> 'accepted' AND mails.state = 'queued'
    RETURNING mails.mail_id
),
settled AS MATERIALIZED (
    SELECT mail_id FROM taken UNION ALL SELECT mail_id FROM closed
),
wiped AS (
    UPDATE notices SET sealed_token = NULL, sealed_address = NULL
    WHERE created_on = ANY ($26::date[]) AND mail_id = ANY (ARRAY(SELECT mail_id FROM settled))
      AND (sealed_token IS NOT NULL OR sealed_address IS NOT NULL)
),
suppressed AS (
    -- Not for a mail that was cancelled or erased meanwhile: its registration may have expired, its account may be gone,
    -- and nothing is kept of that.
    INSERT INTO suppressions (address, reason, mail_id, account_id, created_at)
    SELECT DISTINCT ON (suppressed_address) suppressed_address, outcome.reason, mail_id, mails.account_id, now()
    FROM outcome JOIN held USING (mail_id) JOIN mails USING (mail_id, created_on)
    WHERE suppressed_address IS NOT NULL AND mails.created_on = ANY ($26::date[])
    ORDER BY suppressed_address
    ON CONFLICT DO NOTHING
),
event AS (
    INSERT INTO outbox (lane, slot, topic, key, headers, value)
    SELECT event.lane, event.slot, event.topic, event.key, event.headers, event.value
    FROM unnest($19::uuid[], $20::text[], $21::smallint[], $22::text[], $23::text[], $24::jsonb[], $25::bytea[])
        AS event (mail_id, lane, slot, topic, key, headers, value)
    JOIN settled USING (mail_id)
)
SELECT mail_id FROM settled;

-- name: wake_schools
-- Mails given back before their lease ended are due at once: their schools' turns come forward.
INSERT INTO queue_turns (lane, school_id, next_due_at, last_turn)
SELECT lane, school_id, due_at, '-infinity'
FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS turn (lane, school_id, due_at)
ORDER BY lane, school_id
ON CONFLICT (lane, school_id) DO UPDATE SET next_due_at = EXCLUDED.next_due_at
WHERE queue_turns.next_due_at > EXCLUDED.next_due_at;

-- name: watch_domains
INSERT INTO domain_states (domain, changed_at)
SELECT domain, now() FROM unnest($1::text[]) AS met (domain) ORDER BY domain
ON CONFLICT DO NOTHING;

-- name: domain_states
SELECT domain, faults, allowance, paused_until, pause_seconds FROM domain_states
WHERE domain = ANY ($1::text[])
ORDER BY domain
FOR UPDATE;

-- name: save_domain_states
UPDATE domain_states AS state
SET faults = changed.faults, allowance = changed.allowance, paused_until = changed.paused_until,
    pause_seconds = changed.pause_seconds, changed_at = now()
FROM unnest($1::text[], $2::int[], $3::int[], $4::timestamptz[], $5::int[])
    AS changed (domain, faults, allowance, paused_until, pause_seconds)
WHERE state.domain = changed.domain;

-- name: forget_domains
DELETE FROM domain_states WHERE domain = ANY ($1::text[]);

-- name: paused_domains
SELECT count(*) FROM domain_states WHERE paused_until > now();
