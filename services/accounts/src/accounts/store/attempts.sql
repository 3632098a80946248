-- Guesses that failed or are under way, the same for addresses that nobody has.

-- name: blocked_until
SELECT blocked_until FROM failed_attempts WHERE subject = $1 AND blocked_until > $2;

-- name: begin_attempt
-- Counts the guess as failed before it is checked; no row when it has to wait. $5: the waits after one, two, ... failures.
-- A failure without a wait blocks nobody: not even who read the clock a moment before it was written.
INSERT INTO failed_attempts AS seen (subject, address, failures, failed_at, blocked_until)
VALUES ($1, $2, 1, $3, '-infinity')
ON CONFLICT (subject) DO UPDATE
SET failures = CASE WHEN seen.failed_at < $4 THEN 1 ELSE seen.failures + 1 END,
    failed_at = $3,
    blocked_until = coalesce(
        $3::timestamptz + nullif(
            ($5::interval[])[least(CASE WHEN seen.failed_at < $4 THEN 1 ELSE seen.failures + 1 END,
                                   cardinality($5::interval[]))],
            interval '0'),
        '-infinity')
WHERE seen.blocked_until <= $3
RETURNING failures;

-- name: full_until
-- $2 the windows, $3 how many each takes, $4 how long each is.
SELECT max(failed_at + length)
FROM unnest($2::bytea[], $3::integer[], $4::interval[]) AS asked (subject, takes, length) JOIN failed_attempts USING (subject)
WHERE failed_at + length > $1 AND failures >= takes;

-- name: count_in_window
-- A window that begins with the first that it counts; what comes when it is full is not counted, and told when it ends.
-- $3 where earlier windows have ended, $4 how many one takes, $5 how long it is.
WITH counted AS (
    INSERT INTO failed_attempts AS seen (subject, failures, failed_at, blocked_until)
    VALUES ($1, 1, $2, '-infinity')
    ON CONFLICT (subject) DO UPDATE
    SET failures = CASE WHEN seen.failed_at <= $3 THEN 1 ELSE seen.failures + 1 END,
        failed_at = CASE WHEN seen.failed_at <= $3 THEN $2 ELSE seen.failed_at END
    WHERE seen.failed_at <= $3 OR seen.failures < $4
    RETURNING subject
)
SELECT greatest(seen.failed_at, $3::timestamptz) + $5::interval
FROM (VALUES ($1::bytea)) AS asked (subject)
LEFT JOIN failed_attempts AS seen USING (subject)
WHERE NOT EXISTS (SELECT FROM counted);

-- name: forgive_attempts
DELETE FROM failed_attempts WHERE subject = ANY ($1::bytea[]);

-- name: forgive_address
DELETE FROM failed_attempts WHERE address = $1;

-- name: forget_attempts
DELETE FROM failed_attempts WHERE failed_at < $1 AND blocked_until < $1;

-- name: take_back
UPDATE failed_attempts SET failures = failures - 1, blocked_until = '-infinity' WHERE subject = $1 AND failures > 0;
