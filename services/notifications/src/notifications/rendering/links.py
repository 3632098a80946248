"""Where the links in mails lead: pages of the accounts service on the portal's own origin, a secret in the path."""

import re

from notifications.rendering.mail import CannotRender

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,512}")


def activation(public_url: str, token: str | None) -> str:
    """The page on which an account is activated by a button. Raises CannotRender."""
    return _with_secret(public_url, "activate", token)


def password_reset(public_url: str, token: str | None) -> str:
    """The page on which a new password is chosen. Raises CannotRender."""
    return _with_secret(public_url, "password/reset", token)


def email_confirmation(public_url: str, token: str | None) -> str:
    """The page on which a new address is confirmed by a button. Raises CannotRender."""
    return _with_secret(public_url, "email/confirm", token)


def sign_in(public_url: str) -> str:
    """The page to sign in on."""
    return f"{public_url}/sign-in"


def sessions(public_url: str) -> str:
    """The page that lists where one is signed in."""
    return f"{public_url}/sessions"


def account(public_url: str) -> str:
    """The account's own page."""
    return f"{public_url}/account"


def logins(public_url: str) -> str:
    """The page that lists the school logins linked with the account."""
    return f"{public_url}/account/logins"


def password_forgotten(public_url: str) -> str:
    """The page on which a link to a new password is asked for."""
    return f"{public_url}/password/forgotten"


def _with_secret(public_url: str, page: str, token: str | None) -> str:
    if token is None or not _TOKEN.fullmatch(token):
        raise CannotRender("a mail with a link of its own needs a URL-safe token")
    return f"{public_url}/{page}/{token}"
