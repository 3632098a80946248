"""What the deletion of an account means for the contact and the mails."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.notifications.causes import ACCOUNT, ACTIVE, NOW, cause

from notifications.domain.contacts import Contact, gone
from notifications.domain.effects import NOTHING, WAITS, Effects
from notifications.domain.kinds import KINDS
from notifications.domain.rules import deletion as rules

DAY = NOW + timedelta(days=14)


def ask(contact: Contact | None = ACTIVE, *, version: int = 3) -> Effects:
    return rules.account_deletion_requested(contact, cause(version), NOW, language="pl", deleted_at=DAY)


def keep(contact: Contact | None = ACTIVE, *, version: int = 4) -> Effects:
    return rules.account_deletion_cancelled(contact, cause(version), NOW, language="pl", keeping={"by_reset": True})


def delete(contact: Contact | None = ACTIVE, *, version: int = 5) -> Effects:
    return rules.account_deleted(contact, cause(version), NOW, language="uk", deleted_at=NOW)


def test_the_owner_is_told_the_day_for_as_long_as_the_account_can_be_kept() -> None:
    (warning,) = ask().notices
    assert (warning.kind.name, warning.not_after) == ("account_deletion_requested", DAY)
    assert warning.params["deleted_at"] == DAY.isoformat()


def test_an_account_that_is_kept_cancels_the_warning() -> None:
    effects = keep(ask().contact)
    assert [(mail.kind.name, mail.params) for mail in effects.notices] == [("account_kept", {"by_reset": True})]
    assert effects.cancels == {"account_deletion_requested"}
    assert effects.reason == "account_kept"


def test_a_warning_older_than_the_keeping_is_not_mailed() -> None:
    assert ask(keep(version=4).contact, version=3) == NOTHING


def test_keeping_that_comes_late_is_told_and_leaves_a_newer_warning() -> None:
    effects = keep(ask(version=5).contact, version=4)
    assert [mail.kind.name for mail in effects.notices] == ["account_kept"]
    assert effects.cancels == frozenset()


def test_deletion_leaves_a_tombstone_and_a_last_mail_in_the_language_of_the_event() -> None:
    effects = delete()
    assert effects.contact == gone(ACCOUNT, version=5)
    (farewell,) = effects.notices
    assert (farewell.kind.name, farewell.address) == ("account_deleted", ACTIVE.address)
    assert farewell.params["language"] == "uk"
    assert effects.cancels == set(KINDS) - {"account_deleted"}
    assert effects.erases == ACTIVE


def test_deletion_of_an_unknown_account_leaves_a_tombstone_alone() -> None:
    assert delete(None) == Effects(
        gone(ACCOUNT, version=5), cancels=frozenset(KINDS) - {"account_deleted"}, reason="account_deleted"
    )


def test_after_the_deletion_nothing_is_told_any_more() -> None:
    tombstone = delete().contact
    assert ask(tombstone, version=9) == keep(tombstone, version=9) == delete(tombstone, version=9) == NOTHING


def test_what_overtook_the_activation_waits_for_it() -> None:
    pending = replace(ACTIVE, version=1, state="pending")
    assert ask(None) == keep(None) == ask(pending) == keep(pending) == WAITS
