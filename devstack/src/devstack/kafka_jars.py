"""The jars that a Kafka broker is made of: fetched once from the Maven registry, checked at every use."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from jgo.maven import MavenContext

from devstack.cache import cache_folder, one_at_a_time, publish, workplace
from devstack.process import MIRROR

AT_ONCE = 8
ATTEMPTS = 3
TIMEOUT_SECONDS = 30

Progress = Callable[[str, int, int], None]
"""Called with what is going on, how much of it is done, and of how much; not always from the main thread."""


class JarsMissingError(RuntimeError):
    """A jar is not in the cache and could not be fetched, or is not the one that was pinned."""


@dataclass(frozen=True)
class Jar:
    """A jar's place in the Maven registry and the sum that its bytes must have."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """Such as `kafka-clients-4.4.0.jar`."""
        return f"{self.artifact}-{self.version}.jar"

    def is_in(self, file: Path) -> bool:
        """Whether the file is this very jar."""
        return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == self.sha256


@cache
def kafka_jars() -> tuple[Jar, ...]:
    """The pinned jars, from `kafka_jars.txt`."""
    lines = files("devstack").joinpath("kafka_jars.txt").read_text().splitlines()
    return tuple(read_line(line) for line in lines if line and not line.startswith("#"))


def read_line(line: str) -> Jar:
    """A line `group:artifact:version sha256`. Raises ValueError where it is none."""
    coordinates, sha256 = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def kafka_version() -> str:
    """Kafka's own version, such as `4.4.0`."""
    return next(jar.version for jar in kafka_jars() if jar.artifact == "kafka-clients")


def jars_digest() -> str:
    """Changes when any jar does: part of the name of what is made from them."""
    return hashlib.sha256("".join(jar.sha256 for jar in kafka_jars()).encode()).hexdigest()[:12]


def ensure_jars(jars: Sequence[Jar], folder: Path, progress: Progress | None = None) -> list[Path]:
    """The jars' files in `folder`, sorted; what is missing or damaged there is fetched.

    Two processes may ask at once: one fetches, the other waits. Raises JarsMissingError.
    """
    wanted = {folder / jar.filename: jar for jar in jars}
    if not all(jar.is_in(file) for file, jar in wanted.items()):
        with one_at_a_time(folder, "jars"):
            missing = {file: jar for file, jar in wanted.items() if not jar.is_in(file)}
            for done, _ in enumerate(fetched(missing, folder), start=1):
                if progress:
                    progress("fetching Apache Kafka", done, len(missing))
    return sorted(wanted)


def fetched(missing: dict[Path, Jar], folder: Path) -> Iterator[Path]:
    """Fetches jars, a few at a time, and tells each that is in its place."""
    with ThreadPoolExecutor(AT_ONCE) as fetchers:
        tasks = [fetchers.submit(fetch, jar, file, folder) for file, jar in missing.items()]
        try:
            for task in tasks:
                yield task.result()
        finally:
            fetchers.shutdown(cancel_futures=True)


def fetch(jar: Jar, file: Path, folder: Path) -> Path:
    """Fetches one jar, checks its sum and puts it in its place. Raises JarsMissingError after some attempts."""
    mirror = os.environ.get(MIRROR)
    for _ in range(ATTEMPTS):
        with workplace(folder) as place:
            registry = MavenContext(
                repo_cache=place, timeout=TIMEOUT_SECONDS, remote_repos={"mirror": mirror} if mirror else None
            )
            component = registry.project(jar.group, jar.artifact).at_version(jar.version)
            try:
                made = component.artifact(packaging="jar").resolve()
            except (OSError, RuntimeError) as error:
                fault = f"could not be fetched ({type(error).__name__}); the first start needs the network, try again"
                continue
            if jar.is_in(made):
                publish(made, file)
                return file
            fault = "is not the one that was pinned: its sha256 differs"
    raise JarsMissingError(f"{jar.filename} {fault}")


def jar_folder() -> Path:
    """Where the user's copies lie."""
    return cache_folder("kafka", kafka_version(), "jars")
