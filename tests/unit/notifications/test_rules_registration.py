"""What the events of registration mean for the contact and the mails: the rules, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.notifications.causes import ACCOUNT, ACTIVE, EVENT, NOW, cause

from notifications.domain.contacts import Contact, gone
from notifications.domain.effects import NOTHING, WAITS, Effects
from notifications.domain.kinds import KINDS, NOTICE_LIFETIME
from notifications.domain.rules import registration as rules
from notifications.domain.rules.registration import Registration
from shared.runtime.i18n import WARSAW

REGISTRATION = Registration("pl", "2025-01", NOW, NOW + timedelta(days=14), "sealed-activation", "sealed-reminder")
PENDING = Contact(
    ACCOUNT, 1, "pending", "pl", "ola@szkola.example", REGISTRATION.registered_at, REGISTRATION.expires_at
)


def register(contact: Contact | None = None, *, version: int = 1, now: datetime = NOW) -> Effects:
    return rules.registered(contact, cause(version), REGISTRATION, "Ola@Szkola.Example", now)


def test_a_registration_makes_a_pending_contact_with_the_domain_in_small_letters() -> None:
    contact = register().contact
    assert contact is not None
    assert (contact.state, contact.version, contact.domain) == ("pending", 1, "szkola.example")
    assert contact.address == "Ola@Szkola.Example"


def test_a_registration_mails_the_link_at_once_and_the_reminder_on_day_11() -> None:
    activation, reminder = register().notices
    assert (activation.kind.name, activation.due_at) == ("activation", NOW)
    assert (reminder.kind.name, reminder.due_at) == ("activation_reminder", NOW + timedelta(days=11))
    assert activation.sealed_token == "sealed-activation"
    assert reminder.sealed_token == "sealed-reminder"
    assert activation.not_after == reminder.not_after == REGISTRATION.expires_at
    assert activation.params == {"expires_at": "2025-03-15T08:00:00+00:00", "terms_version": "2025-01"}
    assert activation.dedup_key == f"activation:{ACCOUNT}:1"
    assert reminder.dedup_key == f"activation-reminder:{ACCOUNT}:1"


@pytest.mark.parametrize(
    "registered_at", [datetime(2026, 3, 20, 11, 0, tzinfo=UTC), datetime(2026, 10, 20, 10, 0, tzinfo=UTC)]
)
def test_the_reminder_comes_on_the_same_day_where_warsaw_changes_its_clocks_before_it(registered_at: datetime) -> None:
    over_it = replace(REGISTRATION, registered_at=registered_at, expires_at=registered_at + timedelta(days=14))
    _, reminder = rules.registered(None, cause(1, registered_at), over_it, "ola@szkola.example", registered_at).notices
    registered, reminded = registered_at.astimezone(WARSAW), reminder.due_at.astimezone(WARSAW)
    assert registered.utcoffset() != reminded.utcoffset()
    assert reminded.date() - registered.date() == timedelta(days=11)


@pytest.mark.parametrize("late", [timedelta(days=11), timedelta(days=13)])
def test_no_reminder_is_queued_when_its_day_is_past(late: timedelta) -> None:
    assert [notice.kind.name for notice in register(now=NOW + late).notices] == ["activation"]


def test_asking_for_the_link_on_day_12_brings_a_new_link_and_no_reminder() -> None:
    asked = NOW + timedelta(days=12)
    effects = rules.activation_requested(PENDING, cause(2, asked), REGISTRATION, asked)
    assert [notice.kind.name for notice in effects.notices] == ["activation"]
    assert effects.notices[0].not_after == NOW + timedelta(days=14)


def test_asking_again_replaces_the_queued_links() -> None:
    effects = rules.activation_requested(PENDING, cause(2), REGISTRATION, NOW)
    assert effects.cancels == {"activation", "activation_reminder"}
    assert effects.reason == "superseded"
    assert [notice.dedup_key for notice in effects.notices] == [
        f"activation:{ACCOUNT}:2",
        f"activation-reminder:{ACCOUNT}:2",
    ]


def test_activation_welcomes_and_cancels_the_links() -> None:
    effects = rules.activated(PENDING, cause(2), "uk", "2025-02", NOW)
    assert effects.contact is not None
    assert (effects.contact.state, effects.contact.language, effects.contact.version) == ("active", "uk", 2)
    assert effects.cancels == {"activation", "activation_reminder"}
    (welcome,) = effects.notices
    assert (welcome.kind.name, welcome.kind.lane, welcome.due_at) == ("welcome", "direct", NOW)
    assert welcome.not_after == NOW + NOTICE_LIFETIME
    assert welcome.params == {"terms_version": "2025-02"}
    assert welcome.sealed_token is None


def test_a_welcome_that_comes_late_counts_its_life_from_the_event() -> None:
    effects = rules.activated(PENDING, cause(2), "pl", "2025-01", NOW + timedelta(days=5))
    assert effects.notices[0].not_after == NOW + NOTICE_LIFETIME


def test_an_expired_registration_wipes_the_contact_and_cancels_everything() -> None:
    effects = rules.registration_expired(PENDING, cause(2))
    assert effects.contact == gone(ACCOUNT, version=2)
    assert (effects.contact.address, effects.contact.language, effects.contact.registered_at) == (None, None, None)
    assert effects.cancels == set(KINDS)
    assert effects.notices == ()


def test_an_expiry_of_an_unknown_account_leaves_a_tombstone_so_that_its_registration_mails_nobody() -> None:
    tombstone = rules.registration_expired(None, cause(2)).contact
    assert tombstone == gone(ACCOUNT, version=2)
    assert register(tombstone, version=1) == NOTHING


def test_a_contact_that_is_gone_stays_gone_whatever_the_version() -> None:
    tombstone = gone(ACCOUNT, version=2)
    assert register(tombstone, version=9) == NOTHING
    assert rules.activation_requested(tombstone, cause(9), REGISTRATION, NOW) == NOTHING
    assert rules.activated(tombstone, cause(9), "pl", "2025-01", NOW) == NOTHING
    assert rules.registration_attempted(tombstone, cause(9), NOW) == NOTHING


def test_the_owner_of_an_active_account_is_told_of_each_attempt() -> None:
    (notice,) = rules.registration_attempted(ACTIVE, cause(1), NOW).notices
    assert (notice.kind.name, notice.kind.lane) == ("account_exists", "security")
    assert notice.dedup_key == f"account-exists:{EVENT}"


def test_an_attempt_changes_no_contact() -> None:
    assert rules.registration_attempted(ACTIVE, cause(7), NOW).contact is None


def test_what_overtook_the_registration_waits_for_it() -> None:
    assert rules.activation_requested(None, cause(2), REGISTRATION, NOW) == WAITS
    assert rules.activated(None, cause(2), "pl", "2025-01", NOW) == WAITS
    assert rules.registration_attempted(None, cause(2), NOW) == WAITS


def test_an_attempt_that_overtook_the_activation_waits_for_it() -> None:
    assert rules.registration_attempted(PENDING, cause(2), NOW) == WAITS


def test_a_version_that_is_not_newer_changes_nothing() -> None:
    assert register(PENDING, version=1) == NOTHING
    assert rules.activation_requested(PENDING, cause(1), REGISTRATION, NOW) == NOTHING
    assert rules.activated(ACTIVE, cause(2), "pl", "2025-01", NOW) == NOTHING
    assert rules.registration_expired(ACTIVE, cause(1)) == NOTHING


def test_mails_of_one_account_lie_in_one_thread_which_is_no_message_id() -> None:
    threads = {notice.thread_id for notice in register().notices}
    assert threads == {f"account-{ACCOUNT}"}
