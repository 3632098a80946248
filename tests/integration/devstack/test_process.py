"""A child process dies with its parent, however the parent goes, and takes its own children along."""

import signal
from pathlib import Path

import pytest
from tests.integration.devstack.proc import command_of, ended, parent, state_of
from tests.waiting import until

from devstack.process import Process, StartError, until_ready

SLEEP = ["sleep", "300"]
PARENT_OF_ONE = ["sh", "-c", "sleep 300 & wait"]


async def test_a_process_is_started_and_ends_when_asked(tmp_path: Path) -> None:
    process = Process("sleeper", SLEEP, log=tmp_path / "log")
    assert not process.running
    await process.start()
    assert process.running
    assert await process.stop() == -signal.SIGTERM
    assert not process.running


async def test_a_process_that_does_not_listen_is_killed_after_the_grace(tmp_path: Path) -> None:
    process = Process(
        "deaf", ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"], log=tmp_path / "log"
    )
    await process.start()
    await until(lambda: said(process, "deaf"))
    assert await process.stop(grace=0.2) == -signal.SIGKILL


async def test_what_a_process_says_is_in_its_log_over_restarts(tmp_path: Path) -> None:
    process = Process("speaker", ["sh", "-c", "echo word; exec sleep 300"], log=tmp_path / "deep" / "log")
    await process.start()
    await until(lambda: said(process, "word"))
    await process.restart()
    await until(lambda: said(process, "word\nword"))
    await process.stop()


async def test_a_setting_in_the_callers_shell_reaches_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DZWONEK_LOG_LEVEL", "dzwonek_mail_from_address", "DZWONEK_MAVEN_MIRROR", "DZWONEK_PORT"):
        monkeypatch.setenv(name, "of-the-shell")
    process = Process("teller", ["sh", "-c", "env | grep -i ^dzwonek"], log=tmp_path / "log", env={"DZWONEK_PORT": "1"})
    await process.start()
    await process.wait()
    assert sorted(process.tail().splitlines()) == ["DZWONEK_MAVEN_MIRROR=of-the-shell", "DZWONEK_PORT=1"]


async def test_killing_a_process_kills_its_descendants(tmp_path: Path) -> None:
    process = Process("family", PARENT_OF_ONE, log=tmp_path / "log")
    await process.start()
    await until(lambda: has_tree_of(process, 2))
    _, child = process.tree()
    await process.kill()
    assert process.exit_code == -signal.SIGKILL
    await until(lambda: gone(child))


async def test_the_child_of_a_process_that_was_stopped_does_not_stay(tmp_path: Path) -> None:
    process = Process("family", PARENT_OF_ONE, log=tmp_path / "log")
    await process.start()
    await until(lambda: has_tree_of(process, 2))
    _, child = process.tree()
    await process.stop()
    await until(lambda: gone(child))


async def test_a_paused_process_stands_still_until_it_is_resumed(tmp_path: Path) -> None:
    process = Process("clock", ["sh", "-c", "while :; do echo tick; sleep 0.01; done"], log=tmp_path / "log")
    await process.start()
    await until(lambda: said(process, "tick"))
    process.pause()
    await until(lambda: is_stopped(process.pid))
    standing = process.tail(1_000_000)
    process.resume()
    await until(lambda: said(process, standing + "\ntick"))
    process.pause()
    assert await process.stop() == -signal.SIGTERM


async def test_memory_is_that_of_the_whole_tree(tmp_path: Path) -> None:
    process = Process("family", PARENT_OF_ONE, log=tmp_path / "log")
    assert process.pss() == 0
    await process.start()
    await until(lambda: has_tree_of(process, 2))
    assert 50_000 < process.pss() < 50_000_000
    await process.kill()


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    process = Process("ghost", ["no-such-program"], log=tmp_path / "log")
    await process.start()
    with pytest.raises(StartError, match="ghost ended with code 1; its log:\ncannot run no-such-program"):
        await until_ready(process, never, seconds=10)


async def test_a_process_that_never_gets_ready_is_killed_and_its_log_shown(tmp_path: Path) -> None:
    process = Process("slow", ["sh", "-c", "echo still warming up; exec sleep 300"], log=tmp_path / "log")
    await process.start()
    await until(lambda: said(process, "warming"))
    with pytest.raises(StartError, match=r"slow was not ready in 0\.1 s; its log:\nstill warming up"):
        await until_ready(process, never, seconds=0.1)
    assert not process.running


async def test_a_process_that_runs_is_not_started_twice(tmp_path: Path) -> None:
    process = Process("sleeper", SLEEP, log=tmp_path / "log")
    await process.start()
    with pytest.raises(RuntimeError, match="sleeper is running already"):
        await process.start()
    await process.kill()


@pytest.mark.parametrize("frozen", [False, True], ids=["running", "frozen"])
async def test_a_process_dies_when_its_parent_is_killed(tmp_path: Path, frozen: bool) -> None:
    program = f"""
        import asyncio, pathlib, time
        from devstack.process import Process

        async def main():
            process = Process("child", ["sleep", "300"], log=pathlib.Path({str(tmp_path / "log")!r}))
            await process.start()
            if {frozen}:
                process.pause()
            print(process.pid, flush=True)
            await asyncio.sleep(300)

        asyncio.run(main())
    """
    with parent(program) as (child,):
        if frozen:
            await until(lambda: is_stopped(child))
    await until(lambda: gone(child))


async def never() -> bool:
    return False


async def said(process: Process, words: str) -> bool:
    return words in process.tail(1_000_000)


async def has_tree_of(process: Process, size: int) -> bool:
    """Whether it is the program with its children, and no more what starts it."""
    return len(process.tree()) == size and "launch.py" not in command_of(process.pid)


async def is_stopped(pid: int) -> bool:
    return state_of(pid) == "T"


async def gone(pid: int) -> bool:
    return ended(pid)
