"""What the templates of each kind are given, computed from the mail's params."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from notifications.rendering import links
from notifications.rendering.frame import Written
from notifications.rendering.mail import CannotRender, MailToRender

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_REMINDED_BEFORE_END = timedelta(days=3)

LOGIN_KINDS = ("student", "guardian", "staff")
UNLINKED_BY = ("account", "login", "school", "guardian")
"""Of what kind a school login is, and who ended its link: the words of a mail know no others."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The mail's date and the variables of its templates.

    `written` are the values that stand in the mail as they are; its words depend on the `case`, of which there are few.
    """

    date: datetime
    written: Written
    case: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mould:
    """What a kind is made of: its words (`WORDS.words.txt`), its body (`BODY.txt`, `BODY.html`), its facts' origin.

    The words are the subject and the sentences that text and HTML share. The body `letter` is paragraphs with, where
    there are any, a box, a button and one more link; what needs more has a body of its own.
    """

    words: str
    facts: Callable[[MailToRender, str], Facts]
    body: str = "letter"


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
    written: dict[str, str | datetime] = {
        "link": links.activation(public_url, mail.token),
        "expires_at": expires_at,
        "terms_date": _terms_date(mail),
    }
    # Rounded: the moment between registration and the making of the mail does not turn 14 days into 13.
    days = round(left / _DAY)
    left_over = {"days_left": days} if days else {"hours_left": max(round(left / _HOUR), 1)}
    return Facts(sent_at, written, {"kind": mail.kind, "terms_version": mail.params["terms_version"], **left_over})


def _welcome(mail: MailToRender, public_url: str) -> Facts:
    return Facts(mail.created_at, {"link": links.sign_in(public_url), "terms_date": _terms_date(mail)})


def _account_exists(mail: MailToRender, public_url: str) -> Facts:
    written: dict[str, str | datetime] = {
        "attempted_at": mail.created_at,
        "link": links.sign_in(public_url),
        "other_link": links.password_forgotten(public_url),
    }
    return Facts(mail.created_at, written)


def _new_sign_in(mail: MailToRender, public_url: str) -> Facts:
    written: dict[str, str | datetime] = {
        "signed_in_at": _instant(mail.params["signed_in_at"]),
        "link": links.sessions(public_url),
    }
    if known := [name for name in (mail.params.get("browser"), mail.params.get("system")) if name]:
        written["device"] = ", ".join(known)
    return Facts(mail.created_at, written)


def _telling(
    *instants: str,
    flags: Sequence[str] = (),
    later_flags: Sequence[str] = (),
    secret_link: Callable[[str, str | None], str] | None = None,
    link: Callable[[str], str] | None = None,
    other_link: Callable[[str], str] | None = None,
) -> Callable[[MailToRender, str], Facts]:
    """The facts of a mail that tells of these instants and of whether something is so, and leads to pages.

    A mail that was queued by an earlier version has none of the `later_flags`: it is not so.
    """

    def facts_of(mail: MailToRender, public_url: str) -> Facts:
        written: dict[str, str | datetime] = {name: _instant(mail.params[name]) for name in instants}
        if secret_link:
            written["link"] = secret_link(public_url, mail.token)
        if link:
            written["link"] = link(public_url)
        if other_link:
            written["other_link"] = other_link(public_url)
        case = {flag: bool(mail.params[flag]) for flag in flags}
        case |= {flag: bool(mail.params.get(flag)) for flag in later_flags}
        return Facts(mail.created_at, written, case)

    return facts_of


def _login_linked(mail: MailToRender, public_url: str) -> Facts:
    written = {**_of_link(mail, public_url, "linked_at"), "other_link": links.password_forgotten(public_url)}
    return Facts(mail.created_at, written, {"login_kind": _one_of(LOGIN_KINDS, mail.params["login_kind"])})


def _login_unlinked(mail: MailToRender, public_url: str) -> Facts:
    """Another password for the account helps only against somebody who was signed in to it."""
    by = _one_of(UNLINKED_BY, mail.params["by"])
    written = _of_link(mail, public_url, "unlinked_at")
    if by == "account":
        written["other_link"] = links.password_forgotten(public_url)
    case = {"login_kind": _one_of(LOGIN_KINDS, mail.params["login_kind"]), "by": by}
    return Facts(mail.created_at, written, case)


def _of_link(mail: MailToRender, public_url: str, instant: str) -> dict[str, str | datetime]:
    return {
        instant: _instant(mail.params[instant]),
        "school": _one_line(mail.params["school_name"]),
        "login_ending": mail.params["login_ending"],
        "link": links.logins(public_url),
    }


def _one_of(known: Collection[str], word: str) -> str:
    """`word`, on which words of the mail depend. Raises ValueError for one that they do not know."""
    if word not in known:
        raise ValueError(f"not one of {', '.join(known)}")
    return word


def _one_line(name: str) -> str:
    """A name from outside without line breaks and without what nobody sees, such as marks that turn the writing."""
    return "".join(filter(str.isprintable, " ".join(name.split())))


def _terms_date(mail: MailToRender) -> datetime:
    in_force = date.fromisoformat(mail.params["terms_version"])
    return datetime(in_force.year, in_force.month, in_force.day, 12, tzinfo=UTC)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant


MOULDS: Mapping[str, Mould] = {
    "activation": Mould("activation", _activation, body="activation"),
    "activation_reminder": Mould("activation", _activation_reminder, body="activation"),
    "welcome": Mould("welcome", _welcome),
    "account_exists": Mould("account_exists", _account_exists),
    "new_sign_in": Mould("new_sign_in", _new_sign_in),
    "password_reset": Mould("password_reset", _telling("expires_at", secret_link=links.password_reset)),
    "password_changed": Mould(
        "password_changed", _telling("changed_at", flags=["by_reset"], link=links.password_forgotten)
    ),
    "second_factor_changed": Mould(
        "second_factor_changed",
        _telling("changed_at", flags=["enabled"], later_flags=["by_operator"], link=links.password_forgotten),
    ),
    "codes_guessed": Mould("codes_guessed", _telling("guessed_at", link=links.password_forgotten)),
    "email_change_confirm": Mould("email_change_confirm", _telling("expires_at", secret_link=links.email_confirmation)),
    "email_change_requested": Mould("email_change_requested", _telling("requested_at", link=links.password_forgotten)),
    "email_changed": Mould("email_changed", _telling("changed_at")),
    "email_changed_here": Mould(
        "email_changed_here", _telling("changed_at", link=links.sign_in, other_link=links.password_forgotten)
    ),
    "login_linked": Mould("login_linked", _login_linked),
    "login_unlinked": Mould("login_unlinked", _login_unlinked),
    "account_deletion_requested": Mould(
        "account_deletion_requested",
        _telling("requested_at", "deleted_at", link=links.account, other_link=links.password_forgotten),
    ),
    "account_kept": Mould(
        "account_kept", _telling("cancelled_at", later_flags=["by_reset"], link=links.password_forgotten)
    ),
    "account_deleted": Mould("account_deleted", _telling("deleted_at")),
}
"""Every kind of mail that can be rendered."""
