"""The export of all that is kept about a person, as a file."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.handlers.export import Kept, export, packed
from accounts.http.account_bodies import ProofBody
from accounts.http.calls import Calling, Who, WorkingParts
from accounts.http.sessions import NO_STORE, SIGNED_OUT, TOO_MANY
from shared.runtime.pages.rendering import Pages
from shared.runtime.web import PROBLEM_RESPONSES

MEDIA_TYPE = "application/zip"
FILE_NAME = "dzwonek-export.zip"

router = APIRouter(prefix="/api/v1/me", tags=["account"], responses={**PROBLEM_RESPONSES, **SIGNED_OUT, **TOO_MANY})


class _ZipResponse(Response):
    media_type = MEDIA_TYPE


@router.post("/exports", operation_id="exportAccount", summary="Take my data along", response_class=_ZipResponse)
async def post_export(body: ProofBody, parts: WorkingParts, who: Who, calling: Calling, request: Request) -> Response:
    """A zip file with all that is kept about the person: JSON for each service, and a page to read.

    It is whole or not there: 503 `export_unavailable` while a service that keeps something does not answer.
    """
    kept = await export(parts, who, body.proof(), calling)
    return as_file(packed(kept, readable(request, kept, kept.account.language)))


def readable(request: Request, kept: Kept, language: str) -> str:
    """The page to read, which needs nothing beside it."""
    pages: Pages = request.app.state.pages
    template = pages.catalogues.jinja(language).get_template("export_file.html")
    return template.render(kept=kept, mails=kept.elsewhere.get("notifications", {}).get("mails", []))


def as_file(content: bytes) -> Response:
    """The file as it is sent."""
    disposition = f'attachment; filename="{FILE_NAME}"'
    return Response(content, media_type=MEDIA_TYPE, headers={**NO_STORE, "Content-Disposition": disposition})
