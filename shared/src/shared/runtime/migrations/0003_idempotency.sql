-- Answers to requests with an Idempotency-Key, kept a day. The fingerprint is keyed, never a bare hash of a body.
CREATE TABLE idempotency_keys (
    route text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (route, key)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys USING brin (created_at);
