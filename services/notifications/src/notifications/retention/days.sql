-- What is cleaned by age.

-- name: clean_notice_keys
DELETE FROM notice_keys
WHERE dedup_key IN (SELECT dedup_key FROM notice_keys WHERE noticed_at < $1 LIMIT $2);
