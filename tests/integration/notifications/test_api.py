"""What a person may see of what is kept here, asked with an access token."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest
from httpx import ASGITransport, AsyncClient
from tests.integration.notifications.worker_world import WorkerWorld

from notifications.bootstrap.api import build_app
from shared.contracts.sessions import SessionRevoked
from shared.runtime.auth.access_tokens import SignedIn, Verifier, issue
from shared.runtime.auth.requests import Auth
from shared.runtime.auth.revocations import Revocations
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.events import new_event, new_id
from shared.runtime.health import Health

PATH = "/notifications/api/v1/me/export"


@pytest.fixture
def access_keys(tmp_path: Path) -> SigningKeys:
    generate_signing_keys(tmp_path / "access-keys.json")
    return SigningKeys(tmp_path / "access-keys.json")


@pytest.fixture
async def client(world: WorkerWorld, access_keys: SigningKeys) -> AsyncIterator[AsyncClient]:
    app = build_app(Health(waiting_for=None), origin="https://dzwonek.example.org")
    app.state.pool = world.pool
    verifier = Verifier(lambda: access_keys.published)
    app.state.auth = Auth(verifier, revoked=Revocations(world.pool).revoked, unknown_key=lambda: None)
    async with AsyncClient(transport=ASGITransport(app), base_url="https://dzwonek.example.org") as client:
        yield client


def bearer(access_keys: SigningKeys, who: SignedIn) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue(access_keys.signing, who)}"}


def somebody() -> SignedIn:
    now = datetime.now(UTC)
    return SignedIn(new_id(), new_id(), "a-form-token", now, now + timedelta(minutes=10))


async def test_a_person_gets_the_contact_and_the_mails_and_nobody_elses(
    world: WorkerWorld, client: AsyncClient, access_keys: SigningKeys
) -> None:
    ola, jan = world.person(), world.person("jan@example.org")
    await world.hear_one_by_one([ola.registered(), ola.activated(), jan.registered()])
    who = replace(somebody(), account_id=ola.account_id)
    answer = await client.get(PATH, headers=bearer(access_keys, who))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    kept = answer.json()
    assert kept["contact"] == {
        "state": "active",
        "language": "uk",
        "address": ola.address,
        "suppressed_since": None,
    }
    assert [(mail["kind"], mail["state"], mail["attempts"]) for mail in kept["mails"]] == [
        ("activation", "cancelled", []),
        ("activation_reminder", "cancelled", []),
        ("welcome", "queued", []),
    ]
    assert kept["mails"][0]["facts"] == [{"terms_version": ANY, "expires_at": ANY}]
    assert "jan" not in answer.text


async def test_who_is_not_known_here_has_nothing_kept(client: AsyncClient, access_keys: SigningKeys) -> None:
    assert (await client.get(PATH, headers=bearer(access_keys, somebody()))).json() == {"contact": None, "mails": []}


async def test_nobody_else_gets_anything(world: WorkerWorld, client: AsyncClient, access_keys: SigningKeys) -> None:
    who = somebody()
    assert (await client.get(PATH)).json()["code"] == "not_signed_in"
    ended = SessionRevoked(
        session_id=who.session_id,
        account_id=who.account_id,
        reason="signed_out",
        revoked_at=who.issued_at,
        tokens_end_at=who.expires_at,
    )
    await world.hear(new_event("accounts", ended, now=who.issued_at))
    assert (await client.get(PATH, headers=bearer(access_keys, who))).json()["code"] == "session_ended"
