"""kill -9 of any process, with work in flight: what was accepted is mailed once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

import asyncpg
import httpx
import pytest
from tests.waiting import until

from devstack.inbox import InboxClient
from devstack.system import System

REQUESTS = 80
KILL_AFTER = 15
AT_ONCE = 8


class Load:
    """Numbered registrations, and which were answered."""

    def __init__(self, system: System) -> None:
        self._url = system.public_url
        self.run = uuid4().hex[:8]
        self.accepted: set[str] = set()

    async def register_all(self) -> None:
        """Sends every request until it is accepted or refused for good, each with a key of its own."""
        limit = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=20) as client:

            async def register(number: int) -> None:
                async with limit:
                    await self._register(client, f"n{number}.{self.run}@example.org")

            await asyncio.gather(*(register(number) for number in range(REQUESTS)))

    async def _register(self, client: httpx.AsyncClient, address: str) -> None:
        body = {"email": address, "password": "zielony wagon 7", "age_bracket": "adult", "language": "pl"}
        while address not in self.accepted:
            try:
                answer = await client.post(
                    "/api/v1/registrations", json=body, headers={"Idempotency-Key": f"{self.run}-{address}"}
                )
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == httpx.codes.ACCEPTED:
                self.accepted.add(address)
            else:
                assert answer.status_code in {502, 503, 504}, answer.text
                await asyncio.sleep(0.05)

    async def mailed(self, inbox: InboxClient) -> Counter[str]:
        """How often each address was mailed, repeats of one Message-ID counted once."""
        mails = await inbox.mails()
        messages = {(recipient, mail.message_id) for mail in mails for recipient in mail.envelope.recipients}
        return Counter(recipient for recipient, _ in messages if self.run in recipient)


async def accepted_some(load: Load) -> bool:
    return len(load.accepted) >= KILL_AFTER


async def mailed_some(load: Load, inbox: InboxClient) -> bool:
    return len(await load.mailed(inbox)) >= KILL_AFTER


@pytest.mark.parametrize(
    "name", ["accounts-api", "accounts-worker", "notifications-worker", "notifications-sender", "kafka", "postgres"]
)
async def test_what_was_accepted_is_mailed_once(name: str, system: System) -> None:
    load = Load(system)
    async with InboxClient(system.inbox.url) as inbox:
        repeated_before = {entry.message_id for entry in await inbox.ledger() if entry.times > 1}
        sending = asyncio.ensure_future(load.register_all())
        in_flight: Callable[[], Awaitable[bool]] = (
            (lambda: accepted_some(load)) if name.startswith("accounts") else (lambda: mailed_some(load, inbox))
        )
        await until(in_flight, seconds=30)
        assert len(await load.mailed(inbox)) < REQUESTS, "nothing was in flight any more"
        await kill(system, name)
        in_doubt = await accepted_and_unrecorded(system, inbox) if name == "notifications-sender" else set()
        await start(system, name)
        await asyncio.wait_for(sending, 60)

        async def all_mailed() -> bool:
            return len(await load.mailed(inbox)) >= REQUESTS

        await until(all_mailed, seconds=60)
        await until(partial(nothing_held, system), seconds=60)  # what the killed one held goes out when its lease ends
        assert await load.mailed(inbox) == dict.fromkeys(load.accepted, 1)
        repeated = {entry.message_id for entry in await inbox.ledger() if entry.times > 1} - repeated_before
        assert repeated <= in_doubt
    assert all(process.running for process in system.parts().values()), "a process did not outlive another's end"


async def accepted_and_unrecorded(system: System, inbox: InboxClient) -> set[str | None]:
    """The mails in flight at the sender's end: the relay has accepted them, and the sender could not write it down.

    They alone may come twice, under the same Message-ID.
    """
    rows = await query(system, "SELECT mail_id FROM mails WHERE state = 'queued'")
    queued = {str(row["mail_id"]) for row in rows}
    return {entry.message_id for entry in await inbox.ledger() if (entry.message_id or "")[1:].split("@")[0] in queued}


async def nothing_held(system: System) -> bool:
    """Whether no mail is a sender's, alive or killed."""
    return not await query(system, "SELECT FROM mail_queue WHERE attempt_token IS NOT NULL LIMIT 1")


async def query(system: System, sql: str) -> list[asyncpg.Record]:
    """What the database of notifications holds."""
    connection = await asyncpg.connect(system.postgres.url("notifications"))
    try:
        rows: list[asyncpg.Record] = await connection.fetch(sql)
        return rows
    finally:
        await connection.close()


async def kill(system: System, name: str) -> None:
    """SIGKILL."""
    if name == "kafka":
        await system.kafka.process.kill()
    elif name == "postgres":
        await system.postgres.process.kill()
    else:
        await system.processes[name].process.kill()


async def start(system: System, name: str) -> None:
    """Starts it again, as an operator's supervisor would."""
    if name == "kafka":
        await system.kafka.start()
    elif name == "postgres":
        await system.postgres.start()
    else:
        await system.start_process(name)
