"""Forms are taken from this site's own pages alone (CSRF).

Browsers tell where a request came from: `Sec-Fetch-Site`, and older ones by `Origin`. A form that carries the authority
of a session has its form token as well: the token stands in a signed cookie and in the page, and another site can read
neither.
"""

import hmac

from fastapi import Request

from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.problems import ProblemError

OWN = {"same-origin", "none"}
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field


def refuse_cross_site(request: Request) -> None:
    """Raises ProblemError 403 `cross_site` for a form that another site's page has sent.

    What tells neither header is no browser that another site could have sent here. Old Safari says `Origin: null` on
    pages without referrers, which ours are: that is let in, because such a form carries no authority but what stands in
    it, or has a form token.
    """
    if not _is_own(request, {None, "null", request.app.state.origin}):
        raise _cross_site()


def refuse_unknown_site(request: Request) -> None:
    """Raises ProblemError 403 `cross_site` unless a browser says that the request came from a page of ours.

    For what is allowed by a cookie alone.
    """
    if not _is_own(request, {request.app.state.origin}):
        raise _cross_site()


def check_form(signed_in: SignedIn, sent: object) -> None:
    """Raises ProblemError 403 `form_outdated` for a form that was not made for this session."""
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), signed_in.form_token.encode()):
        raise ProblemError(403, "form_outdated", "The form is an old one", detail="Open the page anew and fill it in")


def _is_own(request: Request, origins: set[str | None]) -> bool:
    site = request.headers.get("sec-fetch-site")
    return site in OWN if site is not None else request.headers.get("origin") in origins


def _cross_site() -> ProblemError:
    return ProblemError(403, "cross_site", "The form came from another site")
