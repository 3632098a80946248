"""Another password, by somebody who is signed in."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.handlers.password_change import change_password
from accounts.http.account_bodies import PasswordChangeBody
from accounts.http.calls import Calling, WorkingParts
from accounts.pages.owner import Looking, Owner, Sending
from accounts.pages.refusals import WRONG_FIELD, wrong_fields
from shared.runtime.pages.forms import Form, read_form
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/account/password")
async def password_page(request: Request, owner: Looking) -> Response:
    """The form."""
    return _password_form(request, owner, Form(None))


@router.post("/account/password")
async def send_password(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """Sets the password; every other session ends."""
    form = await read_form(request, PasswordChangeBody)
    if form.body is None:
        return _password_form(request, owner, form)
    try:
        await change_password(parts, owner.who, form.body.proof(), form.body.new_password, calling)
    except WRONG_FIELD as refusal:
        return _password_form(request, owner, form.refused(wrong_fields(refusal)))
    return see_other("/account", language_of(request), done="password")


def _password_form(request: Request, owner: Owner, form: Form[PasswordChangeBody]) -> Response:
    status = 422 if form.errors else 200
    return page(request, "password_change.html", status=status, form=form, account=owner.account)
