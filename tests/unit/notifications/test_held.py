"""Which of the mails that a lane holds goes next, and how many connections a domain may use."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from tests.unit.notifications.claimed_mails import a_mail

from notifications.domain.mail import ClaimedMail
from notifications.sender.held import PATIENCE, Held

BIG, SMALL, NEW = "wielka.example", "mala.example", "nowa.example"


@dataclass
class Lane:
    """A lane with so many connections: what it sends and when."""

    connections: int
    now: float = 0.0
    count: int = 0
    held: Held = field(init=False)

    def __post_init__(self) -> None:
        self.held = Held(self.connections, clock=lambda: self.now)

    def holds(self, domain: str, count: int, *, school: int = 0) -> None:
        for _ in range(count):
            self.count += 1
            self.held.put([a_mail(mail_id=UUID(int=self.count), domain=domain, school_id=UUID(int=school))])

    async def begins(self) -> list[ClaimedMail]:
        """Those that may go now, one for each connection at most."""
        begun: list[ClaimedMail] = []
        for _ in range(self.connections):
            try:
                async with asyncio.timeout(0):
                    mail = await self.held.take()
            except TimeoutError:
                break
            assert mail is not None
            begun.append(mail)
        return begun

    async def knows(self, domain: str, *, seconds: float = 0.01) -> None:
        """A mail to the domain was answered after so long."""
        self.holds(domain, 1)
        [mail] = await self.begins()
        self.now += seconds
        self.held.done(mail, answered=True)


def domains(mails: list[ClaimedMail]) -> list[str]:
    return [mail.domain for mail in mails]


@pytest.mark.parametrize(("connections", "used"), [(1, 1), (2, 1), (4, 3), (8, 7)])
async def test_a_big_quick_domain_uses_all_connections_but_one(connections: int, used: int) -> None:
    lane = Lane(connections)
    await lane.knows(BIG)
    lane.holds(BIG, 100)
    assert len(await lane.begins()) == used
    lane.holds(SMALL, 1)
    assert domains(await lane.begins()) == [SMALL]


async def test_an_unknown_domain_is_sent_one_mail_until_it_answers() -> None:
    lane = Lane(4)
    lane.holds(NEW, 10)
    [first] = await lane.begins()
    assert await lane.begins() == []
    lane.held.done(first, answered=True)
    assert len(await lane.begins()) == 3


async def test_a_domain_that_gave_no_answer_is_let_be_and_then_unknown_again() -> None:
    lane = Lane(4)
    await lane.knows(BIG)
    lane.holds(BIG, 10)
    for mail in await lane.begins():
        lane.held.done(mail, answered=False)
    assert await lane.begins() == []
    assert domains(list(lane.held.withdraw())) == [BIG] * 7
    lane.now += PATIENCE + 1
    assert not lane.held.crowded()
    lane.holds(BIG, 10)
    assert len(await lane.begins()) == 1


async def test_a_mail_that_was_not_tried_makes_its_domain_no_better_and_no_worse() -> None:
    lane = Lane(4)
    await lane.knows(BIG)
    for domain, allowed in ((BIG, 3), (NEW, 1)):
        lane.holds(domain, 10)
        begun = await lane.begins()
        assert len(begun) == allowed
        for mail in begun:
            lane.held.done(mail, answered=None)
        assert len(await lane.begins()) == allowed
        lane = Lane(4)


async def test_unknown_domains_leave_one_connection_to_the_known() -> None:
    lane = Lane(4)
    await lane.knows(BIG)
    for number in range(10):
        lane.holds(f"{number}.example", 1)
    assert len(await lane.begins()) == 3
    lane.holds(BIG, 1)
    assert domains(await lane.begins()) == [BIG]


async def test_mails_to_unknown_domains_go_back_while_others_of_them_keep_waiting() -> None:
    lane = Lane(4)
    await lane.knows(BIG)
    for number in range(10):
        lane.holds(f"{number}.example", 1)
    lane.holds(BIG, 5)
    [*waiting, known] = await lane.begins()
    assert (len(waiting), known.domain) == (3, BIG)
    assert not lane.held.withdraw()
    lane.now += PATIENCE + 1
    assert len(lane.held.withdraw()) == 7
    assert len(lane.held) == 4
    lane.held.done(known, answered=True)
    assert domains(await lane.begins()) == [BIG, BIG]


async def test_what_waits_for_a_domain_that_was_let_be_goes_when_it_is_over() -> None:
    lane = Lane(2)
    lane.holds(NEW, 2)
    [mail] = await lane.begins()
    lane.held.done(mail, answered=False)
    waiting = asyncio.create_task(lane.held.take())
    await asyncio.sleep(0)
    lane.now += PATIENCE + 1
    assert not lane.held.withdraw()
    again = await asyncio.wait_for(waiting, 5)
    assert again is not None
    assert again.domain == NEW


async def test_a_slow_domain_uses_half_of_the_connections_until_it_is_quick_again() -> None:
    lane = Lane(8)
    await lane.knows(BIG, seconds=PATIENCE + 1)
    lane.holds(BIG, 20)
    begun = await lane.begins()
    assert len(begun) == 4
    lane.held.done(begun[0], answered=True)
    assert len(await lane.begins()) == 4


async def test_what_waits_for_a_slow_domain_is_not_ready_and_no_more_of_it_is_wanted() -> None:
    lane = Lane(4)
    await lane.knows(BIG, seconds=PATIENCE + 1)
    lane.holds(BIG, 20)
    lane.holds(SMALL, 1)
    assert lane.held.ready == 3
    assert lane.held.sated() == [BIG]
    assert len(await lane.begins()) == 3
    assert lane.held.ready == 0


async def test_of_a_domain_that_nobody_knows_a_few_mails_are_enough() -> None:
    lane = Lane(4)
    lane.holds(NEW, 8)
    assert lane.held.ready == 1
    assert len(await lane.begins()) == 1
    assert not lane.held.sated()
    lane.now += 0.3  # it has not answered at once
    assert lane.held.sated() == [NEW]


async def test_of_a_quick_domain_all_is_ready_and_more_is_wanted() -> None:
    lane = Lane(4)
    await lane.knows(BIG)
    lane.holds(BIG, 100)
    assert lane.held.ready == 100
    assert not lane.held.sated()


async def test_domains_take_turns() -> None:
    lane = Lane(8)
    for domain in (BIG, SMALL):
        await lane.knows(domain)
    lane.holds(BIG, 5)
    lane.holds(SMALL, 2)
    assert domains(await lane.begins()) == [BIG, SMALL, BIG, SMALL, BIG, BIG, BIG]


async def test_mails_behind_one_that_waits_for_long_are_in_nobodys_way() -> None:
    lane = Lane(4)
    lane.holds(NEW, 5)
    lane.holds(SMALL, 1)
    [waiting, quick] = await lane.begins()
    lane.held.done(quick, answered=True)
    assert not lane.held.crowded()
    lane.now += PATIENCE + 1
    assert lane.held.crowded() == [NEW]
    assert domains(list(lane.held.withdraw())) == [NEW] * 4
    assert len(lane.held) == 0
    lane.held.done(waiting, answered=True)
    assert not lane.held.crowded()


async def test_whoever_waits_for_a_mail_gets_one_or_is_told_that_there_will_be_none() -> None:
    lane = Lane(2)
    waiting = [asyncio.create_task(lane.held.take()) for _ in range(2)]
    await asyncio.sleep(0)
    lane.holds(NEW, 2)
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=5)
    assert domains([mail for task in done if (mail := task.result())]) == [NEW]
    assert domains(list(lane.held.close())) == [NEW]
    assert [await task for task in waiting if task not in done] == [None]


async def test_a_school_with_many_mails_to_a_domain_delays_no_other_school() -> None:
    lane = Lane(connections=5)
    await lane.knows(BIG)
    lane.holds(BIG, 100, school=1)
    lane.holds(BIG, 2, school=2)
    lane.holds(BIG, 1, school=3)
    assert [mail.school_id.int for mail in await lane.begins()] == [1, 2, 3, 1]


async def test_the_mails_of_a_school_to_a_domain_go_in_the_order_in_which_they_came() -> None:
    lane = Lane(connections=5)
    await lane.knows(BIG)
    lane.holds(BIG, 3, school=1)
    lane.holds(BIG, 1, school=2)
    begun = await lane.begins()
    assert [mail.mail_id.int for mail in begun if mail.school_id.int == 1] == [2, 3, 4]
