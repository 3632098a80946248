"""The user's cache folder: what is made once and used by every run, shared safely between processes."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAKING = ".making-"
NEW_SECONDS = 60


def cache_folder(*names: str) -> Path:
    """A folder of ours below the user's cache folder (XDG base directory specification), made if it is not there."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    folder = root.joinpath("dzwonek", *names)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def one_at_a_time(folder: Path, name: str) -> Iterator[None]:
    """Keeps other processes out of the same work; the kernel ends the lock with its holder."""
    with (folder / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder to make something in, on the same file system as `folder`, removed at the end.

    Those of processes that were killed are removed as well.
    """
    for leftover in folder.glob(f"{MAKING}*"):
        remove_if_orphaned(leftover)
    place = Path(tempfile.mkdtemp(prefix=MAKING, dir=folder))
    handle = os.open(place, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(handle)


def remove_if_orphaned(place: Path) -> None:
    """Removes a workplace that no process holds a lock on; a new one may not have got its lock yet."""
    try:
        handle = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if time.time() - os.fstat(handle).st_mtime > NEW_SECONDS:
            shutil.rmtree(place, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def publish(made: Path, target: Path) -> None:
    """Puts a finished file or folder in its place at once: nobody ever sees half of it.

    Of a folder the first one made stays, as others may be reading it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.replace(target)
    except OSError:
        if not target.is_dir():
            raise
