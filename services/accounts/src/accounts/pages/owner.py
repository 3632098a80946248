"""Who looks at a page, and whose form it is that was sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from accounts.handlers.account import AccountView, look_at_account
from accounts.handlers.school_sign_in import look_at_login
from accounts.http.calls import WorkingParts, refuse_login, with_login
from accounts.pages.cookies import session_token_of
from accounts.store.school_logins import SchoolLogin
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.auth.own_site import FORM_TOKEN, check_form, refuse_cross_site
from shared.runtime.auth.requests import REFRESHED_COOKIE, RefreshNeeded, signed_in_if_any, signed_in_page
from shared.runtime.i18n import DEFAULT_LANGUAGE
from shared.runtime.pages.forms import sent_texts

OwnSite = Depends(refuse_cross_site)
"""For forms that carry no authority but what stands in them."""


@dataclass(frozen=True)
class Owner:
    """Somebody who is signed in, and their account."""

    who: SignedIn
    account: AccountView


async def owner_of(request: Request, parts: WorkingParts) -> Owner:
    """Who looks at a page of their account. The page is in the account's language unless another is chosen."""
    who = request.state.signed_in = refuse_login(await signed_in_page(request))
    account = await look_at_account(parts, who)
    request.state.language = account.credentials.language
    return Owner(who, account)


async def sender_of(request: Request, parts: WorkingParts) -> Owner:
    """Who has sent a form of their account's pages. Raises ProblemError 403 for one that is not theirs."""
    refuse_cross_site(request)
    owner = await owner_of(request, parts)
    check_form(owner.who, (await sent_texts(request)).get(FORM_TOKEN))
    return owner


@dataclass(frozen=True)
class LoginOwner:
    """Somebody who is signed in with a school login."""

    who: SignedIn
    login: SchoolLogin


async def login_owner_of(request: Request, parts: WorkingParts) -> LoginOwner:
    """Who looks at a page of their school login, in their language unless another is chosen."""
    who = request.state.signed_in = await with_login(await signed_in_page(request))
    login = await look_at_login(parts, who)
    request.state.language = login.language or DEFAULT_LANGUAGE
    return LoginOwner(who, login)


async def login_sender_of(request: Request, parts: WorkingParts) -> LoginOwner:
    """Who has sent a form of their school login's pages. Raises ProblemError 403 for one that is not theirs."""
    refuse_cross_site(request)
    owner = await login_owner_of(request, parts)
    check_form(owner.who, (await sent_texts(request)).get(FORM_TOKEN))
    return owner


async def member_of(request: Request, parts: WorkingParts) -> SignedIn:
    """Who looks at a page that is for portal accounts and school logins alike, in their language."""
    who = await signed_in_page(request)
    await (login_owner_of if who.person_id else owner_of)(request, parts)
    return who


async def sending_member_of(request: Request, parts: WorkingParts) -> SignedIn:
    """Who has sent a form of such a page. Raises ProblemError 403 for one that is not theirs."""
    refuse_cross_site(request)
    who = await member_of(request, parts)
    check_form(who, (await sent_texts(request)).get(FORM_TOKEN))
    return who


async def somebody(request: Request) -> SignedIn | None:
    """Who looks at a page that everybody may see, for its header; None where nobody is signed in."""
    who = request.state.signed_in = await signed_in_if_any(request)
    return who


async def somebody_renewed(request: Request, who: Annotated[SignedIn | None, Depends(somebody)]) -> SignedIn | None:
    """The same for pages that show something else to whoever is signed in.

    An access token that has run out is renewed first; one that does not help is no reason to try again.
    """
    if who is None and session_token_of(request) and REFRESHED_COOKIE not in request.cookies:
        raise RefreshNeeded
    return who


LookingAtLogin = Annotated[LoginOwner, Depends(login_owner_of)]
SendingOfLogin = Annotated[LoginOwner, Depends(login_sender_of)]
LookingMember = Annotated[SignedIn, Depends(member_of)]
SendingMember = Annotated[SignedIn, Depends(sending_member_of)]
Looking = Annotated[Owner, Depends(owner_of)]
Sending = Annotated[Owner, Depends(sender_of)]
Somebody = Annotated[SignedIn | None, Depends(somebody_renewed)]
