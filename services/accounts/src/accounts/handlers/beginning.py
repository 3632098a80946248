"""What every session begins with, of a portal account or of a school login: a browser that is known, and room."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.devices import cookie_with
from accounts.domain.sessions import MOST_SESSIONS, Device, Session
from accounts.domain.tokens import new_token, token_hash
from accounts.domain.user_agent import browser_of, system_of
from accounts.handlers.guesses import Visitor
from accounts.handlers.parts import Parts
from accounts.handlers.revoking import revoke
from accounts.handlers.sessions import Access
from accounts.store import sessions
from shared.runtime.postgres import Connection


@dataclass(frozen=True)
class Begun:
    """A session that began: its reference token, its first access token, the cookie by which the browser is known."""

    session: Session
    session_token: str = field(repr=False)
    access: Access
    device_cookie: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in: by what it will be known again, and the cookie that it keeps for that."""

    device: Device
    known_by: bytes
    cookie: str | None = field(default=None, repr=False)


async def make_room(transaction: Connection, owner: UUID, former_token: str | None, now: datetime) -> None:
    """Ends the session that the browser had before, and the ones least used of somebody who has very many."""
    if former_token and (former := await sessions.of_token(transaction, token_hash(former_token))):
        await revoke(transaction, former[1], [former[0]], "replaced", now)
    others = await sessions.of_account(transaction, owner, now)
    surplus = [session.session_id for session in others[MOST_SESSIONS - 1 :]]
    if surplus:
        await revoke(transaction, owner, surplus, "replaced", now)


def shown(visitor: Visitor) -> list[bytes]:
    """What is kept of the tokens that the browser shows."""
    return [token_hash(token) for token in visitor.device_tokens]


def browser_of_visitor(parts: Parts, visitor: Visitor, *, known: bytes | None, shared: bool) -> Browser:
    """The browser that somebody signs in with, who knows it by `known` among what it shows, or not at all."""
    device = Device(shared, browser_of(visitor.user_agent), system_of(visitor.user_agent))
    if shared:
        return Browser(device, _place(parts, visitor, device))
    token = next((token for token in visitor.device_tokens if token_hash(token) == known), None) or new_token()
    return Browser(device, token_hash(token), cookie_with(token, visitor.device_tokens))


def _place(parts: Parts, visitor: Visitor, device: Device) -> bytes:
    """By what a shared computer is known again, where no cookie is left: the network, and the kind of browser.

    Otherwise everybody who uses the school's computers would be mailed each day.
    """
    place = "|".join((visitor.network, device.browser or "", device.system or ""))
    return parts.keyed_digest(b"place", place.encode())
