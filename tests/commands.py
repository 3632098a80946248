"""Runs a service's own commands, as the people who run it do."""

import asyncio
import os
import sys
from collections.abc import Mapping


async def run_command(
    url: str,
    service: str,
    *arguments: str,
    stdin: int = asyncio.subprocess.DEVNULL,
    settings: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Runs it on the database at `url`, with further settings; its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        service,
        *arguments,
        env={**os.environ, "DZWONEK_DATABASE_URL": url, **(settings or {})},
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()
