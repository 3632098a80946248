-- What an export says, in tables that are gone with the connection. `gone` is a row that is to be deleted, as only a delta
-- has them; of such a row nothing but the id counts.

-- name: create
CREATE TEMP TABLE stage_orgs (
    line integer NOT NULL, org_id uuid NOT NULL, kind text, name text, parent_id uuid, gone boolean NOT NULL
);
CREATE TEMP TABLE stage_terms (
    line integer NOT NULL, term_id uuid NOT NULL, kind text, title text, begins_on date, ends_on date, parent_id uuid,
    gone boolean NOT NULL
);
CREATE TEMP TABLE stage_courses (
    line integer NOT NULL, course_id uuid NOT NULL, org_id uuid, year_id uuid, title text, subjects jsonb,
    gone boolean NOT NULL
);
CREATE TEMP TABLE stage_classes (
    line integer NOT NULL, class_id uuid NOT NULL, org_id uuid, course_id uuid, kind text, title text, grades text[],
    own_subjects jsonb, term_ids uuid[], gone boolean NOT NULL
);
CREATE TEMP TABLE stage_people (
    line integer NOT NULL, person_id uuid NOT NULL, given_name text, family_name text, language text, email_key text,
    gone boolean NOT NULL
);
CREATE TEMP TABLE stage_agents (
    line integer NOT NULL, guardianship_id uuid NOT NULL, person_id uuid NOT NULL, agent_id uuid NOT NULL
);
CREATE TEMP TABLE stage_roles (
    line integer NOT NULL, role_id uuid NOT NULL, row_id uuid, person_id uuid, org_id uuid, role text, begins_on date,
    ends_on date, gone boolean NOT NULL
);
CREATE TEMP TABLE stage_births (
    line integer NOT NULL, person_id uuid NOT NULL, born_on date, gone boolean NOT NULL
);
CREATE TEMP TABLE stage_enrolments (
    line integer NOT NULL, enrolment_id uuid NOT NULL, org_id uuid, class_id uuid, person_id uuid, role text,
    is_primary boolean, subjects text[], begins_on date, ends_on date, gone boolean NOT NULL
);
CREATE TEMP TABLE spared (id uuid NOT NULL);

-- name: analyze
CREATE INDEX ON stage_terms (term_id);
ANALYZE spared;
ANALYZE stage_orgs;
ANALYZE stage_terms;
ANALYZE stage_courses;
ANALYZE stage_classes;
ANALYZE stage_people;
ANALYZE stage_agents;
ANALYZE stage_roles;
ANALYZE stage_births;
ANALYZE stage_enrolments;
