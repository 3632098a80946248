"""The accounts service behind a real address, for a browser."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyotp
from tests.integration.accounts.accounts_world import AccountsWorld, MovedClock
from tests.sealing_keys import generate_keys
from tests.waiting import until

from accounts.bootstrap.api import build_app, open_doors
from accounts.handlers.parts import Parts
from accounts.passwords import PasswordHasher
from devstack.ports import free_port
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.health import Health
from shared.runtime.idempotency import Idempotency
from shared.runtime.postgres import create_pool
from shared.runtime.process import serve
from shared.runtime.sealing import Sealer, Unsealer


@dataclass
class Site:
    """The service, and what its mails would bring."""

    url: str
    world: AccountsWorld

    async def activation_link(self) -> str:
        """The newest."""
        token, _ = await self.world.tokens()
        return f"{self.url}/activate/{token}"

    async def reset_link(self) -> str:
        """The newest link that sets a password."""
        return f"{self.url}/password/reset/{await self.world.reset_token()}"

    async def confirmation_link(self) -> str:
        """The newest link that confirms an address."""
        return f"{self.url}/email/confirm/{await self.world.confirmation_token()}"

    def code(self, secret: str) -> str:
        """What an app with this secret shows now, a code that was not used before: time has gone on since."""
        self.world.clock.forward(seconds=30)
        return pyotp.TOTP("".join(secret.split())).at(self.world.clock.now)


@asynccontextmanager
async def serving(database: Callable[..., Awaitable[str]], folder: Path) -> AsyncIterator[Site]:
    """Serves it at a free port of localhost, where browsers take secure cookies without TLS."""
    generate_keys(folder / "private.json", folder / "public.json")
    generate_signing_keys(folder / "access-keys.json")
    secret, clock, port = b"known to the tests alone, 32 bytes", MovedClock(), free_port()
    url = f"http://localhost:{port}"
    hasher = PasswordHasher(threads=2, queue_length=10)
    async with await create_pool(await database("accounts", packages=["accounts"]), size=4) as pool:
        sealer, keys = Sealer(folder / "public.json"), SigningKeys(folder / "access-keys.json")
        parts = Parts(pool, Idempotency(pool, secret), hasher, sealer, keys, clock, [secret], beat_seconds=0)
        app = build_app(Health(waiting_for=None), origin=url)
        open_doors(app, parts)
        stop = asyncio.Event()
        serving = asyncio.ensure_future(serve(app, host="localhost", port=port)(stop))
        async with httpx.AsyncClient(base_url=url) as client:
            await until(lambda: _answers(client))
            yield Site(url, AccountsWorld(client, pool, parts, clock, Unsealer(folder / "private.json")))
        stop.set()
        await serving
    hasher.close()


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/livez")).status_code == 200
    except httpx.TransportError:
        return False
