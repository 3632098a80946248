"""The JSON API of the inbox. Errors are problem details (RFC 9457)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.inbox.behaviour import RULES, Behaviour
from devstack.inbox.mail import LedgerEntry, Mail, MailSummary
from devstack.inbox.reading import read_content
from devstack.inbox.store import MailStore
from shared.runtime.problems import FieldError, ProblemError, invalid, problem_of

MAX_BODY = 64 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")
Limit = Annotated[int, Field(ge=1, le=1000)]
Number = Annotated[int, Field(ge=0, lt=2**62)]


class _Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MailsWanted(_Query):
    """The query of `GET /api/mails`."""

    to: str | None = Field(default=None, min_length=1, max_length=320)
    since: AwareDatetime | None = Field(default=None, gt=_EPOCH)
    before: Number | None = None
    limit: Limit = 50


class LedgerWanted(_Query):
    """The query of `GET /api/ledger`."""

    after: Number = 0
    limit: Limit = 1000


class MailList(BaseModel):
    """The answer of `GET /api/mails`, newest first."""

    mails: list[MailSummary]


class Ledger(BaseModel):
    """The answer of `GET /api/ledger`. `next_after` leads to the rest; None: this was all."""

    messages: list[LedgerEntry]
    next_after: int | None


class Api:
    """The endpoints over one store and one behaviour."""

    def __init__(self, store: MailStore, behaviour: Behaviour) -> None:
        self._store = store
        self._behaviour = behaviour

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/livez", self._livez),
            Route("/api/mails", self._mails, methods=["GET"]),
            Route("/api/mails", self._clear, methods=["DELETE"]),
            Route("/api/mails/{number:int}", self._mail),
            Route("/api/ledger", self._ledger),
            Route("/api/behaviour", self._behaves, methods=["GET"]),
            Route("/api/behaviour", self._behave, methods=["PUT"]),
            Route("/api/behaviour", self._behave_well, methods=["DELETE"]),
        ]

    async def _livez(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    async def _mails(self, request: Request) -> Response:
        wanted = query(request, MailsWanted)
        mails = self._store.newest(to=wanted.to, since=wanted.since, before=wanted.before, limit=wanted.limit)
        return _json(MailList(mails=list(mails)))

    async def _mail(self, request: Request) -> Response:
        summary = find(self._store, request)
        content = await run_in_threadpool(read_content, self._store.raw(summary.id))
        return _json(Mail(**summary.model_dump(by_alias=False), **content.model_dump(by_alias=False)))

    async def _clear(self, _: Request) -> Response:
        self._store.clear()
        return Response(status_code=204)

    async def _ledger(self, request: Request) -> Response:
        wanted = query(request, LedgerWanted)
        messages = list(self._store.ledger(after=wanted.after, limit=wanted.limit))
        more = len(messages) == wanted.limit
        return _json(Ledger(messages=messages, next_after=messages[-1].receipts[0].id if more else None))

    async def _behaves(self, _: Request) -> Response:
        return JSONResponse({"rules": [entry.model_dump(mode="json") for entry in self._behaviour.rules]})

    async def _behave(self, request: Request) -> Response:
        body = await _body(request)
        self._behaviour.replace(_valid(lambda: RULES.validate_json(body)))
        return await self._behaves(request)

    async def _behave_well(self, _: Request) -> Response:
        self._behaviour.replace([])
        return Response(status_code=204)


def find(store: MailStore, request: Request) -> MailSummary:
    """The mail whose number stands in the path. Raises 404."""
    mail = store.mail(request.path_params["number"])
    if mail is None:
        raise problem_of(404)
    return mail


Q = TypeVar("Q", bound=BaseModel)


def query(request: Request, shape: type[Q]) -> Q:
    """The query string as `shape`. Raises 422, also where a parameter is unknown or stands twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise invalid([FieldError(field=name, code="repeated", detail="Stands more than once") for name in twice])
    return _valid(lambda: shape.model_validate(dict(request.query_params)))


def _valid(parse: Callable[[], T]) -> T:
    try:
        return parse()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        if any(fault["type"] == "json_invalid" for fault in faults):
            raise ProblemError(400, "not_json", "The body is no JSON") from None
        raise invalid(
            [
                FieldError(
                    field=".".join(map(str, fault["loc"])) or "body",
                    code=fault["type"],
                    detail=fault["msg"].removeprefix("Value error, "),
                )
                for fault in faults
            ]
        ) from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ProblemError(413, "too_large", "The body is too large", detail=f"At most {MAX_BODY} bytes")
    return bytes(body)


def _json(model: BaseModel) -> Response:
    return Response(
        model.model_dump_json(by_alias=True), media_type="application/json", headers={"Cache-Control": "no-store"}
    )
