"""The operations of signing in and of sessions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response

from accounts.answer_time import on_the_beat
from accounts.handlers.sessions import (
    end_session,
    list_sessions,
    refresh,
    sign_out,
    sign_out_everywhere,
)
from accounts.handlers.signing_in import SignInRefused, sign_in
from accounts.http.account_bodies import AccessAnswer, SessionAnswer, SessionsAnswer, SignedInAnswer, SignInBody
from accounts.http.calls import Anybody, Calling, WorkingParts
from shared.runtime.problems import ProblemDetails
from shared.runtime.web import PROBLEM_RESPONSES

NO_STORE = {"Cache-Control": "no-store"}
SIGNED_OUT: dict[int | str, dict[str, Any]] = {
    401: {"model": ProblemDetails, "description": "Nobody is signed in: `not_signed_in`, `token_expired`, ..."},
    403: {"model": ProblemDetails, "description": "The call came from another site: `cross_site`"},
}
TOO_MANY: dict[int | str, dict[str, Any]] = {
    429: {"model": ProblemDetails, "description": "Too many failures or requests; try again after Retry-After seconds"}
}
SessionToken = Annotated[
    str | None, Header(alias="Authorization", description="`Bearer` and the session token, not an access token.")
]

router = APIRouter(prefix="/api/v1", tags=["sessions"], responses=PROBLEM_RESPONSES)


@router.post(
    "/sessions",
    operation_id="signIn",
    status_code=201,
    summary="Sign in",
    responses={401: {"model": ProblemDetails, "description": "Address or password are wrong"}, **TOO_MANY},
)
async def post_session(body: SignInBody, parts: WorkingParts, calling: Calling, response: Response) -> SignedInAnswer:
    """Signs in with address and password, and with a code where the account asks for one (422 `code_needed`).

    For programs; the pages keep their tokens in cookies. Nobody is told whether the address has an account.
    """
    response.headers.update(NO_STORE)
    async with on_the_beat(parts.beat_seconds, SignInRefused):
        return SignedInAnswer.begun(await sign_in(parts, body.sign_in(), calling))


@router.post(
    "/session/refresh",
    operation_id="refreshSession",
    summary="Renew the access token",
    responses={401: {"model": ProblemDetails, "description": "The session has ended"}},
)
async def post_refresh(parts: WorkingParts, response: Response, authorization: SessionToken = None) -> AccessAnswer:
    """A fresh access token for a session token; it counts as use of the session."""
    response.headers.update(NO_STORE)
    session, access = await refresh(parts, _bearer(authorization))
    return AccessAnswer.of(session, access)


@router.delete("/session", operation_id="signOut", status_code=204, summary="Sign out")
async def delete_own_session(parts: WorkingParts, authorization: SessionToken = None) -> None:
    """Ends the session of a session token. One that has ended already is fine."""
    await sign_out(parts, _bearer(authorization))


@router.get("/sessions", operation_id="listSessions", summary="List the sessions", responses=SIGNED_OUT)
async def get_sessions(parts: WorkingParts, who: Anybody, response: Response) -> SessionsAnswer:
    """Where the portal account or the school login is signed in, the last used first."""
    response.headers.update(NO_STORE)
    found = await list_sessions(parts, who)
    return SessionsAnswer(sessions=[SessionAnswer.of(session, current=who.session_id) for session in found])


@router.delete(
    "/sessions/{session_id}",
    operation_id="endSession",
    status_code=204,
    summary="End a session",
    responses={**SIGNED_OUT, 404: {"model": ProblemDetails, "description": "The account has no such session"}},
)
async def delete_session(session_id: UUID, parts: WorkingParts, who: Anybody) -> None:
    """Ends one session of the account or login; every service refuses it within a second."""
    await end_session(parts, who, session_id)


@router.delete(
    "/sessions", operation_id="signOutEverywhere", status_code=204, summary="Sign out everywhere", responses=SIGNED_OUT
)
async def delete_sessions(parts: WorkingParts, who: Anybody) -> None:
    """Ends all sessions of the account or login, this one as well."""
    await sign_out_everywhere(parts, who)


def _bearer(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
