"""Whom a caller is in the roster: by a school login, or by the links of a portal account."""

from collections.abc import Sequence

import pytest
from tests.integration.shared.roster.states import (
    ACCOUNT,
    ADA,
    DISTRICT,
    MUM,
    OTHER_ACCOUNT,
    SCHOOL,
    TEACHER,
    link,
    signed_in,
)
from tests.plans import buffers, explain, reads_all_of

from shared.contracts.roster import LinkChanged
from shared.runtime.events import new_id
from shared.runtime.postgres import Pool
from shared.runtime.roster.asking import SQL, acting_of
from shared.runtime.roster.projection import Projection, State
from shared.runtime.roster.rights import Acting

FILL = """
INSERT INTO roster.links (login_id, district_id, kind, scope_id, person_id, account_id, version)
SELECT gen_random_uuid(), gen_random_uuid(), 'guardian', gen_random_uuid(), gen_random_uuid(),
    CASE WHEN number % 2 = 0 THEN gen_random_uuid() END, 1
FROM generate_series(1, 30000) AS number
"""
A_FEW_PAGES = 10
AS_MUM = Acting(MUM.person_id, "guardian", ADA.person_id)
AT_WORK = Acting(TEACHER.person_id, "staff", SCHOOL)


class Links:
    """What was told of links."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._projection = Projection()

    async def tell(self, *states: LinkChanged) -> None:
        """Takes them over, one after the other."""
        async with self._pool.acquire() as connection:
            for state in states:
                await self._projection.take_over(connection, LinkChanged, [State(DISTRICT, state)])


@pytest.fixture
def links(pool: Pool) -> Links:
    return Links(pool)


async def test_a_school_login_is_its_person_alone_whatever_is_linked(links: Links, pool: Pool) -> None:
    login = link(MUM, ACCOUNT)
    await links.tell(login, link(ADA, login.login_id))
    assert await acting_of(pool, signed_in(login.login_id, AS_MUM)) == [AS_MUM]
    assert await acting_of(pool, signed_in(ACCOUNT, AT_WORK)) == [AT_WORK]


async def test_a_portal_account_is_everybody_whose_login_is_linked_with_it(links: Links, pool: Pool) -> None:
    await links.tell(link(MUM, ACCOUNT), link(TEACHER, ACCOUNT, kind="staff", scope=SCHOOL), link(ADA, OTHER_ACCOUNT))
    assert set(await acting_of(pool, signed_in(ACCOUNT))) == {AS_MUM, AT_WORK}


async def test_a_guardian_has_a_login_for_each_child(links: Links, pool: Pool) -> None:
    leon = new_id()
    await links.tell(link(MUM, ACCOUNT, login="for Ada"), link(MUM, ACCOUNT, login="for Leon", scope=leon))
    assert set(await acting_of(pool, signed_in(ACCOUNT))) == {AS_MUM, AS_MUM._replace(scope_id=leon)}
    await links.tell(link(MUM, None, version=2, login="for Ada"))
    assert await acting_of(pool, signed_in(ACCOUNT)) == [AS_MUM._replace(scope_id=leon)]


async def test_a_portal_account_without_links_is_nobody(links: Links, pool: Pool) -> None:
    await links.tell(link(MUM, OTHER_ACCOUNT), link(ADA, None))
    assert await acting_of(pool, signed_in(ACCOUNT)) == []


async def test_an_account_is_nobody_any_more_once_its_link_is_gone(links: Links, pool: Pool) -> None:
    await links.tell(link(MUM, ACCOUNT), link(MUM, None, version=2))
    assert await acting_of(pool, signed_in(ACCOUNT)) == []


async def test_a_login_that_was_linked_with_another_account_is_that_ones_alone(links: Links, pool: Pool) -> None:
    await links.tell(link(MUM, ACCOUNT), link(MUM, OTHER_ACCOUNT, version=2))
    assert await acting_of(pool, signed_in(ACCOUNT)) == []
    assert await acting_of(pool, signed_in(OTHER_ACCOUNT)) == [AS_MUM]


@pytest.mark.parametrize(
    "late",
    [[link(MUM, ACCOUNT)], [link(MUM, ACCOUNT, version=3)], [link(MUM, None), link(MUM, ACCOUNT, version=2)]],
    ids=["an older one", "the same version", "several older ones"],
)
async def test_an_older_link_that_comes_late_brings_nothing_back(
    links: Links, pool: Pool, late: Sequence[LinkChanged]
) -> None:
    await links.tell(link(MUM, None, version=3), *late)
    assert await acting_of(pool, signed_in(ACCOUNT)) == []


async def test_it_is_asked_at_the_same_cost_however_many_links_there_are(links: Links, pool: Pool) -> None:
    """Also by a plan that was made for any account."""
    await links.tell(link(MUM, ACCOUNT))
    await pool.execute(FILL)
    await pool.execute("VACUUM ANALYZE roster.links")
    async with pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE asked (uuid) AS {SQL['acting']}")
        for account in (ACCOUNT, new_id()):
            plan = await explain(connection, f"EXECUTE asked ('{account}')")
            assert not reads_all_of(plan, "links")
            assert buffers(plan) < A_FEW_PAGES
