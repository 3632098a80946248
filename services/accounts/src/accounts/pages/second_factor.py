"""The second factor: an app is set up, switched on with a first code, and switched off again."""

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from accounts.handlers.second_factor import (
    AlreadyOn,
    NotSetUp,
    Setup,
    begin_setup,
    pending_setup,
    switch_off,
    switch_on,
)
from accounts.http.account_bodies import CodeBody, ProofBody
from accounts.http.calls import Calling, WorkingParts
from accounts.pages.owner import Looking, Owner, Sending
from accounts.pages.refusals import WRONG_FIELD, wrong_fields
from shared.runtime.pages.forms import Form, read_form
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)

PAGE = "/account/second-factor"
SECRET_GROUP = 4


@router.get(PAGE)
async def second_factor_page(request: Request, owner: Looking) -> Response:
    """Whether it is on, and the form that changes that."""
    return _second_factor_form(request, owner, Form(None))


@router.post(PAGE)
async def send_second_factor(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """Begins to set up an app where it is off, else switches it off: after the password, and the code."""
    form = await read_form(request, ProofBody)
    if form.body is None:
        return _second_factor_form(request, owner, form)
    is_on = owner.account.credentials.second_factor is not None
    try:
        if is_on:
            await switch_off(parts, owner.who, form.body.proof(), calling)
        else:
            await begin_setup(parts, owner.who, form.body.proof(), calling)
    except WRONG_FIELD as refusal:
        return _second_factor_form(request, owner, form.refused(wrong_fields(refusal)))
    except (AlreadyOn, NotSetUp):  # it was changed elsewhere in this moment: the page says how it is
        return see_other(PAGE, language_of(request))
    if is_on:
        return see_other("/account", language_of(request), done="second-factor-off")
    return see_other(f"{PAGE}/setup", language_of(request))


@router.get(f"{PAGE}/setup")
async def setup_page(request: Request, parts: WorkingParts, owner: Looking) -> Response:
    """The QR code, the secret, and the form for the first code."""
    try:
        setup = await pending_setup(parts, owner.who)
    except NotSetUp:
        return see_other(PAGE, language_of(request))
    return _setup_form(request, setup, Form(None))


@router.post(f"{PAGE}/setup")
async def send_first_code(request: Request, parts: WorkingParts, owner: Sending, calling: Calling) -> Response:
    """Switches it on.

    The answer is a page and no redirect: the recovery codes are shown this once, and are kept nowhere to show again.
    """
    form = await read_form(request, CodeBody)
    try:
        if form.body is None:
            return _setup_form(request, await pending_setup(parts, owner.who), form)
        codes = await switch_on(parts, owner.who, form.body.code, calling)
    except WRONG_FIELD as refusal:
        setup = await pending_setup(parts, owner.who)
        return _setup_form(request, setup, form.refused(wrong_fields(refusal)))
    except (AlreadyOn, NotSetUp):
        return see_other(PAGE, language_of(request))
    return page(request, "recovery_codes.html", here=PAGE, codes=codes)


def _second_factor_form(request: Request, owner: Owner, form: Form[ProofBody]) -> Response:
    return page(request, "second_factor.html", status=422 if form.errors else 200, form=form, account=owner.account)


def _setup_form(request: Request, setup: Setup, form: Form[CodeBody]) -> Response:
    groups = [setup.secret[place : place + SECRET_GROUP] for place in range(0, len(setup.secret), SECRET_GROUP)]
    return page(
        request,
        "second_factor_setup.html",
        status=422 if form.errors else 200,
        form=form,
        qr=_qr(setup.uri),
        uri=setup.uri,
        secret=" ".join(groups),
    )


def _qr(text: str) -> Markup:
    """A QR code as SVG in the page, dark on light in every scheme, because cameras want it so."""
    svg = segno.make_qr(text, error="m").svg_inline(omitsize=True, dark="#000", light="#fff", lineclass=None)
    return Markup(svg)  # noqa: S704 - made of numbers alone
