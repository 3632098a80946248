"""The jars of Kafka: pinned, checked at every use, fetched again when one was damaged."""

import hashlib
from pathlib import Path

import pytest

from devstack.kafka_jars import Jar, ensure_jars, kafka_jars, kafka_version, read_line

CONTENT = b"a jar"


def jar(artifact: str, content: bytes = CONTENT) -> Jar:
    return Jar("org.example", artifact, "1.0", hashlib.sha256(content).hexdigest())


def test_every_jar_of_kafka_is_pinned_once() -> None:
    jars = kafka_jars()
    assert len(jars) == 45
    assert len({one.filename for one in jars}) == 45
    assert all(len(one.sha256) == 64 for one in jars)
    assert kafka_version() == "4.4.0"


def test_a_line_names_coordinates_and_sum() -> None:
    assert read_line("org.apache.kafka:kafka-clients:4.4.0 abc") == Jar(
        "org.apache.kafka", "kafka-clients", "4.4.0", "abc"
    )


@pytest.mark.parametrize("line", ["org.apache.kafka:kafka-clients:4.4.0", "kafka-clients abc", "a:b:c:d abc"])
def test_a_line_that_lacks_something_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="values to unpack"):
        read_line(line)


def test_jars_that_are_there_are_not_fetched(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}-1.0.jar").write_bytes(CONTENT)
    assert ensure_jars([jar("b"), jar("a")], tmp_path) == [tmp_path / "a-1.0.jar", tmp_path / "b-1.0.jar"]


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], CONTENT + b"!", b"A jar"])
def test_a_damaged_jar_is_not_taken_for_the_right_one(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "a-1.0.jar"
    file.write_bytes(damage)
    assert not jar("a").is_in(file)


def test_a_folder_in_a_jars_place_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "a-1.0.jar").mkdir()
    assert not jar("a").is_in(tmp_path / "a-1.0.jar")
