"""The access log: one JSON line per request, with nothing in it that opens a door or names a person.

A secret link carries its token in the path, so what follows its prefix is cut, and so is every part of a path that is
long enough to be a token, wherever it stands; queries and addresses are never logged.
"""

import re
import time
from collections.abc import Sequence

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECRET_LINKS = ("/activate/", "/password/reset/", "/email/confirm/")
"""What the links in our mails begin with; a token follows."""

MAX_PATH = 200
UNLOGGED = "/livez"

log = structlog.get_logger()

_SLASHES = re.compile("/{2,}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
_TRACE_ID = re.compile(rb"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def cut(path: str, secret_prefixes: Sequence[str]) -> str:
    """The path as it may be logged: `/activate/TOKEN` is `/activate/...`, however it was written."""
    plain = _SLASHES.sub("/", path)
    for prefix in secret_prefixes:
        if plain.casefold().startswith(prefix.casefold()):
            return f"{prefix}..."
    path = _TOKEN.sub("...", path)
    return path if len(path) <= MAX_PATH else f"{path[:MAX_PATH]}..."


class AccessLog:
    """Logs what the app answers. The app may note the `upstream` it asked in the request's state."""

    def __init__(self, app: ASGIApp, secret_prefixes: Sequence[str]) -> None:
        self._app = app
        self._secret_prefixes = secret_prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["path"] == UNLOGGED:
            await self._app(scope, receive, send)
            return
        started, status, size, failure = time.perf_counter(), 0, 0, None

        async def observed(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            log.info(
                "request",
                method=scope["method"],
                path=cut(scope["path"], self._secret_prefixes),
                status=status or None,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                bytes=size,
                upstream=scope.get("state", {}).get("upstream"),
                trace_id=_trace_id(scope),
                **({"broken_off": failure} if failure else {}),
            )


def _trace_id(scope: Scope) -> str | None:
    found = _TRACE_ID.match(dict(scope["headers"]).get(b"traceparent", b""))
    return found[1].decode() if found else None
