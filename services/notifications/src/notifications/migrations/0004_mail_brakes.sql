-- The operator's brake: what is not sent until it is lifted.

-- A mail stands still while it fits a brake: its lane is among `lanes`, and what else the brake names is the mail's, too.
-- The mails of a brake that was lifted are made due again; then its row goes.
CREATE TABLE mail_brakes (
    lanes       text[]      NOT NULL CHECK (lanes <@ ARRAY['security', 'direct', 'bulk'] AND lanes <> '{}'),
    kind        text,
    school_id   uuid,
    district_id uuid,
    set_at      timestamptz NOT NULL,
    lifted_at   timestamptz,
    UNIQUE NULLS NOT DISTINCT (lanes, kind, school_id, district_id)
);

-- Nothing queued so far belongs to a district.
ALTER TABLE mail_queue ADD COLUMN district_id uuid;

-- When a paused mail would have been due. Until it is made due again its `due_at` is its end, so that no claim meets it
-- before there is something to settle.
ALTER TABLE mail_queue ADD COLUMN paused_due_at timestamptz;
CREATE INDEX mail_queue_paused ON mail_queue (mail_id) WHERE paused_due_at IS NOT NULL;
