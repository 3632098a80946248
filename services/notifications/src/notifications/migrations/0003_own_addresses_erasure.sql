-- Mails to an address of their own, events that come late, and what is left to erase.

-- Where a mail goes that is not for the contact's address: sealed, and wiped with the token.
ALTER TABLE notices ADD COLUMN sealed_address text;

-- By which version the newest event about one thing alone was applied.
ALTER TABLE contacts
    ADD COLUMN password_version      bigint NOT NULL DEFAULT 0,
    ADD COLUMN address_version       bigint NOT NULL DEFAULT 0,
    ADD COLUMN address_asked_version bigint NOT NULL DEFAULT 0,
    ADD COLUMN deletion_version      bigint NOT NULL DEFAULT 0;

-- Whose mail it was, so that a suppression goes with the account.
ALTER TABLE suppressions ADD COLUMN account_id uuid;
UPDATE suppressions SET account_id = mails.account_id FROM mails WHERE mails.mail_id = suppressions.mail_id;
CREATE INDEX suppressions_account_id ON suppressions (account_id) WHERE account_id IS NOT NULL;

-- Accounts that were deleted and of which something may be left: the farewell has to be sent first.
CREATE TABLE erasures (
    account_id uuid        PRIMARY KEY,
    asked_at   timestamptz NOT NULL
);
