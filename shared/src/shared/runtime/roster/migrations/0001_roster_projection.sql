-- Who is who, as the roster's events tell it. In a schema of its own, so that `rebuild` can put another in its place. There are
-- no foreign keys, because topics have no order between them. `ends_on` is the last day that counts; `version` that of the event.
CREATE SCHEMA roster;

CREATE TABLE roster.schools (
    school_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    name text NOT NULL,
    ends_on date,
    version bigint NOT NULL
);

CREATE TABLE roster.terms (
    term_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    begins_on date NOT NULL,
    ends_on date NOT NULL,
    parent_id uuid,
    withdrawn boolean NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE roster.classes (
    class_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    grades text[] NOT NULL,
    subjects jsonb NOT NULL,            -- [{"code": , "title": }], in their order
    term_ids uuid[] NOT NULL,
    ends_on date,
    version bigint NOT NULL
);

CREATE INDEX ON roster.classes (school_id);

CREATE TABLE roster.people (
    person_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    sort_key text COLLATE "C" NOT NULL, -- the Polish order, which PostgreSQL may not know
    born_on date,
    language text,
    roles jsonb NOT NULL,               -- [{"role": , "school_id": , "begins_on": , "ends_on": }]
    ends_on date,
    version bigint NOT NULL
);

CREATE TABLE roster.enrolments (
    enrolment_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    school_id uuid NOT NULL,
    class_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    homeroom boolean NOT NULL,
    subjects text[] NOT NULL,
    begins_on date,
    ends_on date,
    version bigint NOT NULL
);

CREATE INDEX ON roster.enrolments (class_id);
CREATE INDEX ON roster.enrolments (person_id);

CREATE TABLE roster.guardianships (
    guardianship_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    see boolean NOT NULL,
    excuse boolean NOT NULL,
    receive boolean NOT NULL,
    sign boolean NOT NULL,
    ends_on date,
    version bigint NOT NULL
);

CREATE INDEX ON roster.guardianships (student_id);
CREATE INDEX ON roster.guardianships (guardian_id);
