"""Which links work, and what pressing their button leads to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.activation import Activate, Link, TermsOutdated, decide_activation
from accounts.domain.registration import LIFETIME, Account, State
from accounts.domain.tokens import Purpose, StoredToken, TokenFault, new_token, token_fault, token_hash

NOW = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)
REGISTERED = NOW - timedelta(days=2)
TERMS = "2026-09-01"
ACCOUNT = Account(uuid4(), State.PENDING, 1, "pl", REGISTERED, REGISTERED + LIFETIME)
GOOD = StoredToken(ACCOUNT.account_id, Purpose.ACTIVATION, ACCOUNT.expires_at)


def decide(token: StoredToken | None, account: Account | None = ACCOUNT) -> object:
    return decide_activation(Link(token, account), TERMS, TERMS, NOW)


def test_a_good_link_activates() -> None:
    assert decide(GOOD) == Activate(ACCOUNT)


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        (None, TokenFault.UNKNOWN),
        (replace(GOOD, purpose="password_reset"), TokenFault.OTHER_PURPOSE),
        (replace(GOOD, used_at=NOW), TokenFault.USED),
        (replace(GOOD, revoked_at=NOW), TokenFault.REVOKED),
        (replace(GOOD, expires_at=NOW), TokenFault.EXPIRED),
        (replace(GOOD, used_at=NOW, revoked_at=NOW, expires_at=NOW), TokenFault.USED),
        (replace(GOOD, revoked_at=NOW, expires_at=NOW), TokenFault.EXPIRED),
        (replace(GOOD, purpose="password_reset", used_at=NOW), TokenFault.OTHER_PURPOSE),
    ],
)
def test_a_link_that_does_not_work_says_why(token: StoredToken | None, fault: TokenFault) -> None:
    assert decide(token) == fault


def test_a_link_whose_registration_is_gone_has_run_out_whatever_the_clock_says() -> None:
    assert decide(GOOD, None) == TokenFault.EXPIRED


def test_a_link_of_an_active_account_is_used_even_if_its_own_row_does_not_say_so() -> None:
    assert decide(GOOD, replace(ACCOUNT, state=State.ACTIVE)) == TokenFault.USED


def test_terms_have_to_be_the_ones_in_force() -> None:
    assert decide_activation(Link(GOOD, ACCOUNT), "2025-01-01", TERMS, NOW) == TermsOutdated(TERMS)


def test_a_link_that_does_not_work_says_so_before_the_terms_matter() -> None:
    assert decide_activation(Link(None), "2025-01-01", TERMS, NOW) == TokenFault.UNKNOWN


moments = st.none() | st.just(NOW)


@given(st.sampled_from(["activation", "reset"]), st.integers(-3, 3), moments, moments, st.uuids())
def test_a_token_works_only_if_nothing_speaks_against_it(
    purpose: str, seconds: int, used_at: datetime | None, revoked_at: datetime | None, account_id: UUID
) -> None:
    token = StoredToken(account_id, purpose, NOW + timedelta(seconds=seconds), used_at, revoked_at)
    works = purpose == "activation" and seconds > 0 and used_at is None and revoked_at is None
    assert (token_fault(token, Purpose.ACTIVATION, NOW) is None) == works


def test_tokens_are_256_random_bits_safe_in_a_path() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 43 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


@given(st.text())
def test_any_text_has_a_hash(text: str) -> None:
    assert len(token_hash(text)) == 32
