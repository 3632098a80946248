"""Outcomes are kept until they are written, whatever the database does."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from tests.unit.notifications.claimed_mails import NOW, a_mail
from tests.waiting import until

from notifications.domain.destinations import Destination
from notifications.sender.outcome import Outcome, given_back
from notifications.sender.recorder import Recorder


class Shelf:
    """Where outcomes are written: a list, which can be out of reach and can refuse a mail."""

    def __init__(self) -> None:
        self.written: list[UUID] = []
        self.away = False
        self.unwritable: set[UUID] = set()

    async def record(self, outcomes: Sequence[Outcome]) -> Mapping[str, Destination]:
        await asyncio.sleep(0)
        if self.away:
            raise ConnectionRefusedError
        if self.unwritable & {outcome.mail.mail_id for outcome in outcomes}:
            raise ValueError
        self.written += [outcome.mail.mail_id for outcome in outcomes]
        return {}

    async def wake_schools(self, outcomes: Sequence[Outcome]) -> None:
        pass


def outcomes(count: int) -> list[Outcome]:
    return [given_back(a_mail(mail_id=UUID(int=number)), NOW) for number in range(count)]


async def test_everything_is_written_once_and_in_order() -> None:
    shelf = Shelf()
    recorder = Recorder(shelf)
    for outcome in outcomes(1234):
        recorder.add(outcome)
    recorder.finish()
    await recorder.run()
    assert shelf.written == [UUID(int=number) for number in range(1234)]


async def test_while_the_database_is_away_everything_is_kept_and_the_recorder_says_so() -> None:
    shelf = Shelf()
    shelf.away = True
    recorder = Recorder(shelf)
    running = asyncio.create_task(recorder.run())
    for outcome in outcomes(300):
        recorder.add(outcome)

    async def blocked() -> bool:
        return recorder.blocked == "ConnectionRefusedError"

    await until(blocked)
    shelf.away = False

    async def free() -> bool:
        return recorder.blocked is None

    await until(free)
    recorder.finish()
    await running
    assert sorted(shelf.written) == [UUID(int=number) for number in range(300)]


async def test_an_outcome_that_cannot_be_written_holds_up_no_other_and_stops_the_sending() -> None:
    shelf = Shelf()
    shelf.unwritable = {UUID(int=77)}
    recorder = Recorder(shelf)
    running = asyncio.create_task(recorder.run())
    for outcome in outcomes(200):
        recorder.add(outcome)

    async def others_written() -> bool:
        return len(shelf.written) == 199

    await until(others_written)
    assert recorder.blocked == "ValueError"
    shelf.unwritable = set()
    recorder.finish()
    await asyncio.wait_for(running, 10)
    assert len(shelf.written) == 200
    assert recorder.blocked is None
