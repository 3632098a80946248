"""Kafka repeats and, at a take-over, reorders: whatever comes of it, the contact and the mails come out right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from notifications.domain import rules
from notifications.domain.contacts import Contact
from notifications.domain.kinds import KINDS
from notifications.domain.rules import Cause, Effects, Notice, Registration

START = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
ACCOUNT = UUID(int=1)
LANGUAGES = ("pl", "en", "uk")


@dataclass(frozen=True)
class Told:
    """One event of the account's history."""

    what: str
    version: int
    language: str

    @property
    def cause(self) -> Cause:
        at = START + timedelta(hours=self.version)
        event_id = UUID(bytes=f"{self.what:.14}{self.version:02}".encode().rjust(16))
        return Cause(event_id, self.what, at, ACCOUNT, self.version)

    def effects(self, contact: Contact | None, now: datetime) -> Effects:
        expires = START + timedelta(days=14)
        links = Registration(self.language, "2025-01", START, expires, f"a{self.version}", f"r{self.version}")
        match self.what:
            case "registered":
                return rules.registered(contact, self.cause, links, "ola@szkola.example", now)
            case "requested":
                return rules.activation_requested(contact, self.cause, links, now)
            case "activated":
                return rules.activated(contact, self.cause, self.language, "2025-01", now)
            case "expired":
                return rules.registration_expired(contact, self.cause)
            case _:
                return rules.registration_attempted(contact, self.cause, now)


@dataclass
class World:
    """The worker's tables in memory: what the handlers do with effects, without the database."""

    contact: Contact | None = None
    keys: set[str] = field(default_factory=set)
    made: list[Notice] = field(default_factory=list)
    queue: list[Notice] = field(default_factory=list)
    parked: list[Told] = field(default_factory=list)

    def hear(self, told: Told) -> None:
        effects = told.effects(self.contact, told.cause.event_time)
        if effects.waits:
            self.parked.append(told)
            return
        self.queue = [notice for notice in self.queue if notice.kind.name not in effects.cancels]
        for notice in effects.notices:
            if notice.dedup_key not in self.keys:
                self.keys.add(notice.dedup_key)
                self.made.append(notice)
                self.queue.append(notice)
        if effects.contact:
            self.contact = effects.contact
            waiting, self.parked = self.parked, []
            for earlier in waiting:
                self.hear(earlier)


def hear_all(history: Sequence[Told]) -> World:
    world = World()
    for told in history:
        world.hear(told)
    return world


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """What can happen to one account, in the order in which it happened."""
    languages = st.sampled_from(LANGUAGES)
    history = [Told("registered", 1, draw(languages))]
    history += [Told("requested", 2 + n, draw(languages)) for n in range(draw(st.integers(0, 3)))]
    match draw(st.sampled_from(["pending", "activated", "expired"])):
        case "activated":
            version = len(history) + 1
            history.append(Told("activated", version, draw(languages)))
            history += [Told("attempted", version + n, "pl") for n in range(draw(st.integers(0, 2)))]
        case "expired":
            history.append(Told("expired", len(history) + 1, "pl"))
    return history


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """A history, and the same with repeats in any order."""
    history = draw(histories())
    repeats = draw(st.lists(st.sampled_from(history), max_size=6))
    return history, draw(st.permutations([*history, *repeats]))


@given(shuffled())
def test_the_contact_is_the_same_in_any_order_and_with_any_repeats(case: tuple[list[Told], list[Told]]) -> None:
    history, mixed = case
    assert hear_all(mixed).contact == hear_all(history).contact


@given(shuffled())
def test_no_fact_is_told_twice(case: tuple[list[Told], list[Told]]) -> None:
    keys = [notice.dedup_key for notice in hear_all(case[1]).made]
    assert len(keys) == len(set(keys))


@given(shuffled())
def test_what_is_queued_in_the_end_is_the_same_in_any_order(case: tuple[list[Told], list[Told]]) -> None:
    history, mixed = case
    assert {n.dedup_key for n in hear_all(mixed).queue} == {n.dedup_key for n in hear_all(history).queue}


@given(shuffled())
def test_nothing_waits_for_ever(case: tuple[list[Told], list[Told]]) -> None:
    assert hear_all(case[1]).parked == []


@given(shuffled())
def test_what_is_queued_suits_the_contact(case: tuple[list[Told], list[Told]]) -> None:
    world = hear_all(case[1])
    assert world.contact is not None
    assert {KINDS[notice.kind.name].contact_state for notice in world.queue} <= {world.contact.state}
