"""`python -m devstack.demo.compose [--once]`: the demo of compose.yaml, and the story played on it from outside.

It has a project, volumes and ports of its own, so that it stands beside an installation in the same checkout.
"""

import asyncio
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from devstack.demo.person import Person
from devstack.demo.report import steps_table
from devstack.demo.steps import LANGUAGES, Step, StoryError
from devstack.demo.story import Story
from devstack.inbox.mailpit import MailpitClient
from devstack.ports import free_port
from devstack.process import inherited

PROJECT = "dzwonek-demo"
CHECKOUT = Path(__file__).parents[4]
ELSEWHERE = "/notifications/api/v1/me/export"
"""What another service than accounts tells whoever is signed in."""

AUTHORITY = "/data/caddy/pki/authorities/local/root.crt"


class ComposeError(RuntimeError):
    """A command of compose failed; the message says which."""


class Compose:
    """The demo's containers."""

    def __init__(self) -> None:
        self._ports = {name: free_port() for name in ("DZWONEK_HTTP_PORT", "DZWONEK_HTTPS_PORT", "DZWONEK_INBOX_PORT")}

    @property
    def public_url(self) -> str:
        """Where a browser reaches everything."""
        return f"https://localhost:{self._ports['DZWONEK_HTTPS_PORT']}"

    @property
    def inbox_url(self) -> str:
        """Mailpit's page and API."""
        return f"http://127.0.0.1:{self._ports['DZWONEK_INBOX_PORT']}"

    def up(self) -> None:
        """Builds what has changed and starts everything; returns when all of it is healthy."""
        self._run("up", "--build", "--wait", "--quiet-pull")

    def down(self) -> None:
        """Removes the containers and what they keep."""
        self._run("down", "--volumes", "--timeout", "30", progress="quiet")

    def trust(self) -> ssl.SSLContext:
        """Checks certificates against the gateway's own authority, which is made anew with each demo."""
        authority = self._run("exec", "--no-TTY", "gateway", "cat", AUTHORITY, capture=True)
        return ssl.create_default_context(cadata=authority)

    def last_words(self) -> str:
        """The state of the containers and the last lines of those that are not well."""
        return self._run("ps", "--all", capture=True) + self._run("logs", "--tail", "5", capture=True)

    def _run(self, *command: str, capture: bool = False, progress: str = "auto") -> str:
        project = ["--project-name", PROJECT, "--profile", "demo", "--progress", progress]
        output = subprocess.PIPE if capture else None
        done = subprocess.run(
            ["docker", "compose", *project, *command],
            cwd=CHECKOUT,
            env=self._environment,
            check=False,
            text=True,
            stdout=output,
        )
        if done.returncode:
            raise ComposeError(f"docker compose {command[0]} ended with {done.returncode}")
        return done.stdout or ""

    @property
    def _environment(self) -> Mapping[str, str]:
        """Nothing of an installation's settings: neither its .env nor what stands in somebody's shell."""
        mine = {name: str(port) for name, port in self._ports.items()}
        # The first is compose's own .env, the second that of the processes.
        return {**inherited(os.environ), "COMPOSE_ENV_FILES": os.devnull, "DZWONEK_ENV_FILE": os.devnull, **mine}


def demo(
    once: Annotated[bool, typer.Option(help="Take it down again; exit 0 only if the story held.")] = False,
) -> None:
    """Start the demo of compose.yaml, play the story in two languages, and leave it running."""
    console, compose = Console(), Compose()
    if shutil.which("docker") is None:
        console.print("There is no Docker here: make demo needs none.")
        raise typer.Exit(1)
    steps: list[Step] = []
    began = time.perf_counter()
    try:
        compose.up()
        console.print(f"All containers are healthy after {time.perf_counter() - began:.1f} s.")
        asyncio.run(_play(compose, steps))
    except (StoryError, ComposeError) as fault:
        console.print(f"[red]It did not hold:[/red] {escape(str(fault))}", highlight=False)
        console.print(escape(compose.last_words()), highlight=False)
        raise typer.Exit(1) from None
    finally:
        console.print(steps_table(steps))
        if once:
            compose.down()
    if not once:
        _tell_the_way(console, compose)


async def _play(compose: Compose, steps: list[Step]) -> None:
    """Plays the story in each language, with the certificate checked."""
    trust = compose.trust()
    async with MailpitClient(compose.inbox_url) as inbox:
        for language in LANGUAGES:
            person = Person.invented(inbox, language)
            story = Story(compose.public_url, person, steps.append, elsewhere=ELSEWHERE, trust=trust)
            await story.play()


def _tell_the_way(console: Console, compose: Compose) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("register", f"{compose.public_url}/register (with a certificate of its own authority)")
    table.add_row("inbox", compose.inbox_url)
    table.add_row("API docs", f"{compose.public_url}/docs")
    table.add_row("logs", f"docker compose -p {PROJECT} logs")
    table.add_row("the end", f"docker compose -p {PROJECT} --profile demo down --volumes")
    console.print(table)


if __name__ == "__main__":
    typer.run(demo)
