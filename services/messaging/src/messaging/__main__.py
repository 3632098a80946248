"""The commands of messaging: its process, and what the people who run it ask."""
# ruff: noqa: PLC0415

import typer

from messaging import PACKAGES, SERVICE
from shared.runtime.commands import migrate_command, topics_command
from shared.runtime.dead_letters_command import dead_letters_command
from shared.runtime.roster.rebuild_command import rebuild_command
from shared.runtime.starting import start

app = typer.Typer(help="Messages and announcements.", no_args_is_help=True)
app.add_typer(dead_letters_command(SERVICE), name="dead-letters")
app.command("migrate")(migrate_command(PACKAGES))
app.command("topics")(topics_command(SERVICE))
app.command("rebuild")(rebuild_command(SERVICE))


@app.command()
def worker() -> None:
    """Keep who is who, from the events of the roster."""
    from messaging.bootstrap.worker import run_worker
    from messaging.settings import WorkerSettings

    start(run_worker, WorkerSettings, service=SERVICE, process="worker")


def main() -> None:
    """The entry point of the `messaging` command."""
    app()


if __name__ == "__main__":
    main()
