"""Forms are taken from this site's own pages alone.

Browsers tell where a form came from: `Sec-Fetch-Site`, and older ones by `Origin`. What tells neither is no browser
that another site could have sent here. Old Safari says `null` on pages without referrers, which ours are: that is let
in, because these forms carry no authority but what stands in them.
"""

from fastapi import Request

from shared.runtime.problems import ProblemError

OWN = {"same-origin", "none"}


def refuse_cross_site(request: Request) -> None:
    """Raises ProblemError 403 `cross_site` for a form that another site's page has sent."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        own = site in OWN
    else:
        origin = request.headers.get("origin")
        own = origin in {None, "null", request.app.state.origin}
    if not own:
        raise ProblemError(403, "cross_site", "The form came from another site")
