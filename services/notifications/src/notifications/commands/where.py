"""Where is a mail? Its life from the event to the server's answers, for the people who are asked about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from rich import box
from rich.table import Table

from notifications.commands.addresses import spellings
from notifications.domain.kinds import KINDS
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("notifications.commands", "where.sql")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it stands. `due_at` and `not_after` are None when it is settled; `held`: a sender works on it.

    `allowance` and `paused_until` are those of its domain, None where it is well; `braked_since` is when the operator
    paused it.
    """

    mail_id: UUID
    account_id: UUID
    lane: str
    kind: str
    state: str
    reason: str | None
    created_at: datetime
    settled_at: datetime | None
    due_at: datetime | None
    not_after: datetime | None
    held: bool
    domain: str | None
    allowance: int | None
    paused_until: datetime | None
    braked_since: datetime | None

    @property
    def goes_elsewhere(self) -> bool:
        """Whether it goes to an address of its own, which is kept sealed and not shown."""
        kind = KINDS.get(self.kind)
        return kind is not None and kind.own_address


@dataclass(frozen=True, slots=True)
class Notice:
    """The fact that the mail tells, and the event that it comes from."""

    mail_id: UUID
    notice_id: UUID
    event_id: UUID
    event_type: str
    event_time: datetime
    dedup_key: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try and what the relay answered."""

    mail_id: UUID
    started_at: datetime
    answered_at: datetime | None
    result: str
    code: int | None
    enhanced: str | None
    reply: str | None
    relay: str


@dataclass(frozen=True, slots=True)
class Life:
    """A mail with what led to it and what became of it."""

    mail: Mail
    notices: tuple[Notice, ...]
    attempts: tuple[Attempt, ...]


def mail_id_in(text: str) -> UUID | None:
    """The mail's id in a Message-ID, with or without angle brackets; None when the text is no Message-ID of ours."""
    left, at, _ = text.strip().removeprefix("<").removesuffix(">").partition("@")
    try:
        return UUID(left) if at else None
    except ValueError:
        return None


async def lives_of(connection: Connection, address_or_message_id: str) -> Sequence[Life]:
    """The mails about the account with an address, newest first, or the one with a Message-ID. Empty: there is none.

    Mails about the account that went to another address are among them; where to is not shown.
    """
    mail_id = mail_id_in(address_or_message_id)
    if mail_id:
        rows = await connection.fetch(SQL["mail_of_id"], mail_id)
    else:
        rows = await connection.fetch(SQL["mails_of_address"], spellings(address_or_message_id))
    mails = [Mail(**row) for row in rows]
    ids = [mail.mail_id for mail in mails]
    notices = [Notice(**row) for row in await connection.fetch(SQL["notices_of_mails"], ids)]
    attempts = [Attempt(**row) for row in await connection.fetch(SQL["attempts_of_mails"], ids)]
    return [
        Life(
            mail,
            tuple(notice for notice in notices if notice.mail_id == mail.mail_id),
            tuple(attempt for attempt in attempts if attempt.mail_id == mail.mail_id),
        )
        for mail in mails
    ]


def timeline(life: Life) -> Table:
    """The life of a mail as a table, from the event down."""
    mail = life.mail
    state = f"{mail.state} ({mail.reason})" if mail.reason else mail.state
    goes_to = ", to an address of its own" if mail.goes_elsewhere else ""
    table = Table(
        title=f"{mail.kind}: {state}",
        caption=f"mail {mail.mail_id}, account {mail.account_id}, lane {mail.lane}{goes_to}",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("time (UTC)", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("which", overflow="fold")
    for when, what, which in _steps(life):
        table.add_row(f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03}", what, which)
    return table


def _steps(life: Life) -> Iterator[tuple[datetime, str, str]]:
    mail = life.mail
    for notice in life.notices:
        yield notice.event_time, "event", f"{notice.event_type} {notice.event_id}"
        yield notice.created_at, "notice", f"{notice.dedup_key} {notice.notice_id}"
    yield mail.created_at, "mail", "queued"
    for attempt in life.attempts:
        yield attempt.started_at, "attempt", f"to {attempt.relay}"
        if attempt.answered_at:
            yield attempt.answered_at, "answer", _answer(attempt)
    if mail.settled_at:
        yield mail.settled_at, mail.state, mail.reason or ""
    if mail.due_at and mail.not_after:
        yield mail.due_at, "held until" if mail.held else "due", _why_not_yet(mail)
        yield mail.not_after, "ends", "not sent any more after this"


def _why_not_yet(mail: Mail) -> str:
    """What a queued mail waits for, besides its time."""
    if mail.held:
        return "a sender works on it"
    if mail.braked_since:
        return f"paused by the operator since {mail.braked_since:%Y-%m-%d %H:%M:%S}"
    if mail.paused_until and mail.paused_until > datetime.now(UTC):
        return f"nothing is sent to {mail.domain} until {mail.paused_until:%Y-%m-%d %H:%M:%S}"
    return f"at most {mail.allowance} at a time are sent to {mail.domain}" if mail.allowance else ""


def _answer(attempt: Attempt) -> str:
    reply = attempt.reply or ""
    enhanced = "" if attempt.enhanced and reply.startswith(attempt.enhanced) else attempt.enhanced
    words = [str(word) for word in (attempt.code, enhanced, reply) if word]
    return f"{attempt.result}: {' '.join(words) or 'no answer'}"
