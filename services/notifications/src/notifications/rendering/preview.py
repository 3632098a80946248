"""Every mail in every language, written out to be looked at. The people and tokens in it are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment

from notifications.rendering.mail import MailToRender, SenderIdentity
from notifications.rendering.renderer import Renderer
from shared.runtime.i18n import LANGUAGES
from shared.terms import current_version

SAMPLE_IDENTITY = SenderIdentity(
    public_url="https://dzwonek.example.org",
    from_name="Dzwonek",
    from_address="noreply@dzwonek.example.org",
    message_id_domain="dzwonek.example.org",
)
SAMPLE_TIME = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)
_EXPIRES_AT = datetime(2026, 9, 15, 16, 30, tzinfo=UTC)
_HAPPENED_AT = SAMPLE_TIME.isoformat()
_LINK_PARAMS = {"expires_at": _EXPIRES_AT.isoformat(), "terms_version": current_version()}
_SCHOOL = "Szkoła Podstawowa nr 3 w Nowej Wsi"
_GUARDIANS_LOGIN = {"login_kind": "guardian", "login_ending": "78", "school_name": _SCHOOL}
_PUPILS_LOGIN = {"login_kind": "student", "login_ending": "41u", "school_name": _SCHOOL}
_LOGIN_OF_STAFF = {"login_kind": "staff", "login_ending": "06k", "school_name": _SCHOOL}

SAMPLE_PARAMS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "activation": _LINK_PARAMS,
        "activation_reminder": _LINK_PARAMS,
        "welcome": {"terms_version": current_version()},
        "account_exists": {},
        "new_sign_in": {"signed_in_at": _HAPPENED_AT, "browser": "Firefox", "system": "Android"},
        "new_sign_in-unknown": {"signed_in_at": _HAPPENED_AT},
        "password_reset": {"expires_at": datetime(2026, 9, 1, 17, 30, tzinfo=UTC).isoformat()},
        "password_changed": {"changed_at": _HAPPENED_AT, "by_reset": False},
        "password_changed-reset": {"changed_at": _HAPPENED_AT, "by_reset": True},
        "second_factor_changed": {"changed_at": _HAPPENED_AT, "enabled": True},
        "second_factor_changed-off": {"changed_at": _HAPPENED_AT, "enabled": False},
        "second_factor_changed-operator": {"changed_at": _HAPPENED_AT, "enabled": False, "by_operator": True},
        "codes_guessed": {"guessed_at": _HAPPENED_AT},
        "email_change_confirm": {"expires_at": datetime(2026, 9, 2, 16, 30, tzinfo=UTC).isoformat()},
        "email_change_requested": {"requested_at": _HAPPENED_AT},
        "email_changed": {"changed_at": _HAPPENED_AT},
        "email_changed_here": {"changed_at": _HAPPENED_AT},
        "login_linked": {"linked_at": _HAPPENED_AT, **_GUARDIANS_LOGIN},
        "login_linked-pupil": {"linked_at": _HAPPENED_AT, **_PUPILS_LOGIN},
        "login_linked-staff": {"linked_at": _HAPPENED_AT, **_LOGIN_OF_STAFF},
        "login_unlinked": {"unlinked_at": _HAPPENED_AT, **_GUARDIANS_LOGIN, "by": "account"},
        "login_unlinked-login": {"unlinked_at": _HAPPENED_AT, **_GUARDIANS_LOGIN, "by": "login"},
        "login_unlinked-school": {"unlinked_at": _HAPPENED_AT, **_GUARDIANS_LOGIN, "by": "school"},
        "login_unlinked-guardian": {"unlinked_at": _HAPPENED_AT, **_PUPILS_LOGIN, "by": "guardian"},
        "account_deletion_requested": {"requested_at": _HAPPENED_AT, "deleted_at": _EXPIRES_AT.isoformat()},
        "account_kept": {"cancelled_at": _HAPPENED_AT},
        "account_kept-reset": {"cancelled_at": _HAPPENED_AT, "by_reset": True},
        "account_deleted": {"deleted_at": _HAPPENED_AT, "language": "pl"},
    }
)
"""The params of each sample: of every kind, and as `KIND-case` of the cases that have other words."""

_SAMPLE_TOKEN = "V2hhdC1hLW5pY2UtZGF5LXRvLXJlYWQtYS10b2tlbg"  # noqa: S105 - invented

_INDEX = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Mails</title>
<style>
body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem }
td, th { padding: .3rem 1.2rem .3rem 0; text-align: left }
</style>
</head><body><h1>Mails</h1>
<table><tr><th>Kind</th><th>Language</th><th>Subject</th><th>Open</th><th>Size</th></tr>
{% for mail in mails %}
<tr><td>{{ mail.sample }}</td><td>{{ mail.language }}</td><td lang="{{ mail.language }}">{{ mail.subject }}</td>
<td>{% for ending in ("html", "txt", "eml") %}<a href="{{ mail.stem }}.{{ ending }}">{{ ending }}</a> {% endfor %}</td>
<td>{{ mail.size }} B</td></tr>
{% endfor %}
</table></body></html>
"""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A mail in the index."""

    sample: str
    language: str
    subject: str
    size: int

    @property
    def stem(self) -> str:
        return f"{self.sample}.{self.language}"


def write_preview(out: Path, identity: SenderIdentity = SAMPLE_IDENTITY) -> list[Path]:
    """Write every kind and language to `out` as .html, .txt and .eml, and an index.html; return what was written."""
    out.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(identity)
    listed: list[_Listed] = []
    written: list[Path] = []
    for sample, language in product(SAMPLE_PARAMS, LANGUAGES):
        message_bytes = renderer.render(sample_mail(sample, language))
        message = message_from_bytes(message_bytes, EmailMessage, policy=policy.default)
        mail = _Listed(sample, language, message["Subject"], len(message_bytes))
        listed.append(mail)
        written.append(_write(out / f"{mail.stem}.html", _body(message, "html")))
        written.append(_write(out / f"{mail.stem}.txt", _body(message, "plain")))
        written.append(_write(out / f"{mail.stem}.eml", message_bytes))
    index = Environment(autoescape=True).from_string(_INDEX).render(mails=listed)
    written.append(_write(out / "index.html", index.encode()))
    return written


def sample_mail(sample: str, language: str) -> MailToRender:
    """An invented mail of a kind, or of a case of it: the same one at each call."""
    return MailToRender(
        mail_id=uuid5(NAMESPACE_URL, f"{sample}.{language}"),
        kind=sample.partition("-")[0],
        language=language,
        address="anna.nowak@example.org",
        created_at=SAMPLE_TIME,
        thread_id=f"account-{uuid5(NAMESPACE_URL, 'account')}",
        params=SAMPLE_PARAMS[sample],
        token=_SAMPLE_TOKEN,
    )


def _body(message: EmailMessage, subtype: str) -> bytes:
    part = message.get_body((subtype,))
    assert part is not None, "every mail has both bodies"  # noqa: S101
    content: str = part.get_content()
    return content.encode()


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
