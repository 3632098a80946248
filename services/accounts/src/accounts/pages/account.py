"""The account's own page: what it is, and the ways to change it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from accounts.pages.owner import Looking
from shared.runtime.pages.rendering import page
from shared.runtime.pages.route import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/account")
async def account_page(request: Request, owner: Looking) -> Response:
    """The account."""
    return page(request, "account.html", account=owner.account, done=request.query_params.get("done"))
