"""A module becomes a process in no time, and is as much a process of its own as if an interpreter had been started."""

import json
import signal
import sys
from pathlib import Path

import pytest
from tests.integration.devstack.proc import command_of, ended, parent, threads_of
from tests.waiting import until

from devstack.module_process import ModuleProcess, preloaded

ANSWER = """
import json, os, sys
print(json.dumps({
    "name": __name__, "main": sys.modules["__main__"].__file__, "arguments": sys.argv[1:], "folder": os.getcwd(),
    "port": os.environ.get("DZWONEK_PORT"), "shell": os.environ.get("DZWONEK_LOG_LEVEL"), "group": os.getpgrp(),
    "loaded": sorted({module.partition(".")[0] for module in sys.modules}),
}))
print("a warning", file=sys.stderr)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that tells about itself and ends with its first argument."""
    (tmp_path / "answering.py").write_text(ANSWER)
    monkeypatch.chdir(tmp_path)
    return "answering"


async def test_it_is_the_module_with_its_arguments_variables_folder_and_log(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DZWONEK_LOG_LEVEL", "of-the-shell")
    log = tmp_path / "deep" / "log"
    process = ModuleProcess("answering", module, ["3", "two words"], log=log, env={"DZWONEK_PORT": "1"})
    await process.start()
    assert await process.wait() == 3
    assert process.exit_code == 3
    told, warning = process.tail().splitlines()
    answer = json.loads(told)
    assert answer.pop("loaded")
    assert answer == {
        "name": "__main__",
        "main": str(tmp_path / "answering.py"),
        "arguments": ["3", "two words"],
        "folder": str(tmp_path),
        "port": "1",
        "shell": None,
        "group": process.pid,
    }
    assert warning == "a warning"


async def test_the_libraries_are_loaded_and_nothing_of_ours_whose_metrics_it_would_show(
    module: str, tmp_path: Path
) -> None:
    process = ModuleProcess("answering", module, ["0"], log=tmp_path / "log")
    await process.start()
    assert await process.wait() == 0
    loaded = set(json.loads(process.tail().splitlines()[0])["loaded"])
    assert loaded >= {"aiokafka", "asyncpg", "fastapi", "httpx", "pydantic"}
    assert loaded.isdisjoint({"shared", "accounts", "notifications"})


async def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    process = ModuleProcess("ghost", "no_such_module", log=tmp_path / "log")
    await process.start()
    assert await process.wait() == 1
    assert process.tail().endswith("No module named no_such_module")


async def test_it_is_stopped_killed_and_restarted_like_any_process(tmp_path: Path) -> None:
    process = ModuleProcess("server", "http.server", ["0", "--bind", "127.0.0.1"], log=tmp_path / "log")
    await process.start()
    first = process.pid
    await until(lambda: is_called(f"{sys.executable} -m http.server 0 --bind 127.0.0.1", first))
    await process.kill()
    assert process.exit_code == -signal.SIGKILL
    await process.restart()
    assert process.running
    assert process.pid != first
    assert 1_000_000 < process.pss() < 100_000_000
    assert await process.stop() == -signal.SIGTERM


async def test_the_interpreter_has_one_thread_so_that_its_forks_are_whole(module: str, tmp_path: Path) -> None:
    process = ModuleProcess("answering", module, ["0"], log=tmp_path / "log")
    await process.start()
    await process.wait()
    assert threads_of(preloaded().pid) == 1


async def test_it_dies_with_the_interpreter_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    program = f"""
        import asyncio, pathlib
        from devstack.module_process import ModuleProcess, preloaded

        async def main():
            process = ModuleProcess("server", "http.server", ["0"], log=pathlib.Path({str(tmp_path / "log")!r}))
            await process.start()
            process.pause()
            print(process.pid, preloaded().pid, flush=True)
            await asyncio.sleep(300)

        asyncio.run(main())
    """
    with parent(program) as (child, interpreter):
        assert command_of(interpreter).startswith(sys.executable)
    await until(lambda: gone(child, interpreter))


async def gone(*pids: int) -> bool:
    return all(ended(pid) for pid in pids)


async def is_called(command: str, pid: int) -> bool:
    return command_of(pid).rstrip("\0") == command
