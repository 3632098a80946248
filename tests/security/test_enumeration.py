"""Whether an address or a school login is known cannot be told: not from body, headers, status or time of an answer."""

import dataclasses
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from httpx import AsyncClient, Response

from accounts.answer_time import BEAT_SECONDS
from accounts.handlers.parts import Parts
from tests.integration.accounts.accounts_world import AccountsWorld, client_of
from tests.integration.accounts.logins.calls import sign_in
from tests.integration.accounts.logins.teacher import teachers_slip

ROUNDS = 15
TRIES = 3
"""A busy machine may miss many beats; what really takes longer does so each time."""

KINDS = ("unknown", "pending", "active")


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[AsyncClient]:
    """Speaks to a service that answers when it does in production."""
    async with client_of(dataclasses.replace(parts, beat_seconds=BEAT_SECONDS)) as client:
        yield client


async def people(world: AccountsWorld) -> None:
    """`ROUNDS` pending and as many active addresses, none of them mailed in the last hour."""
    for number in range(ROUNDS):
        await world.register(f"pending{number}@example.org")
        await world.register(f"active{number}@example.org")
    await world.pool.execute(
        "UPDATE accounts SET state = 'active', activated_at = registered_at, terms_version = '2026-09-01'"
        " WHERE email_key LIKE 'active%'"
    )
    world.clock.forward(hours=2)


@pytest.mark.parametrize("operation", ["register", "ask_again", "ask_for_reset", "guess"])
async def test_known_and_unknown_addresses_get_the_same_answer_in_the_same_time(
    world: AccountsWorld, operation: str
) -> None:
    await people(world)
    ask: Callable[[str], Awaitable[Response]] = getattr(world, operation)
    await assert_alike(world, KINDS, lambda kind, number: ask(f"{kind}{number}@example.org"))


async def test_known_and_unknown_school_logins_get_the_same_answer_in_the_same_time(world: AccountsWorld) -> None:
    known = (await teachers_slip(world)).login
    names = {"unknown": "99999999k" if known != "99999999k" else "99999998k", "known": known}
    networks = (f"203.0.113.{number}" for number in itertools.count(1))

    async def guess(kind: str, _: int) -> Response:
        return await sign_in(world, names[kind], "not the password", network=next(networks))

    await assert_alike(world, tuple(names), guess)


Ask = Callable[[str, int], Awaitable[Response]]
"""Asks for the n-th of a kind."""


async def assert_alike(world: AccountsWorld, kinds: Sequence[str], ask: Ask) -> None:
    """That the answers are the same for all kinds and take the same time, but for what a busy machine does."""
    for _ in range(TRIES):
        seconds, answers = await compared(kinds, ask)
        assert len(answers) == 1
        means = {kind: mean(times) for kind, times in seconds.items()}
        assert min(means.values()) >= BEAT_SECONDS
        if max(means.values()) - min(means.values()) < BEAT_SECONDS / 2:
            return
        world.clock.forward(hours=2)
    pytest.fail(f"the answers take {means}")


def mean(times: Sequence[float]) -> float:
    """Without the slowest fifth. A median would jump by a whole beat where the work takes just about one."""
    return statistics.fmean(sorted(times)[: -(ROUNDS // 5)])


async def compared(kinds: Sequence[str], ask: Ask) -> tuple[dict[str, list[float]], set[object]]:
    """How long the answers take for each kind, in turns, and what they are."""
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    answers: set[object] = set()
    for number in range(ROUNDS):
        for kind in kinds:
            started = time.perf_counter()
            answer = await ask(kind, number)
            seconds[kind].append(time.perf_counter() - started)
            answers.add((answer.status_code, answer.content, tuple(sorted(answer.headers.items()))))
    return seconds, answers


@pytest.mark.parametrize("operation", ["register", "ask_again", "ask_for_reset"])
async def test_every_branch_writes_once(world: AccountsWorld, operation: str) -> None:
    await people(world)
    for kind in KINDS:
        before = len(await world.rows("mail_requests"))
        await getattr(world, operation)(f"{kind}0@example.org")
        await getattr(world, operation)(f"{kind}0@example.org")
        assert len(await world.rows("mail_requests")) == before + 2


async def test_the_notes_of_who_asked_hold_no_address(world: AccountsWorld) -> None:
    await world.ask_again("zofia@example.org")

    (row,) = await world.rows("mail_requests")
    assert "zofia" not in row
    assert b"zofia".hex() not in row
