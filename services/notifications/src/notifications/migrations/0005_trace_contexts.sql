-- The trace in which the event lies that a notice comes from, so that its mail is sent in the same one. It is random and
-- says nothing of anybody, so it stays with the notice.
ALTER TABLE notices ADD COLUMN traceparent text;
