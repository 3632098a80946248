"""Spans, begun from a `traceparent` and handed on as one."""

from collections.abc import Iterable, Mapping
from typing import Literal

from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import Tracer as OtelTracer

from shared.runtime.telemetry.context import TRACEPARENT, is_sampled

Attributes = Mapping[str, str | int]

_KINDS = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "consumer": SpanKind.CONSUMER}
_NOWHERE = Context()


class Span:
    """A span that has begun. What is not sampled has a context to hand on, too, and costs next to nothing."""

    __slots__ = ("_span",)

    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        """The context for what follows from it."""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, attributes: Attributes, *, name: str | None = None, error: str | None = None) -> None:
        """Ends it. `error` is a stable word for what failed: never a message, which may quote something."""
        if not self._span.is_recording():
            return
        if name is not None:
            self._span.update_name(name)
        self._span.set_attributes(attributes)
        if error is not None:
            self._span.set_attribute("error.type", error)
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


class Tracer:
    """Begins spans. Attributes hold nothing secret and nothing personal."""

    def __init__(self, tracer: OtelTracer) -> None:
        self._tracer = tracer

    def begin(
        self,
        name: str,
        kind: Literal["server", "client", "consumer"],
        attributes: Attributes,
        *,
        parent: str | None = None,
        links: Iterable[str] = (),
    ) -> Span:
        """A span below `parent`, or the first of a trace. What is no context counts as none."""
        above = _read(parent) if parent else None
        context = set_span_in_context(NonRecordingSpan(above), _NOWHERE) if above else _NOWHERE
        linked = [Link(each) for link in links if (each := _read(link))]
        return Span(self._tracer.start_span(name, context, _KINDS[kind], attributes, linked))

    def follow(
        self,
        name: str,
        kind: Literal["client", "consumer"],
        attributes: Attributes,
        *,
        parent: str | None,
        links: Iterable[str] = (),
    ) -> Span | None:
        """A span below `parent`; None where there is no parent or it is not sampled, because it begins no trace."""
        return self.begin(name, kind, attributes, parent=parent, links=links) if is_sampled(parent) else None


def _read(traceparent: str) -> SpanContext | None:
    """The context in a header. The SDK's own way takes several times as long, and a batch of events has 500."""
    if not TRACEPARENT.fullmatch(traceparent):
        return None
    trace_id, span_id, flags = (int(number, 16) for number in traceparent[3:].split("-"))
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return context if context.is_valid else None
