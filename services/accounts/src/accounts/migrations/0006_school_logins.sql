-- School logins: what a school hands out, by which pupils, guardians and staff sign in without a portal account. They end and
-- are not deleted, so that no number is ever somebody else's.
CREATE TABLE school_logins (
    login_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    school_id uuid NOT NULL,                -- that hands it out
    person_id uuid NOT NULL,
    student_id uuid,                        -- of a pupil's and of a guardian's: which pupil's pair it is of; none: staff's
    kind text NOT NULL CHECK (kind IN ('student', 'guardian', 'staff')),
    name text NOT NULL UNIQUE,              -- what is entered
    password_hash text NOT NULL,            -- Argon2id
    is_first_password boolean NOT NULL,     -- the printed one, which opens nothing but the choice of another
    issued_at timestamptz NOT NULL,         -- when the printed one was made
    ended_at timestamptz
);

CREATE UNIQUE INDEX school_logins_of_person ON school_logins (person_id, student_id) NULLS NOT DISTINCT
    WHERE ended_at IS NULL;
CREATE INDEX school_logins_of_school ON school_logins (school_id);

-- Sessions, devices and sign-ins are those of accounts and of school logins; whoever deletes either deletes them.
ALTER TABLE sessions DROP CONSTRAINT sessions_account_id_fkey;
ALTER TABLE devices DROP CONSTRAINT devices_account_id_fkey;
ALTER TABLE sign_ins DROP CONSTRAINT sign_ins_account_id_fkey;
