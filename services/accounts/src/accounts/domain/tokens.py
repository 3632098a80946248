"""Tokens in links: 256 bits, kept only as a hash, bound to one purpose and one account, good for one use."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

TOKEN_BYTES = 32


class Purpose(StrEnum):
    """What a token is for; it opens nothing else."""

    ACTIVATION = "activation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a purpose
    EMAIL_CHANGE = "email_change"
    SECOND_FACTOR = "second_factor"
    FIRST_PASSWORD = "first_password"  # noqa: S105 - the name of a purpose


class TokenFault(StrEnum):
    """Why a token does not work; the value is the stable code."""

    UNKNOWN = "token_unknown"
    OTHER_PURPOSE = "token_other_purpose"
    USED = "token_used"
    EXPIRED = "token_expired"
    REVOKED = "token_revoked"


class LinkRefused(Exception):  # noqa: N818 - reads as what happened
    """A link does not work; `fault` says why."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class StoredToken:
    """What is kept of a token; it outlives its registration, so that an expired link can say what it is."""

    account_id: UUID
    purpose: str
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def new_token() -> str:
    """A fresh token, safe in a URL's path."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of a token. It is random through and through, so that a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def token_fault(token: StoredToken | None, purpose: Purpose, now: datetime) -> TokenFault | None:
    """Why `token` does not work for `purpose`; None when it does.

    A used one says so even when it was revoked or ran out: what the person came for is done. One that ran out says so
    even when it was revoked: asking again would not help, registering does.
    """
    if token is None:
        return TokenFault.UNKNOWN
    if token.purpose != purpose:
        return TokenFault.OTHER_PURPOSE
    if token.used_at is not None:
        return TokenFault.USED
    if now >= token.expires_at:
        return TokenFault.EXPIRED
    if token.revoked_at is not None:
        return TokenFault.REVOKED
    return None
