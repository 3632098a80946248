"""The commands of accounts: its processes, what the people who run it ask, and its API's document.

Each imports what it needs when it is called: the worker has no pages in its memory, and the API no relay.
"""
# ruff: noqa: PLC0415

import typer

from accounts import SERVICE
from accounts.commands import logins as login_commands
from accounts.commands import roster as roster_commands
from accounts.commands import second_factor as second_factor_commands
from accounts.commands import sessions as sessions_commands
from accounts.settings import ApiSettings, WorkerSettings
from shared.runtime.commands import migrate_command, topics_command
from shared.runtime.republish import republish_command
from shared.runtime.starting import start

app = typer.Typer(help="Portal accounts: registration, sign-in, sessions, protection.", no_args_is_help=True)
second_factor = typer.Typer(help="The codes that signing in asks for.", no_args_is_help=True)
second_factor.command()(second_factor_commands.off)
app.add_typer(second_factor, name="second-factor")
sessions = typer.Typer(help="Who is signed in.", no_args_is_help=True)
sessions.command()(sessions_commands.end)
app.add_typer(sessions, name="sessions")
roster = typer.Typer(help="Who is who at the schools of a district.", no_args_is_help=True)
roster.command("import")(roster_commands.import_)
app.add_typer(roster, name="roster")
logins = typer.Typer(help="What a school hands out to pupils, guardians and staff.", no_args_is_help=True)
logins.command()(login_commands.issue)
logins.command()(login_commands.reissue)
logins.command()(login_commands.printed)
app.add_typer(logins, name="logins")
app.command("migrate")(migrate_command([SERVICE]))
app.command("topics")(topics_command(SERVICE))
app.command("republish")(republish_command(SERVICE, snapshot=roster_commands.snapshot))


@app.command()
def api() -> None:
    """Serve the API and the pages. Works without Kafka."""
    from accounts.bootstrap.api import run as run_api

    start(run_api, ApiSettings, service=SERVICE, process="api")


@app.command()
def worker() -> None:
    """Relay events to Kafka and end registrations that ran out."""
    from accounts.bootstrap.worker import run_worker

    start(run_worker, WorkerSettings, service=SERVICE, process="worker")


@app.command(
    "dead-letters",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def dead_letters(context: typer.Context) -> None:
    """Records that could not be handled: list, show, redrive. Accounts listens to nothing yet, so there are none."""
    from shared.runtime.dead_letters_command import dead_letters_command

    dead_letters_command(SERVICE)(context.args, prog_name=f"{SERVICE} dead-letters")


@app.command("openapi")
def print_openapi() -> None:
    """Print the API's OpenAPI document."""
    from accounts.bootstrap.api import build_app
    from shared.runtime.health import Health
    from shared.runtime.openapi import as_text

    typer.echo(as_text(build_app(Health(), origin="").openapi()), nl=False)


def main() -> None:
    """The entry point of the `accounts` command."""
    app()


if __name__ == "__main__":
    main()
