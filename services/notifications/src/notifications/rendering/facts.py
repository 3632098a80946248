"""What the templates of each kind are given, computed from the mail's params."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from notifications.rendering import links
from notifications.rendering.mail import CannotRender, MailToRender

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_REMINDED_BEFORE_END = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Facts:
    """The mail's date and the variables of its templates."""

    date: datetime
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mould:
    """What a kind is made of: `TEMPLATE.words.txt`, `TEMPLATE.txt`, `TEMPLATE.html`, and where their facts come from.

    The words are the sentences that text and HTML share, and the subject.
    """

    template: str
    facts: Callable[[MailToRender, str], Facts]


def facts(mail: MailToRender, public_url: str) -> Facts:
    """The facts of `mail`. Raises CannotRender when something that its kind needs is missing or malformed."""
    try:
        return MOULDS[mail.kind].facts(mail, public_url)
    except CannotRender:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRender(f"the params of a mail of the kind {mail.kind!r} are incomplete or malformed") from error


def _activation(mail: MailToRender, public_url: str) -> Facts:
    return _link_facts(mail, public_url, sent_at=mail.created_at)


def _activation_reminder(mail: MailToRender, public_url: str) -> Facts:
    """A reminder lies in the queue from registration on: its date is the day that it was meant for."""
    expires_at = _instant(mail.params["expires_at"])
    return _link_facts(mail, public_url, sent_at=max(mail.created_at, expires_at - _REMINDED_BEFORE_END))


def _link_facts(mail: MailToRender, public_url: str, *, sent_at: datetime) -> Facts:
    expires_at = _instant(mail.params["expires_at"])
    left = expires_at - sent_at
    variables = {
        "link": links.activation(public_url, mail.token),
        "expires_at": expires_at,
        # Rounded: the moment between registration and the making of the mail does not turn 14 days into 13.
        "days_left": round(left / _DAY),
        "hours_left": max(round(left / _HOUR), 1),
        **_terms_facts(mail),
    }
    return Facts(sent_at, variables)


def _welcome(mail: MailToRender, _public_url: str) -> Facts:
    return Facts(mail.created_at, _terms_facts(mail))


def _account_exists(mail: MailToRender, _public_url: str) -> Facts:
    return Facts(mail.created_at, {"attempted_at": mail.created_at})


def _terms_facts(mail: MailToRender) -> dict[str, Any]:
    version: str = mail.params["terms_version"]
    in_force = date.fromisoformat(version)
    return {
        "terms_version": version,
        "terms_date": datetime(in_force.year, in_force.month, in_force.day, 12, tzinfo=UTC),
    }


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant


MOULDS: Mapping[str, Mould] = {
    "activation": Mould("activation", _activation),
    "activation_reminder": Mould("activation", _activation_reminder),
    "welcome": Mould("welcome", _welcome),
    "account_exists": Mould("account_exists", _account_exists),
}
"""Every kind of mail that can be rendered."""
