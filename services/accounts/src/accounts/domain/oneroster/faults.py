"""A fault of a roster: where it is, what it is, and the value as far as it helps to find it."""

from dataclasses import dataclass

from accounts.domain.oneroster.codes import Code

SHOWN = 40
"""Characters of a value that are shown."""

_BYTES = range(0xDC80, 0xDD00)
"""Where Python keeps bytes that are no UTF-8."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong.

    `file` is its name in the archive; None: the archive itself. `row` is the number of the row's first line as an
    editor shows it, the header being 1; None: all of the file. What is shown is cut to 40 characters.
    """

    file: str | None
    row: int | None
    column: str | None
    code: Code
    value: str = ""

    def __post_init__(self) -> None:
        """Makes visible and cuts what comes from the archive: a terminal shows it."""
        for name in ("file", "column", "value"):
            text = getattr(self, name)
            object.__setattr__(self, name, text and shown(text))


def shown(text: str) -> str:
    """The text, at most 40 characters of it, with escapes for what cannot be printed."""
    visible = "".join(map(_visible, text[: SHOWN + 1]))
    return visible if len(visible) <= SHOWN else f"{visible[: SHOWN - 1]}…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if ord(character) in _BYTES:
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
