"""The AsyncAPI 3 document of all events, made from the contracts."""

from typing import Any

import yaml
from pydantic.json_schema import models_json_schema

from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import EventData
from shared.contracts.topics import EVENT_TOPICS, MAX_RECORD_BYTES, Topic

HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "UUIDv7; consumers handle each id once."},
        "ce_source": {"type": "string", "description": "The service that emitted the event."},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string", "description": "The id whose order matters; also the record's key."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_district": {"type": "string", "format": "uuid", "description": "Absent from events of portal accounts."},
        "ce_school": {"type": "string", "format": "uuid", "description": "Absent where no school is concerned."},
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context."},
    },
}


def asyncapi() -> str:
    """The document as YAML."""
    return yaml.safe_dump(_document(), sort_keys=False, allow_unicode=True, width=120)


def payload_schemas() -> dict[str, dict[str, Any]]:
    """The JSON schema of each event's data by its CloudEvents type, self-contained."""
    return {event.TYPE: event.model_json_schema(mode="serialization") for event in EVENTS}


def _document() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(event, "serialization") for event in EVENTS], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dzwonek events",
            "version": "1",
            "description": "CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_*` headers, data as JSON in the"
            f" value, at most {MAX_RECORD_BYTES // 1024} KiB. Within a version of an event only additions are made.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in EVENT_TOPICS},
        "operations": {
            f"receive.{topic.name}": {"action": "receive", "channel": {"$ref": f"#/channels/{topic.name}"}}
            for topic in EVENT_TOPICS
        },
        "components": {
            "messages": {event.__name__: _message(event) for event in EVENTS},
            "messageTraits": {"cloudEvent": {"headers": HEADERS}},
            "schemas": definitions["$defs"],
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    messages = [event for event in EVENTS if topic in topics_of(event)]
    return {
        "address": topic.name,
        "description": f"Lane {topic.lane}.",
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in messages},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete" if topic.retention else "compact"],
                    **({"retention.ms": int(topic.retention.total_seconds() * 1000)} if topic.retention else {}),
                    "max.message.bytes": topic.max_bytes,
                },
            }
        },
    }


def topics_of(event: type[EventData]) -> tuple[Topic, ...]:
    """The topics that a type of event goes to: one, or one per lane (`area.aggregate-<lane>.v1`)."""
    family = event.TOPIC.name.replace(f"-{event.TOPIC.lane}.", "-{lane}.")
    return tuple(topic for topic in EVENT_TOPICS if topic.name == family.replace("{lane}", topic.lane))


def _message(event: type[EventData]) -> dict[str, Any]:
    return {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid"}}},
    }
