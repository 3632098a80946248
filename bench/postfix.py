"""Postfix's own programs for measuring SMTP: a sink that is quicker than any sender here, and a source in C."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.debian import libraries, runs, unpacked


@dataclass(frozen=True)
class PostfixTools:
    """Where the programs are, and the variables that they need."""

    sink: Path
    source: Path
    env: Mapping[str, str]


def postfix_tools() -> PostfixTools | None:
    """The system's programs, else those of Debian's package; None where they cannot be had."""
    sink, source = (shutil.which(name, path="/usr/sbin:/usr/local/sbin") for name in ("smtp-sink", "smtp-source"))
    if sink and source:
        return PostfixTools(Path(sink), Path(source), {})
    folder = unpacked("postfix", ["postfix"])
    if folder is None:
        return None
    programs, env = folder / "usr" / "sbin", libraries(folder)
    tools = PostfixTools(programs / "smtp-sink", programs / "smtp-source", env)
    return tools if runs(tools.sink, env) else None
