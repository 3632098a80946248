"""When a mail is tried again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from notifications.domain.retries import backoff, next_try

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
MAIL = UUID("01991b5e-0000-7000-8000-000000000001")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@given(st.uuids())
def test_the_wait_grows_from_a_minute_to_an_hour(mail: UUID) -> None:
    waits = [backoff(mail, attempts) for attempts in range(1, 12)]
    for doublings, wait in enumerate(waits):
        plain = min(MINUTE * 2**doublings, HOUR)
        assert plain <= wait <= plain * 1.25


def test_the_same_failure_waits_as_long_and_others_differ() -> None:
    assert backoff(MAIL, 3) == backoff(MAIL, 3)
    waits = {backoff(UUID(int=number), 1) for number in range(100)}
    assert len(waits) > 90


def test_a_thousand_attempts_are_no_trouble() -> None:
    assert backoff(MAIL, 1000) <= HOUR * 1.25


@given(attempts=st.integers(1, 50), left=st.timedeltas(timedelta(0), timedelta(days=4)))
def test_no_try_comes_after_the_end(attempts: int, left: timedelta) -> None:
    due = next_try(MAIL, attempts, now=NOW, not_after=NOW + left)
    assert due is None or NOW + MINUTE <= due < NOW + left
    assert (due is None) == (backoff(MAIL, attempts) >= left)
