"""The operations of registration. Each takes an `Idempotency-Key`: the same request again gets the same answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from accounts.answer_time import on_the_beat
from accounts.handlers.activation import activate, prove_owner
from accounts.handlers.asking_again import ask_again
from accounts.handlers.mail_requests import count_request
from accounts.handlers.parts import Parts
from accounts.handlers.registration import prepare_registration, register
from accounts.http.bodies import AcceptedAnswer, ActivatedAnswer, ActivationBody, AskingAgainBody, RegistrationBody
from accounts.http.calls import Calling, WorkingParts
from accounts.http.sessions import TOO_MANY
from accounts.links import fresh_links
from shared.runtime.idempotency import Answer
from shared.runtime.postgres import Connection
from shared.runtime.problems import ProblemDetails
from shared.runtime.web import PROBLEM_RESPONSES

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any text of 1 to 255 visible ASCII characters, new for each request that is meant anew. A request"
        " that is sent again with its key gets the first answer; the key with another body is refused. Kept a day.",
    ),
]
LINK_RESPONSES: dict[int | str, dict[str, Any]] = {
    409: {"model": ProblemDetails, "description": "The link has been used: `token_used`"},
    410: {"model": ProblemDetails, "description": "The link works no longer: `token_revoked`, `token_expired`"},
}
Work = Callable[[Connection], Awaitable[Answer]]

router = APIRouter(prefix="/api/v1", tags=["registration"], responses=PROBLEM_RESPONSES)


@router.post(
    "/registrations",
    operation_id="register",
    status_code=202,
    response_model=AcceptedAnswer,
    responses=TOO_MANY,
    summary="Register",
)
async def post_registration(
    body: RegistrationBody, request: Request, parts: WorkingParts, calling: Calling, key: IdempotencyKey = None
) -> Response:
    """Registers a portal account and mails its activation link.

    The answer is the same for an address that is unknown, waits for activation or has an account: what happens is told
    by mail. An account that is not activated within 14 days is deleted with all its data.
    """
    if earlier := await _earlier(parts, request, key):
        return earlier
    await count_request(parts, calling)
    async with on_the_beat(parts.beat_seconds):
        prepared = await prepare_registration(parts, body.registration())

        async def work(transaction: Connection) -> Answer:
            await register(parts, transaction, prepared)
            return _answer(202, AcceptedAnswer())

        return await _once(parts, request, key, work)


@router.post(
    "/registrations/resend",
    operation_id="askAgain",
    status_code=202,
    response_model=AcceptedAnswer,
    responses=TOO_MANY,
    summary="Ask for the link again",
)
async def post_asking_again(
    body: AskingAgainBody, request: Request, parts: WorkingParts, calling: Calling, key: IdempotencyKey = None
) -> Response:
    """Mails a new activation link to an address that waits for activation; the earlier links stop working.

    The answer is the same for every address. At most one mail a minute and three an hour go to an address.
    """
    if earlier := await _earlier(parts, request, key):
        return earlier
    await count_request(parts, calling)
    async with on_the_beat(parts.beat_seconds):
        links = fresh_links(parts.sealer)

        async def work(transaction: Connection) -> Answer:
            await ask_again(parts, transaction, body.email, links)
            return _answer(202, AcceptedAnswer())

        return await _once(parts, request, key, work)


@router.post(
    "/activations",
    operation_id="activate",
    response_model=ActivatedAnswer,
    responses=LINK_RESPONSES,
    summary="Activate",
)
async def post_activation(
    body: ActivationBody, request: Request, parts: WorkingParts, key: IdempotencyKey = None
) -> Response:
    """Activates the account that the link belongs to and accepts the terms; the link works once.

    The password shows that whoever activates is who registered: anybody can register anybody's address.
    """
    await prove_owner(parts, body.token, body.password)

    async def work(transaction: Connection) -> Answer:
        activated = await activate(parts, transaction, body.token, body.terms_version)
        answer = ActivatedAnswer(account_id=activated.account_id, activated_at=activated.activated_at)
        return _answer(200, answer)

    return await _once(parts, request, key, work)


async def _earlier(parts: Parts, request: Request, key: str | None) -> Response | None:
    """What the request was answered before, which asks for no further mail."""
    answer = await parts.idempotency.answered(_route(request), key, await request.body())
    return _response(answer) if answer else None


async def _once(parts: Parts, request: Request, key: str | None, work: Work) -> Response:
    return _response(await parts.idempotency.once(_route(request), key, await request.body(), work))


def _route(request: Request) -> str:
    return f"{request.method} {request.url.path}"


def _response(answer: Answer) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(answer.body, answer.status, headers=headers, media_type="application/json")


def _answer(status: int, body: BaseModel) -> Answer:
    return Answer(status, body.model_dump_json().encode())
