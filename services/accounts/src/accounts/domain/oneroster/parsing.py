"""A row, from texts to the tuple of its shape. Made once for a file, so that a good row costs little."""

from collections.abc import Callable, Iterator, Sequence
from operator import call, itemgetter
from typing import Any, Generic, TypeVar

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import EXTENSIONS, SUFFIX, Column, File, Mode, Release
from accounts.domain.oneroster.findings import Findings, LeftOut
from accounts.domain.oneroster.header import Header, wrong_width
from accounts.domain.oneroster.repairs import Repair, mend
from accounts.domain.oneroster.rows import column_of, period_of
from accounts.domain.oneroster.values import Parser, Value, Wrong, parse_id, parser_of

R = TypeVar("R", bound=tuple[Any, ...])


class RowParser(Generic[R]):
    """Makes rows of a shape from the values of a file, and tells what is wrong with the others."""

    def __init__(
        self, file: File, shape: type[R], header: Header, *, release: Release, mode: Mode, findings: Findings
    ) -> None:
        fields: tuple[str, ...] = shape._fields  # type: ignore[attr-defined]
        by_name = {column.name: column for column in (*file.columns, *EXTENSIONS.get(file.name, ()))}
        columns = [by_name[column_of(field)] for field in fields[1:]]
        self._columns: list[Column] = [column for column in columns if column.name in header.positions]
        self._parsers: list[Parser] = [parser_of(column, file.name, release, mode) for column in self._columns]
        self._pick = itemgetter(*(header.positions[column.name] for column in self._columns))
        self._width = header.width
        self._id_at = header.positions["sourcedId"]
        self._period = period_of(fields)
        self._shape: Callable[..., R] = shape
        self._file = f"{file.name}{SUFFIX}"
        self._findings = findings

    def rows(self, lines: Iterator[tuple[int, list[str]]]) -> Iterator[R]:
        """The rows of the lines that are good or can be mended; the faults of the others are told."""
        width, pick, shape, parsers = self._width, self._pick, self._shape, self._parsers
        first, last = self._period or (0, 0)
        for line, values in lines:
            try:
                row = shape(line, *map(call, parsers, pick(values))) if len(values) == width else None
            except Wrong:
                row = None
            if row is None:
                row = self._slowly(line, values)
            if row is None:
                continue
            if last and row[first] and row[last] and row[last] < row[first]:
                self._bad(line, values, [Fault(self._file, line, "endDate", Code.END_BEFORE_BEGIN, str(row[last]))])
                continue
            yield row

    def _slowly(self, line: int, values: Sequence[str]) -> R | None:
        """The row if it can be mended; else its faults are told, one for each value that has one."""
        if not values:
            self._findings.deviates(Repair.LINE_EMPTY, Fault(self._file, line, None, Code.LINE_EMPTY))
            return None
        if wrong := wrong_width(values, self._width):
            self._bad(line, values, [Fault(self._file, line, None, wrong, f"{len(values)} of {self._width}")])
            return None
        parsed: list[Value] = []
        faults: list[Fault] = []
        mended: list[tuple[str, Repair]] = []
        for column, parse, text in zip(self._columns, self._parsers, self._pick(values), strict=True):
            try:
                value, repairs = _parse(parse, column, text, lenient=self._findings.lenient)
            except Wrong as wrong_value:
                faults.append(Fault(self._file, line, column.name, wrong_value.code, text))
            else:
                parsed.append(value)
                mended.extend((column.name, repair) for repair in repairs)
        if faults:
            self._bad(line, values, faults)
            return None
        for name, repair in mended:
            self._findings.mended(self._file, name, repair)
        return self._shape(line, *parsed)

    def _bad(self, line: int, values: Sequence[str], faults: Sequence[Fault]) -> None:
        self._findings.bad_row(LeftOut(self._file, line, self._id_in(values)), faults)

    def _id_in(self, values: Sequence[str]) -> str | None:
        """The row's own id when it can be read."""
        try:
            return parse_id(values[self._id_at].strip())
        except (Wrong, IndexError):
            return None


def _parse(parse: Parser, column: Column, text: str, *, lenient: bool) -> tuple[Value, list[Repair]]:
    """The value of a text and how it was mended, which may take several steps. Raises Wrong with what cannot be."""
    repairs: list[Repair] = []
    while True:
        try:
            return parse(text), repairs
        except Wrong as wrong:
            code = Code.REQUIRED_EMPTY if column.required and not text.strip() else wrong.code
        step = mend(text, column.kind, code) if lenient else None
        if step is None:
            raise Wrong(code)
        text, repair = step
        repairs.append(repair)
