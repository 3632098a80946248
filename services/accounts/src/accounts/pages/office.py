"""The office of a school: who has a login, slips to be printed. Homeroom teachers see their class."""

import base64
import hashlib
import re
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from accounts.handlers.handing_out import PrintedSince
from accounts.handlers.office import (
    NotYours,
    People,
    Printed,
    issue_to_class,
    issue_to_staff,
    look_at_class,
    look_at_desks,
    look_at_guesses,
    look_at_school,
    look_at_staff,
    reissue,
)
from accounts.handlers.parts import Parts
from accounts.http.calls import WorkingParts
from accounts.pages.owner import LookingMember, SendingMember
from accounts.slips import Occasion, sheet
from shared.runtime.pages.forms import sent_texts
from shared.runtime.pages.rendering import HEADERS, Pages, language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@router.get("/office")
async def office_page(request: Request, parts: WorkingParts, who: LookingMember) -> Response:
    """The schools and classes where somebody hands out logins."""
    desks = await look_at_desks(parts, who)
    if not desks.schools and not desks.classes:
        raise NotYours
    return page(request, "office.html", desks=desks)


@router.get("/office/schools/{school_id}")
async def school_page(request: Request, school_id: UUID, parts: WorkingParts, who: LookingMember) -> Response:
    """The classes of a school, and at which logins somebody guesses."""
    school, classes = await look_at_school(parts, who, school_id)
    guessed = await look_at_guesses(parts, who, school_id)
    return page(request, "office_school.html", school=school, classes=classes, guessed=guessed)


@router.get("/office/schools/{school_id}/staff")
async def staff_page(request: Request, school_id: UUID, parts: WorkingParts, who: LookingMember) -> Response:
    """The staff of a school."""
    return _people(request, parts, await look_at_staff(parts, who, school_id))


@router.post("/office/schools/{school_id}/staff")
async def send_staff(request: Request, school_id: UUID, parts: WorkingParts, who: SendingMember) -> Response:
    """Prints slips for staff who have no login."""
    return _sheet(request, parts, await issue_to_staff(parts, who, school_id, again=await _again(request, parts)))


@router.get("/office/classes/{class_id}")
async def class_page(request: Request, class_id: UUID, parts: WorkingParts, who: LookingMember) -> Response:
    """The people of a class."""
    return _people(request, parts, await look_at_class(parts, who, class_id))


@router.post("/office/classes/{class_id}")
async def send_class(request: Request, class_id: UUID, parts: WorkingParts, who: SendingMember) -> Response:
    """Prints slips for those of a class who have no login."""
    return _sheet(request, parts, await issue_to_class(parts, who, class_id, again=await _again(request, parts)))


@router.post("/logins/{login_id}/slip")
async def send_login(request: Request, login_id: UUID, parts: WorkingParts, who: SendingMember) -> Response:
    """Prints a new slip for one login, once for each time that somebody looked at it."""
    try:
        printed = await reissue(parts, who, login_id, seen=await _seen(request))
    except PrintedSince:
        return page(request, "printed_since.html", status=HTTPStatus.CONFLICT)
    return _sheet(request, parts, printed)


@router.get("/logins/{login_id}/slip")
async def back_from_slip(request: Request, login_id: UUID) -> Response:
    """Whoever had to sign in first begins anew: nothing is printed by looking."""
    del login_id
    return see_other("/", language_of(request))


def _people(request: Request, parts: Parts, people: People) -> Response:
    done = request.query_params.get("done")
    return page(request, "office_people.html", people=people, done=done, now=parts.clock().isoformat())


def _sheet(request: Request, parts: Parts, printed: Printed) -> Response:
    """The slips, to be printed by the browser; where there are none back to who has one already."""
    if not printed.slips:
        return see_other(request.url.path, language_of(request), done="none")
    pages: Pages = request.app.state.pages
    occasion = Occasion(printed.school, printed.class_title, request.app.state.origin, parts.clock())
    text = sheet(pages.catalogues, printed.slips, occasion)
    return HTMLResponse(text, headers={**HEADERS, "Content-Security-Policy": _only_its_own_style(text)})


def _only_its_own_style(text: str) -> str:
    """The policy of pages for a sheet, which brings its style along, so that it can be kept as a file as well."""
    [style] = _STYLE.findall(text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return HEADERS["Content-Security-Policy"].replace("style-src 'self'", f"style-src 'sha256-{digest}'")


async def _again(request: Request, parts: Parts) -> datetime | None:
    """Before when slips count as old, if others are to be printed: a form that is sent twice prints nothing twice."""
    return await _seen(request) or parts.clock() if "again" in await sent_texts(request) else None


async def _seen(request: Request) -> datetime | None:
    """When the page with the form was made."""
    with suppress(ValueError):
        seen = datetime.fromisoformat((await sent_texts(request)).get("seen", ""))
        return seen if seen.tzinfo else None
    return None
