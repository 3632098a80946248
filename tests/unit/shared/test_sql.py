"""Statements are found by their names."""

import sys
from pathlib import Path

import pytest

from shared.runtime.sql import columns, load_queries


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "example_queries"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("example_queries", None)
    return folder


def test_each_statement_has_its_name(package: Path) -> None:
    (package / "queries.sql").write_text("-- All of it.\n\n-- name: one\n-- why\nSELECT 1;\n\n-- name: two\nSELECT 2\n")
    assert load_queries("example_queries") == {"one": "-- why\nSELECT 1", "two": "SELECT 2"}


@pytest.mark.parametrize(
    ("text", "said"),
    [("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;\n", "stands twice"), ("SELECT 1;\n", "before the first")],
)
def test_a_file_that_hides_a_statement_is_refused(text: str, said: str, package: Path) -> None:
    (package / "queries.sql").write_text(text)
    with pytest.raises(ValueError, match=said):
        load_queries("example_queries")


def test_rows_become_columns_also_where_there_are_none() -> None:
    assert columns([(1, "a"), (2, "b")], 2) == [[1, 2], ["a", "b"]]
    assert columns([], 2) == [[], []]
