"""Errors of pages are pages too, in the person's language: never JSON."""

from collections.abc import Callable, Collection, Coroutine
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from shared.runtime.auth.requests import RefreshNeeded, to_refresh
from shared.runtime.pages.rendering import HEADERS, Pages, problem_page
from shared.runtime.postgres import unavailable
from shared.runtime.problems import ProblemError, problem_of

log = structlog.get_logger()


class PageRoute(APIRoute):
    """A route whose problems are shown as a page with the same status and headers. Where GET works HEAD does.

    A page that wants somebody signed in sends the browser to fetch an access token.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: Collection[str] | None = None,
        **options: Any,  # noqa: ANN401 - FastAPI's, handed on
    ) -> None:
        allowed = {*(methods or ["GET"])}
        super().__init__(path, endpoint, methods=allowed | ({"HEAD"} if "GET" in allowed else set()), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, its problems caught."""
        handle = super().get_route_handler()

        async def handle_or_explain(request: Request) -> Response:
            try:
                return await handle(request)
            except RefreshNeeded:
                answer = to_refresh(request)
                answer.headers.update(HEADERS)
                return answer
            except Exception as error:  # noqa: BLE001 - whatever it is, the person sees a page
                return _explain(request, _problem(request, error, self.path))

        return handle_or_explain


def _problem(request: Request, error: Exception, route: str) -> ProblemError:
    pages: Pages = request.app.state.pages
    if isinstance(error, ProblemError):
        return error
    if problem := pages.problem_of(error):
        return problem
    if isinstance(error, HTTPException):
        return problem_of(error.status_code)
    if unavailable(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Not available right now", retry_after=5)
    log.error("unexpected_error", route=route, error=type(error).__name__, exc_info=error)
    return problem_of(HTTPStatus.INTERNAL_SERVER_ERROR)


def _explain(request: Request, problem: ProblemError) -> Response:
    return problem_page(request, problem.details.status, problem.details.code, problem.headers)
