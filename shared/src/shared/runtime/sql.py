"""SQL by name: statements live in `queries.sql` files, each under a line `-- name: what_it_does`."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load_queries(package: str, file: str = "queries.sql") -> Mapping[str, str]:
    """The statements of `file` in `package` by name.

    Raises ValueError when a name stands twice or text stands before the first name.
    """
    preamble, *parts = _NAME.split((files(package) / file).read_text(encoding="utf-8"))
    if any(line and not line.startswith("--") for line in preamble.splitlines()):
        raise ValueError(f"{package}/{file}: a statement stands before the first '-- name:'")
    names, statements = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{package}/{file}: a name stands twice")
    return {name: statement.strip().rstrip(";") for name, statement in zip(names, statements, strict=True)}


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows of `width` values as columns, each an array parameter of a statement that takes many rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
