"""What a change of address means for the contact and the mails, and where each mail goes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.notifications.causes import ACTIVE, NOW, cause

from notifications.domain.contacts import Contact
from notifications.domain.effects import NOTHING, WAITS, Effects, Notice
from notifications.domain.kinds import EMAIL_CHANGED, NEW_SIGN_IN
from notifications.domain.rules import address as rules

OLD = "ola@szkola.example"
NEW = "ola@dom.example"
ENDS = NOW + timedelta(days=1)


def ask(contact: Contact | None = ACTIVE, *, version: int = 3, new_address: str = NEW) -> Effects:
    return rules.email_change_requested(
        contact, cause(version), NOW, language="pl", new_address=new_address, sealed_token="sealed", expires_at=ENDS
    )


def change(contact: Contact | None = ACTIVE, *, version: int = 4, new_address: str = NEW) -> Effects:
    return rules.email_changed(contact, cause(version), NOW, language="pl", new_address=new_address, changed_at=NOW)


def where_to(effects: Effects) -> dict[str, str | None]:
    return {mail.kind.name: mail.address for mail in effects.notices}


def test_the_new_address_gets_the_link_and_the_one_in_use_is_told() -> None:
    effects = ask()
    assert where_to(effects) == {"email_change_confirm": NEW, "email_change_requested": OLD}
    link, warning = effects.notices
    assert (link.sealed_token, link.not_after, warning.sealed_token) == ("sealed", ENDS, None)
    assert effects.contact is not None
    assert effects.contact.address == OLD


def test_a_newer_request_takes_the_place_of_the_link_before() -> None:
    effects = ask(ask().contact, version=5)
    assert effects.cancels == {"email_change_confirm"}
    assert effects.reason == "superseded"


def test_of_a_request_that_comes_after_a_newer_one_only_the_address_in_use_is_told() -> None:
    effects = ask(ask(version=5).contact, version=4)
    assert where_to(effects) == {"email_change_requested": OLD}
    assert effects.cancels == frozenset()


def test_both_addresses_are_told_of_the_change_and_mails_move() -> None:
    effects = change(ask().contact)
    assert effects.contact is not None
    assert (effects.contact.address, effects.contact.domain, effects.moves) == (NEW, "dom.example", True)
    assert where_to(effects) == {"email_changed": OLD, "email_changed_here": NEW}
    assert effects.cancels == {"email_change_confirm"}
    assert effects.reason == "email_changed"


def test_a_change_that_comes_after_a_newer_request_leaves_that_ones_link() -> None:
    effects = change(ask(version=5, new_address="ola@inny.example").contact, version=4)
    assert where_to(effects) == {"email_changed": OLD, "email_changed_here": NEW}
    assert effects.cancels == frozenset()


def test_a_change_counts_although_something_newer_was_told_before() -> None:
    effects = change(replace(ACTIVE, version=9), version=4)
    assert effects.contact is not None
    assert (effects.contact.address, effects.contact.version) == (NEW, 9)


def test_an_older_change_or_request_changes_nothing_after_a_newer_change() -> None:
    changed = change(version=6).contact
    assert change(changed, version=6) == change(changed, version=4, new_address="ola@inny.example") == NOTHING
    assert ask(changed, version=5) == NOTHING


def test_what_overtook_the_registration_waits_for_it() -> None:
    assert ask(None) == change(None) == WAITS


def test_a_notice_has_an_address_of_its_own_just_when_its_kind_has() -> None:
    for kind, own in ((NEW_SIGN_IN, NEW), (EMAIL_CHANGED, None)):
        with pytest.raises(ValueError, match=kind.name):
            Notice(kind, cause(1), NOW, ENDS, address=own)
