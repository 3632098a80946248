"""An import of a roster from the file to the events: read, stage, check, compare, write."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from accounts.domain.oneroster.files import Mode, Release
from accounts.domain.oneroster.findings import Findings
from accounts.domain.roster import MOST_ENDED
from accounts.rosters.applying import write_changes
from accounts.rosters.archive import Archive, open_archive
from accounts.rosters.checks import find_wrong_rows
from accounts.rosters.differences import Differences, find_differences
from accounts.rosters.ids import Ids, district_id
from accounts.rosters.reading import Roster, read_roster
from accounts.rosters.staging import Staging
from accounts.rosters.wrong_values import tell_wrong_rows
from shared.runtime.i18n import WARSAW
from shared.runtime.postgres import Connection
from shared.runtime.progress import Told
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "importing.sql")
LOCK_SPACE = 0x726F7374  # "rost"


class Stage(StrEnum):
    """What an import is doing."""

    READING = "reading"
    CHECKING = "checking"
    COMPARING = "comparing"
    WRITING = "writing"


class Outcome(StrEnum):
    """How an import ended."""

    APPLIED = "applied"
    DRY_RUN = "dry_run"
    REFUSED = "refused"
    ENDS_TOO_MANY = "ends_too_many"


class AlreadyRunning(Exception):  # noqa: N818 - reads as what happened
    """Another import of the same district is under way."""


class DistrictUnknown(Exception):  # noqa: N818 - reads as what happened
    """The manifest has no code of its system, and none was given."""


class DistrictNew(Exception):  # noqa: N818 - reads as what happened
    """There are other districts, and this one is new without anybody having said so: it may be a slip of the pen."""


@dataclass(frozen=True)
class Wishes:
    """How an import is to be done.

    Args:
        lenient: mend what has a name, leave out what cannot be mended.
        dry_run: write nothing.
        most_ended: the part of people, guardianships or enrolments that may end; 1.0: whatever the file says.
        district: the district's code; None: that of the manifest.
        new_district: it may be one that is not known, beside others.
    """

    lenient: bool = False
    dry_run: bool = False
    most_ended: float = MOST_ENDED
    district: str | None = None
    new_district: bool = False


@dataclass(frozen=True)
class Report:
    """What an import found and did. `passed` rows were left, because somebody else changed them meanwhile."""

    outcome: Outcome
    findings: Findings
    district: str | None = None
    is_new: bool = False
    differences: Differences | None = None
    passed: int = 0
    skipped: tuple[str, ...] = ()


async def import_roster(connection: Connection, path: Path, wishes: Wishes, *, now: datetime, progress: Told) -> Report:
    """Imports the export at `path` over a connection of its own, which is of no use to anybody meanwhile.

    Raises AlreadyRunning, DistrictUnknown and DistrictNew.
    """
    with open_archive(path) as archive:
        roster = read_roster(archive, lenient=wishes.lenient)
        if roster.manifest is None:
            return Report(Outcome.REFUSED, roster.findings)
        code = wishes.district or roster.manifest.system_code
        if code is None:
            raise DistrictUnknown
        district = district_id(code)
        if not await connection.fetchval(SQL["lock"], LOCK_SPACE, str(district)):
            raise AlreadyRunning
        try:
            work = _Import(connection, archive, roster, roster.manifest.release, wishes, district, progress)
            return await work.run(code, now)
        finally:
            await connection.execute(SQL["unlock"], LOCK_SPACE, str(district))
            await connection.execute(SQL["forget_staging"])


@dataclass(frozen=True)
class _Import:
    connection: Connection
    archive: Archive
    roster: Roster
    release: Release
    wishes: Wishes
    district: UUID
    progress: Told

    async def run(self, code: str, now: datetime) -> Report:
        is_new = not await self.connection.fetchval(SQL["is_known"], self.district)
        if is_new and not self.wishes.new_district and await self.connection.fetchval(SQL["has_districts"]):
            raise DistrictNew(code)
        findings, skipped = self.roster.findings, self.roster.skipped
        modes = await self._stage()
        await self._check(modes)
        if findings.refused:
            return Report(Outcome.REFUSED, findings, code, is_new, skipped=skipped)
        self.progress(Stage.COMPARING, 0, None)
        yesterday = now.astimezone(WARSAW).date() - timedelta(days=1)
        differences = await find_differences(self.connection, modes, district=self.district, last_day=yesterday)
        outcome, passed = Outcome.DRY_RUN, 0
        if differences.ended_share > self.wishes.most_ended:
            outcome = Outcome.ENDS_TOO_MANY
        elif not self.wishes.dry_run:
            outcome, passed = Outcome.APPLIED, await self._write(code, now)
        return Report(outcome, findings, code, is_new, differences, passed, skipped)

    async def _stage(self) -> dict[str, Mode]:
        """Stages what is read; returns what each file is. One that has rows which nobody knows ends nothing."""
        staging = Staging(self.connection, ids := Ids(self.district))
        await staging.create()
        done = 0
        for part in self.roster.parts:
            async for rows in staging.take(part):
                self.progress(Stage.READING, done := done + rows, None)
        modes = {part.name: part.mode for part in self.roster.parts}
        spared = []
        for left in self.roster.findings.left_out:
            name = left.file.removesuffix(".csv")
            if left.sourced_id and (spare := ids.of_file(name, left.sourced_id)):
                spared.append(spare)
            else:
                modes.update(dict.fromkeys((name, "roles") if name == "users" else (name,), Mode.DELTA))
        await staging.spare(spared)
        await staging.analyze()
        return modes

    async def _check(self, modes: dict[str, Mode]) -> None:
        self.progress(Stage.CHECKING, 0, None)
        wrong = [each async for each in find_wrong_rows(self.connection, modes, self.district, self.release)]
        if wrong and not self.wishes.lenient:
            self.roster.findings.refused = True  # whatever becomes of reading their values
        tell_wrong_rows(self.archive, self.roster.findings, self.release, wrong)

    async def _write(self, code: str, now: datetime) -> int:
        await self.connection.execute(SQL["write_district"], self.district, code)
        total, done, passed = await self.connection.fetchval(SQL["count_changes"]), 0, 0
        async for written in write_changes(self.connection, self.district, now):
            done += written.rows + written.passed
            passed += written.passed
            self.progress(Stage.WRITING, done, total)
        return passed
