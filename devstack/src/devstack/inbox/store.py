"""Where the mails lie: one `.eml` file each, as received, and one append-only ledger that knows them all."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from devstack.inbox.mail import Envelope, LedgerEntry, MailSummary, Receipt
from devstack.inbox.reading import read_heading
from shared.runtime.sql import load_queries

_SQL = load_queries("devstack.inbox")
_NEVER_BEFORE = 2**62
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class MailStore:
    """The mails in one folder. Nothing of them is held in memory, so any number may come.

    A kept mail survives the death of this process (not the machine's: nothing waits for the disk). For one event loop:
    every call is short and none may run beside another.
    """

    def __init__(self, folder: Path) -> None:
        """Opens the folder and makes it when it is missing.

        Raises OSError when it cannot be written and sqlite3.OperationalError when another inbox has it open.
        """
        self._mails = folder / "mails"
        self._mails.mkdir(parents=True, exist_ok=True)
        self._ledger = sqlite3.connect(folder / "ledger.sqlite", timeout=0, isolation_level=None)
        self._ledger.row_factory = sqlite3.Row
        self._ledger.executescript("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
        self._ledger.executescript(_SQL["schema"])
        self._last_id: int = self._ledger.execute(_SQL["last_id"]).fetchone()[0]
        self._cleared: int = self._ledger.execute(_SQL["cleared_through"]).fetchone()[0]

    def close(self) -> None:
        """Closes the ledger."""
        self._ledger.close()

    def keep(self, envelope: Envelope, raw: bytes, *, answered: bool = True) -> int:
        """Keeps a mail and returns its id. When this returns the mail is in the ledger; when it raises it is not.

        `answered` is false where the client is not told.
        """
        number = self._last_id + 1
        self._file(number).write_bytes(raw)
        row = {
            "id": number,
            "received_at": _stamp(datetime.now(UTC)),
            "sender": envelope.sender,
            "recipients": json.dumps(envelope.recipients),
            "size": len(raw),
            **read_heading(raw).model_dump(by_alias=False),
        }
        addresses = {address.casefold() for address in envelope.recipients}
        with self._ledger:
            self._ledger.execute("BEGIN")
            self._ledger.execute(_SQL["add_receipt"], row)
            self._ledger.executemany(_SQL["add_recipient"], [(address, number) for address in addresses])
            if not answered:
                self._ledger.execute(_SQL["add_unanswered"], (number,))
        self._last_id = number
        return number

    def newest(
        self, *, to: str | None = None, since: datetime | None = None, before: int | None = None, limit: int
    ) -> Sequence[MailSummary]:
        """The newest first: those to the recipient `to`, received at `since` or later, with ids under `before`."""
        facts = {
            "to": to and to.casefold(),
            "since": _stamp(since or _BEGINNING),
            "before": before or _NEVER_BEFORE,
            "cleared": self._cleared,
            "limit": limit,
        }
        rows = self._ledger.execute(_SQL["newest_mails_to" if to else "newest_mails"], facts)
        return [_summary(row) for row in rows]

    def mail(self, number: int) -> MailSummary | None:
        """The mail of that id, None when there is none or it was cleared."""
        if number > self._last_id:
            return None
        row = self._ledger.execute(_SQL["mail"], {"id": number, "cleared": self._cleared}).fetchone()
        return row and _summary(row)

    def raw(self, number: int) -> bytes:
        """The bytes of a kept mail."""
        return self._file(number).read_bytes()

    def clear(self) -> None:
        """Forgets every mail. The ledger stays: what arrived has arrived."""
        cleared, self._cleared = self._cleared, self._last_id
        self._ledger.execute(_SQL["add_clearing"], (self._cleared, _stamp(datetime.now(UTC))))
        for number in range(cleared + 1, self._cleared + 1):
            self._file(number).unlink(missing_ok=True)

    def ledger(self, *, after: int, limit: int) -> Iterator[LedgerEntry]:
        """The Message-IDs whose first receipt has an id over `after`, in the order of those, at most `limit`."""
        for entry in self._ledger.execute(_SQL["message_ids"], {"after": after, "limit": limit}).fetchall():
            rows = self._ledger.execute(_SQL["receipts"], (entry["message_id"],))
            receipts = tuple(
                Receipt(
                    id=row["id"],
                    received_at=row["received_at"],
                    envelope=_envelope(row),
                    answered=not row["unanswered"],
                )
                for row in rows
            )
            yield LedgerEntry(message_id=entry["message_id"], times=entry["times"], receipts=receipts)

    def _file(self, number: int) -> Path:
        return self._mails / f"{number:09}.eml"


def _stamp(instant: datetime) -> str:
    """Of one width, so that stamps sort as the instants do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _envelope(row: sqlite3.Row) -> Envelope:
    return Envelope(sender=row["sender"], recipients=tuple(json.loads(row["recipients"])))


def _summary(row: sqlite3.Row) -> MailSummary:
    return MailSummary(
        id=row["id"],
        received_at=row["received_at"],
        envelope=_envelope(row),
        size=row["size"],
        message_id=row["message_id"],
        kind=row["kind"],
        from_=row["from_"],
        to=row["to"],
        subject=row["subject"],
    )
