-- The ledger of the inbox (SQLite). Rows are only ever added: clearing the inbox notes how far it was cleared.

-- name: schema
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    size INTEGER NOT NULL,
    message_id TEXT,
    kind TEXT,
    from_ TEXT,
    "to" TEXT,
    subject TEXT
);
CREATE INDEX IF NOT EXISTS ledger_message_id ON ledger (message_id);
CREATE TABLE IF NOT EXISTS ledger_recipients (
    address TEXT NOT NULL,
    id INTEGER NOT NULL REFERENCES ledger (id),
    PRIMARY KEY (address, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger_unanswered (
    id INTEGER PRIMARY KEY REFERENCES ledger (id)
);
CREATE TABLE IF NOT EXISTS clearings (
    through_id INTEGER NOT NULL,
    cleared_at TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS ledger_rows_stay BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_rows_are_final BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- name: last_id
SELECT coalesce(max(id), 0) FROM ledger;

-- name: add_receipt
INSERT INTO ledger (id, received_at, sender, recipients, size, message_id, kind, from_, "to", subject)
VALUES (:id, :received_at, :sender, :recipients, :size, :message_id, :kind, :from_, :to, :subject);

-- name: add_recipient
INSERT INTO ledger_recipients (address, id) VALUES (?, ?);

-- name: add_unanswered
INSERT INTO ledger_unanswered (id) VALUES (?);

-- name: cleared_through
SELECT coalesce(max(through_id), 0) FROM clearings;

-- name: add_clearing
INSERT INTO clearings (through_id, cleared_at) VALUES (?, ?);

-- name: mail
SELECT * FROM ledger WHERE id = :id AND id > :cleared;

-- name: newest_mails
SELECT * FROM ledger
WHERE id > :cleared AND id < :before AND received_at >= :since
ORDER BY id DESC LIMIT :limit;

-- name: newest_mails_to
SELECT ledger.* FROM ledger_recipients AS mailed JOIN ledger USING (id)
WHERE mailed.address = :to AND mailed.id > :cleared AND mailed.id < :before AND received_at >= :since
ORDER BY mailed.id DESC LIMIT :limit;

-- name: message_ids
SELECT message_id, count(*) AS times, min(id) AS first_id FROM ledger
GROUP BY message_id HAVING min(id) > :after
ORDER BY first_id LIMIT :limit;

-- name: receipts
SELECT ledger.*, ledger_unanswered.id IS NOT NULL AS unanswered
FROM ledger LEFT JOIN ledger_unanswered USING (id)
WHERE message_id IS ? ORDER BY ledger.id;
