"""The slips of a class, read off the printed sheet as whoever gets one does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from devstack.demo.steps import LANGUAGES, check

_SLIP = re.compile(
    r'<article class="slip" lang="(\w+)">.*?<h2>(.*?)</h2>.*?<dd>(.*?)</dd>.*?<dd>(.*?)</dd>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Slip:
    """What one slip says, and the language that it says it in."""

    language: str
    person: str
    login: str
    password: str = field(repr=False)

    @property
    def is_guardians(self) -> bool:
        """A pupil's login ends in u, one of staff in k."""
        return self.login.isdecimal()


def read_slips(sheet: str) -> Sequence[Slip]:
    """All slips of a sheet, in its order."""
    return [Slip(*map(unescape, told)) for told in _SLIP.findall(sheet)]


def guardians(slips: Sequence[Slip]) -> Mapping[str, Slip]:
    """A guardian's slip in each language of the story, the first there is. Raises StoryError where one is missing."""
    first: dict[str, Slip] = {}
    for slip in slips:
        if slip.is_guardians:
            first.setdefault(slip.language, slip)
    for language, words in LANGUAGES.items():
        check(language in first, f"no guardian's slip is {words}")
    return {language: first[language] for language in LANGUAGES}
