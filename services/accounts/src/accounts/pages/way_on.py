"""Where somebody wanted to go before they had to sign in: `next`, a path of this site and nothing else."""

import unicodedata

from fastapi import Request

MAX_LENGTH = 500


def local_path(text: str) -> str | None:
    """`text` if it is a path of this site; None for whatever a browser could take for the address of another.

    Browsers read a backslash as a slash, and leave out tabs and line breaks wherever they stand.
    """
    if not text.startswith("/") or len(text) > MAX_LENGTH or "//" in text or "\\" in text:
        return None
    return None if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text) else text


def way_on(request: Request) -> str | None:
    """The path in `next` of the address, if there is a good one."""
    return local_path(request.query_params.get("next", ""))
