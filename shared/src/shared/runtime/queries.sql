-- Statements of the runtime itself: relay, inbox, parking, dead letters.

-- name: next_rows
-- The first rows of each slot in the order of their ids. Never `id > last`: ids commit out of order.
-- $3 and $5: how many of a slot, in rows and in bytes. $4: rows that Kafka has already and that leave in a moment.
-- A value larger than $5 does not count: it can never be sent, and holds up nobody.
-- BETWEEN, and the slot in the order: by `=` the ids alone would be an order, too, and their index leads through all the
-- rows of other lanes.
SELECT row.id, row.topic, row.key, row.headers, row.value, row.created_at
FROM unnest($2::smallint[]) AS held (slot)
CROSS JOIN LATERAL (
    SELECT *, sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS before
    FROM (
        SELECT id, topic, key, headers, value, created_at,
               CASE WHEN octet_length(value) <= $5 THEN octet_length(value) ELSE 0 END AS bytes
        FROM outbox
        WHERE lane = $1 AND outbox.slot BETWEEN held.slot AND held.slot AND id <> ALL ($4::bigint[])
        ORDER BY outbox.slot, id
        LIMIT $3
    ) AS first
) AS row
WHERE row.before < $5
ORDER BY row.id;

-- name: archive_rows
WITH published AS (
    DELETE FROM outbox WHERE id = ANY($1::bigint[])
    RETURNING id, lane, slot, topic, key, headers, value, created_at
)
INSERT INTO outbox_archive (id, lane, slot, topic, key, headers, value, created_at)
SELECT id, lane, slot, topic, key, headers, value, created_at FROM published;

-- name: count_archived
SELECT count(*) FROM outbox_archive;

-- name: put_back
-- With their own ids, so that they are published before whatever of the same key is newer. They wait from now on.
WITH archived AS (
    DELETE FROM outbox_archive RETURNING id, lane, slot, topic, key, headers, value
)
INSERT INTO outbox (id, lane, slot, topic, key, headers, value) OVERRIDING SYSTEM VALUE
SELECT id, lane, slot, topic, key, headers, value FROM archived;

-- name: outbox_depth
-- Counts each lane up to $3, and tells how long the first row of a slot waits. BETWEEN: see next_rows.
SELECT asked.lane, counted.depth, coalesce(first.oldest_seconds, 0) AS oldest_seconds
FROM unnest($1::text[]) AS asked (lane)
CROSS JOIN LATERAL (
    SELECT count(*) AS depth FROM (SELECT FROM outbox WHERE outbox.lane = asked.lane ORDER BY slot, id LIMIT $3) AS waiting
) AS counted
CROSS JOIN LATERAL (
    SELECT extract(epoch FROM now() - min(row.created_at))::float8 AS oldest_seconds
    FROM generate_series(0, $2::integer - 1) AS held (slot)
    CROSS JOIN LATERAL (
        SELECT created_at FROM outbox WHERE outbox.lane = asked.lane AND outbox.slot BETWEEN held.slot AND held.slot
        ORDER BY outbox.slot, id LIMIT 1
    ) AS row
) AS first;

-- name: beat_worker
-- Returns how many workers share the lane.
WITH beat AS (
    INSERT INTO relay_workers (lane, worker, beat_at) VALUES ($1, $2, now())
    ON CONFLICT (lane, worker) DO UPDATE SET beat_at = now()
)
SELECT 1 + count(*) FROM relay_workers WHERE lane = $1 AND worker <> $2 AND beat_at > now() - $3::interval;

-- name: forget_worker
DELETE FROM relay_workers WHERE lane = $1 AND worker = $2 OR beat_at < now() - interval '1 hour';

-- name: take_slot
SELECT pg_try_advisory_lock($1::integer, $2::integer);

-- name: release_slot
SELECT pg_advisory_unlock($1::integer, $2::integer);

-- name: beat_slots
INSERT INTO relay_slots (lane, slot, backend_pid, worker, beat_at)
SELECT $1, slot, pg_backend_pid(), $3, now() FROM unnest($2::smallint[]) AS slot
ON CONFLICT (lane, slot) DO UPDATE
SET backend_pid = excluded.backend_pid, worker = excluded.worker, beat_at = excluded.beat_at;

-- name: end_stale_leader
-- Only a backend that holds this very lock is ended: a process id may be another's by now.
SELECT pg_terminate_backend(relay_slots.backend_pid)
FROM relay_slots
JOIN pg_locks ON pg_locks.pid = relay_slots.backend_pid
WHERE relay_slots.lane = $1 AND relay_slots.slot = $2 AND relay_slots.beat_at < now() - $5::interval
    AND pg_locks.locktype = 'advisory' AND pg_locks.granted AND pg_locks.objsubid = 2
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pg_locks.classid = $3::integer::oid AND pg_locks.objid = $4::integer::oid;

-- name: note_events
-- The events that were not handled before. Sorted, so that two workers never wait for each other in a circle.
INSERT INTO inbox (event_id) SELECT DISTINCT id FROM unnest($1::uuid[]) AS id ORDER BY id
ON CONFLICT DO NOTHING
RETURNING event_id;

-- name: park_events
INSERT INTO parked_events (event_id, missing_id, topic, headers, value, parked_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::bytea[], $6::timestamptz[])
ON CONFLICT DO NOTHING;

-- name: unpark_introduced
DELETE FROM parked_events WHERE missing_id = ANY($1::uuid[])
RETURNING event_id, missing_id, topic, headers, value, parked_at;

-- name: unpark_oldest_tried
DELETE FROM parked_events
WHERE event_id IN (
    SELECT event_id FROM parked_events
    WHERE tried_at < now() - $1::interval
    ORDER BY tried_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
)
RETURNING event_id, missing_id, topic, headers, value, parked_at;

-- name: parked_depth
SELECT count(*) AS depth, coalesce(extract(epoch FROM now() - min(parked_at)), 0)::float8 AS oldest_seconds
FROM parked_events;

-- name: redriven
SELECT "partition", "offset", redriven_at FROM dead_letters_redriven;

-- name: mark_redriven
INSERT INTO dead_letters_redriven ("partition", "offset") VALUES ($1, $2)
ON CONFLICT ("partition", "offset") DO UPDATE SET redriven_at = now();

-- name: forget_old_events
DELETE FROM inbox
WHERE event_id IN (SELECT event_id FROM inbox WHERE handled_at < now() - $1::interval LIMIT $2);

-- name: revoke_sessions
INSERT INTO revoked_sessions (session_id, remembered_until)
SELECT session_id, max(until) FROM unnest($1::uuid[], $2::timestamptz[]) AS ended (session_id, until)
GROUP BY session_id ORDER BY session_id
ON CONFLICT (session_id) DO UPDATE SET remembered_until = greatest(revoked_sessions.remembered_until, excluded.remembered_until);

-- name: is_revoked
SELECT EXISTS (SELECT FROM revoked_sessions WHERE session_id = $1);

-- name: forget_revoked_sessions
DELETE FROM revoked_sessions WHERE remembered_until < now();
