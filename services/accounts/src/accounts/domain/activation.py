"""What pressing the button behind the activation link leads to."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.registration import Account, State
from accounts.domain.tokens import Purpose, StoredToken, TokenFault, token_fault


@dataclass(frozen=True)
class Link:
    """What is known of a link: its token, and the account with its password's hash unless that is gone."""

    token: StoredToken | None
    account: Account | None = None
    password_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Activate:
    """The account becomes active, the terms are accepted and every link of the account counts as used."""

    account: Account


@dataclass(frozen=True)
class TermsOutdated:
    """Other terms than the accepted ones are in force: the person has to see those first."""

    in_force: str


def link_fault(link: Link, now: datetime) -> TokenFault | None:
    """Why the link does not work; None when its button will activate the account."""
    fault = token_fault(link.token, Purpose.ACTIVATION, now)
    if fault is not None:
        return fault
    if link.account is None or link.account.expired(now):
        return TokenFault.EXPIRED  # the clock that ended the registration was a little ahead of ours
    return TokenFault.USED if link.account.state is State.ACTIVE else None


def decide_activation(link: Link, accepted: str, in_force: str, now: datetime) -> Activate | TokenFault | TermsOutdated:
    """What activating with the link leads to, when the person accepts one version of the terms and one is in force."""
    fault = link_fault(link, now)
    if fault is not None:
        return fault
    if accepted != in_force:
        return TermsOutdated(in_force)
    assert link.account is not None  # noqa: S101 - a link without an account has a fault
    return Activate(link.account)
