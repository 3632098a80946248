"""Events of invented accounts, and their way into an outbox or straight to Kafka."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aiokafka import AIOKafkaProducer

from bench.mails import SQL, TOKEN, address, moments
from shared.contracts.accounts import AccountRegistered, SignedInFromNewDevice
from shared.contracts.envelope import Event, EventData, encode
from shared.runtime.events import new_event, new_id
from shared.runtime.i18n import LANGUAGES
from shared.runtime.outbox import OutboxColumns
from shared.runtime.postgres import Connection
from shared.runtime.sealing import Sealer
from shared.terms import current_version

FORTNIGHT = timedelta(days=14)


def sign_ins(accounts: Sequence[UUID]) -> Iterator[Event[SignedInFromNewDevice]]:
    """Each of these accounts is signed in to from a new device."""
    now = datetime.now(UTC)
    happened = moments(now)
    for number, account in enumerate(accounts):
        data = SignedInFromNewDevice(
            account_id=account,
            version=2,
            language=language(number),
            browser="Firefox",
            system="Android",
            signed_in_at=happened[number % len(happened)],
        )
        yield new_event("accounts", data, now=now)


def registrations(count: int, sealer: Sealer, *, first: int = 0) -> Iterator[Event[AccountRegistered]]:
    """So many people register. Each has an address of their own; the tokens are sealed alike."""
    now = datetime.now(UTC)
    token = sealer.seal(TOKEN)
    for number in range(first, first + count):
        data = AccountRegistered(
            account_id=new_id(),
            version=1,
            language=language(number),
            email=sealer.seal(address(number)),
            activation_token=token,
            reminder_token=token,
            registered_at=now,
            expires_at=now + FORTNIGHT,
            terms_version=current_version(),
        )
        yield new_event("accounts", data, now=now)


def language(number: int) -> str:
    """The three languages in turn."""
    return LANGUAGES[number % len(LANGUAGES)]


async def know(connection: Connection, accounts: Sequence[UUID]) -> None:
    """Makes active contacts of these accounts."""
    numbers = range(len(accounts))
    languages, addresses = [language(number) for number in numbers], [address(number) for number in numbers]
    await connection.execute(SQL["know_contacts"], accounts, languages, addresses)


async def insert(connection: Connection, rows: OutboxColumns) -> None:
    """Puts rows into the outbox."""
    await connection.execute(SQL["insert_events"], *rows)


async def publish(events: Sequence[Event[EventData]], bootstrap: str, prefix: str) -> None:
    """Puts events into Kafka as a relay would; returns when all are acknowledged."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=5) as producer:
        pending = []
        for event in events:
            record = encode(event)
            pending.append(
                await producer.send(
                    prefix + record.topic.name,
                    value=record.value,
                    key=record.key.encode(),
                    headers=list(record.headers),
                )
            )
        for acknowledged in pending:
            await acknowledged
