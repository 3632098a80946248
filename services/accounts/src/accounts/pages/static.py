"""The style sheet and the sign of the pages."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


class PageFiles(StaticFiles):
    """`static/` of the package. Browsers may keep what is in it: a changed style sheet has another address."""

    def __init__(self) -> None:
        super().__init__(packages=[("accounts", "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept."""
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response
