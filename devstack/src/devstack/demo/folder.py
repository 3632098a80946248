"""The folder of a run: its data, keys and logs, below the machine's folder for temporary files.

A run holds a lock in its folder for as long as it lives, so that a later one knows the folders that a killed one left.
The logs that a failed run kept are there for a week.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "dzwonek-"
LOCK = "run.lock"
LOGS = "logs"
LOGS_KEPT_SECONDS = 7 * 24 * 3600


class RunFolder:
    """A folder for this run alone. Use `end` when the run is over."""

    def __init__(self) -> None:
        """Makes the folder, and removes those of runs that ended without a chance to."""
        remove_leftovers()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        new = self.path / f"{LOCK}.new"
        self._lock = os.open(new, os.O_CREAT | os.O_WRONLY, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        new.rename(self.path / LOCK)  # nobody ever sees the lock before it is held

    def end(self, *, keep_logs: bool) -> None:
        """Removes the folder; with `keep_logs` all of it but the logs of every part."""
        if keep_logs:
            (self.path / LOGS).mkdir(exist_ok=True)
            for log in self.path.glob("*/*.log"):
                log.replace(self.path / LOGS / log.name)
        _remove(self.path, keep={LOGS} if keep_logs else set())
        os.close(self._lock)


def remove_leftovers() -> None:
    """Removes the folders of this user's runs whose lock nobody holds any more, and logs that were kept for long."""
    _remove_old_logs()
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}"):
        try:
            if lock.parent.lstat().st_uid != os.getuid():
                continue
            held = os.open(lock, os.O_WRONLY | os.O_NOFOLLOW)
        except OSError:  # another run was quicker
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(lock.parent, keep=set())
        except BlockingIOError:
            continue
        finally:
            os.close(held)


def _remove_old_logs() -> None:
    """Removes what failed runs of this user kept. Such a folder has no lock and nothing but its logs."""
    oldest = time.time() - LOGS_KEPT_SECONDS
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another run was quicker
            kept = folder.lstat()
            is_ours = kept.st_uid == os.getuid() and stat.S_ISDIR(kept.st_mode)
            if is_ours and kept.st_mtime < oldest and [entry.name for entry in folder.iterdir()] == [LOGS]:
                shutil.rmtree(folder, ignore_errors=True)


def _remove(folder: Path, *, keep: set[str]) -> None:
    """Removes what is in the folder, the lock last: a removal that is broken off is finished by a later run."""
    for entry in folder.iterdir():
        if entry.name in keep | {LOCK}:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    (folder / LOCK).unlink(missing_ok=True)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
