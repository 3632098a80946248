"""`dead-letters list | show | redrive`: the command of every service that consumes."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from shared.runtime.commands import EXIT_NOT_FOUND, EXIT_USAGE, fail, run_command
from shared.runtime.dead_letters import DeadLetter, DeadLetters
from shared.runtime.postgres import connect_pool_once
from shared.runtime.settings import KafkaSettings, Settings, read

SHOWN_BYTES = 4096
PIPED_WIDTH = 200
"""Columns of what goes to a file or a pipe."""

T = TypeVar("T")


class DeadLetterSettings(Settings, KafkaSettings):
    """What the command needs: the database for the marks, Kafka for the letters."""


def dead_letters_command(service: str) -> typer.Typer:
    """The command group for `service`."""
    app = typer.Typer(help="Records that could not be handled.", no_args_is_help=True)
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=PIPED_WIDTH)

    @app.command("list")
    def list_letters(
        everything: Annotated[bool, typer.Option("--all", help="Those put back to work already, too.")] = False,
    ) -> None:
        """List the dead letters with their reasons."""
        letters = _with(service, lambda box: box.all())
        shown = [letter for letter in letters if everything or not letter.redriven_at]
        console.print(_table(shown) if shown else "No dead letters.")

    @app.command()
    def show(
        place: Annotated[str, typer.Argument(help="PARTITION:OFFSET, as `list` prints it.")],
        out: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Write the value there, whole and byte for byte.")
        ] = None,
    ) -> None:
        """Show one dead letter: its headers, and its value up to 4096 bytes. `--out FILE` writes all of the value."""
        letter = _chosen(_with(service, lambda box: box.all()), [place])[0]
        for line in _lines_of(letter, out):
            console.print(line, markup=False, highlight=False)

    @app.command()
    def redrive(
        places: Annotated[list[str] | None, typer.Argument(help="PARTITION:OFFSET, as `list` prints them.")] = None,
        everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
        reason: Annotated[str | None, typer.Option(help="All that wait with this reason.")] = None,
    ) -> None:
        """Put dead letters back to work, after what stopped them was mended."""
        if not (places or everything or reason):
            fail("name the letters (PARTITION:OFFSET), or give --all or --reason", EXIT_USAGE)

        async def work(box: DeadLetters) -> int:
            letters = await box.all()
            if places:
                return await box.redrive(_chosen(letters, places))
            waiting = [letter for letter in letters if not letter.redriven_at]
            return await box.redrive(letter for letter in waiting if everything or letter.reason == reason)

        console.print(f"{_with(service, work)} put back to work.")

    return app


def _lines_of(letter: DeadLetter, out: Path | None) -> Iterator[str]:
    """The headers, then the beginning of the value; its whole goes to `out` instead, if that is given."""
    value = letter.value or b""
    yield from (f"{name}: {content.decode(errors='replace')}" for name, content in letter.headers.items())
    if out:
        try:
            out.write_bytes(value)
        except OSError as error:
            fail(f"{out} cannot be written ({error.strerror})", EXIT_USAGE)
        yield f"{len(value)} bytes written to {out}"
        return
    yield value[:SHOWN_BYTES].decode(errors="replace")
    if len(value) > SHOWN_BYTES:
        yield f"... {len(value)} bytes in all; --out FILE writes them"


def _with(service: str, work: Callable[[DeadLetters], Awaitable[T]]) -> T:
    """Runs `work` on the service's dead letters."""
    settings = read(DeadLetterSettings)

    async def running() -> T:
        async with connect_pool_once(settings.database_url) as pool:
            return await work(DeadLetters(settings, service, pool))

    return run_command(running)


def _chosen(letters: Sequence[DeadLetter], places: Sequence[str]) -> list[DeadLetter]:
    by_place = {f"{letter.place[0]}:{letter.place[1]}": letter for letter in letters}
    for place in places:
        if place not in by_place:
            fail(f"there is no dead letter {place}; `dead-letters list --all` prints their places", EXIT_NOT_FOUND)
    return [by_place[place] for place in places]


def _table(letters: Sequence[DeadLetter]) -> Table:
    table = Table("place", "at", "reason", "detail", "topic", "from", "put back")
    for letter in letters:
        table.add_row(
            f"{letter.place[0]}:{letter.place[1]}",
            f"{letter.at:%Y-%m-%d %H:%M:%S}",
            letter.reason,
            letter.detail,
            letter.origin.topic,
            f"{letter.origin.partition}:{letter.origin.offset}",
            f"{letter.redriven_at:%Y-%m-%d %H:%M:%S}" if letter.redriven_at else "",
        )
    return table
