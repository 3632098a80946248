"""A request sent twice with one key has one effect and one answer."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.runtime.idempotency import Answer, Idempotency, forget_old_keys
from shared.runtime.postgres import Connection, Pool
from shared.runtime.problems import ProblemError

Work = Callable[[Connection], Awaitable[Answer]]
BODY = b'{"password": "tajnehaslo"}'


@pytest.fixture
def idempotency(pool: Pool) -> Idempotency:
    return Idempotency(pool, b"a secret of thirty-two bytes or so")


async def register(connection: Connection) -> Answer:
    number = await connection.fetchval("INSERT INTO tally (version) VALUES (1) RETURNING number")
    return Answer(202, str(number).encode())


async def test_the_second_request_gets_the_first_answer(idempotency: Idempotency, pool: Pool) -> None:
    first = await idempotency.once("register", "key", BODY, register)
    assert await idempotency.once("register", "key", BODY, register) == first
    assert await pool.fetchval("SELECT count(*) FROM tally") == 1


async def test_many_at_once_have_one_effect(idempotency: Idempotency, pool: Pool) -> None:
    answers = await asyncio.gather(*(idempotency.once("register", "key", BODY, register) for _ in range(20)))
    assert len(set(answers)) == 1
    assert await pool.fetchval("SELECT count(*) FROM tally") == 1


async def test_without_a_key_each_request_counts(idempotency: Idempotency, pool: Pool) -> None:
    await idempotency.once("register", None, BODY, register)
    await idempotency.once("register", None, BODY, register)
    assert await pool.fetchval("SELECT count(*) FROM tally") == 2


async def test_a_key_with_another_body_is_refused(idempotency: Idempotency) -> None:
    await idempotency.once("register", "key", BODY, register)
    with pytest.raises(ProblemError) as caught:
        await idempotency.once("register", "key", b"{}", register)
    assert caught.value.details.status == 422
    assert caught.value.details.errors[0].code == "key_reused"


async def test_a_request_that_failed_may_be_sent_again_with_its_key(idempotency: Idempotency) -> None:
    async def failing(connection: Connection) -> Answer:
        await register(connection)
        raise ProblemError(503, "busy", "Busy")

    with pytest.raises(ProblemError):
        await idempotency.once("register", "key", BODY, failing)
    assert (await idempotency.once("register", "key", BODY, register)).status == 202


@pytest.mark.parametrize("key", ["", "k" * 256, "zażółć", "a\nb"])
async def test_a_bad_key_is_refused(key: str, idempotency: Idempotency) -> None:
    with pytest.raises(ProblemError) as caught:
        await idempotency.once("register", key, BODY, register)
    assert caught.value.details.errors[0].field == "Idempotency-Key"


async def test_nothing_of_the_body_is_kept(idempotency: Idempotency, pool: Pool) -> None:
    await idempotency.once("register", "key", BODY, register)
    kept = await pool.fetchval("SELECT idempotency_keys::text FROM idempotency_keys")
    assert "tajne" not in kept
    assert BODY.hex() not in kept


async def test_keys_are_forgotten_after_a_day(idempotency: Idempotency, pool: Pool) -> None:
    await idempotency.once("register", "old", BODY, register)
    await pool.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
    await idempotency.once("register", "new", BODY, register)
    async with pool.acquire() as connection:
        assert await forget_old_keys(connection) == 1
    assert await pool.fetchval("SELECT key FROM idempotency_keys") == "new"
