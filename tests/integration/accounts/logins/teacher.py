"""A teacher with a school login, where a test needs somebody who has one and no district; and an office to be in."""

from contextlib import nullcontext
from functools import partial
from uuid import UUID

from tests.integration.accounts.accounts_world import AccountsWorld

from accounts.handlers.handing_out import Round, Slip, hand_out
from accounts.store.school_logins import School

DISTRICT, SCHOOL, TEACHER, CLASS = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
ROSTER = """
WITH school AS (
    INSERT INTO orgs (org_id, district_id, kind, name, school_id) VALUES ($2, $1, 'school', 'Szkoła nr 1', $2)
), teacher AS (
    INSERT INTO people (person_id, district_id, given_name, family_name) VALUES ($3, $1, 'Iga', 'Kos')
)
INSERT INTO person_roles (role_id, person_id, school_id, role) VALUES (gen_random_uuid(), $3, $2, 'teacher')
"""

OFFICE = """
WITH secretary AS (
    INSERT INTO person_roles (role_id, person_id, school_id, role) VALUES (gen_random_uuid(), $3, $2, 'secretary')
), class AS (
    INSERT INTO classes (class_id, district_id, school_id, kind, title, grades, own_subjects, subjects, term_ids)
    VALUES ($4, $1, $2, 'homeroom', '3b', '{}', '[]', '[]', '{}')
), pupil AS (
    INSERT INTO people (person_id, district_id, given_name, family_name) VALUES (gen_random_uuid(), $1, 'Ala', 'Lis')
    RETURNING person_id
)
INSERT INTO enrolments (enrolment_id, district_id, school_id, class_id, person_id, role, homeroom)
SELECT gen_random_uuid(), $1, $2, $4, person_id, 'student', false FROM pupil
UNION ALL
SELECT gen_random_uuid(), $1, $2, $4, $3, 'teacher', true
"""


async def give_her_the_office(world: AccountsWorld) -> None:
    """Makes the teacher the school's secretary as well, and homeroom teacher of its class, where there is one pupil."""
    await world.pool.execute(OFFICE, DISTRICT, SCHOOL, TEACHER, CLASS)


async def teachers_slip(world: AccountsWorld) -> Slip:
    """What Iga Kos is given."""
    await world.pool.execute(ROSTER, DISTRICT, SCHOOL, TEACHER)
    school, printed = School(SCHOOL, DISTRICT, "Szkoła nr 1"), list[Slip]()
    async with world.pool.acquire() as connection:
        round_ = Round(school, None)
        over = partial(nullcontext, connection)
        await hand_out(over, world.parts.hasher, round_, clock=world.clock, printing=printed.extend)
    [slip] = printed
    return slip
