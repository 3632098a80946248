"""The operations on the account of who is signed in. What matters wants the password once more, and the code."""

from typing import Any

from fastapi import APIRouter, Response

from accounts.handlers.account import look_at_account
from accounts.handlers.deletion import ask_for_deletion, keep_account
from accounts.handlers.email_change import ask_for_email_change
from accounts.handlers.password_change import change_password
from accounts.handlers.second_factor import begin_setup, switch_off, switch_on
from accounts.http.account_bodies import (
    CodeBody,
    DeletionAnswer,
    DoneAnswer,
    EmailChangeBody,
    MeAnswer,
    PasswordChangeBody,
    ProofBody,
    RecoveryCodesAnswer,
    SetupAnswer,
)
from accounts.http.bodies import AcceptedAnswer
from accounts.http.calls import Calling, Who, WorkingParts
from accounts.http.sessions import NO_STORE, SIGNED_OUT, TOO_MANY
from shared.runtime.problems import ProblemDetails
from shared.runtime.web import PROBLEM_RESPONSES

router = APIRouter(prefix="/api/v1/me", tags=["account"], responses={**PROBLEM_RESPONSES, **SIGNED_OUT, **TOO_MANY})
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": ProblemDetails, "description": "The account is not in that state"}
}


@router.get("", operation_id="me", summary="My account")
async def get_me(parts: WorkingParts, who: Who, response: Response) -> MeAnswer:
    """The account of who is signed in."""
    response.headers.update(NO_STORE)
    account = await look_at_account(parts, who)
    return MeAnswer(
        account_id=account.credentials.account_id,
        email=account.credentials.email,
        language=account.credentials.language,
        second_factor=account.credentials.second_factor is not None,
        new_email=account.new_email,
        deletion_at=account.credentials.deletion_at,
    )


@router.put("/password", operation_id="changePassword", summary="Change the password")
async def put_password(body: PasswordChangeBody, parts: WorkingParts, who: Who, calling: Calling) -> DoneAnswer:
    """Sets another password; every other session ends."""
    await change_password(parts, who, body.proof(), body.new_password, calling)
    return DoneAnswer()


@router.post("/email-changes", operation_id="changeEmail", status_code=202, summary="Change the address")
async def post_email_change(body: EmailChangeBody, parts: WorkingParts, who: Who, calling: Calling) -> AcceptedAnswer:
    """Mails a link to the new address, good for 24 hours, and tells the one in use.

    The answer is the same for an address that has an account already; its link then changes nothing. Five times a day
    another address may be asked for (429 `too_many_requests`).
    """
    await ask_for_email_change(parts, who, body.proof(), body.email, calling)
    return AcceptedAnswer()


@router.post(
    "/second-factor/setups",
    operation_id="setUpSecondFactor",
    status_code=201,
    summary="Set up an app for codes",
    responses=CONFLICT,
)
async def post_setup(
    body: ProofBody, parts: WorkingParts, who: Who, calling: Calling, response: Response
) -> SetupAnswer:
    """A fresh secret for an app. It takes effect when a first code has shown that the app has it, within an hour."""
    response.headers.update(NO_STORE)
    setup = await begin_setup(parts, who, body.proof(), calling)
    return SetupAnswer(secret=setup.secret, uri=setup.uri)


@router.put(
    "/second-factor", operation_id="switchOnSecondFactor", summary="Ask for codes from now on", responses=CONFLICT
)
async def put_second_factor(
    body: CodeBody, parts: WorkingParts, who: Who, calling: Calling, response: Response
) -> RecoveryCodesAnswer:
    """Switches the second factor on. The recovery codes are shown this once."""
    response.headers.update(NO_STORE)
    return RecoveryCodesAnswer(recovery_codes=await switch_on(parts, who, body.code, calling))


@router.post(
    "/second-factor/removals", operation_id="switchOffSecondFactor", summary="Ask for no codes", responses=CONFLICT
)
async def post_second_factor_removal(body: ProofBody, parts: WorkingParts, who: Who, calling: Calling) -> DoneAnswer:
    """Switches the second factor off, after password and code."""
    await switch_off(parts, who, body.proof(), calling)
    return DoneAnswer()


@router.post("/deletion", operation_id="deleteAccount", status_code=202, summary="Delete the account")
async def post_deletion(body: ProofBody, parts: WorkingParts, who: Who, calling: Calling) -> DeletionAnswer:
    """Lets the account be deleted in seven days; until then it can be kept. The school's record stays the school's."""
    return DeletionAnswer(deletion_at=await ask_for_deletion(parts, who, body.proof(), calling))


@router.delete("/deletion", operation_id="keepAccount", summary="Keep the account", responses=CONFLICT)
async def delete_deletion(parts: WorkingParts, who: Who) -> DoneAnswer:
    """Keeps an account that was to be deleted."""
    await keep_account(parts, who)
    return DoneAnswer()
