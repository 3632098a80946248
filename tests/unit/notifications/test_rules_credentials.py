"""What the events of sign-in, the password and the second factor mean for the contact and the mails."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.notifications.causes import ACCOUNT, ACTIVE, NOW, cause

from notifications.domain.contacts import Contact, gone
from notifications.domain.effects import NOTHING, WAITS, Effects
from notifications.domain.kinds import NOTICE_LIFETIME
from notifications.domain.rules import credentials as rules

ENDS = NOW + timedelta(minutes=60)


def sign_in(contact: Contact | None = ACTIVE, *, version: int = 3) -> Effects:
    return rules.signed_in_from_new_device(contact, cause(version), NOW, language="uk", device={"system": "Android"})


def ask_for_reset(contact: Contact | None = ACTIVE, *, version: int = 3) -> Effects:
    return rules.password_reset_requested(
        contact, cause(version), NOW, language="pl", sealed_token="sealed", expires_at=ENDS
    )


def change_password(contact: Contact | None = ACTIVE, *, version: int = 4) -> Effects:
    return rules.password_changed(contact, cause(version), NOW, language="pl", change={"by_reset": True})


def test_the_owner_is_told_of_a_sign_in_and_of_the_device() -> None:
    effects = sign_in()
    assert effects.contact == replace(ACTIVE, version=3, language="uk")
    (mail,) = effects.notices
    assert (mail.kind.name, mail.kind.lane, mail.due_at) == ("new_sign_in", "security", NOW)
    assert (mail.not_after, mail.params) == (NOW + NOTICE_LIFETIME, {"system": "Android"})
    assert mail.dedup_key == f"new-sign-in:{ACCOUNT}:3"


def test_a_late_sign_in_is_told_but_changes_nothing() -> None:
    newer = replace(ACTIVE, version=9)
    effects = sign_in(newer, version=3)
    assert effects.contact == newer
    assert [mail.kind.name for mail in effects.notices] == ["new_sign_in"]


def test_a_link_to_a_new_password_dies_with_its_mail_and_takes_the_place_of_the_earlier() -> None:
    effects = ask_for_reset()
    (mail,) = effects.notices
    assert (mail.kind.name, mail.sealed_token, mail.not_after) == ("password_reset", "sealed", ENDS)
    assert mail.params == {"expires_at": ENDS.isoformat()}
    assert effects.cancels == {"password_reset"}
    assert effects.reason == "superseded"


def test_an_earlier_link_that_comes_after_a_newer_one_is_not_mailed() -> None:
    assert ask_for_reset(ask_for_reset(version=5).contact, version=4) == NOTHING


def test_a_sign_in_that_came_first_swallows_no_older_link() -> None:
    assert [mail.kind.name for mail in ask_for_reset(sign_in(version=5).contact, version=4).notices] == [
        "password_reset"
    ]


def test_a_changed_password_is_told_and_cancels_the_link() -> None:
    effects = change_password()
    assert [(mail.kind.name, mail.params) for mail in effects.notices] == [("password_changed", {"by_reset": True})]
    assert effects.cancels == {"password_reset"}
    assert effects.reason == "password_changed"


def test_a_link_older_than_the_change_of_the_password_is_not_mailed() -> None:
    assert ask_for_reset(change_password(version=4).contact, version=3) == NOTHING


def test_a_late_change_of_the_password_is_told_and_leaves_a_newer_link() -> None:
    effects = change_password(ask_for_reset(version=5).contact, version=4)
    assert [mail.kind.name for mail in effects.notices] == ["password_changed"]
    assert effects.cancels == frozenset()


def test_a_second_factor_is_told_on_and_off() -> None:
    for enabled in (True, False):
        effects = rules.second_factor_changed(ACTIVE, cause(3), NOW, language="pl", change={"enabled": enabled})
        (mail,) = effects.notices
        assert (mail.kind.name, mail.params) == ("second_factor_changed", {"enabled": enabled})


def test_guesses_at_the_code_are_told() -> None:
    effects = rules.second_factor_guessed(ACTIVE, cause(3), NOW, language="pl", guessed_at=NOW)
    (mail,) = effects.notices
    assert (mail.kind.name, mail.params) == ("codes_guessed", {"guessed_at": NOW.isoformat()})


def test_what_overtook_the_activation_waits_for_it() -> None:
    for contact in (None, replace(ACTIVE, version=1, state="pending")):
        assert sign_in(contact) == ask_for_reset(contact) == change_password(contact) == WAITS


def test_who_is_gone_hears_nothing() -> None:
    tombstone = gone(ACCOUNT, version=2)
    assert sign_in(tombstone) == ask_for_reset(tombstone) == change_password(tombstone) == NOTHING
