"""`roster import`: who is who, from a district's OneRoster export; and all of it once more, for `republish`."""
# ruff: noqa: PLC0415

import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from accounts import SERVICE
from shared.runtime.commands import EXIT_NOT_FOUND, EXIT_USAGE, fail, with_database
from shared.runtime.postgres import Connection

if TYPE_CHECKING:
    from rich.console import Console

    from accounts.rosters.importing import Report, Wishes

EXIT_REFUSED = EXIT_NOT_FOUND
WIDTH = 120


def import_(
    file: Annotated[Path, typer.Argument(help="The export: a zip, or a folder with its CSV files.")],
    *,
    district: Annotated[str | None, typer.Option(help="The district's code; else that of the manifest.")] = None,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Mend what has a name, leave out rows that cannot be mended.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    end_any_number: Annotated[
        bool,
        typer.Option(
            "--end-any-number", help="Also when more than a tenth of people, guardianships or enrolments would be over."
        ),
    ] = False,
    new_district: Annotated[
        bool, typer.Option("--new-district", help="It may be a district that is not known yet, beside others.")
    ] = False,
    faults: Annotated[
        Path | None, typer.Option(help="Write the faults into this file, as CSV, the first 10,000; - prints them.")
    ] = None,
) -> None:
    """Import an export: all of it, or nothing if anything is wrong. The same once more changes nothing."""
    from rich.console import Console

    from accounts.clock import utc_now
    from accounts.domain.roster import MOST_ENDED
    from accounts.rosters.importing import AlreadyRunning, DistrictNew, DistrictUnknown, Wishes, import_roster
    from shared.runtime.progress import shown

    console = Console(width=None if Console().is_terminal else WIDTH)
    most_ended = 1.0 if end_any_number else MOST_ENDED
    wishes = Wishes(
        lenient=lenient, dry_run=dry_run, most_ended=most_ended, district=district or None, new_district=new_district
    )
    faults_file = _opened(faults)

    async def work(connection: Connection) -> "Report":
        with shown(console) as progress:
            return await import_roster(connection, file, wishes, now=utc_now(), progress=progress)

    try:
        report = with_database(SERVICE, work, command_seconds=None)
    except AlreadyRunning:
        fail("another import of this district is under way: wait for its end, then start this again", EXIT_REFUSED)
    except DistrictUnknown:
        fail("the manifest has no source.systemCode: name the district with --district", EXIT_USAGE)
    except DistrictNew as new:
        fail(f"the district {new} is not known: mend --district, or say --new-district if it is one more", EXIT_USAGE)
    _tell(console, report, wishes, faults_file)


def _opened(faults: Path | None) -> TextIO | None:
    """The file for the faults, opened before anything is done."""
    if faults is None:
        return None
    if faults == Path("-"):
        return sys.stdout
    try:
        return faults.open("w", encoding="utf-8", newline="")
    except OSError as error:
        fail(f"the faults cannot be written to {faults} ({error.strerror}): name another file", EXIT_USAGE)


async def snapshot(connection: Connection, now: datetime) -> AsyncIterator[int]:
    """Tells all of the roster once more, for `republish`; yields how many events, again and again."""
    from accounts.rosters.snapshot import tell_all

    async for count in tell_all(connection, now):
        yield count


def _tell(console: "Console", report: "Report", wishes: "Wishes", faults: TextIO | None) -> None:
    """Prints what was found and done, and ends the command as it went."""
    from accounts.rosters.importing import Outcome
    from accounts.rosters.report import fault_table, repair_table, write_csv
    from accounts.rosters.summary import difference_table

    if report.skipped:
        console.print(f"Not read, because it holds nothing for a roster: {', '.join(report.skipped)}.")
    if report.findings.count:
        console.print(fault_table(report.findings))
    if report.findings.repairs:
        console.print(repair_table(report.findings))
    if faults is not None:
        write_csv(report.findings, faults)
        faults.flush()
    if report.differences:
        console.print(difference_table(report))
    match report.outcome:
        case Outcome.REFUSED:
            fail(f"{_counted(report.findings.count, 'fault')}: nothing was changed", EXIT_REFUSED)
        case Outcome.ENDS_TOO_MANY:
            ended, most = report.differences.ended_share if report.differences else 0.0, wishes.most_ended
            fail(
                f"{ended:.1%} of the people, guardianships or enrolments would be over, more than {most:.0%}:"
                " nothing was changed."
                " If that is right, give --end-any-number",
                EXIT_REFUSED,
            )
        case Outcome.DRY_RUN:
            console.print("Nothing was changed: this was a dry run.")
        case Outcome.APPLIED if report.passed:
            console.print(f"Changed by somebody else meanwhile: {_counted(report.passed, 'row')}. Run it again.")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
