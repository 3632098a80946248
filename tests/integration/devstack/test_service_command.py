"""A service's command is run to its end, and what it printed is told."""

import asyncio
from pathlib import Path

import pytest
from tests.integration.devstack.proc import ended
from tests.waiting import until

from devstack.process import StartError
from devstack.service_command import run_command


async def test_a_command_tells_what_it_printed_and_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    log = tmp_path / "accounts.log"
    first, second = [await run_command("accounts", "openapi", log=log, env={}) for _ in range(2)]
    assert first == second
    assert first.startswith("{")
    assert log.read_text() == first + second


async def test_a_command_that_fails_tells_what_it_said(tmp_path: Path) -> None:
    arguments = ("logins", "issue", "--school", "Szkoła nr 1", "--out", str(tmp_path / "slips.html"))
    with pytest.raises(StartError, match="accounts logins issue failed:\nsay either --class TITLE or --staff"):
        await run_command("accounts", *arguments, log=tmp_path / "accounts.log", env={})


async def test_a_command_ends_with_whoever_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow.py").write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(300)\n")
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "slow.log"
    waiting = asyncio.ensure_future(run_command("slow", log=log, env={}))

    async def pid() -> int | None:
        return int(log.read_text() or 0) if log.exists() else None

    started = await until(pid)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended(started)
