"""What a registration, and asking again, leads to."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.registration import (
    LIFETIME,
    LIMIT_WINDOW,
    MAILS_IN_WINDOW,
    Account,
    Expire,
    Known,
    Register,
    Renew,
    Silence,
    State,
    TellOwner,
    decide_asking_again,
    decide_registration,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def account(state: State = State.PENDING, *, age: timedelta = timedelta(days=1)) -> Account:
    registered_at = NOW - age
    return Account(uuid4(), state, 3, "pl", registered_at, registered_at + LIFETIME)


def known(account: Account | None = None, *mailed_ago: timedelta) -> Known:
    return Known(account, [NOW - ago for ago in mailed_ago])


def test_an_unknown_address_is_registered() -> None:
    assert decide_registration(known(), NOW) == Register()


def test_a_pending_address_gets_new_links() -> None:
    pending = account()
    assert decide_registration(known(pending), NOW) == Renew(pending)
    assert decide_asking_again(known(pending), NOW) == Renew(pending)


def test_the_owner_of_an_active_address_is_told_of_a_registration_alone() -> None:
    active = account(State.ACTIVE, age=timedelta(days=400))
    assert decide_registration(known(active), NOW) == TellOwner(active)
    assert decide_asking_again(known(active), NOW) == Silence()


@pytest.mark.parametrize(("age", "over"), [(LIFETIME - timedelta(microseconds=1), False), (LIFETIME, True)])
def test_a_registration_ends_after_exactly_fourteen_days(age: timedelta, over: bool) -> None:
    old = account(age=age)
    assert decide_registration(known(old), NOW) == (Expire(old) if over else Renew(old))
    assert decide_asking_again(known(old), NOW) == (Silence() if over else Renew(old))


def test_nobody_can_ask_again_for_an_unknown_address() -> None:
    assert decide_asking_again(known(), NOW) == Silence()


@pytest.mark.parametrize("state", State)
def test_within_a_minute_of_a_mail_nothing_more_is_sent(state: State) -> None:
    recent = known(account(state), MINUTE - timedelta(microseconds=1))
    assert decide_registration(recent, NOW) == Silence()
    assert decide_asking_again(recent, NOW) == Silence()
    assert decide_registration(known(account(state), MINUTE), NOW) != Silence()


def test_an_owner_is_told_once_an_hour_whatever_else_was_mailed() -> None:
    active = account(State.ACTIVE)
    assert decide_registration(known(active, *[2 * MINUTE] * 3), NOW) == TellOwner(active)
    assert decide_registration(Known(active, told_at=[NOW - timedelta(minutes=59)]), NOW) == Silence()
    assert decide_registration(Known(active, told_at=[NOW - LIMIT_WINDOW]), NOW) == TellOwner(active)


def test_three_mails_an_hour_are_the_limit() -> None:
    pending = account()
    three = [timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=59)]
    assert decide_registration(known(pending, *three), NOW) == Silence()
    assert decide_asking_again(known(pending, *three), NOW) == Silence()
    assert decide_registration(known(pending, *three[:2], LIMIT_WINDOW), NOW) == Renew(pending)


instants = st.lists(st.integers(0, 6 * 3600).map(lambda second: NOW + timedelta(seconds=second)), max_size=60).map(
    sorted
)


@given(instants)
def test_however_it_is_asked_no_hour_has_more_than_three_mails_and_no_minute_more_than_one(
    asked_at: Sequence[datetime],
) -> None:
    pending = account()
    mailed: list[datetime] = []
    for now in asked_at:
        if decide_registration(Known(pending, mailed), now) != Silence():
            mailed.append(now)
    for number, first in enumerate(mailed):
        later = [instant for instant in mailed[number:] if instant - first < LIMIT_WINDOW]
        assert len(later) <= MAILS_IN_WINDOW
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(mailed))
