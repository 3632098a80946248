"""An archive of Kafka's loaded classes, with which its JVM starts in half the time.

It is made by a broker of its own, started for nothing else, at the lowest priority and beside everybody's way: who
needs a broker never waits for it. The JVM ignores an archive that does not fit, and Kafka starts again without it if
it fails with it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from devstack.cache import cache_folder
from devstack.kafka_jars import jars_digest, kafka_version
from devstack.kafka_java import Java
from devstack.process import Process

AHEAD_OF_TIME = 25
"""The first Java that also keeps linked classes and profiles (JEP 514); older ones keep loaded classes (JEP 350)."""


def archive_file(java: Java, jars: Sequence[Path]) -> Path:
    """Where the archive for this Java and these very files is kept; it may not be there."""
    newest = max(jar.stat().st_mtime_ns for jar in jars)  # the JVM refuses an archive of other files
    name = f"{java.version}-{jars_digest()}-{newest:x}.{'aot' if java.major >= AHEAD_OF_TIME else 'jsa'}"
    return cache_folder("kafka", kafka_version(), "classes") / name


def use(archive: Path, java: Java) -> list[str]:
    """The JVM's option to start from the archive, if it is there."""
    option = "AOTCache" if java.major >= AHEAD_OF_TIME else "SharedArchiveFile"
    return [f"-XX:{option}={archive}"] if archive.is_file() else []


def record(archive: Path, java: Java) -> list[str]:
    """The JVM's option to write the archive when it ends."""
    option = "AOTCacheOutput" if java.major >= AHEAD_OF_TIME else "ArchiveClassesAtExit"
    return [f"-XX:{option}={archive}"]


def maker(log: Path) -> Process:
    """A process that makes the archive and ends; it may be killed at any time."""
    return Process(
        "Kafka's class archive", [sys.executable, "-m", "devstack.kafka_archive_maker"], log=log, niceness=19
    )
