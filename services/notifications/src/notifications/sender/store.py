"""The sender's side of the database: claims mails and records what became of them. The statements: queries.sql."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from notifications import SERVICE
from notifications.domain.answers import AnswerClass
from notifications.domain.destinations import HEALTHY, TROUBLES, Destination, after
from notifications.domain.mail import ClaimedMail
from notifications.sender.addressing import addressed
from notifications.sender.outcome import Outcome
from shared.contracts.envelope import Event
from shared.contracts.notifications import MailStateChanged
from shared.runtime.events import new_event
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection, Pool
from shared.runtime.sealing import Unsealer
from shared.runtime.sql import columns, load_queries

SQL = load_queries("notifications.sender")
_NO_SCHOOL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ClaimLimits:
    """How much a claim takes: `schools` share it, `domain_cap` mails may be in flight to a domain over all senders."""

    schools: int
    domain_cap: int
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim brought. `is_full` tells that there may be more right now; `put_off` mails were not for now."""

    mails: Sequence[ClaimedMail]
    put_off: int
    is_full: bool


NOTHING = Claim((), 0, is_full=False)


class QueueStore:
    """The queue of mails in the database."""

    def __init__(self, pool: Pool, limits: ClaimLimits, unsealer: Unsealer, *, relay: str) -> None:
        self._pool = pool
        self._limits = limits
        self._unsealer = unsealer
        self._relay = relay

    async def claim(self, lane: str, size: int, crowded: Sequence[str] = ()) -> Claim:
        """Leases up to `size` mails of a lane that are due, shared by the schools whose turn it is.

        Mails to `crowded` domains are put off for a moment.
        """
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(SQL["is_anything_due"], lane):
                return NOTHING
            lease_ends = time.monotonic() + self._limits.lease_seconds
            async with connection.transaction():
                schools = await self._take_turns(connection, lane)
                if not schools:
                    return NOTHING
                share = -(-size // len(schools))
                cap, lease = self._limits.domain_cap, self._limits.lease_seconds
                rows = await connection.fetch(SQL["claim_mails"], lane, schools, share, cap, lease, list(crowded))
                await connection.execute(SQL["end_turns"], lane, schools)
            leased = [row for row in rows if row["attempt_token"] is not None]
            mails = await self._read(connection, leased, lease_ends)
        shares = Counter(row["school_id"] for row in rows).values()
        is_full = max(shares, default=0) >= share or len(schools) == self._limits.schools
        return Claim(mails, len(rows) - len(leased), is_full)

    async def _take_turns(self, connection: Connection, lane: str) -> list[UUID]:
        rows = await connection.fetch(SQL["take_turns"], lane, self._limits.schools)
        if not rows:
            await connection.execute(SQL["wait_a_second"])
            rows = await connection.fetch(SQL["wait_for_turn"], lane)
        return [row["school_id"] for row in rows]

    async def _read(
        self, connection: Connection, leased: Sequence[asyncpg.Record], lease_ends: float
    ) -> Sequence[ClaimedMail]:
        """The mails with all that they are made of, in the order they fell due; without those cancelled meanwhile."""
        if not leased:
            return ()
        days = list({row["created_on"] for row in leased})
        mail_ids, account_ids = [row["mail_id"] for row in leased], [row["account_id"] for row in leased]
        rows = await connection.fetch(SQL["read_mails"], mail_ids, days, account_ids)
        insides = {row["mail_id"]: row for row in rows}
        mails = [
            _claimed(row, inside, lease_ends) for row in leased if (inside := insides.get(row["mail_id"])) is not None
        ]
        return await addressed(connection, self._unsealer, mails)

    async def still_held(self, mail: ClaimedMail) -> bool:
        """Whether the mail is still in the queue and leased to us: not cancelled meanwhile, not taken over."""
        return bool(await self._pool.fetchval(SQL["still_held"], mail.mail_id, mail.attempt_token))

    async def record(self, outcomes: Sequence[Outcome]) -> Mapping[str, Destination]:
        """Writes what became of these mails, all or none, and once, however often it is tried.

        Returns the domains that are paused by it.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["record"], *self._columns(outcomes))
            return await self._judge_domains(connection, outcomes)

    async def wake_schools(self, outcomes: Sequence[Outcome]) -> None:
        """Lets mails that are due before their lease would have ended be claimed in time.

        A transaction of its own: who holds a turn never waits for one who holds mails. Where it fails, the mails are
        claimed when the lease ends.
        """
        turns = _turns_brought_forward(outcomes)
        if turns:
            await self._pool.execute(SQL["wake_schools"], *columns(turns, 3))

    def _columns(self, outcomes: Sequence[Outcome]) -> tuple[Any, ...]:
        """The parameters of `record`."""
        now = datetime.now(UTC)
        rows = [
            (
                outcome.mail.mail_id,
                outcome.mail.created_on,
                outcome.mail.attempt_token,
                outcome.state,
                outcome.reason,
                outcome.due_at,
                outcome.tried,
                outcome.suppressed_address,
            )
            for outcome in outcomes
        ]
        settled = [outcome for outcome in outcomes if outcome.state is not None]
        events = outbox_columns([_state_changed(outcome, now) for outcome in settled])
        return (
            *columns(rows, 8),
            self._relay,
            *columns(_attempt_rows(outcomes), 9),
            [outcome.mail.mail_id for outcome in settled],
            *events,
            list({outcome.mail.created_on for outcome in outcomes}),
        )

    async def _judge_domains(self, connection: Connection, outcomes: Sequence[Outcome]) -> Mapping[str, Destination]:
        """Moves the states of the domains on whose answers something depends; for all others there is nothing to do."""
        answers = _answers_that_matter(outcomes)
        if not answers:
            return {}
        new = [domain for domain, kinds in answers.items() if not TROUBLES.isdisjoint(kinds)]
        if new:
            await connection.execute(SQL["watch_domains"], new)
        rows = await connection.fetch(SQL["domain_states"], list(answers))
        now, cap = datetime.now(UTC), self._limits.domain_cap
        states = {row["domain"]: after(_destination(row), answers[row["domain"]], now=now, cap=cap) for row in rows}
        healthy = [domain for domain, state in states.items() if state == HEALTHY]
        if healthy:
            await connection.execute(SQL["forget_domains"], healthy)
        changed = [
            (domain, state.faults, state.allowance, state.paused_until, state.pause_seconds)
            for domain, state in states.items()
            if state != HEALTHY
        ]
        if changed:
            await connection.execute(SQL["save_domain_states"], *columns(changed, 5))
        before = {row["domain"]: _destination(row) for row in rows}
        return {domain: state for domain, state in states.items() if state.paused_until != before[domain].paused_until}

    async def paused_domains(self) -> int:
        """How many domains are paused now."""
        return int(await self._pool.fetchval(SQL["paused_domains"]))


def _claimed(row: asyncpg.Record, inside: asyncpg.Record, lease_ends: float) -> ClaimedMail:
    return ClaimedMail(
        mail_id=row["mail_id"],
        created_on=row["created_on"],
        attempt_token=row["attempt_token"],
        lane=row["lane"],
        kind=row["kind"],
        school_id=row["school_id"],
        district_id=inside["district_id"],
        account_id=row["account_id"],
        language=inside["language"] or "",
        address=inside["address"] or "",
        domain=row["domain"],
        created_at=inside["created_at"],
        event_time=inside["event_time"] or inside["created_at"],
        due_at=row["due_at"],
        not_after=row["not_after"],
        attempts=row["attempts"],
        thread_id=inside["thread_id"],
        params=json.loads(inside["params"] or "{}"),
        sealed_token=inside["sealed_token"],
        sealed_address=inside["sealed_address"],
        contact_state=inside["contact_state"],
        suppressed=inside["suppressed"],
        watched=row["watched"],
        traceparent=inside["traceparent"],
        lease_ends=lease_ends,
    )


def _attempt_rows(outcomes: Iterable[Outcome]) -> list[tuple[Any, ...]]:
    return [
        (
            outcome.mail.mail_id,
            outcome.mail.attempt_token,
            outcome.mail.created_on,
            attempt.started_at,
            attempt.answered_at,
            attempt.answer.kind.value,
            attempt.answer.code,
            attempt.answer.enhanced,
            attempt.reply,
        )
        for outcome in outcomes
        if (attempt := outcome.attempt) is not None
    ]


def _state_changed(outcome: Outcome, now: datetime) -> Event[MailStateChanged]:
    """The event of a settled mail. An acceptance overrules a cancellation, so its version is the higher one."""
    if outcome.state is None:
        raise ValueError("the mail is not settled")
    mail = outcome.mail
    data = MailStateChanged.model_construct(
        mail_id=mail.mail_id,
        account_id=mail.account_id,
        version=2 if outcome.state == "accepted" else 1,
        lane=mail.lane,
        kind=mail.kind,
        state=outcome.state,
        reason=outcome.reason,
        changed_at=outcome.attempt.answered_at if outcome.attempt else now,
    )
    school = None if mail.school_id == _NO_SCHOOL else mail.school_id
    return new_event(SERVICE, data, now=now, district=mail.district_id, school=school, caused_in=mail.traceparent)


def _turns_brought_forward(outcomes: Sequence[Outcome]) -> list[tuple[str, UUID, datetime]]:
    """The schools with mails that are due before their lease would have ended, and when."""
    soonest: dict[tuple[str, UUID], datetime] = {}
    for outcome in outcomes:
        if outcome.due_at is not None:
            key = (outcome.mail.lane, outcome.mail.school_id)
            soonest[key] = min(outcome.due_at, soonest.get(key, outcome.due_at))
    return [(lane, school_id, due_at) for (lane, school_id), due_at in soonest.items()]


def _answers_that_matter(outcomes: Sequence[Outcome]) -> Mapping[str, list[AnswerClass]]:
    """The answers, in their order, from domains that are in some trouble or get into it by them."""
    answers: dict[str, list[AnswerClass]] = defaultdict(list)
    matters: set[str] = set()
    for outcome in outcomes:
        if outcome.attempt is not None:
            kind, domain = outcome.attempt.answer.kind, outcome.mail.domain
            answers[domain].append(kind)
            if outcome.mail.watched or kind in TROUBLES:
                matters.add(domain)
    return {domain: answers[domain] for domain in matters}


def _destination(row: asyncpg.Record) -> Destination:
    return replace(
        HEALTHY,
        faults=row["faults"],
        allowance=row["allowance"],
        paused_until=row["paused_until"],
        pause_seconds=row["pause_seconds"],
    )
