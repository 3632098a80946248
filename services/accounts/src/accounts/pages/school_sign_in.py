"""Signing in with a school login: the printed password leads to the choice of another."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.answer_time import on_the_beat
from accounts.handlers.first_password import FirstPasswordUsed, await_password, whose_choice
from accounts.handlers.guesses import TooManyAttempts, Visitor
from accounts.handlers.parts import Parts
from accounts.handlers.passwords import PasswordRefused
from accounts.handlers.proving import Proof
from accounts.handlers.school_sign_in import (
    SchoolSignIn,
    change_password,
    choose_password,
    sign_in_at_school,
)
from accounts.handlers.signing_in import SignInRefused
from accounts.http.account_bodies import NewPassword
from accounts.http.bodies import Body, KnownPassword
from accounts.http.calls import Calling, WorkingParts
from accounts.http.school_logins import LoginName, LoginPasswordBody
from accounts.pages import cookies
from accounts.pages.owner import LoginOwner, LookingAtLogin, OwnSite, SendingOfLogin
from accounts.pages.refusals import WRONG_FIELD, wrong_fields
from accounts.pages.way_in import is_shared, sign_in_form, signed_in, too_late
from accounts.pages.way_on import way_on
from accounts.store.school_logins import SchoolLogin
from shared.runtime.i18n import DEFAULT_LANGUAGE
from shared.runtime.pages.forms import Form, read_form
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


class LoginForm(Body):
    """The form where signing in begins, with a school login in the field of the address."""

    email: LoginName
    password: KnownPassword
    shared_computer: bool = False


class FirstPasswordForm(Body):
    """The choice of a password."""

    new_password: NewPassword


async def sign_in_with_login(request: Request, parts: Parts, visitor: Visitor) -> Response:
    """Signs in, asks for another password than the printed one, or says that something is wrong."""
    form = await read_form(request, LoginForm)
    if form.body is None:
        return sign_in_form(request, form)
    asked = SchoolSignIn(form.body.email, form.body.password, shared=form.body.shared_computer)
    try:
        async with on_the_beat(parts.beat_seconds, SignInRefused, TooManyAttempts):
            begun = await sign_in_at_school(parts, asked, visitor, cookies.session_token_of(request))
    except SignInRefused:
        return sign_in_form(request, form.refused({"password": "wrong_credentials"}))
    except FirstPasswordUsed as used:
        shared = "1" if asked.shared else None
        answer: Response = see_other(
            "/sign-in/first-password", language_of(request, used.login.language), next=way_on(request), shared=shared
        )
        try:
            cookies.await_password(answer, await await_password(parts, used))
        except SignInRefused:
            return too_late(request)
        return answer
    return signed_in(request, parts, begun)


@router.get("/sign-in/first-password")
async def first_password_page(request: Request, parts: WorkingParts) -> Response:
    """The form for a password of one's own."""
    token = cookies.first_password_token_of(request)
    if token is None:
        return too_late(request)
    try:
        login = await whose_choice(parts, token)
    except SignInRefused:
        return too_late(request)
    return _first_password_form(request, Form(None), login)


@router.post("/sign-in/first-password", dependencies=[OwnSite])
async def send_first_password(request: Request, parts: WorkingParts, calling: Calling) -> Response:
    """Sets the password and signs in."""
    token = cookies.first_password_token_of(request)
    if token is None:
        return too_late(request)
    form = await read_form(request, FirstPasswordForm)
    try:
        login = await whose_choice(parts, token)
        if form.body is None:
            return _first_password_form(request, form, login)
        shared, former_token = is_shared(request), cookies.session_token_of(request)
        begun = await choose_password(
            parts, token, form.body.new_password, calling, shared=shared, former_token=former_token
        )
    except SignInRefused:
        return too_late(request)
    except PasswordRefused as refusal:
        return _first_password_form(request, form.refused(wrong_fields(refusal)), login)
    return signed_in(request, parts, begun)


@router.get("/school-login/password")
async def login_password_page(request: Request, owner: LookingAtLogin) -> Response:
    """The form for another password."""
    return _password_form(request, Form(None), owner)


@router.post("/school-login/password")
async def send_login_password(
    request: Request, parts: WorkingParts, owner: SendingOfLogin, calling: Calling
) -> Response:
    """Sets the password; every other session ends."""
    form = await read_form(request, LoginPasswordBody)
    if form.body is None:
        return _password_form(request, form, owner)
    try:
        await change_password(parts, owner.who, Proof(form.body.password), form.body.new_password, calling)
    except WRONG_FIELD as refusal:
        return _password_form(request, form.refused(wrong_fields(refusal)), owner)
    return see_other("/", language_of(request), done="password")


def _first_password_form(request: Request, form: Form[FirstPasswordForm], login: SchoolLogin) -> Response:
    return page(
        request,
        "first_password.html",
        language=language_of(request, login.language or DEFAULT_LANGUAGE),
        status=422 if form.errors else 200,
        query={"next": way_on(request), "shared": "1" if is_shared(request) else None},
        form=form,
        login=login,
        next=way_on(request),
    )


def _password_form(request: Request, form: Form[LoginPasswordBody], owner: LoginOwner) -> Response:
    return page(request, "login_password.html", status=422 if form.errors else 200, form=form, login=owner.login)
