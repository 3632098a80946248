"""Making events: ids and the envelope's attributes."""

from contextvars import ContextVar
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import uuid_utils.compat

from shared.contracts.envelope import Event, EventData

D = TypeVar("D", bound=EventData)

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The W3C trace context of the work at hand; events made in it carry it on."""


def new_id() -> UUID:
    """A UUIDv7: ids sort by time, so that indexes grow at their end."""
    return uuid_utils.compat.uuid7()


def new_event(
    source: str,
    data: D,
    *,
    now: datetime,
    district: UUID | None = None,
    school: UUID | None = None,
    caused_in: str | None = None,
) -> Event[D]:
    """An event of `source` (a service's name) with a new id.

    `caused_in` is the trace context of its cause, where that is not the work at hand.
    """
    return Event[D](
        id=new_id(),
        source=source,
        time=now,
        data=data,
        district=district,
        school=school,
        traceparent=caused_in or traceparent.get(),
    )
