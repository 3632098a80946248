"""Health of a process: `/livez` (restart me), `/readyz` (use me), `/metrics` (Prometheus).

A check is a function that returns None when all is well and else the reason, in words, without anything secret.
"""

from collections.abc import Callable

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

log = structlog.get_logger()

CHECK_FAILING = Gauge("dzwonek_check_failing", "1 while a check of liveness or readiness fails", ["check"])

Check = Callable[[], str | None]

PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""The paths of the endpoints."""


class Health:
    """The checks of one process. While it waits for a part at start it is alive and not ready."""

    def __init__(self, waiting_for: str | None = "start") -> None:
        self.live: dict[str, Check] = {}
        self.ready: dict[str, Check] = {}
        self._waiting_for = waiting_for

    @property
    def waiting_for(self) -> str | None:
        """What the process waits for at start; None once it has all of it. The log tells each change."""
        return self._waiting_for

    @waiting_for.setter
    def waiting_for(self, part: str | None) -> None:
        if part != self._waiting_for:
            log.info("waiting" if part else "ready", **({"waiting_for": part} if part else {}))
        self._waiting_for = part

    def failures(self, checks: dict[str, Check]) -> dict[str, str]:
        """The failing checks and why."""
        return {name: reason for name, check in checks.items() if (reason := check())}

    def routes(self) -> list[Route]:
        """The three endpoints."""
        return [
            Route("/livez", self._livez),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
        ]

    async def _livez(self, _: Request) -> Response:
        return _answer(self.failures(self.live))

    async def _readyz(self, _: Request) -> Response:
        return _answer(self._not_ready())

    async def _metrics(self, _: Request) -> Response:
        failing = self._not_ready()
        for name in ("start", *self.live, *self.ready):
            CHECK_FAILING.labels(name).set(name in failing)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    def _not_ready(self) -> dict[str, str]:
        failures = self.failures({**self.live, **self.ready})
        if self.waiting_for:
            failures["start"] = f"waiting for {self.waiting_for}"
        return failures


def _answer(failures: dict[str, str]) -> Response:
    body = {"status": "failing" if failures else "ok", **({"failures": failures} if failures else {})}
    return JSONResponse(body, status_code=503 if failures else 200, headers={"Cache-Control": "no-store"})
