"""Sessions: access tokens renewed from them, where they are, and their end."""

from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.handlers.sessions import (
    NoSuchSession,
    SessionGone,
    end_session,
    list_sessions,
    refresh,
    sign_out,
    sign_out_everywhere,
)
from accounts.http.calls import WorkingParts
from accounts.pages import cookies
from accounts.pages.owner import LookingMember, OwnSite, SendingMember, Somebody
from accounts.pages.way_on import way_on
from shared.runtime.auth.own_site import FORM_TOKEN, check_form
from shared.runtime.auth.requests import REFRESH_PATH
from shared.runtime.pages.forms import sent_texts
from shared.runtime.pages.rendering import language_of, page, redirect, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)

FOR_EVERYBODY = {"/", "/sign-in", "/sign-out"}
"""Pages that show something else to whoever is signed in: without a session they are shown as to anybody."""


@router.get(REFRESH_PATH)
@router.post(REFRESH_PATH, dependencies=[OwnSite])
async def renew(request: Request, parts: WorkingParts) -> Response:
    """Renews the access token and sends the browser back; 307 keeps a form that was sent."""
    way_back = way_on(request) or "/"
    session_token = cookies.session_token_of(request)
    try:
        session, access = await refresh(parts, session_token)
    except SessionGone:
        return _without_session(request, way_back)
    answer = redirect(way_back, HTTPStatus.TEMPORARY_REDIRECT)
    assert session_token is not None  # noqa: S101 - without a token there is no session
    cookies.renew_session(answer, session, session_token, access, parts.clock())
    cookies.note_renewal(answer)
    return answer


def _without_session(request: Request, way_back: str) -> Response:
    """To signing in, then back. Cookies are cleared if there were any: from elsewhere browsers may not send them."""
    for_everybody = way_back.partition("?")[0] in FOR_EVERYBODY
    language = language_of(request)
    answer = redirect(way_back) if for_everybody else see_other("/sign-in", language, next=way_back)
    if cookies.SESSION_COOKIE in request.cookies:
        cookies.forget_session(answer)
    return answer


@router.get("/sessions")
async def sessions_page(request: Request, parts: WorkingParts, who: LookingMember) -> Response:
    """Where the portal account or the school login is signed in."""
    return page(
        request,
        "sessions.html",
        sessions=await list_sessions(parts, who),
        current=who.session_id,
        done=request.query_params.get("done"),
    )


@router.post("/sessions")
async def send_end(request: Request, parts: WorkingParts, who: SendingMember) -> Response:
    """Ends one session, or with `everywhere` all of them."""
    sent = await sent_texts(request)
    if "everywhere" in sent:
        await sign_out_everywhere(parts, who)
        return _signed_out(request)
    with suppress(ValueError, NoSuchSession):  # it has ended already
        session_id = UUID(sent.get("session_id", ""))
        await end_session(parts, who, session_id)
        if session_id == who.session_id:
            return _signed_out(request)
    return see_other("/sessions", language_of(request), done="ended")


@router.get("/sign-out")
async def sign_out_page(request: Request, who: Somebody) -> Response:
    """The button, or that nobody is signed in."""
    return page(request, "sign_out.html", who=who)


@router.post("/sign-out", dependencies=[OwnSite])
async def send_sign_out(request: Request, parts: WorkingParts, who: Somebody) -> Response:
    """Ends the session of this browser."""
    if who:  # else there is no form token to compare with, and perhaps no session either
        check_form(who, (await sent_texts(request)).get(FORM_TOKEN))
    await sign_out(parts, cookies.session_token_of(request))
    return _signed_out(request)


def _signed_out(request: Request) -> Response:
    """Nothing of what was looked at stays in the browser."""
    answer = see_other("/sign-out", language_of(request))
    cookies.forget_session(answer)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
