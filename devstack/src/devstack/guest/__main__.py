"""`python -m devstack.guest serve | migrate`."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

import typer

from devstack.guest import SERVICE
from devstack.guest.app import build_app
from shared.contracts.topics import ACCOUNTS_SESSION, Lane, Topic
from shared.runtime.api import run_api
from shared.runtime.auth import revocations
from shared.runtime.auth.wiring import AuthSettings, authentication, public_keys
from shared.runtime.commands import migrate_command
from shared.runtime.consumer import Handlers
from shared.runtime.consuming import consuming
from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.logs import configure_logs
from shared.runtime.postgres import Pool
from shared.runtime.process import run, run_parts
from shared.runtime.scheduler import scheduled
from shared.runtime.settings import KafkaSettings, Settings, read

app = typer.Typer(no_args_is_help=True)
app.command("migrate")(migrate_command([SERVICE]))


class GuestSettings(Settings, AuthSettings, KafkaSettings):
    """What the process needs."""


@app.command()
def serve() -> None:
    """Serve, and listen to which sessions end."""
    settings = read(GuestSettings)
    configure_logs(settings.log_level, service=SERVICE, process="guest")
    run(partial(_run, settings))


async def _run(settings: GuestSettings, stop: asyncio.Event) -> None:
    health = Health()
    application = build_app(health, origin=settings.origin)
    keys = public_keys(settings, health)
    heard = Health()
    health.ready["revocations"] = lambda: heard.waiting_for and f"listening waits for {heard.waiting_for}"

    def open_doors(pool: Pool) -> None:
        application.state.pool = pool
        application.state.auth = authentication(keys, pool)

    async def listening(stop: asyncio.Event) -> None:
        handlers = Handlers()
        revocations.listen(handlers)
        async with open_database(settings, SERVICE, health=heard, stop=stop, process="worker") as pool:
            if pool:
                groups: Mapping[str, Sequence[Topic]] = {Lane.SECURITY: (ACCOUNTS_SESSION,)}
                consumers = consuming(settings, SERVICE, pool=pool, handlers=handlers, groups=groups, health=heard)
                await run_parts({"consumers": consumers, "age": scheduled(pool, revocations.forgetting())}, stop)

    parts = {"keys": keys.run, "listening": listening}
    await run_api(application, settings, SERVICE, health=health, open_doors=open_doors, stop=stop, parts=parts)


if __name__ == "__main__":
    app()
