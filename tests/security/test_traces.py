"""A trace leads from the click to the mail and tells nothing secret and nothing personal."""

from collections.abc import Iterator

import pytest

from devstack.system import System
from tests.collector import Collector, Seen
from tests.e2e.conftest import running
from tests.e2e.person import Person
from tests.security.life import LINKS, ask_for_deletion
from tests.security.spellings import forms
from tests.waiting import until

CLIENTS_TRACE, CLIENTS_SPAN = "ab" * 16, "cd" * 8


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector().running() as collector:
        yield collector


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[System]:
    settings = {
        "DZWONEK_ASK_AGAIN_SECONDS": "0",
        "DZWONEK_OTLP_ENDPOINT": collector.url,
        "DZWONEK_TRACE_RATIO": "1",
        # What lets FastAPI trace by itself, with the paths.
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
    }
    folder = tmp_path_factory.mktemp("system")
    with running(System(folder, durable=False, settings=settings)) as system:
        yield system


WAYS = (
    ("POST /api/v1/registrations", "activation"),
    ("POST /api/v1/activations", "welcome"),
    ("POST /api/v1/me/email-changes", "email_change_requested"),
    ("POST /api/v1/me/email-changes", "email_change_confirm"),
    ("POST /api/v1/email-changes/confirmations", "email_changed"),
    ("POST /api/v1/email-changes/confirmations", "email_changed_here"),
    ("PUT /api/v1/me/second-factor", "second_factor_changed"),
    ("POST /api/v1/sessions", "new_sign_in"),
    ("POST /api/v1/me/deletion", "account_deletion_requested"),
    ("POST /api/v1/password-resets", "password_reset"),
    ("POST /api/v1/password-resets/completions", "password_changed"),
    ("POST /api/v1/password-resets/completions", "account_kept"),
)
"""Requests, and the mails that they lead to."""


async def live(person: Person) -> None:
    """Each of these requests; the links are opened as pages, too."""
    await person.register()
    await person.activate()
    await person.mail("welcome")
    await person.sign_in()
    await person.change_email("halina.sowa@example.org")
    await person.mail("email_changed_here")
    await person.switch_on_second_factor()
    await person.sign_in(**person.proof())  # by the API, where no cookie is kept: from a new device
    await ask_for_deletion(person)
    await person.reset_password("piec zoltych tramwajow")
    await person.mail("password_changed")
    await person.open_links(*LINKS)
    await person.client.get(f"/no/such/{person.email}?email={person.email}")


async def test_one_trace_leads_from_the_click_to_the_mail(system: System, person: Person, collector: Collector) -> None:
    await live(person)

    async def sent() -> list[Seen] | None:
        spans = [span for span in collector.spans() if span.trace_id != CLIENTS_TRACE]
        known = {"", *(span.span_id for span in spans)}
        kinds = {span.attributes.get("dzwonek.mail.kind") for span in spans}
        whole = kinds >= {kind for _, kind in WAYS} and all(span.parent_id in known for span in spans)
        return spans if whole and any(span.name == "GET" for span in spans) else None  # the last request of all

    spans = await until(sent, seconds=40)
    by_id = {span.span_id: span for span in spans}
    for request, kind in WAYS:
        asked, heard, mailed = the_way_of(kind, by_id)
        assert (asked.service, asked.name, asked.kind, asked.parent_id) == ("accounts-api", request, "server", "")
        assert (heard.service, heard.kind) == ("notifications-worker", "consumer")
        assert (mailed.service, mailed.kind, mailed.failed) == ("notifications-sender", "client", False)
        assert mailed.attributes["dzwonek.mail.answer"] == "accepted"
        assert mailed.attributes["dzwonek.mail.attempt"] == 1
        (batch,) = heard.links  # another event of the same request may come in another: it has another topic
        assert by_id[batch].name == "apply notifications.security"
        assert asked.span_id in by_id[batch].links

    exported = b"".join(collector.bodies)
    assert b"/activate/{token}" in exported
    assert {secret for secret in person.secrets for form in forms(secret) if form in exported} == set()
    assert not any(word in exported for word in (b"url.path", b"/no/such", b"127.0.0.1", b"user_agent"))


def the_way_of(kind: str, by_id: dict[str, Seen]) -> tuple[Seen, Seen, Seen]:
    """The request, the event and the mail, each below the one before."""
    (mailed,) = [span for span in by_id.values() if span.attributes.get("dzwonek.mail.kind") == kind]
    heard = by_id[mailed.parent_id]
    asked = by_id[heard.parent_id]
    assert {asked.trace_id, heard.trace_id} == {mailed.trace_id}
    return asked, heard, mailed


async def test_a_client_goes_on_with_a_trace_of_its_own(system: System, person: Person, collector: Collector) -> None:
    silent = "ef" * 16
    for email, trace, flags in (("ewa.lis", silent, "00"), ("jan.lis", CLIENTS_TRACE, "01")):
        person.client.headers["traceparent"] = f"00-{trace}-{CLIENTS_SPAN}-{flags}"
        body = {"email": f"{email}@example.org", "password": person.password, "age_bracket": "adult", "language": "pl"}
        await person.call("POST", "registrations", body, 202)
        await person.inbox.wait_for(f"{email}@example.org", kind="activation", timeout=30)

    async def whole() -> list[Seen] | None:
        spans = [span for span in collector.spans() if span.trace_id == CLIENTS_TRACE]
        return spans if len(spans) == 3 else None

    asked, heard, mailed = sorted(
        await until(whole), key=lambda span: ("server", "consumer", "client").index(span.kind)
    )
    assert [asked.parent_id, heard.parent_id, mailed.parent_id] == [CLIENTS_SPAN, asked.span_id, heard.span_id]
    assert [span for span in collector.spans() if span.trace_id == silent] == []  # what is not sampled is not told
