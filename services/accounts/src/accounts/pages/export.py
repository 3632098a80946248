"""Somebody takes along all that is kept about them: a zip file."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.handlers.export import export, packed
from accounts.http.account_bodies import ProofBody
from accounts.http.calls import Calling, WorkingParts
from accounts.http.exports import as_file, readable
from accounts.pages.owner import Looking, Owner, Sending
from accounts.pages.refusals import WRONG_FIELD, wrong_fields
from shared.runtime.pages.forms import Form, read_form
from shared.runtime.pages.rendering import HEADERS, language_of, page
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/account/export")
async def export_page(request: Request, owner: Looking) -> Response:
    """What is in the file, and the form for it."""
    return _export_form(request, owner, Form(None))


@router.post("/account/export")
async def send_export(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """The file, after the password and the code."""
    form = await read_form(request, ProofBody)
    if form.body is None:
        return _export_form(request, owner, form)
    try:
        kept = await export(parts, owner.who, form.body.proof(), calling)
    except WRONG_FIELD as refusal:
        return _export_form(request, owner, form.refused(wrong_fields(refusal)))
    answer = as_file(packed(kept, readable(request, kept, language_of(request))))
    answer.headers.update(HEADERS)
    return answer


def _export_form(request: Request, owner: Owner, form: Form[ProofBody]) -> Response:
    return page(request, "export.html", status=422 if form.errors else 200, form=form, account=owner.account)
