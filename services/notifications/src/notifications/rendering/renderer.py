"""From a mail's facts to the bytes that are sent."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from jinja2 import Environment, Template
from markupsafe import Markup

from notifications.rendering.facts import MOULDS, facts
from notifications.rendering.headers import ascii_host
from notifications.rendering.inline import HEAD_CSS, InlineStyles, with_styles
from notifications.rendering.mail import CannotRender, MailToRender, SenderIdentity
from notifications.rendering.skeleton import Skeleton
from shared.runtime.i18n import LANGUAGES, Catalogues
from shared.terms import UnknownTerms, terms, terms_html


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is compiled once for a kind and language."""

    skeleton: Skeleton
    words: Template
    text: Template
    html: Template


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
                    _template(environment, f"{mould.words}.words.txt"),
                    _template(environment, f"{mould.body}.txt"),
                    _template(environment, f"{mould.body}.html"),
                )

    def render(self, mail: MailToRender) -> bytes:
        """The whole RFC 5322 message: CRLF lines, not dot-stuffed, the same bytes for the same mail.

        Raises CannotRender, with no personal data in it, when no try will ever succeed.
        """
        layout = self._layouts.get((mail.kind, mail.language))
        if layout is None:
            raise CannotRender(f"no templates for {mail.kind!r} in {mail.language!r}")
        known = facts(mail, self._public_url)
        try:
            words = layout.words.make_module({**known.variables, "kind": mail.kind})
            text = layout.text.render(known.variables, words=words)
            html = layout.html.render(known.variables, words=words)
        except UnknownTerms as error:
            raise CannotRender("there are no terms of that version") from error
        return layout.skeleton.fill(mail, date=known.date, subject=vars(words)["subject"], text=text, html=html)


def _environment(catalogues: Catalogues, language: str, *, host: str) -> Environment:
    environment = catalogues.jinja(language)
    environment.add_extension(InlineStyles)
    environment.globals.update(
        host=host,
        head_css=HEAD_CSS,
        terms_text=lambda version: terms(version, language),
        terms_html=lambda version: _styled_terms(version, language),
    )
    return environment


def _template(environment: Environment, name: str) -> Template:
    """The template with its globals in one dictionary: Jinja's chain of two is walked anew for every mail."""
    template = environment.get_template(name)
    template.globals = dict(template.globals)
    return template


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
