"""A forgotten password: the link is asked for, and sets another one. Nobody is signed in by it."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accounts.answer_time import on_the_beat
from accounts.domain.credentials import Credentials
from accounts.domain.tokens import LinkRefused, TokenFault
from accounts.handlers.mail_requests import count_request
from accounts.handlers.password_reset import ask_for_reset, look_at_reset, reset_password
from accounts.handlers.passwords import PasswordRefused
from accounts.http.account_bodies import AskForResetBody, NewPassword
from accounts.http.bodies import Body
from accounts.http.calls import Calling, WorkingParts
from accounts.pages.link_status import LINK_STATUS
from accounts.pages.owner import OwnSite, somebody
from accounts.pages.refusals import wrong_fields
from shared.runtime.pages.forms import Form, read_form
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute, dependencies=[Depends(somebody)])


class NewPasswordBody(Body):
    """The new password; the link stands in the address."""

    new_password: NewPassword


@router.get("/password/forgotten")
async def forgotten_page(request: Request) -> Response:
    """The form."""
    return _forgotten_form(request, Form(None))


@router.post("/password/forgotten", dependencies=[OwnSite])
async def send_forgotten(request: Request, parts: WorkingParts, calling: Calling) -> Response:
    """Mails the link to the owner of an active account; the answer is the same for every address."""
    form = await read_form(request, AskForResetBody)
    if form.body is None:
        return _forgotten_form(request, form)
    await count_request(parts, calling)
    async with on_the_beat(parts.beat_seconds), parts.transaction() as transaction:
        await ask_for_reset(parts, transaction, form.body.email)
    return see_other("/password/forgotten/sent", language_of(request))


@router.get("/password/forgotten/sent")
async def reset_mailbox_page(request: Request) -> Response:
    """Look in your mailbox."""
    return page(request, "forgotten_sent.html")


@router.get("/password/reset/{token}")
async def reset_page(request: Request, token: str, parts: WorkingParts) -> Response:
    """The form for the new password. Mail scanners follow links, so that looking changes nothing."""
    try:
        account = await look_at_reset(parts, token)
    except LinkRefused as refused:
        return _link_fault(request, refused.fault)
    return _reset_form(request, Form(None), account)


@router.post("/password/reset/{token}", dependencies=[OwnSite])
async def send_reset(request: Request, token: str, parts: WorkingParts) -> Response:
    """Sets the password, ends every session, and keeps an account that was to be deleted."""
    try:
        account = await look_at_reset(parts, token)
        form = await read_form(request, NewPasswordBody)
        if form.body is None:
            return _reset_form(request, form, account)
        await reset_password(parts, token, form.body.new_password)
    except LinkRefused as refused:
        return _link_fault(request, refused.fault)
    except PasswordRefused as refusal:
        return _reset_form(request, form.refused(wrong_fields(refusal)), account)
    return see_other("/sign-in", language_of(request, account.language), done="password")


def _forgotten_form(request: Request, form: Form[AskForResetBody]) -> Response:
    return page(request, "forgotten.html", status=422 if form.errors else 200, form=form)


def _reset_form(request: Request, form: Form[NewPasswordBody], account: Credentials) -> Response:
    return page(
        request,
        "reset.html",
        language=language_of(request, account.language),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        form=form,
        deletion_at=account.deletion_at,
    )


def _link_fault(request: Request, fault: TokenFault) -> Response:
    return page(request, "reset_link_fault.html", status=LINK_STATUS[fault], fault=fault.value, form=Form(None))
