"""The values of rows that are wrong, for the report: staging keeps ids alone, so the file is read again for them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import Release
from accounts.domain.oneroster.findings import Findings, LeftOut, Place
from accounts.domain.oneroster.rows import Row, column_of
from accounts.rosters.archive import Archive
from accounts.rosters.checks import Check, Wrong
from accounts.rosters.reading import read_roster

_IN_USERS_OF_1_1 = {"sourced_id": "orgSourcedIds", "org_sourced_id": "orgSourcedIds", "user_sourced_id": "sourcedId"}
"""Where in the users of 1.1 stands what 1.2 has in roles."""


def tell_wrong_rows(archive: Archive, findings: Findings, release: Release, wrong: Sequence[Wrong]) -> None:
    """Adds the faults to the findings, each with its value."""
    if not wrong:
        return
    for check, row in _rows(archive, wrong, lenient=findings.lenient):
        file, column = _place(check, release)
        fault = Fault(file, row.line, column, check.code, _text(getattr(row, check.field)))
        findings.bad_row(LeftOut(file, row.line, row.sourced_id), [fault])
    for each in wrong:
        if more := each.count - len(each.lines):
            file, column = _place(each.check, release)
            findings.tell_more(Place(file, column, each.check.code), more)


def _rows(archive: Archive, wrong: Iterable[Wrong], *, lenient: bool) -> Iterator[tuple[Check, Row]]:
    """The wrong rows with what is wrong with them, file by file."""
    wanted: dict[str, dict[int, list[Check]]] = defaultdict(lambda: defaultdict(list))
    for each in wrong:
        for line in set(each.lines):
            wanted[each.check.file][line].append(each.check)
    for part in read_roster(archive, lenient=lenient).parts:
        lines = wanted.get(part.name, {})
        for row in part.rows if lines else ():
            for check in lines.get(row.line, ()):
                yield check, row


def _place(check: Check, release: Release) -> tuple[str, str]:
    if release is Release.V1_1 and check.file == "roles":
        return "users.csv", _IN_USERS_OF_1_1[check.field]
    return f"{check.file}.csv", column_of(check.field)


def _text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value or "")
