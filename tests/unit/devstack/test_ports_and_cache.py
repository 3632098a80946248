"""Ports are given once; what is cached is whole or not there."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.cache import cache_folder, one_at_a_time, publish, remove_if_orphaned, workplace
from devstack.ports import free_port, is_free


def test_no_port_is_given_twice() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50


def test_a_port_lies_below_those_of_outgoing_connections() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert free_port() < lowest


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_two_processes_are_never_given_the_same_port() -> None:
    program = "from devstack.ports import reserve; import sys; sys.exit(reserve(int(sys.argv[1])))"
    taken = subprocess.run([sys.executable, "-c", program, str(free_port())], check=False)
    assert taken.returncode == 0, "the other process could reserve it as well"


def test_the_cache_lies_where_the_user_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("kafka", "4.4.0") == tmp_path / "dzwonek" / "kafka" / "4.4.0"


def test_a_relative_place_for_the_cache_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "dzwonek"


def test_a_published_file_replaces_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "target"
    for text in ("first", "second"):
        with workplace(tmp_path) as place:
            made = place / "made"
            made.write_text(text)
            publish(made, target)
    assert target.read_text() == "second"


def test_of_two_published_folders_the_first_stays(tmp_path: Path) -> None:
    target = tmp_path / "target"
    for text in ("first", "second"):
        with workplace(tmp_path) as place:
            (place / "made").mkdir()
            (place / "made" / "file").write_text(text)
            publish(place / "made", target)
    assert (target / "file").read_text() == "first"


def test_a_workplace_goes_when_the_work_is_done_or_has_failed(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with workplace(tmp_path) as place:
            (place / "half").write_text("made")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []


def test_the_workplace_of_a_killed_process_is_removed_by_the_next(tmp_path: Path) -> None:
    orphan = tmp_path / ".making-orphan"
    orphan.mkdir()
    make_old(orphan)
    with workplace(tmp_path) as place:
        make_old(place)
        assert not orphan.exists()
        remove_if_orphaned(place)
        assert place.exists(), "somebody is at work there"


def test_two_do_not_do_the_same_work_at_once(tmp_path: Path) -> None:
    program = (
        "import fcntl, sys, pathlib\n"
        "try: fcntl.flock(pathlib.Path(sys.argv[1]).open('w'), fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "except BlockingIOError: print('waits')"
    )
    command = [sys.executable, "-c", program, str(tmp_path / ".jars.lock")]
    with one_at_a_time(tmp_path, "jars"):
        other = subprocess.run(command, capture_output=True, text=True, check=True)
    assert other.stdout == "waits\n"


def make_old(folder: Path) -> None:
    """Sets its time to long ago."""
    os.utime(folder, (0, 0))
