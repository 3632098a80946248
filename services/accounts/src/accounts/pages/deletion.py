"""The account is to be deleted, or kept after all."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.domain.credentials import DELETION_DELAY
from accounts.handlers.deletion import NotToBeDeleted, ask_for_deletion, keep_account
from accounts.handlers.parts import Parts
from accounts.http.account_bodies import ProofBody
from accounts.http.calls import Calling, WorkingParts
from accounts.pages.owner import Looking, Owner, Sending
from accounts.pages.refusals import WRONG_FIELD, wrong_fields
from shared.runtime.pages.forms import Form, read_form, sent_texts
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/account/deletion")
async def deletion_page(request: Request, parts: WorkingParts, owner: Looking) -> Response:
    """What goes, what stays and when; or when it will be, and that it can be kept."""
    return _deletion_form(request, parts, owner, Form(None))


@router.post("/account/deletion")
async def send_deletion(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """Lets the account be deleted, after the password and the code; or with `keep` keeps it."""
    if "keep" in await sent_texts(request):
        with suppress(NotToBeDeleted):  # it is kept already
            await keep_account(parts, owner.who)
        return see_other("/account", language_of(request), done="kept")
    form = await read_form(request, ProofBody)
    if form.body is None:
        return _deletion_form(request, parts, owner, form)
    try:
        await ask_for_deletion(parts, owner.who, form.body.proof(), calling)
    except WRONG_FIELD as refusal:
        return _deletion_form(request, parts, owner, form.refused(wrong_fields(refusal)))
    return see_other("/account/deletion", language_of(request))


def _deletion_form(request: Request, parts: Parts, owner: Owner, form: Form[ProofBody]) -> Response:
    return page(
        request,
        "deletion.html",
        status=422 if form.errors else 200,
        form=form,
        account=owner.account,
        day=parts.clock() + DELETION_DELAY,
    )
