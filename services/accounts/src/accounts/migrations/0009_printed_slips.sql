-- Who printed a password for whom, and when: written in the same transaction. The service only adds to it, and no mistake of it
-- changes or deletes a row; who owns the database could.
CREATE TABLE printed_slips (
    printed_at timestamptz NOT NULL,
    login_id uuid NOT NULL,
    actor_id uuid,                          -- the portal account or school login that did it; none: an operator's command
    persons uuid[] NOT NULL,                -- who that was in the roster at the time
    capacity text NOT NULL CHECK (capacity IN ('school', 'guardian', 'operator'))
);

CREATE INDEX printed_slips_of_login ON printed_slips (login_id, printed_at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done stays written down' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER printed_slips_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON printed_slips
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
