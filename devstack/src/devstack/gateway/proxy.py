"""Passes requests on and answers back, both as streams."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route as Endpoint
from starlette.types import Receive, Scope, Send

from devstack.gateway.access_log import UNLOGGED, AccessLog
from devstack.gateway.headers import for_client, for_upstream
from devstack.gateway.routes import Route, RoutingTable
from shared.runtime.problems import ProblemError, problem_of

CONNECT_SECONDS = 2
KEEP_ALIVE_SECONDS = 2
"""Shorter than the services' own, so that a kept connection is not used in the moment a service closes it."""

_SAFE = {"GET", "HEAD", "OPTIONS"}
_FOR_OPERATORS = {"/livez", "/readyz", "/metrics"}
"""Each process answers these for who runs it (see `shared.runtime.health`); through the gateway nobody sees them."""


class Proxy:
    """The ASGI endpoint for every path.

    Args:
        table: who answers what.
        max_body: bytes of the largest request body. No more than the services take: one that refuses a body half-way
            closes its connection, and its answer can be lost with what was still on the way to it.
        seconds: how long a service may take for each part of its answer.
    """

    def __init__(self, table: RoutingTable, *, max_body: int, seconds: float) -> None:
        self._table = table
        self._max_body = max_body
        self._timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)).as_dict()
        # Below httpx's client, which would collect everybody's cookies in one jar and log every address.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_connections=None, keepalive_expiry=KEEP_ALIVE_SECONDS)
        )

    async def aclose(self) -> None:
        """Closes the connections to the services."""
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = Request(scope, receive)
        try:
            route = self._route(request)
            answer = await self._ask(request, route)
        except ProblemError as problem:
            await problem.response()(scope, receive, send)
            return
        except ClientDisconnect:
            return
        response = StreamingResponse(_body(answer), answer.status_code)
        response.raw_headers = for_client(answer.headers.raw, session=route.session)
        try:
            await response(scope, receive, send)
        finally:
            await answer.aclose()

    def _route(self, request: Request) -> Route:
        path = request.scope["path"]
        if {".", ".."} & set(path.split("/")):  # services and gateway could disagree on what it means
            raise ProblemError(400, "bad_path", "The path is not valid")
        route = None if path.rstrip("/") in _FOR_OPERATORS else self._table.choose(path)
        if route is None:
            raise problem_of(404)
        return route

    async def _ask(self, request: Request, route: Route) -> httpx.Response:
        """The answer's beginning, from the first replica that can be reached."""
        body = self._limited_body(request) if _has_body(request) else None
        for replica in route.in_turn():
            request.state.upstream = replica.removeprefix("http://")
            try:
                return await self._transport.handle_async_request(self._onward(request, route, replica, body))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
            except httpx.TimeoutException:
                raise ProblemError(504, "upstream_timeout", "The service did not answer in time") from None
            except httpx.TransportError:
                if body is not None or request.method not in _SAFE:
                    break  # it may have been carried out
        raise ProblemError(502, "upstream_unavailable", "The service cannot be reached")

    def _onward(self, request: Request, route: Route, replica: str, body: AsyncIterator[bytes] | None) -> httpx.Request:
        target = request.scope["raw_path"] + (b"?" + query if (query := request.scope["query_string"]) else b"")
        return httpx.Request(
            request.method,
            httpx.URL(replica).copy_with(raw_path=target),
            headers=for_upstream(
                request.headers.raw,
                client=request.client.host if request.client else "unknown",
                scheme=request.url.scheme,
                session=route.session,
            ),
            content=body,
            extensions={"timeout": self._timeout},
        )

    def _limited_body(self, request: Request) -> AsyncIterator[bytes]:
        """The request's body. Raises ProblemError 413: here when its told length is too large, else as it flows."""
        too_large = ProblemError(413, "too_large", "The body is too large", detail=f"At most {self._max_body} bytes")
        if int(request.headers.get("content-length", 0)) > self._max_body:
            raise too_large

        async def limited() -> AsyncIterator[bytes]:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > self._max_body:
                    raise too_large
                yield chunk

        return limited()


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The answer's bytes as they come, not decompressed."""
    stream: Any = answer.stream
    async for chunk in stream:
        yield chunk


async def _livez(_: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def _on_http_error(_: Request, error: Exception) -> Response:
    return problem_of(error.status_code if isinstance(error, HTTPException) else 500).response()


def create_app(proxy: Proxy, *, secret_prefixes: list[str]) -> Starlette:
    """The gateway's application."""
    return Starlette(
        routes=[Endpoint(UNLOGGED, _livez), Endpoint("/{path:path}", proxy)],
        middleware=[Middleware(AccessLog, secret_prefixes)],
        exception_handlers={HTTPException: _on_http_error, Exception: _on_http_error},
    )
