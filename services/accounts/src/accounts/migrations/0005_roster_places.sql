-- Where a class and a role stand: the school itself or a part of it, which may move to another school and takes them with it.
-- What stood at a school is taken to be there itself; the next export that names a part of it says so.
ALTER TABLE classes ADD COLUMN org_id uuid;
UPDATE classes SET org_id = school_id;

-- `row_id` is what an export calls the role whoever has it, so that a delta that gives it to somebody else ends it for the first.
-- Roles from before get theirs with the next export that names them.
ALTER TABLE person_roles ADD COLUMN org_id uuid, ADD COLUMN row_id uuid;
UPDATE person_roles SET org_id = school_id;
