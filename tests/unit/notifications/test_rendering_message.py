"""Every mail is a message as email.md asks: structure, headers, sizes, and the same bytes each time."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.unit.notifications.rendered import SECRET_PAGES, a_mail, body, every_mail, message, renderer

from notifications.rendering import CannotRender, Renderer, SenderIdentity
from notifications.rendering.preview import SAMPLE_IDENTITY, SAMPLE_PARAMS, SAMPLE_TIME
from notifications.rendering.skeleton import MAX_BYTES, Skeleton

ONCE = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
]


@every_mail
def test_plain_text_comes_before_html_both_in_utf8(kind: str, language: str) -> None:
    parsed = message(a_mail(kind, language))
    assert parsed.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content_charset()) for part in parsed.iter_parts()]
    assert parts == [("text/plain", "utf-8"), ("text/html", "utf-8")]


@every_mail
def test_a_strict_parser_finds_no_defect(kind: str, language: str) -> None:
    parsed = message(a_mail(kind, language))
    assert [part.defects for part in parsed.walk()] == [[], [], []]
    assert all(not value.defects for part in parsed.walk() for value in part.values())


@every_mail
def test_each_header_is_there_once(kind: str, language: str) -> None:
    parsed = message(a_mail(kind, language))
    assert [name for name in ONCE if len(parsed.get_all(name, [])) != 1] == []
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["X-Auto-Response-Suppress"] == "All"
    assert parsed["X-Dzwonek-Kind"] == a_mail(kind).kind
    assert parsed["Content-Language"] == language
    assert str(parsed["From"]) == "Dzwonek <noreply@dzwonek.example.org>"
    assert str(parsed["To"]) == "anna.nowak@example.org"


@every_mail
def test_mail_about_the_account_itself_has_no_way_to_unsubscribe(kind: str, language: str) -> None:
    assert not [name for name in message(a_mail(kind, language)).keys() if name.lower().startswith("list-")]  # noqa: SIM118


@every_mail
def test_lines_end_with_crlf_alone_and_are_short(kind: str, language: str) -> None:
    raw = renderer().render(a_mail(kind, language))
    lines = raw.split(b"\r\n")
    assert not re.search(rb"[\r\n]", b"".join(lines))
    assert max(map(len, lines)) <= 78
    assert lines[-1] == b""
    assert raw.isascii()


@every_mail
def test_decoded_bodies_have_crlf_lines_too(kind: str, language: str) -> None:
    for part in message(a_mail(kind, language)).iter_parts():
        decoded = part.get_payload(decode=True)
        assert isinstance(decoded, bytes)
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", decoded)


@every_mail
def test_a_mail_stays_far_below_100_kb(kind: str, language: str) -> None:
    assert len(renderer().render(a_mail(kind, language))) < MAX_BYTES / 2


@every_mail
def test_the_same_mail_gives_the_same_bytes_from_any_process(kind: str, language: str) -> None:
    mail = a_mail(kind, language)
    assert renderer().render(mail) == renderer().render(mail) == Renderer(SAMPLE_IDENTITY).render(mail)


@every_mail
def test_the_secret_and_the_address_stand_nowhere_in_the_headers_but_in_to(kind: str, language: str) -> None:
    mail = a_mail(kind, language)
    parsed = message(mail)
    elsewhere = "\n".join(str(value) for name, value in parsed.items() if name != "To")
    assert mail.token
    assert mail.token not in elsewhere
    assert "anna" not in elsewhere


def test_the_message_id_is_the_mails_own_and_the_thread_is_none_of_them() -> None:
    mail = a_mail(mail_id=uuid4())
    parsed = message(mail)
    assert parsed["Message-ID"] == f"<{mail.mail_id}@dzwonek.example.org>"
    assert parsed["References"] == f"<{mail.thread_id}@dzwonek.example.org>"


def test_two_mails_differ_in_message_id_and_boundary() -> None:
    one, other = message(a_mail(mail_id=uuid4())), message(a_mail(mail_id=uuid4()))
    assert one["Message-ID"] != other["Message-ID"]
    assert one.get_boundary() != other.get_boundary()


def test_the_date_is_the_day_the_mail_came_into_being() -> None:
    parsed = message(a_mail(created_at=datetime(2026, 9, 1, 23, 59, 58, tzinfo=UTC)))
    assert parsedate_to_datetime(parsed["Date"]) == datetime(2026, 9, 1, 23, 59, 58, tzinfo=UTC)


def test_the_date_of_a_reminder_is_3_days_before_the_end_for_which_it_waited_in_the_queue() -> None:
    parsed = message(a_mail("activation_reminder"))
    expires_at = datetime.fromisoformat(SAMPLE_PARAMS["activation_reminder"]["expires_at"])
    assert parsedate_to_datetime(parsed["Date"]) == expires_at - timedelta(days=3)
    late = message(a_mail("activation_reminder", created_at=expires_at - timedelta(days=1)))
    assert parsedate_to_datetime(late["Date"]) == expires_at - timedelta(days=1)


def test_an_international_domain_travels_as_punycode() -> None:
    parsed = message(a_mail(address="rodzic+szkola@szkoła.example"))
    assert parsed["To"].addresses[0].addr_spec == "rodzic+szkola@xn--szkoa-n7a.example"


def test_the_operators_name_is_encoded_and_his_domain_too() -> None:
    identity = SenderIdentity(
        "https://dziennik.example", "Gmina Łódź, „Dzwonek”", "poczta@łódź.example", "poczta.example"
    )
    raw = Renderer(identity).render(a_mail())
    assert raw.isascii()
    assert b"xn--d-uga0v4h.example" in raw


def test_a_site_below_a_path_keeps_its_path_in_links() -> None:
    identity = SenderIdentity("https://gmina.example/dzwonek/", "Dzwonek", "poczta@gmina.example", "gmina.example")
    mail = a_mail()
    text = body(message(mail, Renderer(identity)), "plain")
    assert f"https://gmina.example/dzwonek/activate/{mail.token}" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "lottery"},
        {"language": "de"},
        {"token": None},
        {"token": "a b"},
        {"token": "../../../logout"},
        {"params": {}},
        {"params": {"expires_at": "2026-09-15T16:30:00", "terms_version": "2026-09-01"}},
        {"params": {"expires_at": "soon", "terms_version": "2026-09-01"}},
        {"params": {"expires_at": None, "terms_version": "2026-09-01"}},
        {"params": {"expires_at": "2026-09-15T16:30:00+00:00", "terms_version": "1999-01-01"}},
        {"params": {"expires_at": "2026-09-15T16:30:00+00:00", "terms_version": "../secret"}},
        {"address": "nobody"},
        {"address": "żaneta@example.org"},
        {"address": "a@b@example.org"},
        {"address": "anna@exa mple.org"},
        {"address": "anna@example..org"},
        {"address": "anna@example.org\r\nBcc: all@example.org"},
        {"address": "anna\r\nBcc: all@example.org, x@example.org"},
        {"address": "anna@example.org>, <all@example.org"},
        {"thread_id": "account-1>\r\nX: y"},
        {"thread_id": ""},
    ],
    ids=repr,
)
def test_what_can_never_be_sent_is_refused_without_naming_the_person(changes: dict[str, Any]) -> None:
    with pytest.raises(CannotRender) as refused:
        renderer().render(replace(a_mail(), **changes))
    assert "example" not in str(refused.value)
    assert "żaneta" not in str(refused.value)


@pytest.mark.parametrize("kind", [kind for kind in SAMPLE_PARAMS if SAMPLE_PARAMS[kind]])
def test_a_mail_without_what_its_kind_needs_is_refused(kind: str) -> None:
    with pytest.raises(CannotRender):
        renderer().render(a_mail(kind, params={}))


@pytest.mark.parametrize("kind", SECRET_PAGES)
def test_a_link_of_its_own_needs_its_secret(kind: str) -> None:
    with pytest.raises(CannotRender):
        renderer().render(a_mail(kind, token=None))


@pytest.mark.parametrize(
    "identity",
    [
        SenderIdentity(
            "https://dzwonek.example", "Dzwonek\r\nBcc: all@example.org", "noreply@dzwonek.example", "d.example"
        ),
        SenderIdentity("https://dzwonek.example", "Dzwonek", "noreply", "d.example"),
        SenderIdentity("https://dzwonek.example", "Dzwonek", "noreply@dzwonek.example", "d example"),
        SenderIdentity("javascript:alert(1)", "Dzwonek", "noreply@dzwonek.example", "d.example"),
        SenderIdentity("https://dzwonek.example/?a=b", "Dzwonek", "noreply@dzwonek.example", "d.example"),
        SenderIdentity("dzwonek.example", "Dzwonek", "noreply@dzwonek.example", "d.example"),
    ],
    ids=repr,
)
def test_an_identity_that_is_unfit_is_refused_before_any_mail(identity: SenderIdentity) -> None:
    with pytest.raises(ValueError, match=r"."):
        Renderer(identity).render(a_mail())


def test_a_mail_that_grew_too_large_is_refused() -> None:
    with pytest.raises(CannotRender, match="at most 100352"):
        Skeleton(SAMPLE_IDENTITY, "activation", "pl").fill(
            a_mail(), date=SAMPLE_TIME, subject="Subject", text="long " * 20_000, html=""
        )
