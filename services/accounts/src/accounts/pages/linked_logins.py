"""My children and schools: what a portal account is by its school logins; linking them, and ending that."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.answer_time import on_the_beat
from accounts.handlers.first_password import FirstPasswordUsed, await_password, whose_choice
from accounts.handlers.guesses import TooManyAttempts
from accounts.handlers.linking import (
    LinkedElsewhere,
    LoginRefused,
    NoSuchLink,
    choose_password_and_link,
    link_login,
    linked_logins,
    places,
    unlink_account,
    unlink_login,
)
from accounts.handlers.passwords import PasswordRefused
from accounts.handlers.signing_in import SignInRefused
from accounts.http.calls import Calling, WorkingParts
from accounts.http.linked_logins import LinkingBody
from accounts.pages import cookies
from accounts.pages.owner import Looking, Owner, Sending, SendingOfLogin
from accounts.pages.refusals import wrong_fields
from accounts.pages.school_sign_in import FirstPasswordForm
from accounts.store.school_logins import SchoolLogin
from shared.runtime.pages.forms import Form, read_form, sent_texts
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/account/logins")
async def logins_page(request: Request, parts: WorkingParts, owner: Looking) -> Response:
    """Children, schools, and the logins that they come by."""
    return page(
        request,
        "linked_logins.html",
        places=await places(parts, owner.who),
        links=await linked_logins(parts, owner.who),
        done=request.query_params.get("done"),
        now=parts.clock().isoformat(),
    )


@router.post("/account/logins")
async def send_unlink(request: Request, parts: WorkingParts, owner: Sending) -> Response:
    """Ends a link."""
    with suppress(ValueError, NoSuchLink):  # it has ended already
        await unlink_login(parts, owner.who, UUID((await sent_texts(request)).get("login_id", "")))
    return see_other("/account/logins", language_of(request), done="unlinked")


@router.get("/account/logins/new")
async def linking_page(request: Request, owner: Looking) -> Response:
    """The form for a login and its password."""
    return _linking_form(request, owner, Form(None))


@router.post("/account/logins/new")
async def send_login(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """Links the login, or asks for another password than the printed one."""
    form = await read_form(request, LinkingBody)
    if form.body is None:
        return _linking_form(request, owner, form)
    try:
        async with on_the_beat(parts.beat_seconds, LoginRefused, TooManyAttempts):
            await link_login(parts, owner.who, form.body.proof(), calling)
    except (LoginRefused, LinkedElsewhere) as refusal:
        return _linking_form(request, owner, form.refused(wrong_fields(refusal)))
    except FirstPasswordUsed as used:
        answer: Response = see_other("/account/logins/password", language_of(request))
        try:
            cookies.await_password(answer, await await_password(parts, used))
        except SignInRefused:
            return _begin_anew(request)
        return answer
    return _linked(request)


@router.get("/account/logins/password")
async def choice_page(request: Request, parts: WorkingParts, owner: Looking) -> Response:
    """The form for a password in the place of the printed one."""
    token = cookies.first_password_token_of(request)
    try:
        login = await whose_choice(parts, token or "")
    except SignInRefused:
        return _begin_anew(request)
    return _choice_form(request, owner, Form(None), login)


@router.post("/account/logins/password")
async def send_choice(request: Request, parts: WorkingParts, owner: Sending) -> Response:
    """Sets the password and links the login."""
    token = cookies.first_password_token_of(request) or ""
    form = await read_form(request, FirstPasswordForm)
    try:
        login = await whose_choice(parts, token)
        if form.body is None:
            return _choice_form(request, owner, form, login)
        await choose_password_and_link(parts, owner.who, token, form.body.new_password)
    except SignInRefused:
        return _begin_anew(request)
    except PasswordRefused as refusal:
        return _choice_form(request, owner, form.refused(wrong_fields(refusal)), login)
    return _linked(request)


@router.get("/school-login/link")
async def back_from_link(request: Request) -> Response:
    """Whoever had to sign in first begins anew."""
    return see_other("/", language_of(request))


@router.post("/school-login/link")
async def send_end_of_link(request: Request, parts: WorkingParts, owner: SendingOfLogin) -> Response:
    """Ends the link of the school login of who is signed in."""
    with suppress(NoSuchLink):  # it has ended already
        await unlink_account(parts, owner.who)
    return see_other("/", language_of(request), done="unlinked")


def _linked(request: Request) -> Response:
    return see_other("/account/logins", language_of(request), done="linked")


def _begin_anew(request: Request) -> Response:
    return see_other("/account/logins/new", language_of(request))


def _linking_form(request: Request, owner: Owner, form: Form[LinkingBody]) -> Response:
    status = 422 if form.errors else 200
    return page(request, "link_login.html", status=status, form=form, account=owner.account)


def _choice_form(request: Request, owner: Owner, form: Form[FirstPasswordForm], login: SchoolLogin) -> Response:
    status = 422 if form.errors else 200
    return page(request, "link_first_password.html", status=status, form=form, login=login, account=owner.account)
