"""The pages of registration and activation."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accounts.answer_time import on_the_beat
from accounts.domain.activation import Link, link_fault
from accounts.domain.registration import AgeBracket
from accounts.domain.tokens import LinkRefused, TokenFault
from accounts.handlers.activation import TermsRefused, activate, look_at_link, prove_owner
from accounts.handlers.asking_again import ask_again
from accounts.handlers.mail_requests import count_request
from accounts.handlers.passwords import PasswordRefused
from accounts.handlers.proving import WrongPassword
from accounts.handlers.registration import prepare_registration, register
from accounts.http.bodies import AskingAgainBody, RegistrationBody
from accounts.http.calls import Calling, WorkingParts
from accounts.links import fresh_links
from accounts.pages.link_status import LINK_STATUS
from accounts.pages.owner import OwnSite, somebody
from shared.runtime.pages.forms import Form, read_form, sent_texts
from shared.runtime.pages.rendering import language_of, page, see_other
from shared.runtime.pages.route import PageRoute
from shared.terms import current_version, terms_html

router = APIRouter(route_class=PageRoute, dependencies=[Depends(somebody)])

AGE_BRACKETS = tuple(AgeBracket)


@router.get("/register")
async def registration_page(request: Request) -> Response:
    """The empty form."""
    return _registration_form(request, Form(None))


@router.post("/register", dependencies=[OwnSite])
async def send_registration(request: Request, parts: WorkingParts, calling: Calling) -> Response:
    """Registers, or shows what is wrong."""
    form = await read_form(request, RegistrationBody)
    if form.body is None:
        return _registration_form(request, form)
    await count_request(parts, calling)
    try:
        async with on_the_beat(parts.beat_seconds):
            prepared = await prepare_registration(parts, form.body.registration())
            async with parts.transaction() as transaction:
                await register(parts, transaction, prepared)
    except PasswordRefused as refused:
        return _registration_form(request, Form(None, form.entered, {"password": refused.reason.code}))
    return see_other("/register/sent", language_of(request))


@router.get("/register/sent")
async def mailbox_page(request: Request) -> Response:
    """Look in your mailbox."""
    return page(request, "sent.html", form=Form(None), again=False)


@router.get("/register/resend")
async def asking_again_page(request: Request) -> Response:
    """The form for asking again, empty."""
    return page(request, "ask_again.html", form=Form(None))


@router.post("/register/resend", dependencies=[OwnSite])
async def send_asking_again(request: Request, parts: WorkingParts, calling: Calling) -> Response:
    """Asks for the link again."""
    form = await read_form(request, AskingAgainBody)
    if form.body is None:
        return page(request, "ask_again.html", status=422, form=form)
    await count_request(parts, calling)
    async with on_the_beat(parts.beat_seconds):
        links = fresh_links(parts.sealer)
        async with parts.transaction() as transaction:
            await ask_again(parts, transaction, form.body.email, links)
    return see_other("/register/sent-again", language_of(request))


@router.get("/register/sent-again")
async def mailbox_again_page(request: Request) -> Response:
    """Look in your mailbox, again."""
    return page(request, "sent.html", form=Form(None), again=True)


@router.get("/activate/{token}")
async def activation_page(request: Request, token: str, parts: WorkingParts) -> Response:
    """Shows the button. Mail scanners follow links, so that looking changes nothing."""
    link = await look_at_link(parts, token)
    return _activation_page(request, link, link_fault(link, parts.clock()))


@router.post("/activate/{token}", dependencies=[OwnSite])
async def press_activate(request: Request, token: str, parts: WorkingParts) -> Response:
    """Activates and accepts the terms that the page has shown."""
    sent = await sent_texts(request)
    accepted, password = sent.get("terms_version", ""), sent.get("password", "")
    try:
        await prove_owner(parts, token, password)
        async with parts.transaction() as transaction:
            await activate(parts, transaction, token, accepted)
    except LinkRefused as refused:
        return _activation_page(request, await look_at_link(parts, token), refused.fault)
    except TermsRefused:
        return _activation_page(request, await look_at_link(parts, token), None, terms_changed=True)
    except WrongPassword:
        code = "wrong_password" if password else "missing"
        return _activation_page(request, await look_at_link(parts, token), None, errors={"password": code})
    return see_other(f"/activate/{token}", language_of(request))  # whose page now says that it is done


def _registration_form(request: Request, form: Form[RegistrationBody]) -> Response:
    language = language_of(request)
    return page(
        request,
        "register.html",
        language=language,
        status=422 if form.errors else 200,
        form=form,
        age_brackets=AGE_BRACKETS,
        terms=terms_html(current_version(), language, top_heading=3),
    )


def _activation_page(
    request: Request,
    link: Link,
    fault: TokenFault | None,
    *,
    terms_changed: bool = False,
    errors: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request, fallback=link.account.language if link.account else None)
    if fault is not None:
        return page(
            request, "link_fault.html", language=language, status=LINK_STATUS[fault], fault=fault.value, form=Form(None)
        )
    return page(
        request,
        "activate.html",
        language=language,
        status=409 if terms_changed else 422 if errors else 200,
        terms_changed=terms_changed,
        form=Form(None, errors=errors or {}),
        expires_at=link.account.expires_at if link.account else None,
        terms=terms_html(current_version(), language, top_heading=3),
    )
