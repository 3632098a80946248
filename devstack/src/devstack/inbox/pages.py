"""The inbox for people: a list of the mails and one page for each. Without JavaScript.

A mail is a stranger's text. Its HTML is shown in a sandbox of its own that runs no script and loads nothing from
anywhere; all other text of it goes through the templates' escaping.
"""

import re
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from devstack.inbox.api import find
from devstack.inbox.reading import attachment_body, links_in_text, read_content
from devstack.inbox.store import MailStore
from shared.runtime.problems import problem_of

PAGE_LENGTH = 50
RAW_SHOWN = 256 * 1024
"""Bytes of a raw mail that its page shows."""

_OWN_PAGES = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
_MAIL_HTML = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    f"frame-ancestors 'self'; sandbox {SANDBOX}"
)
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_INTO_HEAD = re.compile(r"<head[^>]*>|<html[^>]*>|<!doctype[^>]*>", re.IGNORECASE)
_NEW_TAB = '<base target="_blank">'
_TABS = ("html", "text", "headers", "raw")


class Pages:
    """The pages over one store."""

    def __init__(self, store: MailStore) -> None:
        self._store = store
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("devstack.inbox"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters |= {"person": person, "moment": moment, "size": size, "linked": linked}

    def routes(self) -> list[BaseRoute]:
        """What is served."""
        return [
            Route("/", self._list),
            Route("/mails/{number:int}", self._mail),
            Route("/mails/{number:int}/body", self._html_body),
            Route("/mails/{number:int}/mail.eml", self._download),
            Route("/mails/{number:int}/attachments/{index:int}", self._attachment),
            Route("/mails/{number:int}/{tab}", self._mail),
            Mount("/static", StaticFiles(packages=[("devstack.inbox", "static")])),
        ]

    def error(self, status: int, title: str) -> Response:
        """A page that says what went wrong."""
        return self._page("error.html", status, title=title)

    async def _list(self, request: Request) -> Response:
        to = request.query_params.get("to", "").strip()
        before = request.query_params.get("before", "")
        earlier = int(before) if before.isascii() and before.isdigit() and len(before) < len(str(2**62)) else None
        mails = self._store.newest(to=to or None, before=earlier, limit=PAGE_LENGTH + 1)
        older = {"before": mails[PAGE_LENGTH - 1].id, **({"to": to} if to else {})} if mails[PAGE_LENGTH:] else None
        return self._page(
            "list.html", mails=mails[:PAGE_LENGTH], to=to, earlier=earlier, older=older and f"/?{urlencode(older)}"
        )

    async def _mail(self, request: Request) -> Response:
        mail = find(self._store, request)
        raw = self._store.raw(mail.id)
        content = await run_in_threadpool(read_content, raw)
        tabs = [tab for tab in _TABS if tab != "html" or content.html is not None]
        tab = request.path_params.get("tab", tabs[0])
        if tab not in tabs:
            raise problem_of(404)
        return self._page(
            "mail.html",
            mail=mail,
            content=content,
            tabs=tabs,
            tab=tab,
            sandbox=SANDBOX,
            raw=raw[:RAW_SHOWN].decode("utf-8", "replace") if tab == "raw" else None,
            cut=len(raw) > RAW_SHOWN,
        )

    async def _html_body(self, request: Request) -> Response:
        content = await run_in_threadpool(read_content, self._store.raw(find(self._store, request).id))
        if content.html is None:
            raise problem_of(404)
        return HTMLResponse(
            with_links_in_new_tabs(content.html), headers={**_HEADERS, "Content-Security-Policy": _MAIL_HTML}
        )

    async def _download(self, request: Request) -> Response:
        mail = find(self._store, request)
        return _file(self._store.raw(mail.id), f"{mail.id}.eml")

    async def _attachment(self, request: Request) -> Response:
        mail, index = find(self._store, request), request.path_params["index"]
        body = await run_in_threadpool(attachment_body, self._store.raw(mail.id), index)
        if body is None:
            raise problem_of(404)
        return _file(body, f"{mail.id}-{index}")

    def _page(self, template: str, status: int = 200, **facts: object) -> Response:
        page = self._templates.get_template(template).render(**facts)
        return HTMLResponse(page, status, headers={**_HEADERS, "Content-Security-Policy": _OWN_PAGES})


def _file(body: bytes, name: str) -> Response:
    """A download. Its name and type are ours: a stranger's attachment is never opened as what it claims to be."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/octet-stream", headers={**_HEADERS, **disposition})


def with_links_in_new_tabs(html: str) -> str:
    """The document with its links opening in a new tab instead of the frame that shows the mail."""
    heads = list(_INTO_HEAD.finditer(html, 0, 4096))
    end = heads[-1].end() if heads else 0
    return html[:end] + _NEW_TAB + html[end:]


def linked(text: str) -> Markup:
    """Plain text with its links to click on."""
    parts, done = [], 0
    for begin, end in links_in_text(text):
        link = escape(text[begin:end])
        parts += [
            escape(text[done:begin]),
            Markup('<a href="{0}" target="_blank" rel="noreferrer">{0}</a>').format(link),
        ]
        done = end
    return Markup("").join([*parts, escape(text[done:])])


def person(sender: str | None) -> str:
    """The name in a From header, else its address; empty where there is neither."""
    name, address = parseaddr(sender or "")
    return name or address


def moment(instant: datetime) -> str:
    """An instant in the time zone of this machine, which is named, without the date when it is today's."""
    local = instant.astimezone()
    today = local.date() == datetime.now(local.tzinfo).date()
    return f"{local:%H:%M:%S %Z}" if today else f"{local.day} {local:%b %Y, %H:%M %Z}"


def size(count: int) -> str:
    """A number of bytes for people."""
    if count < 1000:  # noqa: PLR2004
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"  # noqa: PLR2004
