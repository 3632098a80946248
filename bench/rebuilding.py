"""A projection of the roster made anew, as the command does it.

usage: python -m bench.rebuilding URL BOOTSTRAP PREFIX
"""

import asyncio
import sys

from bench.effort import Effort, OwnWatch
from shared.runtime.postgres import connect
from shared.runtime.roster.rebuild import rebuild
from shared.runtime.settings import KafkaSettings


async def main(url: str, bootstrap: str, prefix: str) -> Effort:
    """Makes it. The items are the records that were read."""
    connection = await connect(url, application="bench", command_seconds=None)
    settings = KafkaSettings(kafka_bootstrap=bootstrap, kafka_prefix=prefix)
    watch = OwnWatch()
    rebuilt = await rebuild(connection, settings, lambda *_: None)
    effort = watch.stop(sum(rebuilt.read.values()))
    await connection.close()
    return effort


if __name__ == "__main__":
    print(asyncio.run(main(*sys.argv[1:])).line())
