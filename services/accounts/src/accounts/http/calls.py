"""What every operation is given: the working parts, and where the call comes from."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request

from accounts.domain.devices import MOST_TOKENS, tokens_in
from accounts.handlers.guesses import Visitor
from accounts.handlers.parts import Parts
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.auth.requests import signed_in
from shared.runtime.problems import ProblemError

DEVICE_COOKIE = "__Host-device"
"""By it a browser is known again (domain/devices.py); it says nothing else."""

MAX_TOKEN = 128


def parts_of(request: Request) -> Parts:
    """The working parts. Raises ProblemError 503 while the process still waits for the database."""
    parts = request.app.state.parts
    if not isinstance(parts, Parts):
        raise ProblemError(503, "unavailable", "Not available right now", retry_after=5)
    return parts


def visitor_of(request: Request) -> Visitor:
    """Where the call comes from. The gateway in front says so; what a client claims itself, it has replaced."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded or (request.client.host if request.client else "")
    devices = request.cookies.get(DEVICE_COOKIE, "")
    return Visitor(
        address=address,
        device_tokens=tuple(tokens_in(devices)) if len(devices) <= MOST_TOKENS * MAX_TOKEN else (),
        user_agent=request.headers.get("user-agent", "")[:1000],
    )


WorkingParts = Annotated[Parts, Depends(parts_of)]
Calling = Annotated[Visitor, Depends(visitor_of)]


async def with_account(who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """Who calls, with a portal account. Raises ProblemError 403 for a school login."""
    return refuse_login(who)


async def with_login(who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """Who calls, with a school login. Raises ProblemError 403 for a portal account."""
    if who.person_id is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "school_login_needed", "Sign in with a school login for this")
    return who


def refuse_login(who: SignedIn) -> SignedIn:
    """Who is signed in, with a portal account. Raises ProblemError 403 for a school login."""
    if who.person_id is not None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "portal_account_needed", "Sign in with a portal account for this")
    return who


Anybody = Annotated[SignedIn, Depends(signed_in)]
"""Who calls, with a portal account or a school login."""

Who = Annotated[SignedIn, Depends(with_account)]
AtSchool = Annotated[SignedIn, Depends(with_login)]
