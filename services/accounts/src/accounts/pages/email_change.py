"""Another address: asked for by somebody who is signed in, confirmed by the link that goes there."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accounts.domain.tokens import LinkRefused, TokenFault
from accounts.handlers.email_change import ask_for_email_change, confirm_email, look_at_email_change
from accounts.http.account_bodies import EmailChangeBody
from accounts.http.calls import Calling, WorkingParts
from accounts.pages.link_status import LINK_STATUS
from accounts.pages.owner import Looking, Owner, OwnSite, Sending, somebody
from accounts.pages.refusals import WRONG_FIELD, wrong_fields
from shared.runtime.pages.forms import Form, read_form
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/account/email")
async def email_page(request: Request, owner: Looking) -> Response:
    """The form, and the address that waits to be confirmed."""
    return _email_form(request, owner, Form(None))


@router.post("/account/email")
async def send_email(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """Mails the link to the new address."""
    form = await read_form(request, EmailChangeBody)
    if form.body is None:
        return _email_form(request, owner, form)
    try:
        await ask_for_email_change(parts, owner.who, form.body.proof(), form.body.email, calling)
    except WRONG_FIELD as refusal:
        return _email_form(request, owner, form.refused(wrong_fields(refusal)))
    return see_other("/account", language_of(request), done="email")


@router.get("/email/confirm/{token}", dependencies=[Depends(somebody)])
async def confirmation_page(request: Request, token: str, parts: WorkingParts) -> Response:
    """Shows the address and the button. Mail scanners follow links, so that looking changes nothing."""
    try:
        change = await look_at_email_change(parts, token)
    except LinkRefused as refused:
        return _link_fault(request, refused.fault)
    return page(request, "email_confirm.html", email=change.email.text)


@router.post("/email/confirm/{token}", dependencies=[OwnSite, Depends(somebody)])
async def press_confirm(request: Request, token: str, parts: WorkingParts) -> Response:
    """Gives the account its new address."""
    try:
        await confirm_email(parts, token)
    except LinkRefused as refused:
        return _link_fault(request, refused.fault)
    return see_other(request.url.path, language_of(request))  # whose page now says that it is done


def _email_form(request: Request, owner: Owner, form: Form[EmailChangeBody]) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return page(request, "email_change.html", status=status, form=form, account=owner.account)


def _link_fault(request: Request, fault: TokenFault) -> Response:
    return page(request, "email_link_fault.html", status=LINK_STATUS[fault], fault=fault.value)
