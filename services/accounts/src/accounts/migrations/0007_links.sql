-- A school login is linked with one portal account at most. `link_version` grows with every link and its end.
ALTER TABLE school_logins
    ADD COLUMN linked_account_id uuid,
    ADD COLUMN linked_at timestamptz,
    ADD COLUMN link_version bigint NOT NULL DEFAULT 0,
    ADD CHECK ((linked_account_id IS NULL) = (linked_at IS NULL));

CREATE INDEX school_logins_of_account ON school_logins (linked_account_id) WHERE linked_account_id IS NOT NULL;
