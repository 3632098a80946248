-- Of staff a login is for one school: who works at two has one of each, so that neither lets anybody into the other.
DROP INDEX school_logins_of_person;
CREATE UNIQUE INDEX school_logins_of_person ON school_logins (person_id, coalesce(student_id, school_id)) WHERE ended_at IS NULL;
