-- Who printed a password for whom, and when: written in the same transaction and never changed or deleted, by nobody who may
-- only do what the service does.
CREATE TABLE printed_slips (
    printed_at timestamptz NOT NULL,
    login_id uuid NOT NULL,
    actor_id uuid,                          -- the portal account or school login that did it; none: an operator's command
    capacity text NOT NULL CHECK (capacity IN ('school', 'guardian', 'operator'))
);

CREATE INDEX printed_slips_of_login ON printed_slips (login_id, printed_at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done stays written down' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER printed_slips_stay BEFORE UPDATE OR DELETE ON printed_slips
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
