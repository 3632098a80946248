"""What became of the requests: in the databases, the topics and the mailbox."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from devstack.inbox import InboxClient, LedgerEntry
from devstack.system import System
from shared.contracts.accounts import AccountRegistered
from shared.contracts.notifications import MailStateChanged
from shared.contracts.topics import ACCOUNTS_ACCOUNT, NOTIFICATIONS_MAIL_SECURITY, dead_letter_topic
from tests.chaos.load import ASIDE
from tests.chaos.topics import Records, header, records_of


@dataclass(frozen=True)
class Effects:
    """Each counter says how often something is there that should be there once."""

    accounts: Counter[str]
    """Accounts, by address."""
    registered: Counter[str]
    """Events that tell of a registration, by address; the same event twice is one."""
    notices: Counter[tuple[str, str]]
    """By address and kind."""
    mails: Counter[str]
    """Mails that the relay accepted, by address; the same Message-ID twice is one."""
    told: Counter[str]
    """Events that tell of a mail's end, by the mail's address; the same event twice is one."""
    suppressed: Counter[str]
    """Addresses that nothing is sent to any more."""
    repeated_records: int
    """How often a record in the topics is one that was there before."""
    receipts: Sequence[LedgerEntry]
    """How often each Message-ID was accepted."""
    stuck: int
    """Records among the dead letters that were not put back to work, and events that wait for something."""


async def effects(system: System, inbox: InboxClient, *, poison: Set[str]) -> Effects:
    """Reads all of it, but for what is the trial's alone: people who stand aside, and events that are `poison`."""
    accounts = await _query(system, "accounts", "SELECT account_id, email FROM accounts")
    address_of = {row["account_id"]: row["email"] for row in accounts}
    notices = await _query(system, "notifications", "SELECT account_id, kind FROM notices")
    parked = await _query(system, "notifications", "SELECT event_id FROM parked_events")
    records = await records_of(system.kafka.bootstrap, ACCOUNTS_ACCOUNT.name, NOTIFICATIONS_MAIL_SECURITY.name)
    suppressed = await _query(system, "notifications", "SELECT address FROM suppressions")
    dead = await _waiting_dead_letters(system)
    receipts = await inbox.ledger()
    times = Counter(header(record, "ce_id") for record in records)
    events = [record for record in records if header(record, "ce_id") not in poison]
    by_kind = ((_name(address_of, row["account_id"]), row["kind"]) for row in notices)
    return Effects(
        accounts=_counted(address_of.values()),
        registered=_events(events, AccountRegistered.TYPE, address_of),
        notices=Counter((address, kind) for address, kind in by_kind if not _is_aside(address)),
        mails=_counted(entry.receipts[0].envelope.recipients[0] for entry in receipts),
        told=_events(events, MailStateChanged.TYPE, address_of),
        suppressed=_counted(row["address"] for row in suppressed),
        repeated_records=times.total() - len(times),
        receipts=receipts,
        stuck=sum(header(record, "ce_id") not in poison for record in dead) + len(parked),
    )


async def held_mails(system: System) -> Mapping[UUID, str]:
    """The mails that a sender holds, alive or killed: the token of the attempt, and the mail's id."""
    held = "SELECT attempt_token, mail_id FROM mail_queue WHERE attempt_token IS NOT NULL"
    return {row["attempt_token"]: str(row["mail_id"]) for row in await _query(system, "notifications", held)}


async def is_anything_left(system: System) -> bool:
    """Whether a mail waits for its sender or an event for Kafka. Looked at in this order: a mail that ends is told."""
    queued = "SELECT FROM mail_queue WHERE attempt_token IS NOT NULL OR due_at <= now() LIMIT 1"
    if await _query(system, "notifications", queued):
        return True
    waiting = [await _query(system, service, "SELECT FROM outbox LIMIT 1") for service in ("notifications", "accounts")]
    return any(waiting)


async def archived(system: System) -> int:
    """How many events of accounts Kafka has acknowledged."""
    (row,) = await _query(system, "accounts", "SELECT count(*) FROM outbox_archive")
    return int(row["count"])


def _events(records: Records, type_name: str, address_of: Mapping[UUID, str]) -> Counter[str]:
    of_type = [record for record in records if header(record, "ce_type") == type_name]
    subjects = {header(record, "ce_id"): header(record, "ce_subject") for record in of_type}
    return _counted(_name(address_of, UUID(subject)) for subject in subjects.values())


async def _waiting_dead_letters(system: System) -> Records:
    """Those that nobody has put back to work."""
    rows = await _query(system, "notifications", 'SELECT "partition", "offset", redriven_at FROM dead_letters_redriven')
    redriven = {(row["partition"], row["offset"]): row["redriven_at"].timestamp() * 1000 for row in rows}
    dead = await records_of(system.kafka.bootstrap, dead_letter_topic("notifications").name)
    return [record for record in dead if redriven.get((record.partition, record.offset), 0) < record.timestamp]


def _counted(addresses: Iterable[str]) -> Counter[str]:
    return Counter(address for address in addresses if not _is_aside(address))


def _is_aside(address: str) -> bool:
    return address.endswith(f"@{ASIDE}")


def _name(address_of: Mapping[UUID, str], account_id: UUID) -> str:
    return address_of.get(account_id, f"nobody ({account_id})")


async def _query(system: System, service: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(system.postgres.url(service))
    try:
        rows: list[asyncpg.Record] = await connection.fetch(sql)
        return rows
    finally:
        await connection.close()
