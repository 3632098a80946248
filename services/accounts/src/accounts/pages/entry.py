"""The front door, and the terms of service."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accounts.domain.school_logins import Kind
from accounts.handlers.account import look_at_account
from accounts.handlers.linking import places
from accounts.handlers.office import look_at_desks
from accounts.handlers.school_sign_in import look_at_login
from accounts.http.calls import parts_of
from accounts.pages.owner import Somebody, somebody
from shared.runtime.i18n import DEFAULT_LANGUAGE
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute
from shared.runtime.problems import problem_of
from shared.terms import UnknownTerms, current_version, terms_html

router = APIRouter(route_class=PageRoute)


@router.get("/")
async def entry_page(request: Request, who: Somebody) -> Response:
    """The ways in, or where to go from here."""
    if who is None:
        return page(request, "entry.html")
    parts = parts_of(request)  # asked for here: the front door stands without a database
    desks, done = await look_at_desks(parts, who), request.query_params.get("done")
    if who.person_id:
        login = await look_at_login(parts, who)
        request.state.language = login.language or DEFAULT_LANGUAGE
        children = await places(parts, who) if login.kind is Kind.GUARDIAN else []
        now = parts.clock().isoformat()
        return page(request, "school_home.html", login=login, desks=desks, children=children, done=done, now=now)
    account = await look_at_account(parts, who)
    request.state.language = account.credentials.language
    return page(request, "home.html", account=account, desks=desks)


@router.get("/terms")
async def newest_terms(request: Request) -> Response:
    """The terms in force."""
    return see_other(f"/terms/{current_version()}", language_of(request))


@router.get("/terms/{version}", dependencies=[Depends(somebody)])
async def terms_page(request: Request, version: str) -> Response:
    """One version of the terms, also one of the past."""
    try:
        terms = terms_html(version, language_of(request))
    except UnknownTerms:
        raise problem_of(HTTPStatus.NOT_FOUND) from None
    return page(request, "terms.html", terms=terms)
