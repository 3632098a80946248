"""Signing in: the address and the password, and a code where the account asks for one."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.answer_time import on_the_beat
from accounts.domain.school_logins import login_name
from accounts.handlers.proving import CodeNeeded, WrongCode
from accounts.handlers.signing_in import SignIn, SignInRefused, await_code, sign_in, sign_in_with_code
from accounts.http.account_bodies import CodeBody, SignInBody
from accounts.http.calls import Calling, WorkingParts
from accounts.pages import cookies
from accounts.pages.owner import OwnSite, Somebody
from accounts.pages.refusals import wrong_fields
from accounts.pages.school_sign_in import sign_in_with_login
from accounts.pages.way_in import is_shared, sign_in_form, signed_in, too_late
from accounts.pages.way_on import way_on
from shared.runtime.pages.forms import Form, read_form, sent_texts
from shared.runtime.pages.rendering import language_of, page, redirect, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/sign-in")
async def sign_in_page(request: Request, who: Somebody) -> Response:
    """The form; whoever is signed in already is sent on."""
    if who:
        return redirect(way_on(request) or "/")
    return sign_in_form(request, Form(None))


@router.post("/sign-in", dependencies=[OwnSite])
async def send_sign_in(request: Request, parts: WorkingParts, calling: Calling) -> Response:
    """Signs in, asks for the code, or says that something is wrong."""
    if login_name((await sent_texts(request)).get("email", "")):
        return await sign_in_with_login(request, parts, calling)
    form = await read_form(request, SignInBody)
    if form.body is None:
        return sign_in_form(request, form)
    asked = SignIn(form.body.email, form.body.password, shared=form.body.shared_computer)
    try:
        async with on_the_beat(parts.beat_seconds, SignInRefused):
            begun = await sign_in(parts, asked, calling, cookies.session_token_of(request))
    except SignInRefused:
        return sign_in_form(request, form.refused({"password": "wrong_credentials"}))
    except CodeNeeded as needed:
        shared = "1" if asked.shared else None
        answer: Response = see_other("/sign-in/code", language_of(request), next=way_on(request), shared=shared)
        cookies.await_code(answer, await await_code(parts, needed))
        return answer
    return signed_in(request, parts, begun)


@router.get("/sign-in/code")
async def code_page(request: Request) -> Response:
    """The form for the code, after the password."""
    if cookies.second_factor_token_of(request) is None:
        return too_late(request)
    return _code_form(request, Form(None))


@router.post("/sign-in/code", dependencies=[OwnSite])
async def send_code(request: Request, parts: WorkingParts, calling: Calling) -> Response:
    """Signs in with the code."""
    token = cookies.second_factor_token_of(request)
    if token is None:
        return too_late(request)
    form = await read_form(request, CodeBody)
    if form.body is None:
        return _code_form(request, form)
    shared, former_token = is_shared(request), cookies.session_token_of(request)
    try:
        begun = await sign_in_with_code(parts, token, form.body.code, calling, shared=shared, former_token=former_token)
    except SignInRefused:
        return too_late(request)
    except WrongCode as wrong:
        return _code_form(request, form.refused(wrong_fields(wrong)))
    return signed_in(request, parts, begun)


def _code_form(request: Request, form: Form[CodeBody]) -> Response:
    return page(
        request,
        "sign_in_code.html",
        status=422 if form.errors else 200,
        query={"next": way_on(request), "shared": "1" if is_shared(request) else None},
        form=form,
        next=way_on(request),
    )
