-- The operator's brake. `fits` is always the same five lines; the sender's claim and where.sql have them, too.

-- name: set_brake
-- One that is being lifted is set anew.
INSERT INTO mail_brakes AS brake (lanes, kind, school_id, district_id, set_at)
VALUES ($1, $2, $3, $4, now())
ON CONFLICT (lanes, kind, school_id, district_id) DO UPDATE
SET lifted_at = NULL, set_at = CASE WHEN brake.lifted_at IS NULL THEN brake.set_at ELSE now() END;

-- name: lift_brake
UPDATE mail_brakes SET lifted_at = now()
WHERE lanes = $1 AND kind IS NOT DISTINCT FROM $2 AND school_id IS NOT DISTINCT FROM $3
  AND district_id IS NOT DISTINCT FROM $4 AND lifted_at IS NULL
RETURNING set_at;

-- name: lift_all_brakes
UPDATE mail_brakes SET lifted_at = now() WHERE lifted_at IS NULL RETURNING set_at;

-- name: brakes
-- `mails` to so many `recipients` wait because of it, also when they wait because of another as well.
SELECT brake.lanes, brake.kind, brake.school_id, brake.district_id, brake.set_at, waiting.mails, waiting.recipients
FROM mail_brakes AS brake
CROSS JOIN LATERAL (
    SELECT count(*) AS mails, count(DISTINCT account_id) AS recipients FROM mail_queue AS queued
    WHERE queued.lane = ANY (brake.lanes)
      AND (brake.kind IS NULL OR brake.kind = queued.kind)
      AND (brake.school_id IS NULL OR brake.school_id = queued.school_id)
      AND (brake.district_id IS NULL OR brake.district_id = queued.district_id)
) AS waiting
WHERE brake.lifted_at IS NULL
ORDER BY brake.set_at;

-- name: chosen
-- How many mails fit, to how many people, by school, lane and kind; the line without a kind is the sum.
SELECT school_id, lane, kind, count(*) AS mails, count(DISTINCT account_id) AS recipients,
       count(*) FILTER (WHERE paused_due_at IS NOT NULL) AS paused, min(coalesce(paused_due_at, due_at)) AS due_since
FROM mail_queue AS queued
WHERE queued.lane = ANY ($1::text[])
  AND ($2::text IS NULL OR $2 = queued.kind)
  AND ($3::uuid IS NULL OR $3 = queued.school_id)
  AND ($4::uuid IS NULL OR $4 = queued.district_id)
GROUP BY GROUPING SETS ((school_id, lane, kind), ())
ORDER BY kind IS NULL, mails DESC, school_id, lane, kind;

-- name: next_chosen
SELECT mail_id FROM mail_queue AS queued
WHERE queued.lane = ANY ($1::text[])
  AND ($2::text IS NULL OR $2 = queued.kind)
  AND ($3::uuid IS NULL OR $3 = queued.school_id)
  AND ($4::uuid IS NULL OR $4 = queued.district_id)
  AND mail_id > $5
ORDER BY mail_id
LIMIT $6;

-- name: chosen_in_hands
-- Those that senders hold, by the index of what is in flight.
SELECT mail_id FROM mail_queue AS queued
WHERE queued.lane = ANY ($1::text[])
  AND ($2::text IS NULL OR $2 = queued.kind)
  AND ($3::uuid IS NULL OR $3 = queued.school_id)
  AND ($4::uuid IS NULL OR $4 = queued.district_id)
  AND attempt_token IS NOT NULL;

-- name: pause_mails
-- Those of these mails that a brake is on, which may have been lifted while somebody walks on. Also mails that a sender
-- holds: it finds that they are not its own any more. What the relay accepts all the same is accepted. An end that has
-- come is settled as ever.
WITH fitting AS MATERIALIZED (
    SELECT mail_id FROM mail_queue AS queued
    WHERE mail_id = ANY ($1::uuid[]) AND paused_due_at IS NULL AND not_after > now()
      AND EXISTS (
        SELECT FROM mail_brakes AS brake
        WHERE brake.lifted_at IS NULL
          AND queued.lane = ANY (brake.lanes)
          AND (brake.kind IS NULL OR brake.kind = queued.kind)
          AND (brake.school_id IS NULL OR brake.school_id = queued.school_id)
          AND (brake.district_id IS NULL OR brake.district_id = queued.district_id)
      )
    ORDER BY mail_id
    FOR UPDATE
)
UPDATE mail_queue
SET paused_due_at = CASE WHEN attempt_token IS NULL THEN due_at ELSE now() END,
    due_at = not_after,
    attempts = attempts - (attempt_token IS NOT NULL)::int,
    attempt_token = NULL
WHERE mail_id = ANY (ARRAY(SELECT mail_id FROM fitting));

-- name: next_released
-- Paused mails that no brake is on any more.
SELECT mail_id FROM mail_queue AS queued
WHERE paused_due_at IS NOT NULL AND mail_id > $1
  AND NOT EXISTS (
    SELECT FROM mail_brakes AS brake
    WHERE brake.lifted_at IS NULL
      AND queued.lane = ANY (brake.lanes)
      AND (brake.kind IS NULL OR brake.kind = queued.kind)
      AND (brake.school_id IS NULL OR brake.school_id = queued.school_id)
      AND (brake.district_id IS NULL OR brake.district_id = queued.district_id)
  )
ORDER BY mail_id
LIMIT $2;

-- name: release_mails
-- Due within $3 seconds that begin $2 seconds from now, but in the first half of what is left of their time. The schools'
-- turns come forward with them.
WITH fitting AS MATERIALIZED (
    SELECT mail_id FROM mail_queue
    WHERE mail_id = ANY ($1::uuid[]) AND paused_due_at IS NOT NULL
    ORDER BY mail_id
    FOR UPDATE
),
released AS (
    UPDATE mail_queue
    SET due_at = greatest(paused_due_at, now() + least(($2::float + random() * $3::float) * interval '1 second',
                                                       (not_after - now()) / 2)),
        paused_due_at = NULL
    WHERE mail_id = ANY (ARRAY(SELECT mail_id FROM fitting))
    RETURNING lane, school_id, due_at
)
INSERT INTO queue_turns (lane, school_id, next_due_at, last_turn)
SELECT lane, school_id, min(due_at), '-infinity' FROM released GROUP BY lane, school_id ORDER BY lane, school_id
ON CONFLICT (lane, school_id) DO UPDATE SET next_due_at = EXCLUDED.next_due_at
WHERE queue_turns.next_due_at > EXCLUDED.next_due_at;

-- name: may_any_be_released
-- A brake was lifted before $1 and may have left something, or there is none, so that whatever is paused is left over.
SELECT EXISTS (SELECT FROM mail_brakes WHERE lifted_at <= $1) OR NOT EXISTS (SELECT FROM mail_brakes);

-- name: forget_lifted
DELETE FROM mail_brakes WHERE lifted_at <= $1;

-- name: brakes_on
SELECT count(*) AS brakes, min(set_at) AS since FROM mail_brakes WHERE lifted_at IS NULL;
