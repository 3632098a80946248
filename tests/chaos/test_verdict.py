"""The ledger names whatever breaks the promise."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devstack.inbox import LedgerEntry, Receipt
from devstack.inbox.mail import Envelope
from tests.chaos.effects import Effects
from tests.chaos.load import NOBODYS, Load
from tests.chaos.verdict import KINDS, judged

ANNA, JAN, OLA = "anna@example.org", "jan@example.org", "ola@example.org"
WELL = Effects(
    accounts=Counter([ANNA, JAN]),
    registered=Counter([ANNA, JAN]),
    notices=Counter((address, kind) for address in (ANNA, JAN) for kind in KINDS),
    mails=Counter([ANNA, JAN]),
    told=Counter([ANNA, JAN]),
    suppressed=Counter(),
    repeated_records=0,
    receipts=(),
    stuck=0,
)


@pytest.fixture
def load() -> Load:
    """Anna and Jan were accepted; Ola's answer was lost."""
    load = Load("http://127.0.0.1:1")
    load.asked |= {ANNA, JAN, OLA}
    load.accepted |= {ANNA, JAN}
    return load


def faults(load: Load, seen: Effects, *, in_doubt: int = 0) -> tuple[str, ...]:
    return judged(load, seen, in_doubt=lambda _: in_doubt).faults


def received(times: int) -> Effects:
    """One mail, accepted so many times."""
    receipt = Receipt(id=1, received_at=datetime.now(UTC), envelope=Envelope(sender="", recipients=(ANNA,)))
    return replace(WELL, receipts=[LedgerEntry(message_id="<1@example.org>", times=times, receipts=(receipt,) * times)])


def test_what_was_accepted_had_its_effect_once(load: Load) -> None:
    assert not faults(load, WELL)


@pytest.mark.parametrize("people", [[ANNA], [ANNA, JAN, JAN], [ANNA, JAN, "nobody@example.org"]])
def test_an_effect_that_is_missing_or_twice_or_nobodys_is_named(people: list[str], load: Load) -> None:
    wrong = Counter(people)
    assert len(faults(load, replace(WELL, accounts=wrong))) == 1
    assert len(faults(load, replace(WELL, registered=wrong))) == 1
    assert len(faults(load, replace(WELL, mails=wrong))) == 1
    assert len(faults(load, replace(WELL, told=wrong))) == 1


def test_a_notice_that_is_missing_is_named(load: Load) -> None:
    assert faults(load, replace(WELL, notices=WELL.notices - Counter([(ANNA, KINDS[1])]))) == (
        f"notice of {(ANNA, KINDS[1])}: 0 times",
    )


def test_whose_answer_was_lost_may_have_an_account_and_may_have_none(load: Load) -> None:
    assert not faults(load, replace(WELL, accounts=Counter([ANNA, JAN, OLA]), mails=Counter([ANNA, JAN, OLA])))


def test_who_has_no_mailbox_is_suppressed_instead_of_mailed(load: Load) -> None:
    kasia = f"kasia@{NOBODYS}"
    load.asked.add(kasia)
    load.accepted.add(kasia)
    known = [ANNA, JAN, kasia]
    notices = Counter((address, kind) for address in known for kind in KINDS)
    seen = replace(
        WELL,
        accounts=Counter(known),
        registered=Counter(known),
        told=Counter(known),
        notices=notices,
        suppressed=Counter([kasia]),
    )
    assert not faults(load, seen)
    assert faults(load, replace(seen, suppressed=Counter())) == (f"suppression of {kasia}: 0 times",)
    assert len(faults(load, replace(seen, suppressed=Counter(known)))) == 2
    assert len(faults(load, replace(seen, mails=Counter(known)))) == 1


def test_a_mail_comes_again_only_as_often_as_it_was_in_doubt(load: Load) -> None:
    assert not faults(load, received(1))
    assert not faults(load, received(2), in_doubt=1)
    assert faults(load, received(2)) == ("<1@example.org> came 2 times and was in doubt 0 times",)
    assert faults(load, received(3), in_doubt=1) == ("<1@example.org> came 3 times and was in doubt 1 times",)


def test_what_is_stuck_and_what_is_answered_wrongly_is_named(load: Load) -> None:
    load.wrong.append("500 Internal Server Error")
    assert len(faults(load, replace(WELL, stuck=1))) == 2
