"""Slips to be printed: one for each login, in the language of whoever gets it, and a list to sign for them."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.handlers.handing_out import Slip
from shared.runtime.i18n import DEFAULT_LANGUAGE, Catalogues


@dataclass(frozen=True)
class Occasion:
    """Where and when slips are handed out. `class_title` is None for the staff; `site` is what people enter."""

    school: str
    class_title: str | None
    site: str
    at: datetime


def sheet(catalogues: Catalogues, slips: Sequence[Slip], occasion: Occasion) -> str:
    """A page for a printer (A4): the slips, eight on a sheet, then the list of who has got one."""
    rendered = [
        catalogues.jinja(slip.language or DEFAULT_LANGUAGE)
        .get_template("slip.html")
        .render(slip=slip, occasion=occasion, password=slip.password)
        for slip in slips
    ]
    return (
        catalogues.jinja(DEFAULT_LANGUAGE)
        .get_template("slips.html")
        .render(slips=rendered, receipts=_by_pupil(slips), occasion=occasion)
    )


def _by_pupil(slips: Sequence[Slip]) -> Iterator[tuple[str | None, list[Slip]]]:
    """Those of one pupil together."""
    return ((pupil, list(of_it)) for pupil, of_it in itertools.groupby(slips, key=lambda slip: slip.pupil))
