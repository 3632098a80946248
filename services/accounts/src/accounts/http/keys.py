"""The public keys of access tokens (JWK set, RFC 7517), for every service."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from accounts.http.calls import WorkingParts

router = APIRouter(tags=["sessions"])


@router.get("/.well-known/jwks.json", operation_id="publicKeys", summary="The keys of access tokens")
async def get_keys(parts: WorkingParts) -> JSONResponse:
    """All keys whose tokens are good, one that will sign next among them: a key is known before it signs."""
    return JSONResponse(parts.keys.jwks(), headers={"Cache-Control": "public, max-age=300"})
