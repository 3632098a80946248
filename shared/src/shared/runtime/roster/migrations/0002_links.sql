-- Which school logins are linked with portal accounts. A login that is linked no longer stays, with its version, so that an older
-- event does not link it again.
CREATE TABLE roster.links (
    login_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    kind text NOT NULL,                 -- as what it is the person
    scope_id uuid NOT NULL,             -- the pupil of the pair, of staff the school
    person_id uuid NOT NULL,
    account_id uuid,                    -- null: linked with none
    version bigint NOT NULL
);

CREATE INDEX ON roster.links (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ON roster.links (person_id) WHERE account_id IS NOT NULL;
