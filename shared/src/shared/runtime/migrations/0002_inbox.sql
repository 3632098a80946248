-- Events handled, so that a repeat has no effect twice; kept longer than anything that can be replayed (30 days).
CREATE TABLE inbox (
    event_id uuid PRIMARY KEY,
    handled_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX inbox_age ON inbox USING brin (handled_at);

-- Events about something not known yet, replayed when it arrives.
CREATE TABLE parked_events (
    event_id uuid PRIMARY KEY,
    missing_id uuid NOT NULL,
    topic text NOT NULL,
    headers jsonb NOT NULL,
    value bytea NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    tried_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX parked_events_missing ON parked_events (missing_id, event_id);
CREATE INDEX parked_events_tried ON parked_events (tried_at);

-- Dead letters put back to work, by their place in the dead-letter topic.
CREATE TABLE dead_letters_redriven (
    "partition" integer NOT NULL,
    "offset" bigint NOT NULL,
    redriven_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ("partition", "offset")
);
