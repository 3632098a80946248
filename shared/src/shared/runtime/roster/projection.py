"""Taking over the roster's events into a service's own tables.

Each event tells a whole state with its version, and a state that is no newer than the one that is there changes
nothing: so repeats and any order end the same, and no event has to be remembered as handled.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from shared.contracts.envelope import Event
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    LinkChanged,
    PersonChanged,
    RosterState,
    SchoolChanged,
    TermChanged,
)
from shared.contracts.topics import Topic
from shared.runtime.consumer import Handled, Handlers, PermanentError, Refused
from shared.runtime.postgres import Connection
from shared.runtime.roster import PACKAGE
from shared.runtime.roster.names import sort_key
from shared.runtime.sql import load_queries

LIVE = "roster"
"""The schema of the tables that are asked."""

TAKING_OVER = 0x70726F6A  # "proj"
"""The advisory lock that whoever takes over events holds shared, and whoever puts other tables in their place alone."""


class State(NamedTuple):
    """The state of something in a district."""

    district: UUID
    data: RosterState


class Kind(NamedTuple):
    """How states of one type are written: by which statement, how they become JSON, what stands beside that."""

    statement: str
    states: TypeAdapter[Any]
    beside: Callable[[Sequence[State]], tuple[list[str], ...]] = lambda _: ()


def _sort_keys(states: Sequence[State]) -> tuple[list[str], ...]:
    people = (state.data for state in states)
    return (
        [sort_key(person.family_name, person.given_name) for person in people if isinstance(person, PersonChanged)],
    )


KINDS: Mapping[type[RosterState], Kind] = {
    SchoolChanged: Kind("schools", TypeAdapter(list[SchoolChanged])),
    TermChanged: Kind("terms", TypeAdapter(list[TermChanged])),
    ClassChanged: Kind("classes", TypeAdapter(list[ClassChanged])),
    PersonChanged: Kind("people", TypeAdapter(list[PersonChanged]), _sort_keys),
    EnrolmentChanged: Kind("enrolments", TypeAdapter(list[EnrolmentChanged])),
    GuardianshipChanged: Kind("guardianships", TypeAdapter(list[GuardianshipChanged])),
    LinkChanged: Kind("links", TypeAdapter(list[LinkChanged])),
}

TOPICS: Sequence[Topic] = tuple(data.TOPIC for data in KINDS)
"""What tells all of it; the worker listens to each in the group of its lane."""


class Projection:
    """The tables of one schema."""

    def __init__(self, schema: str = LIVE) -> None:
        queries = load_queries(PACKAGE, "projection.sql")
        self._sql = {name: sql.replace(f" {LIVE}.", f" {schema}.") for name, sql in queries.items()}

    async def take_over(self, connection: Connection, kind: type[RosterState], states: Sequence[State]) -> list[UUID]:
        """Writes states of one kind, at most one for each thing. Returns the ids of those that were news."""
        statement, adapter, beside = KINDS[kind]
        told = adapter.dump_json([state.data for state in states]).decode()
        districts = [state.district for state in states]
        rows = await connection.fetch(self._sql[statement], told, districts, *beside(states))
        return [row[0] for row in rows]


def newest(states: Iterable[State]) -> list[State]:
    """Of several states of one thing the one with the highest version."""
    best: dict[str, State] = {}
    for state in states:
        key = state.data.key
        if key not in best or best[key].data.version < state.data.version:
            best[key] = state
    return list(best.values())


def listen(handlers: Handlers) -> None:
    """Lets the worker keep the projection. It has to listen to `TOPICS`."""
    projection = Projection()
    for kind in KINDS:
        handlers.on(kind, _handler(projection, kind), by_version=True)


def _handler(projection: Projection, kind: type[RosterState]) -> Callable[..., Any]:
    async def changed(tx: Connection, events: Sequence[Event[RosterState]]) -> Handled:
        states = []
        faults = {}
        for event in events:
            if event.district is None:
                faults[event.id] = PermanentError("no_district", "the header ce_district is missing")
            else:
                states.append(State(event.district, event.data))
        if faults:
            raise Refused(faults)
        await tx.execute("SELECT pg_advisory_xact_lock_shared($1)", TAKING_OVER)
        return Handled(introduced=await projection.take_over(tx, kind, states))

    return changed
