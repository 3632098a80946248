-- The life of a mail: event -> notice -> mail -> attempts.

-- name: mails_of_address
SELECT mails.mail_id, mails.account_id, mails.lane, mails.kind, mails.state, mails.reason, mails.created_at,
       mails.settled_at, coalesce(queued.paused_due_at, queued.due_at) AS due_at, queued.not_after,
       coalesce(queued.attempt_token IS NOT NULL, false) AS held,
       queued.domain, destination.allowance, destination.paused_until, operator.braked_since
FROM contacts
JOIN mails USING (account_id)
LEFT JOIN mail_queue AS queued USING (mail_id)
LEFT JOIN domain_states AS destination ON destination.domain = queued.domain
CROSS JOIN LATERAL (
    SELECT min(brake.set_at) AS braked_since FROM mail_brakes AS brake
    WHERE brake.lifted_at IS NULL
      AND queued.lane = ANY (brake.lanes)
      AND (brake.kind IS NULL OR brake.kind = queued.kind)
      AND (brake.school_id IS NULL OR brake.school_id = queued.school_id)
      AND (brake.district_id IS NULL OR brake.district_id = queued.district_id)
) AS operator
WHERE contacts.address IS NOT NULL AND lower(contacts.address) = ANY ($1::text[])
ORDER BY mails.created_at DESC, mails.mail_id DESC;

-- name: mail_of_id
SELECT mails.mail_id, mails.account_id, mails.lane, mails.kind, mails.state, mails.reason, mails.created_at,
       mails.settled_at, coalesce(queued.paused_due_at, queued.due_at) AS due_at, queued.not_after,
       coalesce(queued.attempt_token IS NOT NULL, false) AS held,
       queued.domain, destination.allowance, destination.paused_until, operator.braked_since
FROM mails
LEFT JOIN mail_queue AS queued USING (mail_id)
LEFT JOIN domain_states AS destination ON destination.domain = queued.domain
CROSS JOIN LATERAL (
    SELECT min(brake.set_at) AS braked_since FROM mail_brakes AS brake
    WHERE brake.lifted_at IS NULL
      AND queued.lane = ANY (brake.lanes)
      AND (brake.kind IS NULL OR brake.kind = queued.kind)
      AND (brake.school_id IS NULL OR brake.school_id = queued.school_id)
      AND (brake.district_id IS NULL OR brake.district_id = queued.district_id)
) AS operator
WHERE mails.mail_id = $1;

-- name: notices_of_mails
SELECT mail_id, notice_id, event_id, event_type, event_time, dedup_key, created_at
FROM notices
WHERE mail_id = ANY ($1::uuid[])
ORDER BY created_at, notice_id;

-- name: attempts_of_mails
SELECT mail_id, started_at, answered_at, result, code, enhanced, reply, relay
FROM attempts
WHERE mail_id = ANY ($1::uuid[])
ORDER BY started_at;
