"""What a run leaves in the folder for temporary files."""

import os
import tempfile
import time
from pathlib import Path

import pytest
from tests.integration.devstack.proc import parent

from devstack.demo.folder import RunFolder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def fill(folder: Path) -> None:
    """What a system leaves."""
    for name in ("keys/secret", "inbox/mails/1.eml", "inbox/inbox.log", "logs/api.log"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_a_run_that_held_leaves_nothing(temporary: Path) -> None:
    run = RunFolder()
    fill(run.path)
    run.end(keep_logs=False)
    assert list(temporary.iterdir()) == []


def test_a_run_that_failed_leaves_its_logs_and_later_ones_let_them_be() -> None:
    run = RunFolder()
    fill(run.path)
    run.end(keep_logs=True)
    RunFolder().end(keep_logs=False)
    assert {str(file.relative_to(run.path)) for file in run.path.rglob("*")} == {
        "logs",
        "logs/api.log",
        "logs/inbox.log",
    }


def test_logs_are_kept_for_a_week(temporary: Path) -> None:
    recent, old = RunFolder(), RunFolder()
    for run in (recent, old):
        fill(run.path)
        run.end(keep_logs=True)
    foreign = temporary / "dzwonek-of-somebody"
    fill(foreign)
    for folder, days in ((recent.path, 6), (old.path, 8), (foreign, 8)):
        at = time.time() - days * 24 * 3600
        os.utime(folder, (at, at))
    RunFolder().end(keep_logs=False)
    assert set(temporary.iterdir()) == {recent.path, foreign}
    assert (recent.path / "logs" / "api.log").exists()


def test_a_run_removes_the_folder_of_a_killed_one_and_none_in_use(temporary: Path) -> None:
    in_use, foreign = RunFolder(), temporary / "dzwonek-of-somebody"
    fill(in_use.path)
    fill(foreign)
    run = f"""
        import tempfile, time
        tempfile.tempdir = {str(temporary)!r}
        from devstack.demo.folder import RunFolder
        run = RunFolder()
        (run.path / "key").touch()
        print(0, flush=True)
        time.sleep(300)
    """
    with parent(run):
        assert len(list(temporary.glob("*/key"))) == 1
    later = RunFolder()
    assert set(temporary.iterdir()) == {in_use.path, foreign, later.path}
    assert (in_use.path / "keys" / "secret").exists()
    for folder in (in_use, later):
        folder.end(keep_logs=False)
