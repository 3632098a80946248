"""A mail is sent in the trace of its cause, each attempt with what it was answered, and never with whom it is for."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.collector import Collector
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld

from notifications.settings.sender import SenderSettings
from shared.runtime.telemetry.switch import tracing

TRACE, CAUSE = "ab" * 16, "cd" * 8
SAMPLED, UNSAMPLED = (f"00-{TRACE}-{CAUSE}-{flags}" for flags in ("01", "00"))


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector().running() as collector:
        yield collector


async def queued_in(trace: str, world: SenderWorld, address: str) -> UUID:
    [mail] = await world.queue(address)
    await world.pool.execute("UPDATE notices SET traceparent = $2 WHERE mail_id = $1", mail, trace)
    return mail


async def test_each_attempt_is_told_in_the_trace_of_its_cause(
    world: SenderWorld, relay: ScriptedRelay, collector: Collector
) -> None:
    relay.script["RCPT"].append("450 4.2.0 <ola@szkola.example> is greylisted")
    settings = SenderSettings(**{**world.settings, "otlp_endpoint": collector.url, "trace_ratio": 0})
    with tracing(settings, service="notifications", process="sender"):
        mail = await queued_in(SAMPLED, world, "ola@szkola.example")
        async with world.sending():
            await world.tried(mail)
            await world.make_due(mail)
            await world.settled(mail)
    first, second = collector.spans()
    assert [(span.name, span.kind, span.trace_id, span.parent_id) for span in (first, second)] == [
        ("send mail", "client", TRACE, CAUSE)
    ] * 2
    about = {
        "dzwonek.mail.id": str(mail),
        "dzwonek.mail.kind": "welcome",
        "dzwonek.mail.lane": "direct",
        "network.protocol.name": "smtp",
    }
    assert (first.failed, first.attributes) == (
        True,
        {
            **about,
            "dzwonek.mail.attempt": 1,
            "dzwonek.mail.answer": "transient",
            "dzwonek.mail.answer.code": 450,
            "dzwonek.mail.answer.enhanced_code": "4.2.0",
            "error.type": "transient",
        },
    )
    assert (second.failed, second.attributes["dzwonek.mail.attempt"], second.attributes["dzwonek.mail.answer"]) == (
        False,
        2,
        "accepted",
    )
    assert b"szkola" not in b"".join(collector.bodies)
    [told] = await world.pool.fetch("SELECT headers ->> 'traceparent' AS traceparent FROM outbox")
    assert told["traceparent"] == SAMPLED


async def test_a_mail_whose_cause_is_not_recorded_is_sent_without_a_word(
    world: SenderWorld, relay: ScriptedRelay, collector: Collector
) -> None:
    settings = SenderSettings(**{**world.settings, "otlp_endpoint": collector.url})
    with tracing(settings, service="notifications", process="sender"):
        silent = await queued_in(UNSAMPLED, world, "jan@szkola.example")
        [alone] = await world.queue("ewa@szkola.example")
        async with world.sending():
            await world.settled(silent, alone)
    assert len(relay.mails) == 2
    assert collector.spans() == []
