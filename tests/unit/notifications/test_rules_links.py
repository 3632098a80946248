"""What it means for the contact and the mails that a school login is linked, or is no longer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.unit.notifications.causes import ACCOUNT, ACTIVE, NOW, cause

from notifications.domain.contacts import Contact, gone
from notifications.domain.effects import NOTHING, WAITS, Effects
from notifications.domain.kinds import NOTICE_LIFETIME
from notifications.domain.rules import links as rules

LINK = {"login_kind": "guardian", "login_ending": "78", "school_name": "Szkoła Podstawowa nr 3"}

Told = Callable[..., Effects]


def link(contact: Contact | None = ACTIVE, *, version: int = 3, at: datetime = NOW) -> Effects:
    return rules.login_linked(contact, cause(version, at), NOW, language="uk", link=LINK)


def unlink(contact: Contact | None = ACTIVE, *, version: int = 3, at: datetime = NOW) -> Effects:
    return rules.login_unlinked(contact, cause(version, at), NOW, language="uk", link={**LINK, "by": "school"})


linked_or_not = pytest.mark.parametrize("tell", [link, unlink])


@pytest.mark.parametrize(
    ("tell", "kind", "key", "params"),
    [
        (link, "login_linked", "login-linked", LINK),
        (unlink, "login_unlinked", "login-unlinked", {**LINK, "by": "school"}),
    ],
)
def test_the_owner_of_the_account_is_told_at_once_what_happened_to_the_login(
    tell: Told, kind: str, key: str, params: dict[str, str]
) -> None:
    effects = tell()
    assert effects.contact == replace(ACTIVE, version=3, language="uk")
    (mail,) = effects.notices
    assert (mail.kind.name, mail.kind.lane, mail.due_at) == (kind, "security", NOW)
    assert (mail.not_after, mail.params) == (NOW + NOTICE_LIFETIME, params)
    assert mail.dedup_key == f"{key}:{ACCOUNT}:3"


@linked_or_not
def test_old_news_of_a_login_is_of_no_use_by_the_time_it_is_heard(tell: Told) -> None:
    (mail,) = tell(at=NOW - NOTICE_LIFETIME - timedelta(days=1)).notices
    assert mail.not_after < NOW


def test_a_login_that_is_unlinked_again_is_told_both_ways_in_either_order() -> None:
    in_order = (link(version=3), unlink(link(version=3).contact, version=4))
    turned = (unlink(version=4), link(unlink(version=4).contact, version=3))
    for told in (in_order, turned):
        assert {mail.dedup_key for effects in told for mail in effects.notices} == {
            f"login-linked:{ACCOUNT}:3",
            f"login-unlinked:{ACCOUNT}:4",
        }
        assert {effects.cancels for effects in told} == {frozenset()}
        assert told[-1].contact == replace(ACTIVE, version=4, language="uk")


@linked_or_not
def test_late_news_of_a_login_is_told_but_changes_nothing(tell: Told) -> None:
    newer = replace(ACTIVE, version=9)
    effects = tell(newer)
    assert effects.contact == newer
    assert len(effects.notices) == 1


@linked_or_not
def test_news_of_a_login_that_overtook_the_activation_waits_for_it(tell: Told) -> None:
    assert tell(None) == tell(replace(ACTIVE, version=1, state="pending")) == WAITS


@linked_or_not
def test_who_is_gone_hears_nothing_of_a_login(tell: Told) -> None:
    assert tell(gone(ACCOUNT, version=2)) == NOTHING
