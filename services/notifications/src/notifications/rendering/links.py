"""Where the links in mails lead: pages of the portal, on its own origin, with the secret in the path."""

import re

from notifications.rendering.mail import CannotRender

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,512}")


def activation(public_url: str, token: str | None) -> str:
    """The page of the accounts service on which an account is activated by a button. Raises CannotRender."""
    if token is None or not _TOKEN.fullmatch(token):
        raise CannotRender("an activation mail needs a URL-safe token")
    return f"{public_url}/activate/{token}"
