"""People who hand out logins: the secretary of a school and the homeroom teacher of its class 3b."""

from contextlib import nullcontext
from functools import partial
from uuid import UUID

from tests.integration.accounts.accounts_world import AccountsWorld, SignedIn
from tests.integration.accounts.logins.calls import first_time

from accounts.handlers.handing_out import Round, Slip, hand_out
from accounts.store import school_logins as store
from accounts.store.school_logins import School
from shared.runtime.postgres import Connection

SECRETARY = """
WITH person AS (
    INSERT INTO people (person_id, district_id, given_name, family_name)
    VALUES (gen_random_uuid(), $1, 'Zofia', 'Wrona')
    RETURNING person_id
)
INSERT INTO person_roles (role_id, person_id, school_id, role)
SELECT gen_random_uuid(), person_id, $2, 'secretary' FROM person
"""


async def school_of(connection: Connection, name: str = "Szkoła nr 1") -> School:
    [school] = await store.schools_named(connection, name, None)
    return school


async def class_3b(connection: Connection) -> UUID:
    [(class_id, _)] = await store.classes_named(connection, (await school_of(connection)).school_id, "3b")
    return class_id


async def staff_slips(world: AccountsWorld, connection: Connection, name: str = "Szkoła nr 1") -> dict[str, Slip]:
    """Of a school that has got a secretary, by the people's names."""
    school, printed = await school_of(connection, name), list[Slip]()
    await connection.execute(SECRETARY, school.district_id, school.school_id)
    over = partial(nullcontext, connection)
    await hand_out(over, world.parts.hasher, Round(school, None), clock=world.clock, printing=printed.extend)
    return {slip.person: slip for slip in printed}


async def at_work(world: AccountsWorld, connection: Connection, person: str, name: str = "Szkoła nr 1") -> SignedIn:
    """Somebody of the staff, signed in with their school login."""
    return await first_time(world, (await staff_slips(world, connection, name))[person])
