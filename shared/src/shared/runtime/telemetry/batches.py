"""The spans of a batch of events: one for the batch, and one for each event, in the event's own trace.

They are made for events that are sampled alone, so that a batch without one costs a look at its headers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aiokafka import ConsumerRecord

from shared.runtime.consumer import Arrival
from shared.runtime.telemetry.context import is_sampled
from shared.runtime.telemetry.switch import current_tracer

if TYPE_CHECKING:
    from shared.runtime.telemetry.spans import Span, Tracer

Read = tuple["ConsumerRecord[bytes, bytes]", Arrival]
_Place = tuple[str, int, int]


@dataclass
class Batch:
    """What was read, each event carrying on the trace context of its span, where it has one."""

    read: Sequence[Read]
    spans: "dict[_Place, Span]" = field(default_factory=dict)

    def buried(self, record: "ConsumerRecord[bytes, bytes]", reason: str) -> None:
        """The record lies among the dead letters."""
        if span := self.spans.pop(_place(record), None):
            span.end({}, error=reason)


@contextmanager
def traced_batch(group: str, read: Sequence[Read]) -> Iterator[Batch]:
    """The batch, to be handled; its spans end with that, and tell when it fails."""
    tracer = current_tracer()
    sampled = [each for each in read if is_sampled(each[1].event.traceparent)] if tracer else []
    if tracer is None or not sampled:
        yield Batch(read)
        return
    whole = tracer.begin(
        f"apply {group}",
        "consumer",
        {**_about("apply"), "messaging.consumer.group.name": group, "messaging.batch.message_count": len(read)},
        links=[arrival.event.traceparent for _, arrival in sampled if arrival.event.traceparent],
    )
    spans = {_place(record): _begin(tracer, record, arrival, whole) for record, arrival in sampled}
    batch = Batch([_carrying_on(each, spans.get(_place(each[0]))) for each in read], spans)
    error = None
    try:
        yield batch
    except BaseException as fault:  # also when it is cancelled: nothing of it had its effect
        error = type(fault).__name__
        raise
    finally:
        for span in (*batch.spans.values(), whole):
            span.end({}, error=error)


def _begin(tracer: "Tracer", record: "ConsumerRecord[bytes, bytes]", arrival: Arrival, whole: "Span") -> "Span":
    attributes = {
        **_about("process"),
        "messaging.destination.name": record.topic,
        "messaging.destination.partition.id": str(record.partition),
        "messaging.kafka.offset": record.offset,
        "messaging.message.id": str(arrival.event.id),
        "cloudevents.event_type": arrival.event.type,
    }
    parent, links = arrival.event.traceparent, [whole.traceparent]
    return tracer.begin(f"process {record.topic}", "consumer", attributes, parent=parent, links=links)


def _about(operation: str) -> dict[str, str | int]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": "process",
    }


def _carrying_on(each: Read, span: "Span | None") -> Read:
    if span is None:
        return each
    record, arrival = each
    return record, replace(arrival, event=arrival.event.model_copy(update={"traceparent": span.traceparent}))


def _place(record: "ConsumerRecord[bytes, bytes]") -> _Place:
    return record.topic, record.partition, record.offset
