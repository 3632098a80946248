"""Frames: what the mails of a kind have in common is rendered once, with blanks where each of them has its own values.

Most of a mail is the same for everybody who gets one of its kind: rendering it anew each time costs more than sending
it. A *frame* is a rendered template cut at its blanks; filling it writes the values in, escaped where it is HTML.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import escape

Written = Mapping[str, str | datetime]
"""The values that are written into the blanks, by name. No word of the mail depends on them."""

Filter = Callable[..., str]

_MARK = "\ue000%d\ue001"
_MARKS = re.compile(r"\ue000(\d+)\ue001")
"""Characters of the private use area: no template and no catalogue holds them."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A value's place: which one, and what is made of it on the way."""

    name: str
    how: Filter

    def text(self, written: Written) -> str:
        return self.how(written[self.name])


class Blanks:
    """The blanks of one frame while its template is rendered: each use of one leaves a mark of its own."""

    def __init__(self, names: Sequence[str]) -> None:
        self.variables: Mapping[str, Blank] = {name: Blank(self, name) for name in names}
        self._spots: list[_Spot] = []

    def mark(self, name: str, how: Filter) -> str:
        """The mark of a use of `name`, which is written as `how` makes it."""
        self._spots.append(_Spot(name, how))
        return _MARK % (len(self._spots) - 1)

    def cut(self, rendered: str, *, is_html: bool) -> "Frame":
        """The frame of a template that was rendered with these blanks."""
        pieces = _MARKS.split(rendered)
        return Frame(tuple(pieces[::2]), tuple(self._spots[int(number)] for number in pieces[1::2]), is_html=is_html)


class Blank:
    """Stands in a template for a value that is not known yet. It can be written and filtered, and that is all."""

    __slots__ = ("_blanks", "_name")

    def __init__(self, blanks: Blanks, name: str) -> None:
        self._blanks = blanks
        self._name = name

    def __str__(self) -> str:
        return self._blanks.mark(self._name, str)

    def __html__(self) -> str:
        return str(self)

    def __bool__(self) -> bool:
        raise TypeError(f"the words of the mail depend on {self._name}: it belongs to its case")

    def through(self, how: Filter) -> str:
        """The mark of the value as a filter will make it."""
        return self._blanks.mark(self._name, how)


def with_blanks(filter_: Filter) -> Filter:
    """A Jinja filter that can wait for its value."""

    def filtered(value: object, *arguments: Any) -> str:  # noqa: ANN401 - whatever the filter takes
        if isinstance(value, Blank):
            return value.through(lambda known: filter_(known, *arguments))
        return filter_(value, *arguments)

    return filtered


class Frame:
    """A rendered template with blanks."""

    def __init__(self, pieces: Sequence[str], spots: Sequence[_Spot], *, is_html: bool) -> None:
        self._pieces = pieces
        self._spots = spots
        self._escape: Callable[[str], str] = escape if is_html else str

    def filled(self, written: Written) -> str:
        """The text with the values in its blanks."""
        parts = [self._pieces[0]]
        for spot, piece in zip(self._spots, self._pieces[1:], strict=True):
            parts += (self._escape(spot.text(written)), piece)
        return "".join(parts)
