"""The commands of notifications: its processes, and what the people who run it ask.

Each imports what it needs when it is called: the sender has no Kafka and the worker no templates in its memory.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from notifications import SERVICE
from notifications.commands import brakes
from notifications.commands.printing import console
from shared.runtime.commands import EXIT_NOT_FOUND, EXIT_USAGE, fail, migrate_command, topics_command, with_database
from shared.runtime.dead_letters_command import dead_letters_command
from shared.runtime.republish import republish_command
from shared.runtime.settings import read
from shared.runtime.starting import start

app = typer.Typer(help="Turns events into mails and sends them.", no_args_is_help=True)
mail = typer.Typer(help="Look into mails, stop them.", no_args_is_help=True)
dkim = typer.Typer(help="The key that signs mails.", no_args_is_help=True)
suppressions = typer.Typer(help="Addresses that nothing is sent to any more.", no_args_is_help=True)
app.add_typer(mail, name="mail")
app.add_typer(dkim, name="dkim")
app.add_typer(suppressions, name="suppressions")
app.add_typer(dead_letters_command(SERVICE), name="dead-letters")
mail.command()(brakes.pause)
mail.command()(brakes.resume)
mail.command()(brakes.cancel)
mail.command("brakes")(brakes.list_brakes)
app.command("migrate")(migrate_command([SERVICE]))
app.command("topics")(topics_command(SERVICE))
app.command("republish")(republish_command(SERVICE))


@app.command()
def api() -> None:
    """Serve what a person may see of what is kept here. Works without Kafka."""
    from notifications.bootstrap.api import run as run_api
    from notifications.settings.processes import ApiSettings

    start(run_api, ApiSettings, service=SERVICE, process="api")


@app.command()
def worker() -> None:
    """Turn events into mails, relay our own events, keep the tables in order."""
    from notifications.bootstrap.worker import run_worker
    from notifications.settings.processes import WorkerSettings

    start(run_worker, WorkerSettings, service=SERVICE, process="worker")


@app.command()
def sender() -> None:
    """Send the queued mails. Works without Kafka."""
    from notifications.sender.run import run_sender
    from notifications.settings.sender import SenderSettings

    start(run_sender, SenderSettings, service=SERVICE, process="sender")


@mail.command()
def where(
    which: Annotated[str, typer.Argument(metavar="ADDRESS|MESSAGE-ID", help="An address, or a mail's Message-ID.")],
) -> None:
    """Print the life of a mail, or of all mails to an address: event, notice, mail, attempts and their answers."""
    from notifications.commands.where import lives_of, timeline

    lives = with_database(SERVICE, lambda connection: lives_of(connection, which))
    if not lives:
        fail(f"no mail is known for {which}", EXIT_NOT_FOUND)
    terminal = console()
    for life in lives:
        terminal.print(timeline(life))


@mail.command()
def preview(out: Annotated[Path, typer.Option(help="The folder that the files are written to.")]) -> None:
    """Write every mail in every language, to look at."""
    from notifications.rendering.preview import write_preview

    try:
        written = write_preview(out)
    except OSError as fault:
        fail(f"{out} cannot be written to ({fault.strerror}); give another folder with --out", EXIT_USAGE)
    typer.echo(f"{len(written)} files, see {out / 'index.html'}")


@dkim.command()
def record(
    selector: Annotated[str | None, typer.Option(help="Under which name; else that of the settings.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="Of which key; else that of the settings.")] = None,
) -> None:
    """Print the DNS record that belongs to a key: its name, its value, and both as a line of a zone file.

    In the sender's container, which alone has the key. The options are for the next key, before it signs.
    """
    from notifications.dkim import Signer
    from notifications.dkim.record import DkimSettings, record_of

    settings = read(DkimSettings, dkim_selector=selector, dkim_key_file=key_file)
    signer = Signer.from_file(settings.dkim_domain, settings.dkim_selector, settings.dkim_key_file)
    txt = record_of(signer)
    typer.echo(f"name   {txt.name}\ntype   TXT\nvalue  {txt.value}\nzone   {txt.zone_line}")


@suppressions.command("list")
def list_suppressions() -> None:
    """List the addresses, newest first, with the reason."""
    from notifications import store

    rows = with_database(SERVICE, store.suppressions)
    table = Table("address", "reason", "since (UTC)")
    for row in rows:
        table.add_row(row.address, row.reason, f"{row.created_at:%Y-%m-%d %H:%M:%S}")
    console().print(table if rows else "No suppressions.")


@suppressions.command("remove")
def remove_suppression(address: Annotated[str, typer.Argument(help="The address; case does not matter.")]) -> None:
    """Send to an address again."""
    from notifications import store
    from notifications.commands.addresses import spellings

    if not with_database(SERVICE, lambda connection: store.remove_suppression(connection, spellings(address))):
        fail(f"{address} is not suppressed", EXIT_NOT_FOUND)
    typer.echo(f"{address} is written to again.")


def main() -> None:
    """The entry point of the `notifications` command."""
    app()


if __name__ == "__main__":
    main()
