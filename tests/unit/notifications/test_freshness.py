"""The last look at a mail before it goes out."""

from datetime import timedelta

import pytest
from tests.unit.notifications.claimed_mails import NOW, a_mail

from notifications.domain.freshness import Stale, check
from notifications.domain.kinds import KINDS, Kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_goes_to_contacts_in_its_state_alone(kind: Kind) -> None:
    for state in ("pending", "active", "gone"):
        why = check(a_mail(kind=kind.name, contact_state=state), NOW)
        assert why == (None if state == kind.contact_state else Stale("cancelled", f"contact_{state}"))


def test_a_suppressed_address_gets_nothing() -> None:
    assert check(a_mail(suppressed=True), NOW) == Stale("refused", "suppressed")


def test_the_kinds_own_end_is_the_end() -> None:
    mail = a_mail(not_after=NOW)
    assert check(mail, NOW - timedelta(seconds=1)) is None
    assert check(mail, NOW) == Stale("expired", "too_late")


def test_a_kind_of_a_newer_version_is_not_guessed_at() -> None:
    assert check(a_mail(kind="grades"), NOW) == Stale("cancelled", "unknown_kind")
