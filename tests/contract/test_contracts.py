"""The contracts keep their word: what was published once parses for ever, and only additions are made."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from devstack.documents.asyncapi import payload_schemas, topics_of
from shared.contracts.accounts import AccountActivated, AccountRegistered
from shared.contracts.catalogue import CATALOGUE, EVENTS
from shared.contracts.envelope import Event, EventData, UndecodableRecord, decode, encode, read_headers
from shared.contracts.topics import EVENT_TOPICS, MAX_RECORD_BYTES
from tests.contract.compatibility import breaks
from tests.contract.freeze import GOLDEN, SAMPLES

PAYLOADS = sorted(path for path in GOLDEN.glob("*.json") if not path.name.endswith(".schema.json"))


def event_of(data: EventData) -> Event[EventData]:
    return Event[EventData](id=uuid4(), source="accounts", time=datetime(2026, 9, 1, tzinfo=UTC), data=data)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_payload_of_every_version_ever_published_still_parses(path: Path) -> None:
    payload = json.loads(path.read_text())
    data = CATALOGUE[path.stem].model_validate_json(path.read_text())
    assert data.model_dump(mode="json").items() >= payload.items()


def test_every_event_is_frozen() -> None:
    frozen = {path.stem for path in PAYLOADS}
    missing = [event.TYPE for event in EVENTS if event.TYPE not in frozen]
    assert not missing, f"run `python -m tests.contract.freeze` for {missing} and commit what it writes"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_a_contract_only_grew_since_it_was_frozen(event: type[EventData]) -> None:
    frozen = json.loads((GOLDEN / f"{event.TYPE}.schema.json").read_text())
    assert breaks(frozen, payload_schemas()[event.TYPE]) == []


def _changed(**changes: dict[str, Any] | None) -> list[str]:
    frozen = payload_schemas()[AccountActivated.TYPE]
    current = copy.deepcopy(frozen)
    for name, change in changes.items():
        if change is None:
            del current["properties"][name]
        else:
            current["properties"][name] = change
    return breaks(frozen, current)


def test_removing_a_field_fails_with_what_to_do() -> None:
    assert _changed(language=None) == [
        "language: removed; put it back, or publish a new version of the event on a new topic"
    ]


def test_retyping_a_field_fails_with_what_to_do() -> None:
    assert _changed(version={"type": "string"}) == [
        "version: retyped; keep its type and add another field, or publish a new version"
    ]


def test_a_new_field_with_a_default_is_welcome() -> None:
    assert _changed(nickname={"type": "string", "default": ""}) == []


def test_a_new_required_field_fails_with_what_to_do() -> None:
    frozen = payload_schemas()[AccountActivated.TYPE]
    current = copy.deepcopy(frozen)
    current["properties"]["nickname"] = {"type": "string"}
    current["required"].append("nickname")
    assert breaks(frozen, current) == ["nickname: new and required; give it a default, older events do not have it"]


def test_every_event_has_a_topic_of_the_catalogue() -> None:
    assert {topic for event in EVENTS for topic in topics_of(event)} == set(EVENT_TOPICS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.TYPE)
def test_an_event_survives_the_way_through_kafka(sample: EventData) -> None:
    event = event_of(sample)
    record = encode(event)
    assert decode(CATALOGUE, read_headers(record.headers), record.value) == event
    assert record.key == event.key == read_headers(record.headers)["ce_subject"]


def _decode(headers: dict[str, str], value: bytes | None) -> str:
    with pytest.raises(UndecodableRecord) as caught:
        decode(CATALOGUE, headers, value)
    return caught.value.reason


GOOD = encode(event_of(SAMPLES[0]))
HEADERS = read_headers(GOOD.headers)


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ({}, GOOD.value, "no_type"),
        ({**HEADERS, "ce_type": "pl.dzwonek.account.registered.v2"}, GOOD.value, "unknown_version"),
        ({**HEADERS, "ce_type": "pl.dzwonek.cake.baked.v1"}, GOOD.value, "unknown_type"),
        ({name: text for name, text in HEADERS.items() if name != "ce_id"}, GOOD.value, "no_attribute"),
        ({**HEADERS, "ce_id": "7"}, GOOD.value, "invalid_data"),
        (HEADERS, b"{", "not_json"),
        (HEADERS, b"\xff\xfe", "not_json"),
        (HEADERS, None, "no_value"),
        (HEADERS, b"{}", "invalid_data"),
        (HEADERS, GOOD.value.replace(b'"pl"', b'"de"'), "invalid_data"),
        (HEADERS, b" " * (MAX_RECORD_BYTES + 1), "too_large"),
    ],
)
def test_a_record_that_is_no_event_says_why(headers: dict[str, str], value: bytes | None, reason: str) -> None:
    assert _decode(headers, value) == reason


def test_the_reason_repeats_nothing_of_the_record() -> None:
    with pytest.raises(UndecodableRecord) as caught:
        decode(CATALOGUE, HEADERS, GOOD.value.replace(b'"pl"', b'"anna@example.org"'))
    assert "anna" not in str(caught.value)


def test_an_unknown_field_is_ignored() -> None:
    value = json.dumps({**json.loads(GOOD.value), "nickname": "x"}).encode()
    assert isinstance(decode(CATALOGUE, HEADERS, value).data, AccountRegistered)


def test_a_header_that_is_no_text_is_refused() -> None:
    with pytest.raises(UndecodableRecord, match="bad_header"):
        read_headers([("ce_type", b"\xff")])
