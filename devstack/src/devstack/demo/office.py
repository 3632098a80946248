"""The office: a district's export is imported and a class gets its logins, by the commands that are there for it."""

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from devstack.demo.slips import Slip, guardians, read_slips
from devstack.demo.steps import Teller, check
from devstack.district.kinds import school_name
from devstack.district.plan import Plan
from devstack.district.school_year import SchoolYear
from devstack.district.writing import write_district
from devstack.system import System
from shared.runtime.i18n import WARSAW

STUDENTS, SCHOOLS = 300, 5
SCHOOL, CLASS = school_name(1), "3a"
READABLE_BY_ME = 0o600


def plan_on(day: date) -> Plan:
    """The district of `make district STUDENTS=300`, in the school year of a day, on which its classes are to run."""
    return Plan(STUDENTS, SCHOOLS, year=SchoolYear.of(day).begun)


def folder_in(run: Path) -> Path:
    """The folder of the office, in that of the run."""
    return run / "office"


def slips_in(run: Path) -> Path:
    """The sheet of slips. It holds passwords that nobody has changed yet."""
    return folder_in(run) / "slips.html"


@dataclass(frozen=True)
class Office:
    """The chapter before anybody registers. `show` puts on the screen what the import tells."""

    teller: Teller
    system: System
    show: Callable[[str], None]

    async def play(self) -> Mapping[str, Slip]:
        """Plays the steps; a guardian's slip for each language.

        Raises StoryError, and StartError when a command fails.
        """
        step, export = self.teller.step, folder_in(self.system.folder) / "district.zip"
        async with step(f"a district of {STUDENTS} students written") as saw:
            saw(self._write(export))
        async with step("accounts roster import") as saw:
            shown = await self.system.run("accounts-api", "roster", "import", str(export))
            check("a new district" in shown, f"the import told of no new district:\n{shown}")
            self.show(shown)
            saw("what is new: the table above")
        async with step(f"accounts logins issue --class {CLASS}") as saw:
            where = ("--school", SCHOOL, "--class", CLASS, "--out", str(slips_in(self.system.folder)))
            await self.system.run("accounts-api", "logins", "issue", *where)
            slips = self._printed()
            saw(f"{len(slips)} slips, in a file that only I can read")
        return guardians(slips)

    def _write(self, export: Path) -> str:
        export.parent.mkdir(mode=0o700)
        written = write_district(plan_on(datetime.now(WARSAW).date()), export)
        return f"{SCHOOLS} schools, {written.total:,} rows of OneRoster"

    def _printed(self) -> list[Slip]:
        sheet = slips_in(self.system.folder)
        mode = stat.S_IMODE(sheet.stat().st_mode)
        check(mode == READABLE_BY_ME, f"others can read the slips: their file has mode {mode:o}")
        return list(read_slips(sheet.read_text(encoding="utf-8")))
