"""The cookies of signing in: scripts cannot read them, other hosts cannot set them, other sites cannot send them on.

On a shared computer they are gone with the browser; on one's own device each says how long it lasts.
"""

from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import Response

from accounts.domain.sessions import OWN_DEVICE_IDLE, Session
from accounts.handlers.beginning import Begun
from accounts.handlers.sessions import Access
from accounts.handlers.signing_in import CODE_LIFETIME
from accounts.http.calls import DEVICE_COOKIE, MAX_TOKEN
from shared.runtime.auth.requests import ACCESS_COOKIE, REFRESHED_COOKIE

SESSION_COOKIE = "__Host-session"
"""The reference token. The gateway hands it to this service alone."""

SECOND_FACTOR_COOKIE = "__Host-second-factor"
"""Between the password and the code."""

FIRST_PASSWORD_COOKIE = "__Host-first-password"  # noqa: S105 - the name of a cookie
"""Between the printed password and the choice of another."""

DEVICE_LIFETIME = timedelta(days=400)
"""The longest that browsers keep a cookie."""

REFRESHED_LIFETIME = timedelta(seconds=10)


def session_token_of(request: Request) -> str | None:
    """The reference token that the browser sent."""
    return _token(request, SESSION_COOKIE)


def second_factor_token_of(request: Request) -> str | None:
    """The token of somebody whose password was right and who owes the code."""
    return _token(request, SECOND_FACTOR_COOKIE)


def first_password_token_of(request: Request) -> str | None:
    """The token of somebody whose printed password was right and who owes another."""
    return _token(request, FIRST_PASSWORD_COOKIE)


def keep_session(response: Response, begun: Begun, now: datetime) -> None:
    """Signs the browser in."""
    renew_session(response, begun.session, begun.session_token, begun.access, now)
    if begun.device_cookie:
        _set(response, DEVICE_COOKIE, begun.device_cookie, DEVICE_LIFETIME)
    _forget(response, SECOND_FACTOR_COOKIE)
    _forget(response, FIRST_PASSWORD_COOKIE)


def renew_session(response: Response, session: Session, session_token: str, access: Access, now: datetime) -> None:
    """Gives the browser a fresh access token; its session has been used and lasts on."""
    shared = session.device.shared
    _set(response, SESSION_COOKIE, session_token, None if shared else OWN_DEVICE_IDLE)
    _set(response, ACCESS_COOKIE, access.token, None if shared else access.expires_at - now)


def note_renewal(response: Response) -> None:
    """Marks for some seconds that a token was renewed."""
    _set(response, REFRESHED_COOKIE, "1", REFRESHED_LIFETIME)


def await_code(response: Response, token: str) -> None:
    """Lets the code follow."""
    _set(response, SECOND_FACTOR_COOKIE, token, CODE_LIFETIME)


def await_password(response: Response, token: str) -> None:
    """Lets the choice of a password follow."""
    _set(response, FIRST_PASSWORD_COOKIE, token, CODE_LIFETIME)


def forget_session(response: Response) -> None:
    """Signs the browser out. By which it is known again stays: the next sign-in is from no new device."""
    for name in (SESSION_COOKIE, ACCESS_COOKIE, REFRESHED_COOKIE):
        _forget(response, name)


def _token(request: Request, name: str) -> str | None:
    token = request.cookies.get(name)
    return token if token and len(token) <= MAX_TOKEN else None


def _set(response: Response, name: str, value: str, lifetime: timedelta | None) -> None:
    seconds = None if lifetime is None else int(lifetime.total_seconds())
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
