"""Sending spans to the collector, from a thread of its own. Whatever becomes of that, the process goes on."""

import contextvars
import logging
import threading
from collections.abc import Sequence

import requests
import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes
from prometheus_client import Counter

from shared.runtime.events import new_id
from shared.runtime.telemetry.spans import Tracer

log = structlog.get_logger()

QUEUE = 2048
AT_ONCE = 512
EVERY_MILLIS = 1000
"""So many spans wait at the most, the others are lost; they are sent so many at once, and at least so often."""

ANSWER_SECONDS = 5.0
"""How long the collector may take."""

LAST_SECONDS = 2.0
"""How long the last spans may take when the process ends."""

MOST_LINKS = 500
"""As many as a batch of events has."""

SPANS_ENDED = Counter("dzwonek_spans_ended_total", "Spans made")
SPANS_EXPORTED = Counter("dzwonek_spans_exported_total", "Spans that the collector took; the others are lost")


class Export:
    """The way from this process to the collector at `endpoint`. `ratio` of all traces that begin here are sampled."""

    def __init__(self, endpoint: str, ratio: float, *, service: str, process: str) -> None:
        # They would tell each span that is lost, with the collector's words.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._provider = TracerProvider(
            sampler=ParentBased(_Beginnings(ratio)),
            resource=Resource(
                {
                    "service.namespace": "dzwonek",
                    "service.name": f"{service}-{process}",
                    "service.instance.id": str(new_id()),
                }
            ),
            span_limits=SpanLimits(max_links=MOST_LINKS),
            shutdown_on_exit=False,
        )
        self._exporter = _Watched(_otlp(endpoint))
        self._provider.add_span_processor(_Counted(self._exporter, QUEUE, EVERY_MILLIS, AT_ONCE))
        self.tracer = Tracer(self._provider.get_tracer("dzwonek"))

    def end(self) -> None:
        """Sends what is left, if the collector takes it in time."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(LAST_SECONDS)
        self._exporter.shutdown()


def _otlp(endpoint: str) -> OTLPSpanExporter:
    session = requests.Session()
    session.trust_env = False  # no proxy and no .netrc for what stays inside
    return OTLPSpanExporter(
        f"{endpoint.rstrip('/')}/v1/traces", timeout=ANSWER_SECONDS, compression=Compression.Gzip, session=session
    )


class _Beginnings(Sampler):
    """Which traces begin: so many by chance, and whatever has links, because only to what is sampled there are any."""

    def __init__(self, ratio: float) -> None:
        self._by_chance = TraceIdRatioBased(ratio)
        self._always = TraceIdRatioBased(1.0)

    def should_sample(  # noqa: PLR0917 - the SDK's signature
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """The verdict on a span without a parent."""
        sampler = self._always if links else self._by_chance
        return sampler.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """For those who debug the SDK."""
        return f"Beginnings{{{self._by_chance.rate}}}"


class _Counted(BatchSpanProcessor):
    """Counts what it is given, so that what is lost in a full queue can be told."""

    def on_end(self, span: ReadableSpan) -> None:
        """A span for the queue."""
        SPANS_ENDED.inc()
        super().on_end(span)


class _Watched(SpanExporter):
    """Tells once when the collector stops taking spans, and once when it takes them again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._away = self._given_up = False
        self._said_by = contextvars.copy_context()
        """The names of service and process for the log, which the thread that exports does not have."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends them, once or a few times. What fails is lost."""
        result = self._exporter.export(spans)
        taken = result is SpanExportResult.SUCCESS
        if taken:
            SPANS_EXPORTED.inc(len(spans))
        if taken == self._away and not self._given_up:
            self._away = not taken
            say, what = (log.info, "collector_back") if taken else (log.warning, "collector_away")
            self._said_by.run(say, what)
        return result

    def shutdown(self) -> None:
        """Gives up: nothing is tried again, and nobody is told any more."""
        self._given_up = True
        self._exporter.shutdown()
