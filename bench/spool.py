"""Ready-made mails and records in a file, for the raw sides: the very bytes that ours makes of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadyMail:
    """A mail in its envelope. The content is ASCII with CRLF lines."""

    sender: str
    recipient: str
    content: str


@dataclass(frozen=True, slots=True)
class ReadyRecord:
    """A record as Kafka takes it, its value in UTF-8."""

    topic: str
    key: str
    headers: Mapping[str, str]
    value: str


def write(path: Path, items: Iterable[ReadyMail | ReadyRecord]) -> None:
    """Writes them, one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(item)) + "\n" for item in items)


def read_mails(path: Path) -> list[ReadyMail]:
    """The mails of a file."""
    with path.open(encoding="utf-8") as file:
        return [ReadyMail(**json.loads(line)) for line in file]


def read_records(path: Path) -> list[ReadyRecord]:
    """The records of a file."""
    with path.open(encoding="utf-8") as file:
        return [ReadyRecord(**json.loads(line)) for line in file]
