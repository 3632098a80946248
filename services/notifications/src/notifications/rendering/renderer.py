"""From a mail's facts to the bytes that are sent."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, Template
from markupsafe import Markup

from notifications.rendering.facts import MOULDS, facts
from notifications.rendering.frame import Blanks, Frame, with_blanks
from notifications.rendering.headers import ascii_host
from notifications.rendering.inline import HEAD_CSS, InlineStyles, with_styles
from notifications.rendering.mail import CannotRender, MailToRender, SenderIdentity
from notifications.rendering.skeleton import Skeleton
from shared.runtime.i18n import LANGUAGES, Catalogues
from shared.terms import UnknownTerms, terms, terms_html

_FRAMES = 512
"""How many frames are kept: every kind has a few cases, an activation as many as there are days and hours left."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is compiled once for a kind and language."""

    skeleton: Skeleton
    words: Template
    text: Template
    html: Template


@dataclass(frozen=True, slots=True)
class _Frames:
    """What is rendered once for a kind, language and case."""

    subject: Frame
    text: Frame
    html: Frame


class Renderer:
    """Renders the mails of one sender identity. Everything that can be prepared is, so make it once per process."""

    def __init__(self, identity: SenderIdentity) -> None:
        """Compile all templates. Raises UnsafeHeader or ValueError when the identity is unfit for headers or links."""
        url = urlsplit(identity.public_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
            raise ValueError(f"public_url {identity.public_url!r} is not the http(s) address of a site")
        self._public_url = identity.public_url.rstrip("/")
        catalogues = Catalogues.load("notifications")
        self._layouts: dict[tuple[str, str], _Layout] = {}
        for language in LANGUAGES:
            environment = _environment(catalogues, language, host=ascii_host(url.hostname))
            for kind, mould in MOULDS.items():
                self._layouts[kind, language] = _Layout(
                    Skeleton(identity, kind, language),
                    environment.get_template(f"{mould.words}.words.txt"),
                    environment.get_template(f"{mould.body}.txt"),
                    environment.get_template(f"{mould.body}.html"),
                )
        self._frames = lru_cache(_FRAMES)(self._laid_out)

    def render(self, mail: MailToRender) -> bytes:
        """The whole RFC 5322 message: CRLF lines, not dot-stuffed, the same bytes for the same mail.

        Raises CannotRender, with no personal data in it, when no try will ever succeed.
        """
        layout = self._layouts.get((mail.kind, mail.language))
        if layout is None:
            raise CannotRender(f"no templates for {mail.kind!r} in {mail.language!r}")
        known = facts(mail, self._public_url)
        try:
            frames = self._frames(mail.kind, mail.language, tuple(known.case.items()), tuple(known.written))
        except UnknownTerms as error:
            raise CannotRender("there are no terms of that version") from error
        subject, text, html = (each.filled(known.written) for each in (frames.subject, frames.text, frames.html))
        return layout.skeleton.fill(mail, date=known.date, subject=subject, text=text, html=html)

    def _laid_out(
        self, kind: str, language: str, case: tuple[tuple[str, Any], ...], written: tuple[str, ...]
    ) -> _Frames:
        layout = self._layouts[kind, language]
        blanks = Blanks(written)
        variables = {**blanks.variables, **dict(case)}
        words = layout.words.make_module(variables)
        return _Frames(
            blanks.cut(vars(words)["subject"], is_html=False),
            blanks.cut(layout.text.render(variables, words=words), is_html=False),
            blanks.cut(layout.html.render(variables, words=words), is_html=True),
        )


def _environment(catalogues: Catalogues, language: str, *, host: str) -> Environment:
    environment = catalogues.jinja(language)
    environment.add_extension(InlineStyles)
    for name in ("date", "time", "datetime"):
        environment.filters[name] = with_blanks(environment.filters[name])
    environment.globals.update(
        host=host,
        head_css=HEAD_CSS,
        terms_text=lambda version: terms(version, language),
        terms_html=lambda version: _styled_terms(version, language),
    )
    return environment


@lru_cache
def _styled_terms(version: str, language: str) -> Markup:
    """The terms one level below the mail's own heading, in the mail's styles."""
    html = terms_html(version, language, top_heading=2)
    for tag, css_class in _TERMS_CLASSES:
        html = html.replace(f"<{tag}>", f'<{tag} class="{css_class}">')
    return Markup(with_styles(html))  # noqa: S704 - made from our own Markdown, with raw HTML switched off


_TERMS_CLASSES = (
    ("h2", "terms-title"),
    ("h3", "terms-heading"),
    ("p", "terms-text"),
    ("ul", "terms-list"),
    ("li", "terms-item"),
)
