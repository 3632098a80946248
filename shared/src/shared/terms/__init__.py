"""The terms of service, one file per version and language: `VERSION.LANGUAGE.md`.

A version is the day on which it came into force and is named by events, so a file that was ever accepted by anyone
stays as it is. Headings are underlined rather than marked with `#`: the Markdown is fit to be read as plain text.
"""

import re
from functools import lru_cache
from importlib import resources

from markdown_it import MarkdownIt

_FILE_NAME = re.compile(r"(?P<version>\d{4}-\d{2}-\d{2})\.(?P<language>[a-z]{2})\.md")


class UnknownTerms(LookupError):  # noqa: N818 - reads as the state of the request
    """There are no terms of that version in that language."""


@lru_cache
def current_version() -> str:
    """The newest version, as `2026-09-01`."""
    return max(version for version, _ in _files())


@lru_cache
def terms(version: str, language: str) -> str:
    """The terms as Markdown, which is readable plain text as well. Raises UnknownTerms."""
    name = _files().get((version, language))
    if name is None:
        raise UnknownTerms(f"no terms of version {version!r} in language {language!r}")
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


@lru_cache
def terms_html(version: str, language: str, *, top_heading: int = 1) -> str:
    """The terms as HTML; the title is a heading of level `top_heading`, sections one below. Raises UnknownTerms."""
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse(terms(version, language))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{int(token.tag.removeprefix('h')) + top_heading - 1}"
    return str(markdown.renderer.render(tokens, markdown.options, {}))


@lru_cache
def _files() -> dict[tuple[str, str], str]:
    """File names by (version, language): a request can only ever name a file that is there."""
    names = (entry.name for entry in resources.files(__name__).iterdir())
    found = (match for match in map(_FILE_NAME.fullmatch, names) if match)
    return {(match["version"], match["language"]): match.string for match in found}
