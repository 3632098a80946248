"""`logins`: what a school hands out to pupils, guardians and staff, on slips to be printed."""
# ruff: noqa: PLC0415

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from accounts import SERVICE
from shared.runtime.commands import EXIT_NOT_FOUND, EXIT_USAGE, fail, with_database
from shared.runtime.postgres import Connection

if TYPE_CHECKING:
    from accounts.handlers.handing_out import HandedOut, Print, Slip
    from accounts.passwords import PasswordHasher
    from accounts.store.school_logins import School

READABLE_BY_ME = 0o600


def issue(
    school: Annotated[str, typer.Option(help="The school's name.")],
    out: Annotated[Path, typer.Option(help="The file that the slips are written to, as HTML to be printed.")],
    *,
    class_: Annotated[str | None, typer.Option("--class", help="The class whose pupils and guardians get one.")] = None,
    staff: Annotated[bool, typer.Option("--staff", help="The school's staff get one.")] = False,
    district: Annotated[
        str | None, typer.Option(help="The district's code, where two have a school of that name.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Another first password also for those who have not used theirs.")
    ] = False,
) -> None:
    """Make logins for those who have none, and write a slip for each. The passwords stand there and nowhere else."""
    from accounts.clock import utc_now
    from accounts.handlers.handing_out import Round, hand_out
    from accounts.handlers.parts import Contended

    if (class_ is None) != staff:
        fail("say either --class TITLE or --staff", EXIT_USAGE)
    sheet = _Sheet(out)
    now = utc_now()

    async def work(connection: Connection) -> "HandedOut":
        found = await _school(connection, school, district)
        class_id, title = await _class(connection, found, class_) if class_ is not None else (None, None)
        with _hasher() as hasher:
            printing = sheet.printing(found.name, title, now)
            round_ = Round(found, class_id, now if again else None)
            try:
                return await hand_out(
                    lambda: nullcontext(connection), hasher, round_, clock=lambda: now, printing=printing
                )
            except Contended:
                fail("people are added all the time, nothing was changed: run this again", EXIT_NOT_FOUND)

    _tell(with_database(SERVICE, work, command_seconds=None), out)


def reissue(
    login: Annotated[str, typer.Argument(help="The login: eight digits, with a letter behind them on some slips.")],
    out: Annotated[Path, typer.Option(help="The file that the slip is written to, as HTML to be printed.")],
) -> None:
    """Write a new slip for a login whose password is lost. The old password, all its sessions and its link end."""
    from accounts.clock import utc_now
    from accounts.domain.school_logins import login_name
    from accounts.handlers.handing_out import fresh_passwords, hand_out_again
    from accounts.handlers.parts import Contended
    from accounts.store.school_logins import named

    name = login_name(login)
    if name is None:
        fail(f"{login} is no login: eight digits, of pupils with a u and of staff with a k", EXIT_USAGE)
    sheet = _Sheet(out)
    now = utc_now()

    async def work(connection: Connection) -> "Slip":
        login = await named(connection, name)
        if login is None:
            fail(f"nobody has the login {name}", EXIT_NOT_FOUND)
        printing = sheet.printing(login.school, None, now)
        with _hasher() as hasher:
            [fresh] = await fresh_passwords(hasher, 1)
        try:
            return await hand_out_again(connection, fresh, login, now=now, printing=printing)
        except Contended:
            fail(f"somebody is linking {name} at this moment, nothing was changed: run this again", EXIT_NOT_FOUND)

    slip = with_database(SERVICE, work)
    typer.echo(f"{slip.login} of {slip.person} has a new first password: print {out}, hand it out, delete the file.")


def printed(
    login: Annotated[str, typer.Argument(help="The login: eight digits, with a letter behind them on some slips.")],
) -> None:
    """Show when slips of a login were printed, and by whom."""
    from rich.console import Console
    from rich.table import Table

    from accounts.domain.school_logins import login_name
    from accounts.store.printed_slips import PrintedSlip, of_login

    name = login_name(login)
    if name is None:
        fail(f"{login} is no login: eight digits, of pupils with a u and of staff with a k", EXIT_USAGE)

    async def work(connection: Connection) -> list[PrintedSlip]:
        return await of_login(connection, name)

    slips = with_database(SERVICE, work)
    if not slips:
        fail(f"no slip of {name} was printed", EXIT_NOT_FOUND)
    table = Table("printed", "as", "by")
    for slip in slips:
        by = " ".join(filter(None, (slip.actor, slip.person))) or "-"
        table.add_row(f"{slip.printed_at:%Y-%m-%d %H:%M:%S %Z}", slip.capacity, by)
    Console().print(table)


@contextmanager
def _hasher() -> "Iterator[PasswordHasher]":
    from accounts.passwords import PasswordHasher

    hasher = PasswordHasher(threads=os.cpu_count() or 1, queue_length=100_000)
    try:
        yield hasher
    finally:
        hasher.close()


class _Sheet:
    """The file that slips are written to. Says what is missing before anything is done."""

    def __init__(self, out: Path) -> None:
        from shared.runtime.i18n import Catalogues
        from shared.runtime.settings import PublicSettings, read

        self._out = out
        self._site = read(PublicSettings).origin
        self._catalogues = Catalogues.load("accounts", "shared.runtime.pages")

    def printing(self, school: str, class_title: str | None, now: datetime) -> "Print":
        """Writes slips of that occasion; no file where there are none."""
        from accounts.slips import Occasion, sheet

        def printing(slips: "Sequence[Slip]") -> None:
            if slips:
                _write(self._out, sheet(self._catalogues, slips, Occasion(school, class_title, self._site, now)))

        return printing


async def _school(connection: Connection, name: str, district: str | None) -> "School":
    from accounts.store.school_logins import schools_named

    schools = await schools_named(connection, name, district)
    if not schools:
        fail(f"there is no school {name!r}: it is written as in the district's export", EXIT_NOT_FOUND)
    if len(schools) > 1:
        fail(f"{len(schools)} schools are called {name!r}: say --district CODE", EXIT_USAGE)
    return schools[0]


async def _class(connection: Connection, school: "School", title: str) -> tuple[UUID, str]:
    from accounts.store.school_logins import classes_named

    classes = await classes_named(connection, school.school_id, title)
    if len(classes) != 1:
        words = "no class" if not classes else f"{len(classes)} classes"
        fail(f"{school.name} has {words} {title!r}", EXIT_NOT_FOUND)
    return classes[0]


def _write(out: Path, text: str) -> None:
    """Readable by nobody else: whoever reads it first has the logins."""
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE_BY_ME)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(f"{out} is there already: name another file", EXIT_USAGE)
    except OSError as error:
        fail(f"the slips cannot be written to {out} ({error.strerror}): name another file", EXIT_USAGE)


def _tell(handed_out: "HandedOut", out: Path) -> None:
    """How many of whom have got one."""
    from collections import Counter

    from rich.console import Console
    from rich.table import Table

    table = Table("whose", "slips")
    for kind, count in Counter(slip.kind for slip in handed_out.slips).items():
        table.add_row(kind, str(count))
    console = Console()
    if handed_out.slips:
        console.print(table)
        console.print(
            f"{handed_out.new} logins are new. Print {out}, hand the slips out, then delete the file.", soft_wrap=True
        )
    console.print(f"{handed_out.kept} have one already.", soft_wrap=True)
