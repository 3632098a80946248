"""The operations of the API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from notifications import store
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.auth.requests import signed_in
from shared.runtime.postgres import Pool
from shared.runtime.problems import ProblemDetails
from shared.runtime.web import PROBLEM_RESPONSES

POOL_SECONDS = 5
Who = Annotated[SignedIn, Depends(signed_in)]
responses: dict[int | str, dict[str, Any]] = {
    **PROBLEM_RESPONSES,
    401: {"model": ProblemDetails, "description": "Nobody is signed in: `not_signed_in`, `token_expired`, ..."},
}
router = APIRouter(prefix="/notifications/api/v1", tags=["account"], responses=responses)


class _Kept(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ExportedAttempt(_Kept):
    """A try to hand a mail to the mail server."""

    at: datetime
    answer: str = Field(examples=["accepted"])
    reply: str | None = Field(default=None, description="The server's own words.")


class ExportedMail(_Kept):
    """What is kept of a mail: not its text, but what was filled into it."""

    mail_id: UUID
    kind: str = Field(examples=["welcome"])
    created_at: datetime
    state: str = Field(examples=["accepted"])
    reason: str | None = None
    settled_at: datetime | None = None
    facts: list[dict[str, Any]] = Field(
        description="What was filled into its text, such as a device or a time, one group for each occasion."
    )
    attempts: list[ExportedAttempt]


class ExportedContact(_Kept):
    """How the person is written to."""

    state: str = Field(examples=["active"])
    language: str | None = None
    address: str | None = Field(default=None, repr=False, examples=["anna.nowak@example.org"])
    suppressed_since: datetime | None = Field(
        default=None, description="Since when nothing is sent to the address, because there is no such mailbox."
    )


class Export(BaseModel):
    """Everything that this service keeps about an account."""

    contact: ExportedContact | None = None
    mails: list[ExportedMail]


@router.get("/me/export", operation_id="exportMails", summary="What is kept about me")
async def get_export(who: Who, request: Request, response: Response) -> Export:
    """Everything that this service keeps about the account of who is signed in: the contact, and its mails."""
    response.headers["Cache-Control"] = "no-store"
    pool: Pool = request.app.state.pool
    async with pool.acquire(timeout=POOL_SECONDS) as connection:
        contact = await store.kept_contact(connection, who.account_id)
        mails = await store.kept_mails(connection, who.account_id)
    return Export(
        contact=contact and ExportedContact.model_validate(contact),
        mails=[ExportedMail.model_validate(mail) for mail in mails],
    )
