"""The ledger: everything that was ever asked of a system, and what came of it.

It looks at all from the first request on, so what a fault does to earlier work shows as well.
"""

import contextlib
from collections.abc import AsyncIterator, Set
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from devstack.inbox import InboxClient, LedgerEntry
from devstack.system import System
from tests.chaos.effects import effects, held_mails, is_anything_left
from tests.chaos.load import Load, has_no_mailbox
from tests.chaos.verdict import NOTHING_YET, Verdict, judged
from tests.waiting import until

SETTLE_SECONDS = 90.0
A_MOMENT = timedelta(seconds=0.5)
"""What a killed sender had written to its socket the mailbox reads within it; a new sender takes longer to begin."""


class Ledger:
    """The ledger of one system and the load on it."""

    def __init__(self, system: System, load: Load) -> None:
        self._system = system
        self._load = load
        self._mailed: set[str] = set()
        self._last_receipt = 0
        self._cut_off: dict[UUID, tuple[str, datetime]] = {}
        """Attempts that a killed sender was at: the mail, and when it could no longer be sent by it."""

        self._before = NOTHING_YET

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """The ledger with its connections, which belong to one event loop."""
        async with InboxClient(self._system.inbox.url) as self._inbox:
            yield self

    async def mailed(self) -> int:
        """How many people have been mailed."""
        for entry in await self._inbox.ledger(after=self._last_receipt):
            self._mailed.update(entry.receipts[0].envelope.recipients)
            self._last_receipt = entry.receipts[0].id
        return len(self._mailed)

    async def in_flight(self) -> int:
        """How many people were promised a mail that has not come."""
        await self.mailed()
        return sum(not has_no_mailbox(address) for address in self._load.accepted - self._mailed)

    async def note_end_of_sender(self) -> None:
        """To be called between the end of a killed sender and the next one's start: what it held may come again."""
        for attempt, mail_id in (await held_mails(self._system)).items():
            self._cut_off.setdefault(attempt, (mail_id, datetime.now(UTC) + A_MOMENT))

    @property
    def held_by_killed_senders(self) -> Set[UUID]:
        """The attempts that nobody goes on with."""
        return self._cut_off.keys()

    async def settled(self, *, seconds: float = SETTLE_SECONDS) -> None:
        """Returns when everything accepted has had its effect and nothing is under way any more.

        What a killed sender held goes out when its leases end.
        """

        async def nothing_left() -> bool:
            return not await self.in_flight() and not await is_anything_left(self._system)

        await until(nothing_left, seconds=seconds)

    async def verdict(self) -> Verdict:
        """What is new since the last verdict, and all that is wrong. To be asked for when all is settled."""
        before = self._before
        self._before = judged(
            self._load, await effects(self._system, self._inbox, poison=self._load.poison), in_doubt=self._in_doubt
        )
        return self._before.since(before)

    def _in_doubt(self, entry: LedgerEntry) -> int:
        """In how many attempts the relay accepted the mail without saying so, or a killed sender could not record it.

        Of the last receipt nothing follows.
        """
        unsaid = sum(not receipt.answered for receipt in entry.receipts[:-1])
        mail_id = (entry.message_id or "")[1:].split("@")[0]
        first = entry.receipts[0].received_at
        return unsaid + sum(mail_id == held and first < ended for held, ended in self._cut_off.values())
