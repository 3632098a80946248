"""When Kafka has lost its disks, all of the roster is told again as it stands."""

from datetime import timedelta
from operator import attrgetter

from tests.commands import run_command
from tests.integration.accounts.rosters.export import small_export
from tests.integration.accounts.rosters.importing import NOW, Imports

from accounts.rosters.importing import Wishes


async def test_republish_tells_every_state_with_its_version_behind_what_was_archived(
    imports: Imports, url: str
) -> None:
    await imports.run(small_export())
    changed = small_export()
    changed.row("users", "ola")["familyName"] = "Lis-Żak"
    changed.remove("enrollments", "ala-3b")
    imports.now = NOW + timedelta(days=1)
    await imports.again(changed, Wishes(most_ended=1.0))
    told = {event.key: event.data for event in await imports.events()}  # of each the last
    await imports.connection.execute("DELETE FROM outbox")

    code, printed = await run_command(url, "accounts", "republish", "--yes")

    assert (code, printed) == (0, f"{len(told)} events are published again by the worker.\n")
    events = await imports.events()
    assert {event.key: event.data for event in events} == told
    assert len(events) == len(told)
    assert {event.district for event in events} == {events[0].district} != {None}


async def test_two_districts_are_told_each_with_its_own_terms(imports: Imports, url: str) -> None:
    await imports.run(small_export())
    other = small_export()
    other.code = "gmina-klonowa"
    other.row("academicSessions", "y")["title"] = "another year"
    await imports.again(other, Wishes(new_district=True))
    by_key = attrgetter("key")
    told = sorted(await imports.events(), key=by_key)
    await imports.connection.execute("DELETE FROM outbox")
    await run_command(url, "accounts", "republish", "--yes")
    again = sorted(await imports.events(), key=by_key)
    assert [(event.data, event.district, event.school) for event in again] == [
        (event.data, event.district, event.school) for event in told
    ]
