"""Postfix's own programs for measuring SMTP: a sink that is quicker than any sender here, and a source in C.

They come from Debian's package without installing it: an installed Postfix would begin to serve.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.cache import cache_folder, one_at_a_time, publish, workplace

PACKAGE = "postfix"
FOLDERS = ("./usr/sbin/smtp-sink", "./usr/sbin/smtp-source", "./usr/lib/postfix")
CANNOT_RUN = (126, 127)
"""What the loader and the shell end with when a program or a library of it is not there or not for this machine."""


@dataclass(frozen=True)
class PostfixTools:
    """Where the programs are, and the variables that they need."""

    sink: Path
    source: Path
    env: Mapping[str, str]


def postfix_tools() -> PostfixTools | None:
    """The system's programs, else Debian's from the cache, fetched the first time; None where they cannot be had."""
    if tools := _installed():
        return tools
    cache = cache_folder("postfix")
    with one_at_a_time(cache, "fetch"):
        target = cache / "tools"
        if not target.is_dir() and not _fetch(cache, target):
            return None
    libraries = {"LD_LIBRARY_PATH": str(target / "usr" / "lib" / "postfix")}
    programs = target / "usr" / "sbin"
    tools = PostfixTools(programs / "smtp-sink", programs / "smtp-source", libraries)
    return tools if _runs(tools) else None


def _installed() -> PostfixTools | None:
    sink, source = (shutil.which(name, path="/usr/sbin:/usr/local/sbin") for name in ("smtp-sink", "smtp-source"))
    return PostfixTools(Path(sink), Path(source), {}) if sink and source else None


def _fetch(cache: Path, target: Path) -> bool:
    """Takes the programs and their libraries out of Debian's package."""
    if not shutil.which("apt-get"):
        return False
    with workplace(cache) as place:
        try:
            subprocess.run(["apt-get", "-qq", "download", PACKAGE], cwd=place, check=True, capture_output=True)
            [archive] = place.glob(f"{PACKAGE}_*.deb")
            made = place / "tools"
            made.mkdir()
            with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as packed:
                subprocess.run(["tar", "-x", "-C", made, *FOLDERS], stdin=packed.stdout, check=True)
        except (OSError, ValueError, subprocess.CalledProcessError):
            return False
        publish(made, target)
    return True


def _runs(tools: PostfixTools) -> bool:
    """Whether the libraries of the system that they need are there: without arguments it tells its usage and fails."""
    try:
        said = subprocess.run([tools.sink], check=False, env=tools.env, capture_output=True)
    except OSError:
        return False
    return said.returncode not in CANNOT_RUN
