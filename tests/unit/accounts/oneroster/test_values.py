"""Which texts are values of a column, and which. What is none is in the tests of bad files."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import FILES, Column, Kind, Mode, Release
from accounts.domain.oneroster.values import Value, Wrong, flaw, parse_date, parse_id, parse_instant, parser_of


def parsed(text: str, kind: Kind, *, name: str = "x", required: bool = False, file: str = "orgs") -> Value:
    return parser_of(Column(name, kind, required), file, Release.V1_2, Mode.BULK)(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.ID, "a b-1/ż;", "a b-1/ż;"),
        (Kind.ID, "", None),
        (Kind.ID_LIST, "a,b", ("a", "b")),
        (Kind.ID_LIST, "", ()),
        (Kind.TEXT, "Łódź", "Łódź"),
        (Kind.TEXT, "a\u00a0b\u00adc\u200d\u2028d", "a\u00a0b\u00adc\u200d\u2028d"),
        (Kind.TEXT, "=1+1", "=1+1"),
        (Kind.TEXT, "", None),
        (Kind.TEXT_LIST, "03,04", ("03", "04")),
        (Kind.DATE, "2028-02-29", date(2028, 2, 29)),
        (Kind.DATE, "", None),
        (Kind.YEAR, "2027", 2027),
        (Kind.FLAG, "true", True),
        (Kind.FLAG, "false", False),
        (Kind.FLAG, "", None),
        (Kind.INSTANT, "2026-10-01T08:00:00.123Z", datetime(2026, 10, 1, 8, 0, 0, 123_000, UTC)),
        (Kind.SEX, "unspecified", "unspecified"),
        (Kind.LANGUAGE, "uk", "uk"),
    ],
)
def test_a_text_is_the_value_that_it_means(kind: Kind, text: str, value: Value) -> None:
    assert parsed(text, kind) == value


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", [" ", " x", "x\0", "\udcb3", "x\x1b"])
def test_a_text_that_is_no_good_is_told_as_such_whatever_it_means(kind: Kind, text: str) -> None:
    with pytest.raises(Wrong) as wrong:
        parsed(text, kind)
    assert wrong.value.code is flaw(text)


@pytest.mark.parametrize(
    ("name", "longest"), [("name", 200), ("title", 200), ("email", 254), ("phone", 64), ("identifier", 255)]
)
def test_a_text_may_be_as_long_as_its_column_allows(name: str, longest: int) -> None:
    assert parsed("ż" * longest, Kind.TEXT, name=name)
    with pytest.raises(Wrong) as wrong:
        parsed("ż" * (longest + 1), Kind.TEXT, name=name)
    assert wrong.value.code is Code.VALUE_TOO_LONG


@pytest.mark.parametrize(("release", "file"), [(release, file) for release in Release for file in FILES[release]])
@pytest.mark.parametrize("mode", [Mode.BULK, Mode.DELTA])
def test_every_column_has_a_parser_that_knows_whether_it_is_required(release: Release, file: str, mode: Mode) -> None:
    for column in FILES[release][file].columns:
        mark = column.name in {"status", "dateLastModified"}
        parse = parser_of(column, file, release, mode)
        if column.required or (mark and mode is Mode.DELTA):
            with pytest.raises(Wrong) as wrong:
                parse("")
            assert wrong.value.code is (Code.MISSING_IN_DELTA if mark else Code.REQUIRED_EMPTY)
        else:
            assert parse("") in {None, ()}


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_of_two_centuries_is_a_date(day: date) -> None:
    assert parse_date(day.isoformat()) == day


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
days = st.dates(date(1900, 1, 2), date(2099, 12, 30))


@given(day=days, time=st.times(), offset=offsets)
def test_every_instant_is_kept_in_utc(day: date, time: time, offset: timezone) -> None:
    instant = datetime.combine(day, time, offset)
    kept = parse_instant(instant.isoformat())
    assert kept == instant
    assert kept.tzinfo is UTC


@given(st.text(max_size=300))
def test_an_id_that_is_accepted_is_kept_as_it_is(text: str) -> None:
    try:
        kept = parse_id(text)
    except Wrong:
        return
    assert kept == text
    assert text.isprintable()
    assert 0 < len(text) <= 255


def test_a_refusal_never_repeats_the_text() -> None:
    with pytest.raises(Wrong) as wrong:
        parsed("tajne", Kind.DATE)
    assert "tajne" not in repr(wrong.value)
