"""A template made into an answer, with the headers that every page has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import Headers

from shared.runtime.auth.own_site import FORM_TOKEN
from shared.runtime.i18n import LANGUAGES, Catalogues, negotiate
from shared.runtime.pages.static import PACKAGE, stylesheet
from shared.runtime.problems import ProblemError
from shared.terms import current_version

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LANGUAGE_NAMES: Final = {"pl": "Polski", "en": "English", "uk": "Українська"}


@dataclass(frozen=True)
class Pages:
    """The pages of one service; they stand in `app.state.pages`.

    `problem_of` tells what the service's own errors mean, None for one that is not expected.
    """

    catalogues: Catalogues
    problem_of: Callable[[Exception], ProblemError | None]

    @classmethod
    def load(cls, package: str, problem_of: Callable[[Exception], ProblemError | None]) -> "Pages":
        """The templates and texts of a service's package, on top of those of this room."""
        return cls(Catalogues.load(package, PACKAGE), problem_of)


def language_of(request: Request, fallback: str | None = None) -> str:
    """The language of the page.

    `?lang` of the address, else `fallback`, else that of the account that looks, else what the browser likes best.
    """
    wished = request.query_params.get("lang")
    if wished in LANGUAGES:
        return wished
    return fallback or getattr(request.state, "language", None) or negotiate(request.headers.get("accept-language"))


def address(path: str, language: str, **query: str | None) -> str:
    """`path` in a language, with what else is to stand in its query; what is empty is left out."""
    given = {"lang": language, **{name: value for name, value in query.items() if value}}
    return f"{path}?{urlencode(given, quote_via=quote, safe='/')}"


def page(
    request: Request,
    template: str,
    *,
    language: str | None = None,
    status: int = HTTPStatus.OK,
    here: str | None = None,
    query: Mapping[str, str | None] | None = None,
    **facts: object,
) -> HTMLResponse:
    """`template` with `facts`.

    `here` is the path of the page in another language, by default its own; `query` is what the address keeps then. Who
    is signed in is told by `request.state.signed_in`.
    """
    language = language or language_of(request)
    path = here or request.url.path
    pages: Pages = request.app.state.pages
    context = {
        "address": partial(address, language=language),
        "here": lambda language: address(path, language, **(query or {})),
        "languages": LANGUAGE_NAMES,
        "signed_in": getattr(request.state, "signed_in", None),
        "form_token_field": FORM_TOKEN,
        "stylesheet": stylesheet(),
        "terms_version": current_version(),
        **facts,
    }
    text = pages.catalogues.jinja(language).get_template(template).render(context)
    return HTMLResponse(text, status, headers={**HEADERS, "Content-Language": language})


def problem_page(request: Request, status: int, code: str, headers: Mapping[str, str]) -> HTMLResponse:
    """What is said instead of the page that was asked for; `headers` go with it."""
    path = request.url.path
    answer = page(
        request,
        "problem.html",
        status=status,
        here="/" if path.startswith("//") else path,  # which a browser would take for another host
        code=code,
        retry_after=int(Headers(headers).get("retry-after", "0")),
    )
    answer.headers.update(headers)
    return answer


def see_other(path: str, language: str, **query: str | None) -> RedirectResponse:
    """After a form was taken: the browser shows `path`, so that reloading sends nothing again."""
    return redirect(address(path, language, **query))


def redirect(target: str, status: int = HTTPStatus.SEE_OTHER) -> RedirectResponse:
    """Sends the browser on, with the headers of pages."""
    return RedirectResponse(target, status, headers=HEADERS)
