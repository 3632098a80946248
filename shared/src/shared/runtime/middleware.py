"""What every request passes before it reaches a handler: the limit of its body, its timing, its trace context."""

import time

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.events import traceparent
from shared.runtime.problems import NOT_JSON, ProblemError
from shared.runtime.telemetry.context import TRACEPARENT
from shared.runtime.telemetry.requests import begin_request, end_request

MAX_BODY = 64 * 1024
"""Bytes in a request's body, unless a service says otherwise."""

_NUL = b"\0"
"""JSON in UTF-8 has none, and in UTF-16 and UTF-32, which Python's parser would take as well, each comma has."""

REQUESTS = Histogram("dzwonek_http_seconds", "Seconds to answer a request", ["method", "route", "status"])


class LimitedBody:
    """Answers 413 to a body over the limit, whether its length is told or not, and 400 to JSON that is not in UTF-8."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(receive)
        except _TooLarge:
            problem = ProblemError(413, "too_large", "The body is too large", detail=f"At most {self._limit} bytes")
            await problem.response({"Connection": "close"})(scope, receive, send)
            return
        if _may_be_json(scope) and any(_NUL in message.get("body", b"") for message in body):
            await NOT_JSON.response()(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _body(self, receive: Receive) -> list[Message]:
        """The whole body, at most `limit` bytes: read before the handler, so that no handler sees half of it."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._limit:
                raise _TooLarge
            if message["type"] != "http.request" or not message.get("more_body"):
                return messages


def _may_be_json(scope: Scope) -> bool:
    """Whether the body is taken for JSON: it is said to be, or nothing is said."""
    media_type: bytes = dict(scope["headers"]).get(b"content-type", b"application/json")
    return media_type.partition(b";")[0].strip().lower().endswith(b"json")


class _TooLarge(Exception):  # noqa: N818
    pass


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replayed() -> Message:
        return next(waiting, None) or await receive()

    return replayed


class Observed:
    """Times each request by its route, never by its path, which may hold a secret; takes up the trace context."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = _trace_context(scope)
        span = begin_request(scope, parent)
        token = traceparent.set(span.traceparent if span else parent)
        try:
            await self._app(scope, receive, observed)
        finally:
            traceparent.reset(token)
            REQUESTS.labels(scope["method"], route_of(scope), status).observe(time.perf_counter() - started)
            if span:
                end_request(span, scope["method"], _route(scope), status)


def route_of(scope: Scope) -> str:
    """The route's pattern, or `unknown`; never the path, which may hold a secret."""
    return _route(scope) or "unknown"


def _route(scope: Scope) -> str | None:
    route: str | None = getattr(scope.get("route"), "path", None)
    return route


def _trace_context(scope: Scope) -> str | None:
    """The client's trace context, where it has sent one that is well-formed."""
    sent: bytes = dict(scope["headers"]).get(b"traceparent", b"")
    context = sent.decode("latin-1")
    return context if TRACEPARENT.fullmatch(context) else None
