"""`mail pause | resume | cancel | brakes`: stops mails that must not go out, and says first how many they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import typer
from rich.table import Table

from notifications import SERVICE
from notifications.brakes import store as brakes
from notifications.commands.printing import console
from notifications.domain.brakes import BadSelection, Selection
from shared.runtime.commands import EXIT_NOT_FOUND, EXIT_USAGE, ask_first, fail, with_database, worked_off
from shared.runtime.postgres import Connection

_NO_SCHOOL = UUID(int=0)

Kind: TypeAlias = Annotated[str | None, typer.Option(help="Mails of this kind, for example `welcome`.")]
Lane: TypeAlias = Annotated[str | None, typer.Option(help="Mails of this lane: security, direct or bulk.")]
School: TypeAlias = Annotated[str | None, typer.Option(metavar="UUID", help="Mails of this school.")]
District: TypeAlias = Annotated[str | None, typer.Option(metavar="UUID", help="Mails of this district.")]
Everything: TypeAlias = Annotated[bool, typer.Option("--all", help="Whatever it is.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def pause(
    *,
    kind: Kind = None,
    lane: Lane = None,
    school: School = None,
    district: District = None,
    everything: Everything = False,
    yes: Yes = False,
) -> None:
    """Send nothing that fits, also of what is queued later, until `resume`. Not security mails, unless named."""
    selection = _selection(kind, lane, school, district, everything=everything)

    async def work(connection: Connection) -> None:
        total = await _show(connection, selection)
        ask_first("Pause what fits, now and later?", yes=yes)
        await worked_off("Pausing", total, brakes.pause(connection, selection))
        _print("Paused until `notifications mail resume`. Mails whose time ends meanwhile expire.")

    with_database(SERVICE, work)


def resume(
    *,
    kind: Kind = None,
    lane: Lane = None,
    school: School = None,
    district: District = None,
    everything: Annotated[bool, typer.Option("--all", help="Take every brake off.")] = False,
    yes: Yes = False,
) -> None:
    """Take a brake off, given as it was set: what waited becomes due again, little by little."""
    selection = _selection(kind, lane, school, district, everything=everything)

    async def work(connection: Connection) -> None:
        on = await brakes.brakes(connection)
        mine = on if everything else [brake for brake in on if brake.was_set_by(selection)]
        if not mine:
            fail("there is no such brake; `notifications mail brakes` lists those that are on", EXIT_NOT_FOUND)
        _print(_table_of_brakes(mine))
        ask_first("Take off what is listed?", yes=yes)
        await (brakes.lift_all(connection) if everything else brakes.lift(connection, selection))
        released = await worked_off("Resuming", sum(brake.mails for brake in mine), brakes.release(connection))
        seconds = -(-released // brakes.RELEASED_PER_SECOND)
        within = f", the last within some {seconds} s or at its own time" if released else ""
        _print(f"Due again: {released}{within}.")

    with_database(SERVICE, work)


def cancel(
    *,
    kind: Kind = None,
    lane: Lane = None,
    school: School = None,
    district: District = None,
    everything: Everything = False,
    yes: Yes = False,
) -> None:
    """Cancel the queued mails that fit, for good. What is queued later goes out: `pause` comes first."""
    selection = _selection(kind, lane, school, district, everything=everything)

    async def work(connection: Connection) -> None:
        total = await _show(connection, selection)
        if not total:
            return
        ask_first(f"Cancel what fits ({total} now) for good?", yes=yes)
        cancelled = await worked_off("Cancelling", total, brakes.cancel(connection, selection))
        _print(f"Cancelled: {cancelled}.")

    with_database(SERVICE, work)


def list_brakes() -> None:
    """List what is paused, since when, and how many mails to how many people wait."""
    on = with_database(SERVICE, brakes.brakes)
    _print(_table_of_brakes(on) if on else "Nothing is paused.")


def _selection(
    kind: str | None, lane: str | None, school: str | None, district: str | None, *, everything: bool
) -> Selection:
    """What the options choose; ends the command where they cannot."""
    some = [value for value in (kind, lane, school, district) if value is not None]
    if not some and not everything:
        fail("say which mails: --kind, --lane, --school or --district, or --all", EXIT_USAGE)
    if some and everything:
        fail("--all stands alone; leave it out, or the others", EXIT_USAGE)
    try:
        return Selection(kind, lane, _uuid("--school", school), _uuid("--district", district))
    except BadSelection as wrong:
        fail(str(wrong), EXIT_USAGE)


def _uuid(option: str, text: str | None) -> UUID | None:
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        fail(f"{option} is no UUID; give one like 01950000-0000-7000-8000-0000000000a1", EXIT_USAGE)


async def _show(connection: Connection, selection: Selection) -> int:
    """Prints which mails fit. Returns how many they are."""
    parts, total = await brakes.chosen(connection, selection)
    if not total.mails:
        _print("No queued mail fits.")
        return 0
    table = Table("school", "lane", "kind", "mails", "recipients", "paused", "due since (UTC)", show_footer=True)
    for column, footer in zip(table.columns, _row("together", "", "", total), strict=True):
        column.footer = footer
    for part in parts:
        school = "" if part.school_id in {None, _NO_SCHOOL} else str(part.school_id)
        table.add_row(*_row(school, part.lane or "", part.kind or "", part))
    _print(table)
    return total.mails


def _row(school: str, lane: str, kind: str, part: brakes.Chosen) -> Sequence[str]:
    return school, lane, kind, f"{part.mails}", f"{part.recipients}", f"{part.paused}", _time(part.due_since)


def _table_of_brakes(on: Sequence[brakes.Brake]) -> Table:
    table = Table("lanes", "kind", "school", "district", "since (UTC)", "mails that wait", "recipients")
    for brake in on:
        which = [str(value) if value else "every" for value in (brake.kind, brake.school_id, brake.district_id)]
        table.add_row(", ".join(brake.lanes), *which, _time(brake.set_at), f"{brake.mails}", f"{brake.recipients}")
    return table


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _print(what: Table | str) -> None:
    console().print(what)
