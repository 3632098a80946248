"""Among the events are some that nobody can handle, and some that can be handled once a mistake is mended."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord

from bench.poison import SORTS
from shared.contracts.topics import ACCOUNTS_ACCOUNT, dead_letter_topic
from shared.runtime.sealing import Sealer
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.poison import pour
from tests.chaos.topics import Records, header, records_of
from tests.chaos.trial import Trials
from tests.commands import run_command
from tests.sealing_keys import generate_keys
from tests.waiting import until

API, WORKER, SENDER = "accounts-api", "notifications-worker", "notifications-sender"
MISTAKE = "seal_broken"
ROUNDS = 20 if EXTENT.full else 2
BETWEEN = 45 if EXTENT.full else 5
"""So many good events come between those of one round and the next."""

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_what_cannot_be_handled_harms_no_other_and_comes_once_when_it_can_be(
    trials: Trials, tmp_path: Path
) -> None:
    system, poison = trials.system, trials.load.poison
    env = system.processes[WORKER].process.env
    ours, keys = Path(env["DZWONEK_SEALING_PRIVATE_KEYS_FILE"]), (tmp_path / "private.json", tmp_path / "public.json")
    generate_keys(*keys)
    sealer = Sealer(ours)

    async def redriven() -> str:
        arguments = ("dead-letters", "redrive", "--reason", MISTAKE)
        code, printed = await run_command(system.databases["notifications"], "notifications", *arguments, settings=env)
        assert code == 0, printed
        return printed

    async def poisoned() -> None:
        reasons: dict[str, str] = {}
        # The API seals to a key that notifications does not have.
        async with (
            trials.faults.second(API, DZWONEK_SEALING_PUBLIC_KEY_FILE=str(keys[1])) as mistaken,
            AIOKafkaProducer(bootstrap_servers=system.kafka.bootstrap) as producer,
        ):
            for _ in range(ROUNDS):
                reasons |= await pour(producer, sealer)
                poison.update(reasons)
                await trials.load.register_at(mistaken.url, people=1)
                await trials.accepted_some(BETWEEN)
        letters = await until(partial(buried, system.kafka.bootstrap, len(reasons) + ROUNDS), seconds=60)
        await assert_all_is_told(letters, reasons, system.kafka.bootstrap)
        add_key(ours, keys[0])
        await asyncio.gather(*(trials.faults.restart(name) for name in (WORKER, SENDER)))
        assert await redriven() == f"{ROUNDS} put back to work.\n"
        await trials.accepted_some(BETWEEN)
        assert await redriven() == "0 put back to work.\n"

    sorts = len(SORTS) + 1
    share = sorts / (sorts + BETWEEN)
    verdict = await trials.run(
        7, f"poison of {sorts} sorts, {share:.0%} of the events; redrive after the mend", poisoned
    )
    assert verdict.repeats == 0


async def buried(bootstrap: str, count: int) -> Records | None:
    """The dead letters, when they are so many."""
    letters = await records_of(bootstrap, dead_letter_topic("notifications").name)
    return letters if len(letters) >= count else None


async def assert_all_is_told(letters: Records, reasons: Mapping[str, str], bootstrap: str) -> None:
    """Each letter says why, and where the record stood that it is."""
    given = Counter(header(letter, "dl_reason") for letter in letters)
    assert given == {**dict.fromkeys(SORTS, ROUNDS), MISTAKE: ROUNDS}
    stood = {(record.partition, record.offset): record for record in await records_of(bootstrap, ACCOUNTS_ACCOUNT.name)}
    for letter in letters:
        assert header(letter, "dl_topic") == ACCOUNTS_ACCOUNT.name
        assert header(letter, "dl_handler") == "notifications.security"
        assert header(letter, "dl_reason") == reasons.get(header(letter, "ce_id"), MISTAKE)
        record = stood[int(header(letter, "dl_partition")), int(header(letter, "dl_offset"))]
        assert inside(record) == inside(letter)


def inside(record: "ConsumerRecord[bytes, bytes]") -> Sequence[object]:
    """What a record is wherever it stands."""
    return record.key, record.value, header(record, "ce_id")


def add_key(to: Path, key: Path) -> None:
    """Puts the key of a file behind those of another."""
    both = [each for file in (to, key) for each in json.loads(file.read_text())["keys"]]
    to.write_text(json.dumps({"keys": both}))
