"""The envelope of every event: CloudEvents 1.0 in Kafka's binary mode.

The attributes travel as `ce_*` headers, the data as JSON in the record's value. `district` and `school` are extension
attributes, absent where an event belongs to no school (portal accounts are global). The trace context is the W3C
header `traceparent`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.contracts.topics import MAX_RECORD_BYTES, Topic

Sealed = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){4}$", max_length=4096)]
"""A JWE in compact form that only the notifications service can open: an address or a token, never in clear."""

ProductName = Annotated[str, Field(pattern=r"^[A-Za-z0-9 .-]{1,32}$")]
"""The name of a browser or an operating system, from a list of ours: never what a browser has sent."""

Language = Literal["pl", "en", "uk"]
LoginKind = Literal["student", "guardian", "staff"]
"""As what a school login is its owner: a guardian's shows nothing of the school that its owner works at."""

ScopeId = Annotated[
    UUID,
    Field(description="What a school login is for: the pupil of its pair, of staff's the school that gave it out."),
]

Version = Annotated[
    int, Field(ge=1, description="Grows with every change of the aggregate; consumers ignore the older.")
]
Instant = Annotated[AwareDatetime, Field(description="An instant, in UTC.")]


class EventData(BaseModel, ABC):
    """The data of one type of event. Unknown fields are ignored, so that an older consumer reads a newer event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    """CloudEvents `type`: `pl.dzwonek.<aggregate>.<what happened>.v<n>`."""

    TOPIC: ClassVar[Topic]

    @property
    @abstractmethod
    def key(self) -> str:
        """The record's key and CloudEvents `subject`: the id whose order matters. Never anything personal."""

    @property
    def topic(self) -> Topic:
        """The topic that this event goes to; a type with a topic per lane chooses here."""
        return self.TOPIC


D = TypeVar("D", bound=EventData)
D_co = TypeVar("D_co", bound=EventData, covariant=True)


class Event(BaseModel, Generic[D_co]):
    """One event: the envelope's attributes and the data."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    source: str
    time: AwareDatetime
    data: D_co
    district: UUID | None = None
    school: UUID | None = None
    traceparent: str | None = None

    @property
    def type(self) -> str:
        """CloudEvents `type` of the data."""
        return self.data.TYPE

    @property
    def key(self) -> str:
        """The id whose order matters."""
        return self.data.key


_ANY_EVENT = Event[EventData]
"""Found once: Pydantic takes as long to find it as to check what is in it."""

Headers = tuple[tuple[str, bytes], ...]


class Record(NamedTuple):
    """An event as Kafka carries it; `attributes` are its headers as text."""

    topic: Topic
    key: str
    attributes: dict[str, str]
    value: bytes

    @property
    def headers(self) -> Headers:
        """The headers in UTF-8."""
        return tuple((name, text.encode()) for name, text in self.attributes.items())


class UndecodableRecord(ValueError):  # noqa: N818 - reads as the state of the record
    """A record that is no event of the catalogue. `reason` is stable, `detail` holds no value from the record."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def encode(event: Event[EventData]) -> Record:
    """The record for `event`. Raises ValueError when it is larger than `MAX_RECORD_BYTES`."""
    data = event.data
    value = data.model_dump_json(exclude_none=True).encode()
    if len(value) > MAX_RECORD_BYTES:
        raise ValueError(f"{event.type} of {len(value)} bytes is larger than {MAX_RECORD_BYTES}")
    key = data.key
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(event.id),
        "ce_source": event.source,
        "ce_type": data.TYPE,
        "ce_subject": key,
        "ce_time": event.time.isoformat(),
        "content-type": "application/json",
    }
    if event.district:
        attributes["ce_district"] = str(event.district)
    if event.school:
        attributes["ce_school"] = str(event.school)
    if event.traceparent:
        attributes["traceparent"] = event.traceparent
    return Record(data.topic, key, attributes, value)


def read_headers(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The headers as text. Raises UndecodableRecord when one is not UTF-8."""
    try:
        return {name: (value or b"").decode() for name, value in headers}
    except UnicodeDecodeError:
        raise UndecodableRecord("bad_header", "a header is not UTF-8") from None


def decode(catalogue: dict[str, type[EventData]], headers: dict[str, str], value: bytes | None) -> Event[EventData]:
    """The event in a record. Raises UndecodableRecord with the reason and no content of the record."""
    type_name = headers.get("ce_type")
    if not type_name:
        raise UndecodableRecord("no_type", "the header ce_type is missing")
    data_class = catalogue.get(type_name)
    if data_class is None:
        known = type_name.rpartition(".v")[0] in {name.rpartition(".v")[0] for name in catalogue}
        reason = "unknown_version" if known else "unknown_type"
        raise UndecodableRecord(reason, "ce_type is not in the catalogue")
    if value is None:
        raise UndecodableRecord("no_value", "the record has no value")
    if len(value) > MAX_RECORD_BYTES:
        raise UndecodableRecord("too_large", f"{len(value)} bytes, at most {MAX_RECORD_BYTES}")
    try:
        return _ANY_EVENT(
            id=_attribute(headers, "ce_id"),
            source=_attribute(headers, "ce_source"),
            time=_attribute(headers, "ce_time"),
            district=headers.get("ce_district"),
            school=headers.get("ce_school"),
            traceparent=headers.get("traceparent"),
            data=data_class.model_validate_json(value),
        )
    except ValidationError as error:
        raise UndecodableRecord(_reason_of(error), _faults(error)) from None


def _attribute(headers: dict[str, str], name: str) -> Any:  # noqa: ANN401 - text that Pydantic parses
    """A required attribute, left as text: Pydantic parses it with the rest."""
    if name not in headers:
        raise UndecodableRecord("no_attribute", f"the header {name} is missing")
    return headers[name]


def _reason_of(error: ValidationError) -> str:
    return "not_json" if error.errors(include_input=False)[0]["type"] == "json_invalid" else "invalid_data"


def _faults(error: ValidationError) -> str:
    """Where the data is wrong and how, without the values, which may be personal."""
    faults = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['type']}" for fault in faults[:5])
