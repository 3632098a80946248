"""The documents made from the code are those that are committed."""

import pytest

from devstack.documents.all import DOCS, documents

DOCUMENTS = documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_current(name: str) -> None:
    assert (DOCS / name).read_text() == DOCUMENTS[name], f"run `make documents` and commit docs/{name}"


def test_every_setting_says_what_it_is() -> None:
    rows = [line for line in DOCUMENTS["settings.md"].splitlines() if line.startswith("| `")]
    assert len(rows) > 20
    assert not [row for row in rows if row.endswith("|  |")]
