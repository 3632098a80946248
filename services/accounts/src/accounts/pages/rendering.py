"""A template made into an answer, with the headers that every page has."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from shared.runtime.i18n import LANGUAGES, Catalogues, negotiate
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


@lru_cache
def catalogues() -> Catalogues:
    """The texts of the pages, read at the first use."""
    return Catalogues.load("accounts")


@lru_cache
def stylesheet() -> str:
    """The path of the style sheet, which changes with its content, so that it can be cached for ever."""
    content = (files("accounts") / "static" / "accounts.css").read_bytes()
    return f"/static/accounts.css?v={hashlib.sha256(content).hexdigest()[:12]}"


def language_of(request: Request, fallback: str | None = None) -> str:
    """The language of the page: `?lang` of the address, else `fallback`, else what the browser likes best."""
    wished = request.query_params.get("lang")
    if wished in LANGUAGES:
        return wished
    return fallback or negotiate(request.headers.get("accept-language"))


def page(
    request: Request,
    template: str,
    *,
    language: str | None = None,
    status: int = HTTPStatus.OK,
    here: str | None = None,
    **facts: object,
) -> HTMLResponse:
    """`template` with `facts`. `here` is the address of the page in another language, by default its own."""
    language = language or language_of(request)
    context = {
        "here": here or request.url.path,
        "languages": LANGUAGE_NAMES,
        "stylesheet": stylesheet(),
        "terms_version": current_version(),
        **facts,
    }
    text = catalogues().jinja(language).get_template(template).render(context)
    return HTMLResponse(text, status, headers={**HEADERS, "Content-Language": language})


def problem_page(request: Request, status: int, code: str, headers: Mapping[str, str]) -> HTMLResponse:
    """What is said instead of the page that was asked for; `headers` go with it."""
    answer = page(request, "problem.html", status=status, here="/register", code=code)
    answer.headers.update(headers)
    return answer


def see_other(path: str, language: str) -> RedirectResponse:
    """After a form was taken: the browser shows `path`, so that reloading sends nothing again."""
    return RedirectResponse(f"{path}?lang={language}", HTTPStatus.SEE_OTHER, headers=HEADERS)
