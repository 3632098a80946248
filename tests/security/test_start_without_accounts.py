"""A service that starts while accounts cannot be reached goes on with the keys that it has kept."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from devstack.module_process import ModuleProcess
from devstack.ports import free_port
from shared.runtime.auth.access_tokens import SignedIn, issue
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.events import new_id
from tests.waiting import until

EXPORT = "/notifications/api/v1/me/export"


async def test_a_service_that_starts_without_accounts_knows_who_is_asking(
    database: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    port = free_port()
    settings = {
        "DZWONEK_DATABASE_URL": await database("notifications", packages=["notifications"]),
        "DZWONEK_DEMO": "true",
        "DZWONEK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DZWONEK_PORT": str(port),
        "DZWONEK_JWKS_URL": f"http://127.0.0.1:{free_port()}/.well-known/jwks.json",
        "DZWONEK_JWKS_CACHE_FILE": str(tmp_path / "kept.json"),
    }
    generate_signing_keys(tmp_path / "private.json")
    keys = SigningKeys(tmp_path / "private.json")
    now = datetime.now(UTC)
    who = SignedIn(new_id(), new_id(), "a-form-token", now, now + timedelta(minutes=10))
    bearer = {"Authorization": f"Bearer {issue(keys.signing, who)}"}
    process = ModuleProcess("api", "notifications", ["api"], log=tmp_path / "api.log", env=settings)
    async with httpx.AsyncClient(base_url=settings["DZWONEK_PUBLIC_URL"], trust_env=False) as client:

        async def readiness() -> int | None:
            try:
                return (await client.get("/readyz")).status_code
            except httpx.TransportError:
                return None

        async def ready() -> bool:
            return await readiness() == 200

        async def waits() -> bool:
            return await readiness() == 503

        try:
            await process.start()
            await until(waits)  # for accounts: it has kept nothing yet
            assert (await client.get(EXPORT, headers=bearer)).status_code == 503
            await process.stop()
            (tmp_path / "kept.json").write_text(json.dumps(keys.jwks()))
            await process.start()
            await until(ready)
            assert (await client.get(EXPORT, headers=bearer)).status_code == 200
        finally:
            await process.stop()
