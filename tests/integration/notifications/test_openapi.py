"""The API answers as its document says, also while accounts cannot be reached: the keys that were kept serve."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from tests.databases import Databases
from tests.openapi import check, gently, wait_for

from devstack.module_process import ModuleProcess
from devstack.ports import free_port
from notifications.bootstrap.api import build_app
from shared.runtime.auth.access_tokens import SignedIn, issue
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.events import new_id
from shared.runtime.health import Health

schema = schemathesis.openapi.from_dict(build_app(Health(), origin="").openapi())
Running = tuple[str, SigningKeys]


@pytest.fixture(scope="module")
def running(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The API as a process: its address, and the keys that accounts would sign with."""
    folder = tmp_path_factory.mktemp("api")
    generate_signing_keys(folder / "private.json")
    keys = SigningKeys(folder / "private.json")
    (folder / "cached.json").write_text(json.dumps(keys.jwks()))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = {
        "DZWONEK_DATABASE_URL": asyncio.run(databases.create("notifications", ["notifications"])),
        "DZWONEK_DEMO": "true",
        "DZWONEK_PUBLIC_URL": address,
        "DZWONEK_PORT": str(port),
        "DZWONEK_JWKS_URL": f"http://127.0.0.1:{free_port()}/.well-known/jwks.json",
        "DZWONEK_JWKS_CACHE_FILE": str(folder / "cached.json"),
    }
    process = ModuleProcess("api", "notifications", ["api"], log=folder / "api.log", env=env)
    asyncio.run(process.start())
    wait_for(address)
    yield address, keys
    asyncio.run(process.stop())
    assert "unexpected_error" not in (folder / "api.log").read_text()


@schema.parametrize()
@gently
def test_every_operation_answers_as_its_document_says(case: schemathesis.Case[Any], running: Running) -> None:
    address, keys = running
    now = datetime.now(UTC)
    who = SignedIn(new_id(), new_id(), "a-form-token", now, now + timedelta(minutes=10))
    check(case, address, {"Authorization": f"Bearer {issue(keys.signing, who)}"})
