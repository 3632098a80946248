"""Where nothing is traced nothing of it is there; a collector that fails costs spans and nothing else."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from aiokafka import ConsumerRecord
from fastapi import FastAPI
from structlog.testing import capture_logs
from tests.collector import Collector, Seen
from tests.integration.shared.events import activated
from tests.waiting import until

from shared.contracts.envelope import Event, EventData, encode
from shared.runtime.consumer import Arrival
from shared.runtime.events import traceparent
from shared.runtime.health import Health
from shared.runtime.settings import Settings
from shared.runtime.telemetry import export
from shared.runtime.telemetry.batches import Read, traced_batch
from shared.runtime.telemetry.switch import current_tracer, tracing
from shared.runtime.web import create_app

PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"
UNSAMPLED = f"00-{'ab' * 16}-{'cd' * 8}-00"

LOADED = """
import sys
import {main}
from shared.runtime.settings import Settings
from shared.runtime.telemetry.switch import tracing
with tracing(Settings(), service="example", process="api"):
    import {bootstrap}
    names = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "google.protobuf", "requests")
    print([name for name in names if name in sys.modules])
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector().running() as collector:
        yield collector


def settings(**values: object) -> Settings:
    return Settings.model_validate({"database_url": "postgresql://localhost/example", "trace_ratio": 1, **values})


def app() -> FastAPI:
    app = create_app(title="example", version="1", description="")

    @app.get("/links/{token}")
    async def link(token: str) -> dict[str, str | None]:
        return {"traceparent": traceparent.get()}

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("anna@example.org")

    app.router.routes.extend(Health(None).routes())
    return app


def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://example.org")


@pytest.mark.parametrize(
    ("main", "bootstrap"),
    [
        ("accounts.__main__", "accounts.bootstrap.api, accounts.bootstrap.worker"),
        ("notifications.__main__", "notifications.bootstrap.api, notifications.bootstrap.worker"),
        ("notifications.__main__", "notifications.sender.run"),
    ],
)
@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:9"])
def test_without_a_collector_nothing_of_the_sdk_is_loaded(main: str, bootstrap: str, endpoint: str) -> None:
    environment = {"DZWONEK_DATABASE_URL": "postgresql://localhost/example", "DZWONEK_OTLP_ENDPOINT": endpoint}
    script = LOADED.format(main=main, bootstrap=bootstrap)
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    everything = "['opentelemetry.sdk', 'opentelemetry.exporter', 'opentelemetry.proto', 'google.protobuf', 'requests']"
    assert told.stdout.strip() == (everything if endpoint else "[]")


async def test_a_request_is_named_by_its_route_and_hands_its_span_on(collector: Collector) -> None:
    with tracing(settings(otlp_endpoint=collector.url), service="example", process="api"):
        async with client() as asking:
            within = (await asking.get("/links/sEcReT?a=sEcReT", headers={"traceparent": PARENT})).json()
            await asking.get("/broken")
            await asking.get("/sEcReT")
            await asking.request("SECRET", "/sEcReT")
            await asking.get("/livez")
    known, broken, unknown, odd = collector.spans()
    assert (known.service, known.name, known.parent_id) == ("example-api", "GET /links/{token}", "cd" * 8)
    assert within["traceparent"] == f"00-{known.trace_id}-{known.span_id}-01"
    assert known.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/links/{token}",
    }
    assert (broken.name, broken.failed, broken.attributes["error.type"]) == ("GET /broken", True, "500")
    assert [unknown.name, odd.name, odd.attributes["http.request.method"]] == ["GET", "HTTP", "_OTHER"]
    assert not unknown.failed
    assert b"ecre" not in b"".join(collector.bodies).lower()


async def test_what_is_not_sampled_hands_on_a_context_and_is_not_told(collector: Collector) -> None:
    with tracing(settings(otlp_endpoint=collector.url, trace_ratio=0), service="example", process="api"):
        async with client() as asking:
            first = (await asking.get("/links/a")).json()["traceparent"]
            second = (await asking.get("/links/a", headers={"traceparent": UNSAMPLED})).json()["traceparent"]
            await asking.get("/links/a", headers={"traceparent": PARENT})
    assert int(first[-2:], 16) & 1 == 0
    assert (second[:36], int(second[-2:], 16) & 1) == (UNSAMPLED[:36], 0)
    assert [span.parent_id for span in collector.spans()] == ["cd" * 8]


def read(event: Event[EventData], offset: int) -> Read:
    record = encode(event)
    headers = [(name, value) for name, value in record.headers]
    consumed = ConsumerRecord(
        record.topic.name, 0, offset, 0, 0, record.key.encode(), record.value, None, 1, 1, tuple(headers)
    )
    return consumed, Arrival(event, record.topic.name, {}, record.value)


async def test_a_batch_tells_of_sampled_events_alone(collector: Collector) -> None:
    events = [activated().model_copy(update={"traceparent": trace}) for trace in (PARENT, UNSAMPLED, None, PARENT)]
    with tracing(settings(otlp_endpoint=collector.url, trace_ratio=0), service="example", process="worker"):
        with traced_batch("example.security", [read(event, offset) for offset, event in enumerate(events)]) as batch:
            carried = [arrival.event.traceparent for _, arrival in batch.read]
            batch.buried(batch.read[3][0], "poisoned")
        with traced_batch("example.security", [read(events[1], 4)]) as untouched:
            assert untouched.read[0][1].event is events[1]
    spans = collector.spans()
    whole = next(span for span in spans if span.name == "apply example.security")
    heard, poisoned = sorted(
        (span for span in spans if span is not whole), key=lambda span: span.attributes["messaging.kafka.offset"]
    )
    assert len(spans) == 3
    assert whole.links == {"cd" * 8}
    assert whole.attributes["messaging.batch.message_count"] == 4
    assert heard.name == "process accounts.account.v1"
    assert (heard.parent_id, heard.links, heard.failed) == ("cd" * 8, frozenset({whole.span_id}), False)
    assert (poisoned.failed, poisoned.attributes["error.type"]) == (True, "poisoned")
    assert carried[:3] == [f"00-{heard.trace_id}-{heard.span_id}-01", UNSAMPLED, None]


@pytest.mark.parametrize("fault", [ConnectionError, asyncio.CancelledError])
async def test_a_batch_that_fails_says_so(fault: type[BaseException], collector: Collector) -> None:
    event = activated().model_copy(update={"traceparent": PARENT})
    with (
        tracing(settings(otlp_endpoint=collector.url), service="example", process="worker"),
        pytest.raises(fault),
        traced_batch("example.security", [read(event, 0)]),
    ):
        raise fault("anna@example.org")
    assert [(span.failed, span.attributes["error.type"]) for span in collector.spans()] == [(True, fault.__name__)] * 2
    assert b"anna" not in b"".join(collector.bodies)


def make_spans(count: int) -> None:
    tracer = current_tracer()
    assert tracer
    for _ in range(count):
        tracer.begin("GET /", "server", {}).end({})


@pytest.mark.parametrize("trouble", ["away", "failing", "hanging"])
async def test_a_collector_in_trouble_costs_spans_alone(
    trouble: str, collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status, collector.hangs = (500 if trouble == "failing" else 200), trouble == "hanging"
    url = "http://127.0.0.1:9" if trouble == "away" else collector.url
    with capture_logs() as said, caplog.at_level(logging.DEBUG):
        with tracing(settings(otlp_endpoint=url), service="example", process="api"):
            make_spans(export.QUEUE * 3)

            async def waiting() -> bool:
                return trouble == "away" or collector.asked > 0

            await until(waiting)
            ending = time.perf_counter()
        assert time.perf_counter() - ending < export.LAST_SECONDS + 1
    assert len(said) <= 1
    assert [record for record in caplog.records if record.name.startswith("opentelemetry")] == []
    assert collector.spans() == []


async def test_while_the_collector_hangs_no_more_spans_are_kept_than_the_queue_holds(collector: Collector) -> None:
    collector.hangs = True
    with tracing(settings(otlp_endpoint=collector.url), service="example", process="api"):
        make_spans(export.AT_ONCE)

        async def asked() -> bool:
            return collector.asked > 0

        await until(asked)
        make_spans(export.QUEUE * 3)
        collector.hangs = False
    assert len(collector.spans()) <= export.AT_ONCE + export.QUEUE


async def test_a_collector_that_comes_back_is_told_of_once(collector: Collector) -> None:
    collector.status = 500
    with capture_logs() as said, tracing(settings(otlp_endpoint=collector.url), service="example", process="api"):
        for attempts in (1, 2):
            make_spans(export.AT_ONCE)

            async def refused(attempts: int = attempts) -> bool:
                return collector.asked >= attempts

            await until(refused)
        collector.status = 200

        async def taken() -> list[Seen]:
            make_spans(1)
            return collector.spans()

        await until(taken)
    assert [line["event"] for line in said] == ["collector_away", "collector_back"]
