"""A registration becomes a mail in the inbox, and the button behind its link an active account."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devstack.demo.story import LANGUAGES, Step, Story
from devstack.inbox import InboxClient
from devstack.process import descendants_of
from devstack.system import System

ENVIRONMENT = {**os.environ, "TERM": "dumb"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_person_registers_and_activates(language: str, system: System) -> None:
    steps: list[Step] = []
    async with InboxClient(system.inbox.url) as inbox:
        await Story(system.public_url, inbox, language, steps.append).play()
    assert [step.name for step in steps] == [
        "register",
        "activation mail with the terms",
        "link opened, nothing changed",
        "button pressed, account active",
        "welcome mail",
    ]


def demo(folder: Path, *shell: str) -> "subprocess.Popen[str]":
    """Starts the demo that stays up, below a shell if one is given."""
    command = [*shell, sys.executable, "-m", "devstack.demo", "--report", str(folder / "demo.json")]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


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
    return not any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)


@pytest.mark.timeout(180)
def test_two_demos_stand_side_by_side_and_end_with_their_parent(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    parent = ("sh", "-c", '"$@"; exit', "sh")  # what make is to the demo
    demos = [demo(folders[0]), demo(folders[1], *parent)]
    try:
        for process in demos:
            printed = read_until(process, "Ctrl-C ends it.")
            assert all(name in printed for name in ("register", "inbox", "API docs"))
        for folder in folders:
            report = json.loads((folder / "demo.json").read_text())
            assert [step["language"] for step in report["steps"]] == ["pl"] * 5 + ["uk"] * 5
        interrupted, killed = ([process.pid, *descendants_of(process.pid)] for process in demos)
        demos[0].send_signal(signal.SIGINT)
        assert demos[0].wait(60) == 0
        assert gone(interrupted)
        demos[1].kill()
        demos[1].wait(10)
        deadline = time.monotonic() + 10
        while not gone(killed):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        for process in demos:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()
