"""Kafka's jars come from the registry, once, whole and checked; here from a registry on this machine."""

import gc
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devstack.kafka_jars import Jar, JarsMissingError, ensure_jars
from devstack.process import MIRROR

NAMES = ("alpha", "beta", "gamma")


class Registry:
    """A Maven registry: a folder served over HTTP, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.folder = folder
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            def log_request(self, *_: object) -> None:
                asked.append(self.path.rpartition("/")[2])

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def publish(self, jar: Jar, content: bytes) -> None:
        """Has the content under the jar's coordinates."""
        place = self.folder.joinpath(*jar.group.split("."), jar.artifact, jar.version, jar.filename)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def jar(name: str) -> Jar:
    return Jar("org.example", name, "1.0", hashlib.sha256(content(name)).hexdigest())


def content(name: str) -> bytes:
    return name.encode() * 100_000


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    registry = Registry(tmp_path / "registry")
    for name in NAMES:
        registry.publish(jar(name), content(name))
    thread = threading.Thread(target=registry.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv(MIRROR, registry.url)
    yield registry
    registry.server.shutdown()
    thread.join()
    registry.server.server_close()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def test_what_is_missing_is_fetched_and_its_progress_told(registry: Registry, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    files = ensure_jars([jar(name) for name in NAMES], cache, lambda _, done, total: told.append((done, total)))
    assert [file.read_bytes() for file in files] == [content(name) for name in NAMES]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert sorted(file for file in cache.iterdir() if not file.name.startswith(".")) == files


def test_what_is_there_is_not_fetched_again(registry: Registry, cache: Path) -> None:
    ensure_jars([jar("alpha")], cache)
    registry.asked.clear()
    ensure_jars([jar("alpha")], cache)
    assert registry.asked == []


def test_a_damaged_one_is_fetched_again_and_no_other(registry: Registry, cache: Path) -> None:
    alpha = ensure_jars([jar("alpha"), jar("beta")], cache)[0]
    alpha.write_bytes(content("alpha")[:100])
    registry.asked.clear()
    ensure_jars([jar("alpha"), jar("beta")], cache)
    assert alpha.read_bytes() == content("alpha")
    assert "beta-1.0.jar" not in registry.asked


def test_two_processes_that_want_them_at_once_fetch_them_once(registry: Registry, cache: Path) -> None:
    program = (
        "import sys, pathlib; from devstack.kafka_jars import *\n"
        "ensure_jars([Jar('org.example', *word.split(':')) for word in sys.argv[2:]], pathlib.Path(sys.argv[1]))"
    )
    words = [f"{name}:1.0:{jar(name).sha256}" for name in NAMES]
    command = [sys.executable, "-c", program, str(cache), *words]
    both = [subprocess.Popen(command, env={**os.environ, MIRROR: registry.url}) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert sorted(name for name in registry.asked if name.endswith(".jar")) == [f"{name}-1.0.jar" for name in NAMES]


def test_another_jar_than_the_pinned_one_is_refused(registry: Registry, cache: Path) -> None:
    registry.publish(jar("alpha"), b"something else")
    with pytest.raises(JarsMissingError, match=r"alpha-1\.0\.jar is not the one that was pinned"):
        ensure_jars([jar("alpha")], cache)
    assert not (cache / "alpha-1.0.jar").exists()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # jgo leaves the connection of a refused request to the collector
def test_a_jar_that_the_registry_does_not_have_is_named(registry: Registry, cache: Path) -> None:
    with pytest.raises(JarsMissingError, match=r"delta-1\.0\.jar could not be fetched \(RuntimeError\)"):
        ensure_jars([jar("delta")], cache)
    gc.collect()


def test_without_a_network_the_first_jar_that_is_missing_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:1")
    with pytest.raises(JarsMissingError, match=r"alpha-1\.0\.jar could not be fetched \(ConnectionError\)"):
        ensure_jars([jar("alpha")], cache)
