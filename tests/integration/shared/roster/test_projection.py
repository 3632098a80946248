"""The roster's events become tables, each state once, the newest last, whatever order they come in."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from tests.integration.shared.roster.states import (
    ADA,
    MUM,
    OTHER_ACCOUNT,
    ROSTER,
    SCHOOL,
    TEACHER,
    acting,
    guardianship,
    in_class,
    link,
    person,
    told,
)

from shared.contracts.envelope import Event, encode
from shared.contracts.roster import PersonRole, RosterState, SchoolChanged
from shared.runtime.consumer import Arrival, Handlers, Inbox, Refused
from shared.runtime.postgres import Pool
from shared.runtime.roster import projection
from shared.runtime.roster.asking import place_of, rights_of
from shared.runtime.roster.projection import KINDS

TODAY = date(2026, 11, 27)


@pytest.fixture
def inbox(pool: Pool) -> Inbox:
    handlers = Handlers()
    projection.listen(handlers)
    return Inbox(pool, handlers)


def arrivals(events: Sequence[Event[RosterState]]) -> list[Arrival]:
    records = [encode(event) for event in events]
    return [
        Arrival(event, record.topic.name, record.attributes, record.value)
        for event, record in zip(events, records, strict=True)
    ]


async def all_of_it(pool: Pool) -> dict[str, list[tuple[Any, ...]]]:
    return {
        kind.statement: sorted(map(tuple, await pool.fetch(f"SELECT * FROM roster.{kind.statement}")))  # noqa: S608
        for kind in KINDS.values()
    }


async def test_every_kind_is_taken_over(inbox: Inbox, pool: Pool) -> None:
    await inbox.apply(arrivals([told(state) for state in ROSTER]))
    rows = await all_of_it(pool)
    assert {name: len(of_it) for name, of_it in rows.items()} == {
        "schools": 1,
        "terms": 1,
        "classes": 1,
        "people": 3,
        "enrolments": 2,
        "guardianships": 1,
        "links": 1,
    }
    ada = await pool.fetchrow("SELECT * FROM roster.people WHERE person_id = $1", ADA.person_id)
    assert ada is not None
    assert (ada["given_name"], ada["family_name"], ada["sort_key"]) == ("Ada", "Żak", "z{{ak\tada")


async def test_any_order_and_repeats_end_the_same(inbox: Inbox, pool: Pool) -> None:
    later = [
        person("Ada", "student", version=3, ends_on=date(2026, 12, 1)),
        person("Ada", "student", version=2),
        guardianship(ADA, MUM, version=2, see=False),
        in_class(TEACHER, version=5, subjects=("POL",)),
        link(MUM, None, version=2),
        link(MUM, OTHER_ACCOUNT, version=3),
    ]
    events = [told(state) for state in (*ROSTER, *later)]
    await inbox.apply(arrivals(events))
    wanted = await all_of_it(pool)
    for seed in range(5):
        for kind in KINDS.values():
            await pool.execute(f"TRUNCATE roster.{kind.statement}")
        mixed = random.Random(seed).sample(events * 2, 2 * len(events))  # noqa: S311 - the same in each run
        for begin in range(0, len(mixed), 7):
            await inbox.apply(arrivals(mixed[begin : begin + 7]))
        assert await all_of_it(pool) == wanted


async def test_no_event_is_noted_in_the_inbox(inbox: Inbox, pool: Pool) -> None:
    await inbox.apply(arrivals([told(state) for state in ROSTER]))
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 0


async def test_an_event_of_no_district_is_refused_by_name(inbox: Inbox, pool: Pool) -> None:
    homeless = told(ADA, district=None)
    with pytest.raises(Refused) as refused:
        await inbox.apply(arrivals([told(MUM), homeless]))
    assert {id_: fault.reason for id_, fault in refused.value.faults.items()} == {homeless.id: "no_district"}


async def test_rights_follow_the_events(inbox: Inbox, pool: Pool) -> None:
    await inbox.apply(arrivals([told(state) for state in ROSTER]))
    place = await place_of(pool, ADA.person_id, TODAY)
    assert place is not None
    for who in (ADA, MUM, TEACHER):
        assert (await rights_of(pool, acting(who), TODAY)).sees(place)
    teacher = await rights_of(pool, acting(TEACHER), TODAY)
    assert teacher.teaches(next(iter(place.class_ids)), "MAT")
    assert not teacher.teaches(next(iter(place.class_ids)), "POL")
    await inbox.apply(arrivals([told(guardianship(ADA, MUM, version=2, see=False))]))
    assert not (await rights_of(pool, acting(MUM), TODAY)).sees(place)


async def test_days_count(inbox: Inbox, pool: Pool) -> None:
    last = date(2026, 11, 26)
    until_yesterday = guardianship(ADA, MUM, version=2, ends_on=last)
    left = person("Jan", "teacher", version=2, ends_on=last)
    moved = ADA.model_copy(
        update={"version": 2, "roles": (PersonRole(role="student", school_id=ADA.roles[0].school_id, ends_on=last),)}
    )
    await inbox.apply(arrivals([told(state) for state in (*ROSTER, until_yesterday, left, moved)]))
    place = await place_of(pool, ADA.person_id, last)
    assert place is not None
    assert await place_of(pool, ADA.person_id, TODAY) is None
    for who in (MUM, TEACHER):
        assert (await rights_of(pool, acting(who), last)).sees(place)
        assert not (await rights_of(pool, acting(who), TODAY)).sees(place)


async def test_a_school_that_is_over_ties_nobody_to_its_pupils(inbox: Inbox, pool: Pool) -> None:
    last = date(2026, 11, 26)
    school = SchoolChanged(school_id=SCHOOL, name="Szkoła nr 1", version=2, ends_on=last)
    head = person("Maria", "head")
    await inbox.apply(arrivals([told(state) for state in (*ROSTER, head, school)]))
    place = await place_of(pool, ADA.person_id, last)
    assert place is not None
    for who in (TEACHER, head):
        assert (await rights_of(pool, acting(who), last)).sees(place)
        assert not (await rights_of(pool, acting(who), TODAY)).sees(place)


async def test_nobody_is_somebody_who_is_not_known(pool: Pool) -> None:
    assert (await rights_of(pool, acting(ADA), TODAY)).ties == ()
    assert await place_of(pool, ADA.person_id, TODAY) is None
