"""The bounded queue before Argon2."""

import asyncio
import threading

import argon2
import pytest

from accounts.domain.refusal import Refused
from accounts.passwords import HashingBusy, PasswordHasher


async def test_a_hash_is_argon2id_with_the_agreed_cost() -> None:
    hasher = PasswordHasher(threads=1, queue_length=0)
    made = await hasher.hash("cztery zielone rowery")
    hasher.close()

    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert argon2.PasswordHasher().verify(made, "cztery zielone rowery")


async def test_what_the_queue_does_not_hold_is_refused_at_once_and_the_rest_is_done() -> None:
    hasher = PasswordHasher(threads=2, queue_length=3)

    results = await asyncio.gather(*(hasher.hash("haslo") for _ in range(9)), return_exceptions=True)

    refused = [result for result in results if isinstance(result, HashingBusy)]
    assert len(refused) == 4
    assert all(error.retry_after >= 1 for error in refused)
    assert sum(isinstance(result, str) for result in results) == 5
    assert await hasher.hash("haslo")
    hasher.close()


async def test_a_person_who_gives_up_waiting_leaves_the_queue_intact() -> None:
    hasher = PasswordHasher(threads=1, queue_length=1)
    waiting = [asyncio.ensure_future(hasher.hash("haslo")) for _ in range(2)]
    await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    async with asyncio.timeout(10):
        while True:
            try:
                assert await hasher.hash("haslo")
                break
            except HashingBusy:
                await asyncio.sleep(0.005)
    hasher.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("argon2")]


async def test_a_password_that_is_refused_leaves_the_queue_intact_and_the_loop_free() -> None:
    hasher = PasswordHasher(threads=1, queue_length=0)
    looked_in: list[str] = []

    def refuse(_: str) -> None:
        looked_in.append(threading.current_thread().name)
        raise Refused("password_common", "no")

    for _ in range(3):
        with pytest.raises(Refused):
            await hasher.hash("haslo", refuse)
    assert await hasher.hash("haslo")
    assert all(name.startswith("argon2") for name in looked_in)
    hasher.close()


def test_a_refusal_says_nothing_of_the_password() -> None:
    with pytest.raises(HashingBusy, match="queue"):
        raise HashingBusy(1)
