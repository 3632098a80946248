"""Kafka repeats and, at a take-over, reorders: whatever comes of it, the contact and the mails come out right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects, Notice
from notifications.domain.kinds import KINDS
from notifications.domain.rules import address, credentials, deletion, links, registration
from notifications.domain.rules.registration import Registration

START = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
END = START + timedelta(days=14)
ACCOUNT = UUID(int=1)
LANGUAGES = ("pl", "en", "uk")


@dataclass(frozen=True)
class Told:
    """One event of the account's history. A change of address confirms the request of the version before it."""

    what: str
    version: int
    language: str

    @property
    def cause(self) -> Cause:
        at = START + timedelta(hours=self.version)
        event_id = UUID(bytes=f"{self.what:.14}{self.version:02}".encode().rjust(16))
        return Cause(event_id, self.what, at, ACCOUNT, self.version)

    @property
    def links(self) -> Registration:
        return Registration(self.language, "2025-01", START, END, f"a{self.version}", f"r{self.version}")

    def effects(self, contact: Contact | None, now: datetime) -> Effects:
        return RULES[self.what](self, contact, now)


RULES: Mapping[str, Callable[[Told, Contact | None, datetime], Effects]] = {
    "registered": lambda told, contact, now: registration.registered(
        contact, told.cause, told.links, "ola@szkola.example", now
    ),
    "requested": lambda told, contact, now: registration.activation_requested(contact, told.cause, told.links, now),
    "activated": lambda told, contact, now: registration.activated(contact, told.cause, told.language, "2025-01", now),
    "expired": lambda told, contact, _: registration.registration_expired(contact, told.cause),
    "attempted": lambda told, contact, now: registration.registration_attempted(contact, told.cause, now),
    "signed_in": lambda told, contact, now: credentials.signed_in_from_new_device(
        contact, told.cause, now, language=told.language, device={}
    ),
    "password_reset_requested": lambda told, contact, now: credentials.password_reset_requested(
        contact, told.cause, now, language=told.language, sealed_token=f"p{told.version}", expires_at=END
    ),
    "password_changed": lambda told, contact, now: credentials.password_changed(
        contact, told.cause, now, language=told.language, change={}
    ),
    "second_factor_changed": lambda told, contact, now: credentials.second_factor_changed(
        contact, told.cause, now, language=told.language, change={}
    ),
    "second_factor_guessed": lambda told, contact, now: credentials.second_factor_guessed(
        contact, told.cause, now, language=told.language, guessed_at=told.cause.event_time
    ),
    "email_change_requested": lambda told, contact, now: address.email_change_requested(
        contact,
        told.cause,
        now,
        language=told.language,
        new_address=f"ola{told.version}@dom.example",
        sealed_token=f"e{told.version}",
        expires_at=END,
    ),
    "email_changed": lambda told, contact, now: address.email_changed(
        contact,
        told.cause,
        now,
        language=told.language,
        new_address=f"ola{told.version}@dom.example",
        changed_at=told.cause.event_time,
    ),
    "login_linked": lambda told, contact, now: links.login_linked(
        contact, told.cause, now, language=told.language, link={}
    ),
    "login_unlinked": lambda told, contact, now: links.login_unlinked(
        contact, told.cause, now, language=told.language, link={}
    ),
    "deletion_requested": lambda told, contact, now: deletion.account_deletion_requested(
        contact, told.cause, now, language=told.language, deleted_at=END
    ),
    "deletion_cancelled": lambda told, contact, now: deletion.account_deletion_cancelled(
        contact, told.cause, now, language=told.language, keeping={}
    ),
    "deleted": lambda told, contact, now: deletion.account_deleted(
        contact, told.cause, now, language=told.language, deleted_at=told.cause.event_time
    ),
}
OF_ACTIVE_ACCOUNTS = [
    "attempted",
    "signed_in",
    "password_reset_requested",
    "password_changed",
    "second_factor_changed",
    "second_factor_guessed",
    "email_change_requested",
    "email_changed",
    "login_linked",
    "login_unlinked",
    "deletion_requested",
    "deletion_cancelled",
]
OF_THE_ADDRESS = {"registered", "activated", "email_change_requested", "email_changed", "deleted"}
LOST_IN_IMPOSSIBLE_ORDERS = {"email_change_requested", "email_changed", "email_changed_here", "account_deleted"}


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

    @property
    def queued(self) -> set[tuple[str, str | None]]:
        """What is queued: the facts, and where each goes if that is not the contact's address."""
        return {(notice.dedup_key, notice.address) for notice in self.queue}


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
    history += [Told("requested", 2 + n, draw(languages)) for n in range(draw(st.integers(0, 2)))]
    match draw(st.sampled_from(["pending", "active", "deleted", "expired"])):
        case "active":
            history += draw(lives(since=len(history)))
        case "deleted":
            history += draw(lives(since=len(history)))
            history.append(Told("deleted", len(history) + 1, draw(languages)))
        case "expired":
            history.append(Told("expired", len(history) + 1, "pl"))
    return history


@st.composite
def lives(draw: st.DrawFn, since: int) -> list[Told]:
    """The activation and what an active account goes through."""
    events = ["activated", *draw(st.lists(st.sampled_from(OF_ACTIVE_ACCOUNTS), max_size=8))]
    return [Told(what, since + 1 + n, draw(st.sampled_from(LANGUAGES))) for n, what in enumerate(events)]


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """A history, and the same with repeats in any order."""
    history = draw(histories())
    repeats = draw(st.lists(st.sampled_from(history), max_size=6))
    return history, draw(st.permutations([*history, *repeats]))


def in_their_order(mixed: Sequence[Told], of: Collection[str]) -> list[Told]:
    """`mixed` with these events among themselves in the order in which they happened."""
    ordered = iter(sorted((told for told in mixed if told.what in of), key=lambda told: told.version))
    return [next(ordered) if told.what in of else told for told in mixed]


@given(shuffled())
def test_the_contact_is_the_same_in_any_order_and_with_any_repeats(case: tuple[list[Told], list[Told]]) -> None:
    history, mixed = case
    assert hear_all(mixed).contact == hear_all(history).contact


@given(shuffled())
def test_no_fact_is_told_twice(case: tuple[list[Told], list[Told]]) -> None:
    keys = [notice.dedup_key for notice in hear_all(case[1]).made]
    assert len(keys) == len(set(keys))


@given(shuffled())
def test_what_is_queued_in_the_end_is_the_same_in_any_order_that_can_be(case: tuple[list[Told], list[Told]]) -> None:
    """A change of address needs the link that its request has mailed, and a deletion is two weeks away from both."""
    history, mixed = case
    possible = in_their_order(mixed, OF_THE_ADDRESS)
    assert hear_all(possible).queued == hear_all(history).queued


@given(shuffled())
def test_in_an_impossible_order_nothing_but_news_of_addresses_and_the_farewell_is_lost(
    case: tuple[list[Told], list[Told]],
) -> None:
    history, mixed = case
    right, here = hear_all(history).queue, {notice.dedup_key for notice in hear_all(mixed).queue}
    assert here <= {notice.dedup_key for notice in right}
    assert {notice.kind.name for notice in right if notice.dedup_key not in here} <= LOST_IN_IMPOSSIBLE_ORDERS


@given(shuffled())
def test_nothing_waits_for_ever(case: tuple[list[Told], list[Told]]) -> None:
    assert hear_all(case[1]).parked == []


@given(shuffled())
def test_what_is_queued_suits_the_contact(case: tuple[list[Told], list[Told]]) -> None:
    world = hear_all(case[1])
    assert world.contact is not None
    assert {KINDS[notice.kind.name].contact_state for notice in world.queue} <= {world.contact.state}
