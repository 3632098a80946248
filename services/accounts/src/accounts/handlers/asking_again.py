"""A person asks for the activation link again."""

from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import Silence, decide_asking_again
from accounts.events import registration as events
from accounts.handlers.parts import ATTEMPTS, Contended, Parts
from accounts.links import FreshLinks
from accounts.store import registrations as store
from accounts.store.registrations import Mailing
from shared.runtime.postgres import Connection


async def ask_again(parts: Parts, transaction: Connection, email: EmailAddress, links: FreshLinks) -> None:
    """Mails `links` in place of the earlier ones to an address that waits for activation, else does nothing.

    The asker is told nothing of it. Raises Contended.
    """
    digest, told_digest = parts.address_digest(email), parts.told_digest(email)
    for _ in range(ATTEMPTS):
        now = parts.clock()
        known = await store.known_of_address(transaction, email, now, digest=digest, told_digest=told_digest)
        step = decide_asking_again(known, now, parts.quiet)
        if isinstance(step, Silence):
            return await store.note_silence(transaction, digest, now)
        event = events.activation_requested(step.account, step.account.language, links, now)
        if await store.renew(transaction, step.account, None, Mailing(digest, now, event, links.hashes)):
            return None
    raise Contended
