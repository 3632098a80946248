"""The operations of a forgotten password and of a new address: what is done by links that were mailed."""

from typing import Any

from fastapi import APIRouter, Response

from accounts.answer_time import on_the_beat
from accounts.handlers.email_change import confirm_email
from accounts.handlers.mail_requests import count_request
from accounts.handlers.password_reset import ask_for_reset, reset_password
from accounts.http.account_bodies import AskForResetBody, DoneAnswer, ResetBody, TokenBody
from accounts.http.bodies import AcceptedAnswer
from accounts.http.calls import Calling, WorkingParts
from accounts.http.registrations import LINK_RESPONSES
from accounts.http.sessions import TOO_MANY
from shared.runtime.web import PROBLEM_RESPONSES

responses: dict[int | str, dict[str, Any]] = {**PROBLEM_RESPONSES, **LINK_RESPONSES}
router = APIRouter(prefix="/api/v1", tags=["credentials"])


@router.post(
    "/password-resets",
    operation_id="askForPasswordReset",
    status_code=202,
    summary="Ask for a new password",
    responses={**PROBLEM_RESPONSES, **TOO_MANY},
)
async def post_reset_request(
    body: AskForResetBody, parts: WorkingParts, calling: Calling, response: Response
) -> AcceptedAnswer:
    """Mails a link that sets a new password, good for 60 minutes, to the owner of an active account.

    The answer is the same for every address. At most one mail a minute and three an hour go to an address.
    """
    response.headers["Cache-Control"] = "no-store"
    await count_request(parts, calling)
    async with on_the_beat(parts.beat_seconds), parts.transaction() as transaction:
        await ask_for_reset(parts, transaction, body.email)
    return AcceptedAnswer()


@router.post(
    "/password-resets/completions", operation_id="resetPassword", summary="Set a new password", responses=responses
)
async def post_reset(body: ResetBody, parts: WorkingParts, response: Response) -> DoneAnswer:
    """Sets the password by the link, which works once, and ends every session. Nobody is signed in by it.

    An account that was to be deleted is kept.
    """
    response.headers["Cache-Control"] = "no-store"
    await reset_password(parts, body.token, body.new_password)
    return DoneAnswer()


@router.post(
    "/email-changes/confirmations", operation_id="confirmEmail", summary="Confirm an address", responses=responses
)
async def post_email_confirmation(body: TokenBody, parts: WorkingParts, response: Response) -> DoneAnswer:
    """Gives the account the address that the link was mailed to; the link works once."""
    response.headers["Cache-Control"] = "no-store"
    await confirm_email(parts, body.token)
    return DoneAnswer()
