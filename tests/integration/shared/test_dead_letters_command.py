"""Operators list, look at and redrive dead letters from the command line."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.shared.conftest import SERVICE, Read

from shared.contracts.topics import dead_letter_topic, retry_topic
from shared.runtime.postgres import Pool
from shared.runtime.settings import KafkaSettings

Command = Callable[..., Awaitable[tuple[int, str]]]
PROGRAM = f"from shared.runtime.dead_letters_command import *; dead_letters_command({SERVICE!r})()"


@pytest.fixture
def command(url: str, kafka: KafkaSettings) -> Command:
    environment = {
        **os.environ,
        "DZWONEK_DATABASE_URL": url,
        "DZWONEK_KAFKA_BOOTSTRAP": kafka.kafka_bootstrap,
        "DZWONEK_KAFKA_PREFIX": kafka.kafka_prefix,
        "COLUMNS": "200",
    }

    async def run(*arguments: str, **changes: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PROGRAM,
            *arguments,
            env={**environment, **changes},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    return run


@pytest.fixture
async def letters(producer: AIOKafkaProducer, kafka: KafkaSettings, pool: Pool) -> int:
    topic = kafka.kafka_prefix + dead_letter_topic(SERVICE).name
    for number, reason in enumerate(["not_json", "unknown_type", "not_json"]):
        await producer.send_and_wait(topic, b"value %d" % number, b"key", headers=headers(number, reason))
    return 3


def headers(number: int, reason: str) -> list[tuple[str, bytes]]:
    """The headers of a letter that was the record at this offset."""
    return [
        ("ce_type", b"pl.dzwonek.cake.baked.v1"),
        ("dl_reason", reason.encode()),
        ("dl_detail", b"why"),
        ("dl_handler", b"g"),
        ("dl_at", b"2024-09-01T06:00:00+00:00"),
        ("dl_topic", b"accounts.account.v1"),
        ("dl_partition", b"0"),
        ("dl_offset", str(number).encode()),
    ]


async def test_letters_are_listed_shown_and_put_back_once(
    command: Command, letters: int, kafka: KafkaSettings, read_topic: Read
) -> None:
    code, listed = await command("list")
    assert code == 0
    assert listed.count("not_json") == 2
    assert "0:1" in listed
    code, shown = await command("show", "0:1")
    assert "dl_reason: unknown_type" in shown
    assert "value 1" in shown
    assert await command("redrive", "--reason", "not_json") == (0, "2 put back to work.\n")
    assert [record.value for record in await read_topic(retry_topic(SERVICE).name)] == [b"value 0", b"value 2"]
    code, left = await command("list")
    assert "not_json" not in left
    assert await command("redrive", "--all") == (0, "1 put back to work.\n")
    assert await command("list") == (0, "No dead letters.\n")
    assert (await command("list", "--all"))[1].count("not_json") == 2


async def test_a_letter_is_not_taken_for_the_one_that_lay_in_its_place_before_kafka_lost_its_disks(
    command: Command, letters: int, pool: Pool
) -> None:
    await pool.execute(
        'INSERT INTO dead_letters_redriven ("partition", "offset", redriven_at) VALUES (0, 1, $1)',
        datetime(2024, 8, 1, tzinfo=UTC),
    )
    assert "unknown_type" in (await command("list"))[1]
    assert await command("redrive", "0:1") == (0, "1 put back to work.\n")
    assert "unknown_type" not in (await command("list"))[1]


async def test_a_long_value_is_shown_in_part_and_written_whole(
    command: Command, producer: AIOKafkaProducer, kafka: KafkaSettings, tmp_path: Path
) -> None:
    value, out = bytes(range(256)) * 40, tmp_path / "value"
    topic = kafka.kafka_prefix + dead_letter_topic(SERVICE).name
    await producer.send_and_wait(topic, value, b"key", headers=headers(0, "not_json"))
    code, shown = await command("show", "0:0")
    assert code == 0
    assert f"{len(value)} bytes in all" in shown
    code, said = await command("show", "0:0", "--out", str(out))
    assert code == 0
    assert "dl_reason: not_json" in said
    assert out.read_bytes() == value


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "said"),
    [
        (["redrive"], {}, 2, "name the letters"),
        (["show", "0:99"], {}, 1, "there is no dead letter 0:99"),
        (["list"], {"DZWONEK_DATABASE_URL": "postgresql://a@127.0.0.1:9/b"}, 3, "check DZWONEK_DATABASE_URL"),
        (["list"], {"DZWONEK_KAFKA_BOOTSTRAP": "127.0.0.1:9"}, 3, "check DZWONEK_KAFKA_BOOTSTRAP"),
        (["list"], {"DZWONEK_KAFKA_BOOTSTRAP": "nowhere"}, 2, "DZWONEK_KAFKA_BOOTSTRAP is wrong"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str], changes: dict[str, str], code: int, said: str, command: Command, letters: int
) -> None:
    ended, output = await command(*arguments, **changes)
    assert ended == code
    assert said in output
    assert output.count("\n") == 1
