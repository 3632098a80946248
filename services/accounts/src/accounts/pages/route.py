"""Errors of pages are pages too, in the person's language: never JSON."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from accounts.handlers.parts import Contended
from accounts.http.problems import problem_for
from accounts.pages.rendering import page
from accounts.passwords import HashingBusy
from shared.runtime.postgres import unavailable
from shared.runtime.problems import ProblemError, problem_of

log = structlog.get_logger()


class PageRoute(APIRoute):
    """A route whose problems are shown as a page with the same status and headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, its problems caught."""
        handle = super().get_route_handler()

        async def handle_or_explain(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                problem = _problem(error)
                if problem is None:
                    raise
                return _explain(request, problem)

        return handle_or_explain


def _problem(error: Exception) -> ProblemError | None:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HashingBusy | Contended):
        return problem_for(error)
    if isinstance(error, HTTPException):
        return problem_of(error.status_code)
    if unavailable(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Not available right now", retry_after=5)
    return None


def _explain(request: Request, problem: ProblemError) -> Response:
    details = problem.details
    answer = page(request, "problem.html", status=details.status, here="/register", code=details.code)
    answer.headers.update(problem.headers)
    return answer
