"""Rendered mails for the tests of rendering."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

import pytest

from notifications.rendering import MailToRender, Renderer
from notifications.rendering.preview import SAMPLE_IDENTITY, SAMPLE_PARAMS, sample_mail
from shared.runtime.i18n import LANGUAGES

MAILS = [(kind, language) for kind in SAMPLE_PARAMS for language in LANGUAGES]

every_mail = pytest.mark.parametrize(("kind", "language"), MAILS)
"""For every kind in every language."""

SECRET_PAGES = {
    "activation": "activate",
    "activation_reminder": "activate",
    "password_reset": "password/reset",
    "email_change_confirm": "email/confirm",
}
"""The pages of links with a secret, by the kinds that bear them."""

PLAIN_PAGES = {
    "welcome": ["sign-in"],
    "account_exists": ["sign-in", "password/forgotten"],
    "new_sign_in": ["sessions"],
    "new_sign_in-unknown": ["sessions"],
    "password_changed": ["password/forgotten"],
    "password_changed-reset": ["password/forgotten"],
    "second_factor_changed": ["password/forgotten"],
    "second_factor_changed-off": ["password/forgotten"],
    "second_factor_changed-operator": ["password/forgotten"],
    "codes_guessed": ["password/forgotten"],
    "email_change_requested": ["password/forgotten"],
    "email_changed": [],
    "email_changed_here": ["sign-in", "password/forgotten"],
    "login_linked": ["account/logins", "password/forgotten"],
    "login_linked-pupil": ["account/logins", "password/forgotten"],
    "login_linked-staff": ["account/logins", "password/forgotten"],
    "login_unlinked": ["account/logins", "password/forgotten"],
    "login_unlinked-login": ["account/logins"],
    "login_unlinked-school": ["account/logins"],
    "login_unlinked-guardian": ["account/logins"],
    "account_deletion_requested": ["account", "password/forgotten"],
    "account_kept": ["password/forgotten"],
    "account_kept-reset": ["password/forgotten"],
    "account_deleted": [],
}
"""The pages that the other mails lead to: the button first."""

ACTIVATIONS = [(kind, language) for kind, language in MAILS if SECRET_PAGES.get(kind) == "activate"]

every_activation = pytest.mark.parametrize(("kind", "language"), ACTIVATIONS)
"""For both mails that activate an account, in every language."""

BUTTON_MAILS = [(kind, language) for kind, language in MAILS if kind in SECRET_PAGES or PLAIN_PAGES[kind]]

every_mail_with_a_button = pytest.mark.parametrize(("kind", "language"), BUTTON_MAILS)
"""For every kind that has something to press, in every language."""


@lru_cache
def renderer() -> Renderer:
    """One renderer for all."""
    return Renderer(SAMPLE_IDENTITY)


def a_mail(kind: str = "activation", language: str = "pl", **changes: Any) -> MailToRender:  # noqa: ANN401 - any field
    """A sample mail with some fields changed."""
    return replace(sample_mail(kind, language), **changes)


def an_activation(language: str, *, created_at: datetime, expires_at: datetime) -> MailToRender:
    """An activation mail with the times given."""
    params = {**SAMPLE_PARAMS["activation"], "expires_at": expires_at.isoformat()}
    return a_mail("activation", language, created_at=created_at, params=params)


def message(mail: MailToRender, by: Renderer | None = None) -> EmailMessage:
    """The mail, rendered and read back by Python's own parser."""
    return message_from_bytes((by or renderer()).render(mail), EmailMessage, policy=policy.default)


def body(of: EmailMessage, subtype: str) -> str:
    """The `plain` or `html` body."""
    part = of.get_body((subtype,))
    assert part is not None
    content: str = part.get_content()
    return content


@lru_cache
def sample(kind: str, language: str, subtype: str) -> str:
    """The body of a sample."""
    return body(message(a_mail(kind, language)), subtype)
