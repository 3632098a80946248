"""Erasure: what this service keeps of a deleted account goes, as soon as it is not needed for its last mail any more.

A contact that is gone is a tombstone already, and its queued mails are cancelled. Here go mails, notices, attempts, the
keys of what was told, and the addresses that nothing was sent to any more. The tombstone stays, so that a late event
does not bring the account back; what the outbox tells of the mails holds ids alone and ages with its archive.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from asyncpg import Record

from shared.runtime.postgres import Connection
from shared.runtime.scheduler import Job
from shared.runtime.sql import load_queries

SQL = load_queries("notifications.retention", "erasure.sql")
EVERY_SECONDS = 60.0
CHUNK = 20
"""Accounts of one statement, so that none holds its locks for long."""

_FIRST = UUID(int=0)
_DAY = timedelta(days=1)


def jobs() -> Sequence[Job]:
    """The job, in one worker at a time; one that was killed half-way goes on with what is left."""
    return [Job("erasure", EVERY_SECONDS, erase)]


async def erase(connection: Connection) -> None:
    """Erases what is settled of every deleted account, chunk by chunk.

    Without a transaction: nothing is added to an account that is gone, and the locks on a year of partitions that the
    search takes must not be held while their rows are deleted.
    """
    last = _FIRST
    while rows := await connection.fetch(SQL["accounts_to_erase"], last, CHUNK):
        account_ids = [row["account_id"] for row in rows]
        await _erase(connection, account_ids)
        last = account_ids[-1]


async def _erase(connection: Connection, account_ids: Sequence[UUID]) -> None:
    """Erases what is settled of these accounts.

    An account is done with when nothing of it was left: in the same moment a sender may have recorded that an address
    of it has no mailbox, which goes the next time. An attempt recorded later still names nobody and goes by its age.
    """
    mails = await connection.fetch(SQL["mails_of_accounts"], account_ids)
    settled = [mail for mail in mails if mail["settled"]]
    if settled:
        mail_ids = [mail["mail_id"] for mail in settled]
        made_on = {mail["created_on"] for mail in settled}
        tried_on = {day for mail in settled for day in _days(mail)}
        await connection.execute(SQL["erase_mails"], mail_ids, list(made_on), list(tried_on))
    suppressions = await connection.fetch(SQL["erase_suppressions"], account_ids)
    found = {row["account_id"] for row in (*mails, *suppressions)}
    await connection.execute(SQL["end_erasures"], [account for account in account_ids if account not in found])


def _days(mail: Record) -> Iterator[date]:
    """The days on which the mail may have been tried: one more on both sides, because not all clocks are the same."""
    first, last = mail["created_on"] - _DAY, max(mail["created_on"], mail["last_on"]) + _DAY
    for number in range((last - first).days + 1):
        yield first + number * _DAY
