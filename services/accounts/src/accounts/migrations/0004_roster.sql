-- The roster: who is who. An id is made of the district's and of what the district's export calls the thing, so that every
-- import and every service agrees. Nothing is deleted: `ends_on` is the last day that counts of what is over. `version` grows with
-- every event. `by_hand` names the columns with a name, a title, a language or a birthday that no import writes any more.
CREATE TABLE districts (
    district_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,          -- what its exports call it
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Schools, and what they are parts of: a department of a school, a region of the district.
CREATE TABLE orgs (
    org_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    parent_id uuid,
    school_id uuid,                     -- itself or the school that it is a part of; none for what stands above schools
    ends_on date,
    version bigint NOT NULL DEFAULT 1,
    by_hand text[] NOT NULL DEFAULT '{}'
);

CREATE INDEX orgs_of_district ON orgs (district_id);

-- School years and their parts, for the whole district.
CREATE TABLE terms (
    term_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    begins_on date NOT NULL,
    ends_on date NOT NULL,
    parent_id uuid,
    withdrawn boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1
);

CREATE INDEX terms_of_district ON terms (district_id);

-- What a class is one of. Kept for the subjects of classes that name none.
CREATE TABLE courses (
    course_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    title text NOT NULL,
    subjects jsonb NOT NULL
);

CREATE INDEX courses_of_district ON courses (district_id);

CREATE TABLE classes (
    class_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    school_id uuid NOT NULL,
    course_id uuid,
    kind text NOT NULL CHECK (kind IN ('homeroom', 'group')),
    title text NOT NULL,
    grades text[] NOT NULL,
    own_subjects jsonb NOT NULL,        -- as the export has them; those of the course stand in for none
    subjects jsonb NOT NULL,            -- [{"code": , "title": }], in their order
    term_ids uuid[] NOT NULL,
    ends_on date,
    version bigint NOT NULL DEFAULT 1,
    by_hand text[] NOT NULL DEFAULT '{}'
);

CREATE INDEX classes_of_district ON classes (district_id);
CREATE INDEX classes_of_school ON classes (school_id);

CREATE TABLE people (
    person_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    born_on date,                       -- of pupils
    language text CHECK (language IN ('pl', 'en', 'uk')),
    ends_on date,
    version bigint NOT NULL DEFAULT 1,
    by_hand text[] NOT NULL DEFAULT '{}'
);

CREATE INDEX people_of_district ON people (district_id);

CREATE TABLE person_roles (
    role_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    school_id uuid,                     -- none: a role in the whole district
    role text NOT NULL,
    begins_on date,
    ends_on date
);

CREATE INDEX person_roles_of_person ON person_roles (person_id);
CREATE INDEX person_roles_at_school ON person_roles (school_id, role);

CREATE TABLE guardianships (
    guardianship_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    see boolean NOT NULL DEFAULT true,
    excuse boolean NOT NULL DEFAULT true,
    receive boolean NOT NULL DEFAULT true,
    sign boolean NOT NULL DEFAULT true,
    ends_on date,
    version bigint NOT NULL DEFAULT 1,
    by_hand text[] NOT NULL DEFAULT '{}'
);

CREATE INDEX guardianships_of_district ON guardianships (district_id);
CREATE INDEX guardianships_of_student ON guardianships (student_id);
CREATE INDEX guardianships_of_guardian ON guardianships (guardian_id);

CREATE TABLE enrolments (
    enrolment_id uuid PRIMARY KEY,
    district_id uuid NOT NULL,
    school_id uuid NOT NULL,
    class_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('student', 'teacher', 'council_member')),
    homeroom boolean NOT NULL DEFAULT false,
    subjects text[] NOT NULL DEFAULT '{}',
    begins_on date,
    ends_on date,
    version bigint NOT NULL DEFAULT 1,
    by_hand text[] NOT NULL DEFAULT '{}'
);

CREATE INDEX enrolments_of_district ON enrolments (district_id);
CREATE INDEX enrolments_in_class ON enrolments (class_id);
CREATE INDEX enrolments_of_person ON enrolments (person_id);
