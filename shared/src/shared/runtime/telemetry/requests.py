"""The span of an HTTP request, named by method and route. Never path, query or headers: they may hold a secret."""

from typing import TYPE_CHECKING

from starlette.types import Scope

from shared.runtime.health import PROBES
from shared.runtime.telemetry.switch import current_tracer

if TYPE_CHECKING:
    from shared.runtime.telemetry.spans import Span

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
_OURS = 500
"""From this status on it is our fault."""


def begin_request(scope: Scope, parent: str | None) -> "Span | None":
    """The span of a request below the client's; None where nothing is traced, or for a probe."""
    tracer = current_tracer()
    if tracer is None or scope["path"] in PROBES:
        return None
    return tracer.begin("HTTP", "server", {}, parent=parent)


def end_request(span: "Span", method: str, route: str | None, status: int) -> None:
    """Ends it. `route` is the pattern, None where no route has taken the request."""
    known = method if method in _METHODS else "_OTHER"
    attributes: dict[str, str | int] = {"http.request.method": known, "http.response.status_code": status}
    if route is not None:
        attributes["http.route"] = route
    verb = "HTTP" if known == "_OTHER" else known
    span.end(attributes, name=f"{verb} {route}" if route else verb, error=str(status) if status >= _OURS else None)
