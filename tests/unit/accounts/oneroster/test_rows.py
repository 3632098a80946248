"""The shapes of rows fit the columns of the files."""

import pytest

from accounts.domain.oneroster.contents import ORDER
from accounts.domain.oneroster.files import EXTENSIONS, FILES, Release
from accounts.domain.oneroster.rows import SHAPES, Row, UserOf1_1, column_of, period_of

NOT_READ = {
    "users": ["password"],
    "demographics": [
        "americanIndianOrAlaskaNative",
        "asian",
        "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander",
        "white",
        "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity",
        "countryOfBirthCode",
        "stateOfBirthAbbreviation",
        "cityOfBirth",
        "publicSchoolResidenceStatus",
    ],
}


@pytest.mark.parametrize(
    ("release", "file", "shape"),
    [*((Release.V1_2, file, shape) for file, shape in SHAPES.items()), (Release.V1_1, "users", UserOf1_1)],
)
def test_a_shape_has_the_columns_of_its_file_in_their_order(
    release: Release, file: str, shape: type[Row] | type[UserOf1_1]
) -> None:
    columns = [name for name in FILES[release][file].header if name not in NOT_READ.get(file, ())]
    extensions = [column.name for column in EXTENSIONS.get(file, ())]
    line, *fields = shape._fields
    assert line == "line"
    assert [column_of(field) for field in fields] == columns + extensions


def test_every_file_of_the_newer_release_has_a_shape_and_a_place_in_the_order() -> None:
    assert set(SHAPES) == set(ORDER) == set(FILES[Release.V1_2])


@pytest.mark.parametrize(
    ("file", "period"),
    [("academicSessions", ("start_date", "end_date")), ("roles", ("begin_date", "end_date")), ("orgs", None)],
)
def test_a_period_is_known_by_its_fields(file: str, period: tuple[str, str] | None) -> None:
    fields = SHAPES[file]._fields
    found = period_of(fields)
    assert (found and tuple(fields[place] for place in found)) == period
