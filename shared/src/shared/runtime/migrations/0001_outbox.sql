-- Events that wait for the relay. Rows leave as soon as Kafka has them, so the table stays small and is vacuumed often.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane text NOT NULL,
    slot smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, fillfactor = 100);

CREATE INDEX outbox_order ON outbox (lane, slot, id);

-- What Kafka has, for 7 days, by day: for `republish` after Kafka's disks are lost.
CREATE TABLE outbox_archive (
    id bigint NOT NULL,
    lane text NOT NULL,
    slot smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea NOT NULL,
    created_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (published_at);

CREATE TABLE outbox_archive_default PARTITION OF outbox_archive DEFAULT;

-- Who leads which slot. The lock itself is a session advisory lock; this is the heartbeat by which peers see a frozen one.
CREATE TABLE relay_slots (
    lane text NOT NULL,
    slot smallint NOT NULL,
    backend_pid integer NOT NULL,
    worker uuid NOT NULL,
    beat_at timestamptz NOT NULL,
    PRIMARY KEY (lane, slot)
);

-- The workers alive in each lane, so that each takes its share of the slots and no more.
CREATE TABLE relay_workers (
    lane text NOT NULL,
    worker uuid NOT NULL,
    beat_at timestamptz NOT NULL,
    PRIMARY KEY (lane, worker)
);
