"""A person registers."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import (
    LIFETIME,
    AgeBracket,
    Expire,
    Language,
    Register,
    Renew,
    Silence,
    TellOwner,
    decide_registration,
)
from accounts.events import registration as events
from accounts.handlers.expiry import expire_registrations
from accounts.handlers.parts import ATTEMPTS, Contended, Parts
from accounts.handlers.passwords import new_hash
from accounts.links import FreshLinks, fresh_links
from accounts.store import registrations as store
from accounts.store.registrations import Mailing, PersonalData
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection


@dataclass(frozen=True)
class Registration:
    """What the person entered, checked."""

    email: EmailAddress
    password: str = field(repr=False)
    age_bracket: AgeBracket
    language: Language


@dataclass(frozen=True)
class PreparedRegistration:
    """A registration with all that costs time done: the hash and the sealed values."""

    person: PersonalData
    sealed_email: str
    links: FreshLinks


async def prepare_registration(parts: Parts, registration: Registration) -> PreparedRegistration:
    """Hashes and seals, the same for every address, before a connection is taken.

    Raises HashingBusy, PasswordRefused.
    """
    password_hash = await new_hash(parts, registration.password, registration.email, field="password")
    person = PersonalData(registration.email, password_hash, registration.age_bracket, registration.language)
    return PreparedRegistration(person, parts.sealer.seal(registration.email.text), fresh_links(parts.sealer))


async def register(parts: Parts, transaction: Connection, prepared: PreparedRegistration) -> None:
    """Does what the rules say for the address and tells the asker nothing of it. Raises Contended."""
    person, links = prepared.person, prepared.links
    digest, told_digest = parts.address_digest(person.email), parts.told_digest(person.email)
    for _ in range(ATTEMPTS):
        now = parts.clock()
        known = await store.known_of_address(transaction, person.email, now, digest=digest, told_digest=told_digest)
        match decide_registration(known, now, parts.quiet):
            case Silence():
                return await store.note_silence(transaction, digest, now)
            case Register():
                done = await _make_account(transaction, prepared, digest, now)
            case Renew(account):
                event = events.activation_requested(account, person.language, links, now)
                done = await store.renew(transaction, account, person, Mailing(digest, now, event, links.hashes))
            case TellOwner(account):
                event = events.registration_attempted(account, now)
                done = await store.tell_owner(transaction, account, Mailing(told_digest, now, event))
            case Expire(account):
                await expire_registrations(transaction, [(account.account_id, account.version)], now)
                done = False
        if done:
            return None
    raise Contended


async def _make_account(transaction: Connection, prepared: PreparedRegistration, digest: bytes, now: datetime) -> bool:
    account_id = new_id()
    event = events.registered(account_id, prepared.person.language, prepared.sealed_email, prepared.links, now)
    mailing = Mailing(digest, now, event, prepared.links.hashes)
    return await store.register(transaction, account_id, prepared.person, now + LIFETIME, mailing)
