"""docs/security.md names only tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(
    set(re.findall(r"`((?:tests/[\w/]+/)?test_\w+\.py(?:::\w+)?)`", (ROOT / "docs" / "security.md").read_text()))
)


def test_tests_are_named() -> None:
    assert len(NAMED) > 50


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    file, _, function = name.partition("::")
    found = [path for path in (ROOT / "tests").rglob(Path(file).name) if str(path).endswith(file)]
    assert any(not function or f"def {function}(" in path.read_text() for path in found)
