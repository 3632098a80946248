"""Our side of the account row: the API's own statement with its event. Passwords are hashed and values sealed before.

usage: python -m bench.registering URL COUNT SEALING_PUBLIC_KEY
"""

import asyncio
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import LIFETIME, AgeBracket
from accounts.events.registration import registered
from accounts.handlers.registration import PreparedRegistration
from accounts.links import FreshLinks
from accounts.store import registrations as store
from accounts.store.registrations import Mailing, PersonalData
from bench.effort import Effort
from bench.raw.postgres import PASSWORD_HASH
from bench.writing import written
from shared.runtime.events import new_id
from shared.runtime.process import calm_garbage_collection
from shared.runtime.sealing import Sealer


def prepared(count: int, sealer: Sealer) -> Iterator[PreparedRegistration]:
    """So many registrations, with all that the handler does before it takes a connection."""
    email, activation, reminder = (sealer.seal(text) for text in ("parent@poczta.example", "activation", "reminder"))
    for number in range(count):
        address = EmailAddress(f"parent{number}@poczta.example")
        yield PreparedRegistration(
            PersonalData(address, PASSWORD_HASH, AgeBracket.ADULT, "pl"),
            email,
            FreshLinks(activation, reminder, (secrets.token_bytes(32), secrets.token_bytes(32))),
        )


async def register(connection: "asyncpg.Connection[asyncpg.Record]", registration: PreparedRegistration) -> None:
    """One registration, one commit."""
    account_id, now, links = new_id(), datetime.now(UTC), registration.links
    event = registered(account_id, registration.person.language, registration.sealed_email, links, now)
    mailing = Mailing(secrets.token_bytes(32), now, event, links.hashes)
    await store.register(connection, account_id, registration.person, now + LIFETIME, mailing)


async def main(url: str, count: int, sealing_key: Path) -> Effort:
    """Writes them all."""
    ready = list(prepared(count, Sealer(sealing_key)))
    calm_garbage_collection()
    return await written(url, ready, register)


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))).line())
