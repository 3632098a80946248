"""Browsers get errors as pages wherever they go, programs and the API's own paths as problem details."""

import json
import re

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.pages.rendering import problem_page
from shared.runtime.problems import MEDIA_TYPE

FOR_PROGRAMS = re.compile(r"/(api|livez|readyz|metrics|docs|openapi\.json)(/|$)")
KEPT_HEADERS = ("allow", "connection", "retry-after")

_WISH = re.compile(r"\s*([a-z+*-]+/[a-z+*-]+)\s*(?:;.*?q=([01](?:\.\d{0,3})?))?")


def prefers_pages(accept: str) -> bool:
    """Whether HTML is named in an `Accept` header and liked better than JSON (RFC 9110, 12.5.1)."""
    wishes = [wish for part in accept.lower().split(",") if (wish := _WISH.match(part))]
    likes = {wish[1]: float(wish[2] or 1) for wish in wishes}
    return likes.get("text/html", 0) > max(likes.get("application/json", 0), likes.get(MEDIA_TYPE, 0))


class ErrorPages:
    """Middleware: makes a page of problem details on their way to a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http" or FOR_PROGRAMS.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if not prefers_pages(request.headers.get("accept", "")):
            await self._app(scope, receive, send)
            return
        problem: Message | None = None

        async def send_pages(message: Message) -> None:
            nonlocal problem
            if message["type"] == "http.response.start" and _is_problem(message):
                problem = message
            elif problem is None:
                await send(message)
            else:  # problem details are sent in one piece
                code = json.loads(message["body"])["code"]
                headers = Headers(raw=problem["headers"])
                kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
                await problem_page(request, problem["status"], code, kept)(scope, receive, send)

        await self._app(scope, receive, send_pages)


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type") == MEDIA_TYPE
