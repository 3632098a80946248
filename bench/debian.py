"""Programs of Debian's packages without installing them: what is installed would begin to serve."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from devstack.cache import cache_folder, one_at_a_time, publish, workplace


def unpacked(name: str, packages: Sequence[str]) -> Path | None:
    """The folder with these packages' files, in the user's cache, fetched the first time.

    None where Debian's packages cannot be had.
    """
    cache = cache_folder(name)
    target = cache / "files"
    with one_at_a_time(cache, "fetch"):
        return target if target.is_dir() or _fetch(cache, packages, target) else None


def libraries(folder: Path) -> dict[str, str]:
    """The variable by which the programs find their libraries."""
    return {"LD_LIBRARY_PATH": ":".join(str(place) for place in (folder / "usr" / "lib").iterdir() if place.is_dir())}


def runs(program: Path, env: dict[str, str], *arguments: str) -> bool:
    """Whether the program and the libraries of the system that it needs are there."""
    try:
        said = subprocess.run([program, *arguments], check=False, env=env, capture_output=True)
    except OSError:
        return False
    return said.returncode not in _CANNOT_RUN


def _fetch(cache: Path, packages: Sequence[str], target: Path) -> bool:
    if not shutil.which("apt-get"):
        return False
    with workplace(cache) as place:
        made = place / "files"
        made.mkdir()
        try:
            subprocess.run(["apt-get", "-qq", "download", *packages], cwd=place, check=True, capture_output=True)
            for archive in place.glob("*.deb"):
                subprocess.run(["dpkg-deb", "--extract", archive, made], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        publish(made, target)
    return True


_CANNOT_RUN = (126, 127)
"""What the loader and the shell end with when a program or a library of it is not there or not for this machine."""
