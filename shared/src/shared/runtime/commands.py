"""What the commands of every service share: exit codes, one line for what went wrong, a question first, `migrate`."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import NoReturn, TypeVar

import typer

from shared.runtime.migrate import MigrationError, migrate
from shared.runtime.postgres import COMMAND_SECONDS, Connection, connect, unavailable
from shared.runtime.settings import KafkaSettings, Settings, read

EXIT_NOT_FOUND = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3

T = TypeVar("T")


def fail(message: str, code: int) -> NoReturn:
    """Ends the command with one line on standard error and the exit code."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def run_command(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns; one line and `EXIT_UNREACHABLE` when a part cannot be reached."""

    from aiokafka.errors import KafkaError  # noqa: PLC0415 - an API knows nothing of Kafka

    logging.disable(logging.CRITICAL)  # libraries would say the same again, in many lines

    async def running() -> T:
        return await work()

    try:
        return asyncio.run(running())
    except KafkaError as error:
        fail(f"Kafka cannot be reached ({type(error).__name__}): check DZWONEK_KAFKA_BOOTSTRAP", EXIT_UNREACHABLE)
    except Exception as error:
        if not unavailable(error):
            raise
        fail(f"the database cannot be reached ({type(error).__name__}): check DZWONEK_DATABASE_URL", EXIT_UNREACHABLE)


def with_database(
    service: str, work: Callable[[Connection], Awaitable[T]], *, command_seconds: float | None = COMMAND_SECONDS
) -> T:
    """What `work` returns on the service's database; a statement may take so long, or with None as long as it takes."""
    settings = read(Settings)

    async def working() -> T:
        connection = await connect(
            settings.database_url, application=f"{service}-command", command_seconds=command_seconds
        )
        try:
            return await work(connection)
        finally:
            await connection.close()

    return run_command(working)


def ask_first(question: str, *, yes: bool) -> None:
    """Returns if the answer is yes, or need not be given; else ends the command."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail("there is no terminal to ask on; give --yes if that is what you want. Nothing was changed.", EXIT_USAGE)
    if not typer.confirm(question):
        fail("Nothing was changed.", EXIT_NOT_FOUND)


async def worked_off(what: str, total: int, steps: AsyncIterator[int]) -> int:
    """Works the steps off with a bar on a terminal. Returns their sum."""
    from rich.progress import Progress  # noqa: PLC0415 - a process that serves shows no bar

    done = 0
    with Progress(disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task(what, total=total or None)
        async for step in steps:
            done += step
            progress.update(task, completed=done)
    return done


def migrate_command(packages: Sequence[str]) -> Callable[[], None]:
    """The command `migrate` of the service whose packages these are."""

    def migrate_database() -> None:
        """Bring the database to the newest version."""
        settings = read(Settings)
        try:
            applied = run_command(lambda: migrate(settings.database_url, packages))
        except MigrationError as error:
            fail(str(error), EXIT_USAGE)
        typer.echo(f"{len(applied)} migrations applied.")

    return migrate_database


def topics_command(service: str) -> Callable[[], None]:
    """The command `topics` of a service: for one who prepares everything before the first process starts."""

    def make_topics() -> None:
        """Create the topics that Kafka does not have yet."""
        from shared.runtime.kafka import create_topics, topics_of  # noqa: PLC0415 - an API knows nothing of Kafka

        settings = read(KafkaSettings)
        run_command(lambda: create_topics(settings, service))
        typer.echo(f"{len(topics_of(service))} topics are there.")

    return make_topics
