"""What the two ways of signing in have in common: the form where they begin, and where they lead."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from accounts.handlers.beginning import Begun
from accounts.handlers.parts import Parts
from accounts.pages import cookies
from accounts.pages.way_on import way_on
from shared.runtime.pages.forms import Form
from shared.runtime.pages.rendering import language_of, page, redirect, see_other


def signed_in(request: Request, parts: Parts, begun: Begun) -> Response:
    """To where the person was going, in the language of the account."""
    answer = redirect(way_on(request) or "/")
    cookies.keep_session(answer, begun, parts.clock())
    return answer


def too_late(request: Request) -> Response:
    """Back to where signing in begins."""
    return see_other("/sign-in", language_of(request), next=way_on(request), done="late")


def is_shared(request: Request) -> bool:
    """What was said about the computer in the form before this one."""
    return request.query_params.get("shared") == "1"


def sign_in_form(request: Request, form: Form[Any]) -> Response:
    """The form where signing in begins, with portal account or school login."""
    done = request.query_params.get("done")
    return page(
        request,
        "sign_in.html",
        status=422 if form.errors else 200,
        query={"next": way_on(request), "done": done if done in {"password", "late"} else None},
        form=form,
        next=way_on(request),
        done=done,
    )
