"""Addresses of their own: mails that go elsewhere than to their contact are addressed as they are claimed.

Such an address lies in the database only sealed, so that no statement can compare it: it is opened here, in the memory
of the sender that holds the mail, and asked about among the suppressed ones, as every other address is at the claim.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from notifications.domain.mail import ClaimedMail
from shared.runtime.postgres import Connection
from shared.runtime.sealing import SealBroken, Unsealer
from shared.runtime.sql import load_queries

SQL = load_queries("notifications.sender")


async def addressed(connection: Connection, unsealer: Unsealer, mails: Sequence[ClaimedMail]) -> Sequence[ClaimedMail]:
    """The mails, those with an address of their own addressed to it, in the same order."""
    if not any(mail.sealed_address for mail in mails):
        return mails
    opened = await asyncio.to_thread(lambda: [_opened(unsealer, mail) for mail in mails])
    own = [mail.address.lower() for mail in opened if mail.sealed_address]
    suppressed = {row["address"] for row in await connection.fetch(SQL["suppressed_of"], own)}
    return [
        replace(mail, suppressed=mail.address.lower() in suppressed) if mail.sealed_address else mail for mail in opened
    ]


def _opened(unsealer: Unsealer, mail: ClaimedMail) -> ClaimedMail:
    if mail.sealed_address is None:
        return mail
    try:
        return replace(mail, address=unsealer.open(mail.sealed_address))
    except SealBroken:
        return replace(mail, address="")
