-- What is left of a deleted account, and its end.

-- name: accounts_to_erase
SELECT account_id FROM erasures WHERE account_id > $1 ORDER BY account_id LIMIT $2;

-- name: mails_of_accounts
-- The only statement that asks every day, by the index of each. `last_on` is the last day with an attempt.
SELECT mail_id, account_id, created_on, state <> 'queued' AS settled,
       (settled_at AT TIME ZONE 'UTC')::date AS last_on
FROM mails
WHERE account_id = ANY ($1::uuid[]);

-- name: erase_mails
-- The days stand apart from the ids, so that of all the partitions only those days are looked at.
WITH tries AS (
    DELETE FROM attempts WHERE started_on = ANY ($3::date[]) AND mail_id = ANY ($1::uuid[])
),
facts AS (
    DELETE FROM notices WHERE created_on = ANY ($2::date[]) AND mail_id = ANY ($1::uuid[])
    RETURNING dedup_key
),
keys AS (
    DELETE FROM notice_keys WHERE dedup_key = ANY (ARRAY(SELECT dedup_key FROM facts))
)
DELETE FROM mails WHERE created_on = ANY ($2::date[]) AND mail_id = ANY ($1::uuid[]);

-- name: erase_suppressions
DELETE FROM suppressions WHERE account_id = ANY ($1::uuid[]) RETURNING account_id;

-- name: end_erasures
DELETE FROM erasures WHERE account_id = ANY ($1::uuid[]);
