"""The style sheet and the sign of the pages."""

import hashlib
from functools import lru_cache
from importlib.resources import files

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PACKAGE = "shared.runtime.pages"
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


class PageFiles(StaticFiles):
    """`static/` of this room. Browsers may keep what is in it: a changed style sheet has another address."""

    def __init__(self) -> None:
        super().__init__(packages=[(PACKAGE, "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept."""
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


@lru_cache
def stylesheet() -> str:
    """The path of the style sheet, which changes with its content, so that it can be cached for ever."""
    content = (files(PACKAGE) / "static" / "pages.css").read_bytes()
    return f"/static/pages.css?v={hashlib.sha256(content).hexdigest()[:12]}"
