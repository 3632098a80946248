"""How hard a destination domain may be pressed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.domain.answers import AnswerClass
from notifications.domain.destinations import (
    HEALTHY,
    LONGEST_PAUSE,
    LONGEST_PAUSE_SILENT,
    RAMP_START,
    SHORTEST_PAUSE,
    Destination,
    after,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
CAP = 100
ACCEPTED, RATE, POLICY, OWN = AnswerClass.ACCEPTED, AnswerClass.RATE, AnswerClass.POLICY, AnswerClass.OWN_FAULT
SILENT, BROKEN_OFF = AnswerClass.SILENT, AnswerClass.BROKEN_OFF


def told(state: Destination, *answers: AnswerClass, later: int = 0) -> Destination:
    return after(state, answers, now=NOW + timedelta(seconds=later), cap=CAP)


def test_a_rate_reply_pauses_and_leaves_a_small_allowance() -> None:
    state = told(HEALTHY, RATE)
    assert state.paused_until == NOW + timedelta(seconds=SHORTEST_PAUSE)
    assert state.allowance == RAMP_START


def test_mails_that_were_on_their_way_when_the_pause_began_make_it_no_longer() -> None:
    assert told(HEALTHY, RATE, RATE, RATE, POLICY) == told(HEALTHY, RATE)


def test_the_next_rate_reply_halves_the_allowance_and_doubles_the_pause() -> None:
    once = told(HEALTHY, RATE)
    twice = told(once, RATE, later=31)
    assert (twice.allowance, twice.pause_seconds) == (RAMP_START // 2, 2 * SHORTEST_PAUSE)
    state = twice
    for number in range(20):
        state = told(state, RATE, later=10_000 * (number + 1))
    assert (state.allowance, state.pause_seconds) == (1, LONGEST_PAUSE)


def test_accepted_mails_ramp_the_domain_up_until_it_is_healthy() -> None:
    state = told(HEALTHY, RATE)
    rounds = 0
    while state != HEALTHY:
        allowed = state.allowance
        assert allowed is not None
        state = told(state, *[ACCEPTED] * allowed, later=31)
        assert state == HEALTHY or allowed < (state.allowance or 0) <= max(allowed * 1.25, allowed + 1)
        rounds += 1
    assert rounds > 5


def test_mails_accepted_within_the_pause_ramp_nothing_up() -> None:
    paused = told(HEALTHY, RATE)
    assert told(paused, ACCEPTED, later=1).allowance == paused.allowance


def test_five_faults_in_a_row_pause_and_then_one_mail_is_tried() -> None:
    four = told(HEALTHY, POLICY, OWN, POLICY, OWN)
    assert (four.faults, four.paused_until) == (4, None)
    five = told(four, POLICY)
    assert five.is_paused(NOW)
    assert five.allowance == 1
    again = told(five, POLICY, later=31)
    assert again.pause_seconds == 2 * SHORTEST_PAUSE


def test_silence_pauses_at_once_and_then_one_mail_is_tried() -> None:
    state = told(HEALTHY, SILENT)
    assert state.paused_until == NOW + timedelta(seconds=SHORTEST_PAUSE)
    assert state.allowance == 1
    assert told(state, SILENT, later=31).pause_seconds == 2 * SHORTEST_PAUSE
    for number in range(20):
        state = told(state, SILENT, later=10_000 * (number + 1))
    assert (state.allowance, state.pause_seconds) == (1, LONGEST_PAUSE_SILENT)


def test_a_relay_that_is_started_anew_pauses_no_domain_that_few_mails_were_on_their_way_to() -> None:
    assert told(HEALTHY, *[BROKEN_OFF] * 4).paused_until is None
    assert told(HEALTHY, *[BROKEN_OFF] * 5).is_paused(NOW)
    assert told(HEALTHY, *[BROKEN_OFF] * 4, ACCEPTED, BROKEN_OFF).paused_until is None


def test_an_answer_about_the_recipient_ends_the_row() -> None:
    for answer in (ACCEPTED, AnswerClass.NO_MAILBOX, AnswerClass.MAILBOX_FULL):
        assert told(HEALTHY, POLICY, POLICY, POLICY, POLICY, answer, POLICY).faults == 1
        assert told(HEALTHY, POLICY, answer) == HEALTHY


@given(st.lists(st.tuples(st.sampled_from(AnswerClass), st.integers(0, 600)), max_size=60))
def test_a_domain_always_gets_a_chance_again(story: list[tuple[AnswerClass, int]]) -> None:
    state, clock = HEALTHY, 0
    for answer, seconds in story:
        clock += seconds
        state = told(state, answer, later=clock)
        assert state.allowance is None or 1 <= state.allowance <= CAP
        assert 0 <= state.pause_seconds <= LONGEST_PAUSE
        assert state.paused_until is None or state.paused_until <= NOW + timedelta(seconds=clock + LONGEST_PAUSE)
