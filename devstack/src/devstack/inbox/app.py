"""The HTTP side of the inbox: pages for people, an API for programs, one way to say what went wrong."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from devstack.inbox.api import Api
from devstack.inbox.behaviour import Behaviour
from devstack.inbox.pages import Pages
from devstack.inbox.store import MailStore
from shared.runtime.problems import ProblemError, problem_of


def create_app(store: MailStore, behaviour: Behaviour) -> Starlette:
    """The inbox's HTTP application."""
    pages = Pages(store)

    async def on_error(request: Request, error: Exception) -> Response:
        if isinstance(error, ProblemError):
            problem = error
        else:
            problem = problem_of(error.status_code if isinstance(error, HTTPException) else 500)
        if request.url.path.startswith(("/api", "/livez")):
            return problem.response(error.headers if isinstance(error, HTTPException) else None)
        return pages.error(problem.details.status, problem.details.title)

    return Starlette(
        routes=[*Api(store, behaviour).routes(), *pages.routes()],
        exception_handlers={ProblemError: on_error, HTTPException: on_error, Exception: on_error},
    )
