-- What the sender's claim walks along, so that it costs the same however long the queue is.

-- Schools take turns: first who has waited longest, since its mail fell due or since its last turn, whichever was later.
ALTER TABLE queue_turns
    ADD COLUMN turn_at timestamptz NOT NULL GENERATED ALWAYS AS (greatest(next_due_at, last_turn)) STORED;
CREATE INDEX queue_turns_turn ON queue_turns (lane, turn_at);
DROP INDEX queue_turns_due;

-- An attempt is recorded once, also when its sender could not see whether the first write was committed.
CREATE UNIQUE INDEX attempts_once ON attempts (mail_id, attempt_token, started_on);
DROP INDEX attempts_mail_id;

-- How many mails to a domain are in flight: those with a lease that has not ended.
CREATE INDEX mail_queue_in_flight ON mail_queue (domain, due_at) WHERE attempt_token IS NOT NULL;
DROP INDEX mail_queue_leased;
