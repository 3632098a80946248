"""From a request to who is signed in.

A browser carries its access token in the cookie `__Host-access`, a program as a bearer token. One that is missing or
has run out is renewed by accounts at `/session/refresh`: pages are sent there and come back, programs get 401 that says
so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import FastAPI, Request, Security
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from shared.runtime.auth.access_tokens import SignedIn, TokenRefused, UnknownKey, Verifier
from shared.runtime.auth.own_site import refuse_unknown_site
from shared.runtime.problems import ProblemError

ACCESS_COOKIE = "__Host-access"
REFRESHED_COOKIE = "__Host-refreshed"
"""Set for some seconds when a token was renewed, so that a service that refuses every token ends in an error instead of
sending the browser round for ever."""

REFRESH_PATH = "/session/refresh"
SAFE = {"GET", "HEAD", "OPTIONS"}
_WRONG_TOKEN = {"token_invalid", "token_expired"}
_TITLES = {
    "not_signed_in": "Sign in first",
    "token_invalid": "The access token is none of ours",
    "token_expired": "The access token has run out",
    "session_ended": "The session has ended",
}


@dataclass(frozen=True)
class Auth:
    """What a service needs to know who is asking; it stands in `app.state.auth`.

    `revoked` is asked about every session, `unknown_key` is told when a token names a key that is not known.
    """

    verifier: Verifier
    revoked: Callable[[UUID], Awaitable[bool]]
    unknown_key: Callable[[], None]


BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token; browsers send it as a cookie.")
Documented = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
"""Only tells the OpenAPI document what is wanted."""


class NotSignedIn(Exception):  # noqa: N818 - reads as the state of the request
    """Nobody is signed in; `code` is stable and says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefreshNeeded(Exception):  # noqa: N818 - reads as the state of the request
    """A page wants an access token: the browser is to fetch one and come back."""


async def signed_in(request: Request, _: Documented = None) -> SignedIn:
    """Who calls the API. Raises ProblemError 401, with the code why, and 403 `cross_site`.

    A call that a cookie allows and that changes something must come from a page of ours.
    """
    try:
        who = await _who(request)
    except NotSignedIn as reason:
        raise _unauthorised(reason.code) from None
    if request.method not in SAFE and not _bearer(request):
        refuse_unknown_site(request)
    return who


async def signed_in_page(request: Request) -> SignedIn:
    """Who looks at the page. Raises RefreshNeeded, and ProblemError 503 when a new token is refused as well."""
    try:
        return await _who(request)
    except NotSignedIn as reason:
        if reason.code in _WRONG_TOKEN and REFRESHED_COOKIE in request.cookies:
            title = "Signing in does not work right now"
            raise ProblemError(503, "sign_in_unavailable", title, retry_after=10) from None
        raise RefreshNeeded from None


async def signed_in_if_any(request: Request) -> SignedIn | None:
    """Who looks at a page that everybody may see; None where nobody is signed in, or the token has run out."""
    if ACCESS_COOKIE not in request.cookies:
        return None
    try:
        return await _who(request)
    except NotSignedIn:
        return None


def install(app: FastAPI) -> None:
    """Lets `app` send browsers to fetch an access token. `app.state.auth` and `app.state.origin` have to be set."""
    app.add_exception_handler(RefreshNeeded, _to_refresh)


def to_refresh(request: Request) -> Response:
    """Sends the browser for an access token and back here. 307 keeps a form that was sent."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{REFRESH_PATH}?next={quote(here, safe='/')}", 307, headers=headers)


async def _to_refresh(request: Request, _: Exception) -> Response:
    return to_refresh(request)


async def _who(request: Request) -> SignedIn:
    auth = request.app.state.auth
    if not isinstance(auth, Auth):
        raise ProblemError(503, "unavailable", "Not available right now", retry_after=5)
    token = _bearer(request) or request.cookies.get(ACCESS_COOKIE)
    if not token:
        raise NotSignedIn("not_signed_in")
    try:
        who = auth.verifier.check(token)
    except UnknownKey as refused:
        auth.unknown_key()
        raise NotSignedIn(refused.fault) from None
    except TokenRefused as refused:
        raise NotSignedIn(refused.fault) from None
    if await auth.revoked(who.session_id):
        raise NotSignedIn("session_ended")
    return who


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _unauthorised(code: str) -> ProblemError:
    detail = "Renew the access token with POST /api/v1/session/refresh, or sign in with POST /api/v1/sessions"
    problem = ProblemError(401, code, _TITLES[code], detail=detail)
    problem.headers["WWW-Authenticate"] = 'Bearer realm="dzwonek"'
    return problem
