"""Raw SMTP: aiosmtplib sends ready-made mails over connections that it keeps, and does nothing else.

usage: python -m bench.raw.smtp SPOOL PORT CONNECTIONS
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from aiosmtplib import SMTP

from bench.effort import Effort, OwnWatch
from bench.raw import calm_garbage_collection
from bench.spool import read_mails

Envelope = tuple[str, list[str], bytes]


async def send(mails: list[Envelope], port: int, connections: int) -> Effort:
    """Sends them all; the time begins when every connection is open."""
    clients = [SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=None) for _ in range(connections)]
    await asyncio.gather(*(client.connect() for client in clients))
    await asyncio.gather(*(client.ehlo() for client in clients))
    rest = iter(mails)
    watch = OwnWatch()
    await asyncio.gather(*(_carry(client, rest) for client in clients))
    effort = watch.stop(len(mails))
    await asyncio.gather(*(client.quit() for client in clients))
    return effort


async def _carry(client: SMTP, rest: Iterator[Envelope]) -> None:
    """One connection: takes the next mail as soon as the last one is accepted."""
    for sender, recipients, content in rest:
        await client.sendmail(sender, recipients, content)


def main(spool: str, port: str, connections: str) -> None:
    """The command."""
    mails = [(mail.sender, [mail.recipient], mail.content.encode()) for mail in read_mails(Path(spool))]
    calm_garbage_collection()
    print(asyncio.run(send(mails, int(port), int(connections))).line())


if __name__ == "__main__":
    main(*sys.argv[1:])
