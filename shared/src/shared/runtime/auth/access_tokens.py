"""Access tokens: JWTs signed with Ed25519 (RFC 9864, RFC 9068), good for some minutes, checked by every service.

A token says which account or school login and which session it belongs to, and of a school login whose it is. It says
nothing about rights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import Key, KeySet, OKPKey

from shared.contracts.envelope import LoginKind

ALGORITHM = "Ed25519"
TYPE = "at+jwt"
AUDIENCE = "dzwonek"

LEEWAY = timedelta(seconds=60)
"""How far the clocks of two services may be apart."""

LIFETIME = timedelta(minutes=10)
"""Of the longest token: a revoked session is remembered for so long and twice the leeway."""

LOGIN_KINDS = frozenset(get_args(LoginKind))

Fault = Literal["token_invalid", "token_expired"]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as their access token says.

    `account_id` is a portal account, or a school login: then `person_id` is who it is in the roster, and `login_kind`
    with `scope_id` as what. `form_token` stands in every form of the session's pages: another site cannot read it.
    """

    account_id: UUID
    session_id: UUID
    form_token: str
    issued_at: datetime
    expires_at: datetime
    person_id: UUID | None = None
    login_kind: LoginKind | None = None
    scope_id: UUID | None = None


class TokenRefused(Exception):  # noqa: N818 - reads as what happened
    """The token is not to be believed, or no longer; `fault` is a stable code."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


class UnknownKey(TokenRefused):
    """The token names a key that is not among ours; it may have been published a moment ago."""

    def __init__(self) -> None:
        super().__init__("token_invalid")


def issue(key: OKPKey, who: SignedIn) -> str:
    """The access token of `who`, signed with `key`."""
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
    claims = {
        "aud": AUDIENCE,
        "sub": str(who.account_id),
        "sid": str(who.session_id),
        "form": who.form_token,
        "iat": int(who.issued_at.timestamp()),
        "exp": int(who.expires_at.timestamp()),
        **_at_school(who),
    }
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def _at_school(who: SignedIn) -> dict[str, str]:
    if who.person_id is None or who.login_kind is None:
        return {}
    return {"person": str(who.person_id), "login": who.login_kind, "scope": str(who.scope_id)}


class Verifier:
    """Checks access tokens with the keys that `keys` returns at that moment."""

    def __init__(self, keys: Callable[[], KeySet], clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._keys = keys
        self._registry = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=int(LEEWAY.total_seconds()),
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            sid={"essential": True},
            form={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
        )

    def check(self, token: str) -> SignedIn:
        """Who the token was signed for. Raises TokenRefused, UnknownKey."""
        try:
            decoded = jwt.decode(token, self._key_of(token), algorithms=[ALGORITHM])
            if decoded.header.get("typ") != TYPE:
                raise TokenRefused("token_invalid")
            self._registry.validate(decoded.claims)
            return _who(decoded.claims)
        except ExpiredTokenError:
            raise TokenRefused("token_expired") from None
        except (JoseError, ValueError, TypeError, OverflowError) as error:
            raise TokenRefused("token_invalid") from error

    def _key_of(self, token: str) -> Key:
        """The key that the token says it was signed with."""
        named = jws.extract_compact(token.encode()).headers().get("kid")
        for key in self._keys().keys:
            if key.kid == named:
                return key
        raise UnknownKey


def _who(claims: dict[str, Any]) -> SignedIn:
    at_school = claims.keys() & {"person", "login", "scope"}
    if len(at_school) not in {0, 3} or (at_school and claims["login"] not in LOGIN_KINDS):
        raise TokenRefused("token_invalid")
    return SignedIn(
        account_id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        form_token=str(claims["form"]),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        person_id=UUID(claims["person"]) if "person" in claims else None,
        login_kind=claims.get("login"),
        scope_id=UUID(claims["scope"]) if "scope" in claims else None,
    )
