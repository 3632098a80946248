"""What a delta says: what is not as it was, and what is no more."""

from collections.abc import Iterable, Mapping

from devstack.district.sheets import Row

ACTIVE, DELETED = "active", "tobedeleted"


def difference(before: Iterable[Row], after: Iterable[Row], modified: str) -> list[Row]:
    """The rows that make `after` of `before`, each with its status and when it was modified.

    Rows are the same by their first value. Those that go come last, as they were.
    """
    old: Mapping[str, Row] = {row[0]: row for row in before}
    new: Mapping[str, Row] = {row[0]: row for row in after}
    return [
        *(_marked(row, ACTIVE, modified) for sourced_id, row in new.items() if old.get(sourced_id) != row),
        *(_marked(row, DELETED, modified) for sourced_id, row in old.items() if sourced_id not in new),
    ]


def _marked(row: Row, status: str, modified: str) -> Row:
    """The row with its second and third value, which stand empty in bulk."""
    return (row[0], status, modified, *row[3:])
