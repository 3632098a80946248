"""The demo stays up until somebody or something ends it, and then leaves nothing behind but logs of what failed."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack.demo.slips import read_slips
from devstack.process import descendants_of

OFFICE, STEPS = 3, 14
"""Of the office, and of the story in each language."""


def demo(folder: Path, *shell: str) -> "subprocess.Popen[str]":
    """Starts the demo that stays up, below a shell if one is given, with a setting of the caller's that is wrong."""
    temporary = folder / "temporary"
    temporary.mkdir(parents=True)
    (folder / "demo.json").write_text("of an earlier run")
    own = ["env", "--default-signal=HUP"]  # the tests may run below nohup
    command = [*own, *shell, sys.executable, "-m", "devstack.demo", "--report", str(folder / "demo.json")]
    environment = {**os.environ, "COLUMNS": "200", "TMPDIR": str(temporary), "DZWONEK_LOG_LEVEL": "nonsense"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_until(holds: Callable[[], bool], *, seconds: float = 15) -> None:
    """Asks again and again."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def end(process: "subprocess.Popen[str]") -> None:
    """Ends it, whatever state it is in."""
    process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()


def run_files(folder: Path) -> set[str]:
    """The kinds of files that the demo has in its folder for temporary files."""
    return {file.suffix or file.name for file in (folder / "temporary").rglob("*") if file.is_file()}


def secrets_of_the_office(printed: str) -> set[str]:
    """The passwords that were printed, of those in the files that it tells of, which nobody else can read."""
    slips, sign_ins = (Path(found) for found in re.findall(r"\S+/office/\S+", printed))
    for file in (slips, sign_ins):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    people = [line.split() for line in sign_ins.read_text().splitlines()]
    assert len(people) == 2
    passwords = {slip.password for slip in read_slips(slips.read_text())} | {password for _, password in people}
    assert len(passwords) > 20
    return {password for password in passwords if password in printed}


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """What it printed until `words`."""
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if words in line:
            return printed
    raise AssertionError(printed)


def gone(pids: list[int]) -> bool:
    """Whether all of the processes have ended."""
    return not any(command_of(pid) for pid in pids)


def command_of(pid: int) -> bytes:
    """What a process was started with; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.mark.timeout(180)
def test_two_demos_stand_side_by_side_and_end_with_their_terminal_and_with_their_parent(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    parent = ("sh", "-c", '"$@"; exit', "sh")  # what make is to the demo
    demos = [demo(folders[0]), demo(folders[1], *parent)]
    try:
        for process in demos:
            printed = read_until(process, "Ctrl-C ends it.")
            assert all(name in printed for name in ("register", "/account/logins", "inbox", "API docs"))
        for folder in folders:
            report = json.loads((folder / "demo.json").read_text())
            assert [step["language"] for step in report["steps"]] == [
                *[None] * OFFICE,
                *["pl"] * STEPS,
                *["uk"] * STEPS,
            ]
        left, killed = ([process.pid, *descendants_of(process.pid)] for process in demos)
        demos[0].send_signal(signal.SIGHUP)
        assert demos[0].wait(60) == 0
        assert gone(left)
        assert run_files(folders[0]) == set()
        demos[1].kill()
        demos[1].wait(10)
        wait_until(lambda: gone(killed))
    finally:
        for process in demos:
            end(process)


@pytest.mark.timeout(180)
def test_a_demo_says_which_part_ended_and_keeps_nothing_but_the_logs(tmp_path: Path) -> None:
    process = demo(tmp_path)
    try:
        printed = read_until(process, "Ctrl-C ends it.")
        assert printed.count("welcome mail") == 2
        assert "┘\nThe first mail came" in printed
        assert "The roster of dzwonek-district, a new district" in printed
        assert secrets_of_the_office(printed) == set()
        gateway = next(pid for pid in descendants_of(process.pid) if b"devstack.gateway" in command_of(pid))
        os.kill(gateway, signal.SIGKILL)
        printed = read_until(process, "The logs are kept")
        assert "gateway ended with code -9" in printed
        assert '"event": "request"' in printed
        assert process.wait(60) == 1
        assert run_files(tmp_path) == {".log"}
    finally:
        end(process)


@pytest.mark.timeout(60)
def test_a_demo_that_did_not_hold_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    process = demo(tmp_path)
    try:
        wait_until(lambda: len(descendants_of(process.pid)) > 1)
        process.send_signal(signal.SIGINT)
        assert process.wait(45) == 1
        assert not (tmp_path / "demo.json").exists()
    finally:
        end(process)
