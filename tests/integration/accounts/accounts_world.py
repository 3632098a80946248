"""The accounts service in one process, on a real database, with a clock that tests move."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from httpx import ASGITransport, AsyncClient, Response

from accounts.bootstrap.api import build_app, open_doors
from accounts.handlers.parts import Parts
from shared.contracts.accounts import (
    AccountRegistered,
    ActivationRequested,
    EmailChangeRequested,
    PasswordResetRequested,
)
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import Event, EventData, decode
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Unsealer
from shared.terms import current_version

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ADDRESS = "anna.nowak@example.org"
PASSWORD = "cztery zielone rowery"
OTHER_PASSWORD = "piec zoltych tramwajow"
HOME = "192.0.2.10"
SCHOOL = "198.51.100.7"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"

D = TypeVar("D", bound=EventData)


ORIGIN = "http://localhost:8000"


@asynccontextmanager
async def client_of(parts: Parts) -> AsyncIterator[AsyncClient]:
    """Speaks to a service that works with `parts`."""
    app = build_app(Health(waiting_for=None), origin=ORIGIN)
    open_doors(app, parts)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


class MovedClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class SignedIn:
    """Somebody who calls the API with the tokens of a session."""

    client: AsyncClient
    access_token: str
    session_token: str
    session_id: UUID

    async def call(self, method: str, path: str, body: object = None, *, network: str = HOME) -> Response:
        headers = {"Authorization": f"Bearer {self.access_token}", "X-Forwarded-For": network}
        return await self.client.request(method, f"/api/v1/{path}", json=body, headers=headers)

    async def refresh(self) -> Response:
        headers = {"Authorization": f"Bearer {self.session_token}"}
        return await self.client.post("/api/v1/session/refresh", headers=headers)

    async def knows_me(self) -> bool:
        """Whether the access token is still good."""
        answer = await self.call("GET", "me")
        assert answer.status_code in {200, 401}, answer.text
        return answer.status_code == 200


@dataclass
class AccountsWorld:
    """What a test sees of the service: its HTTP side, its tables, its events as notifications would open them."""

    client: AsyncClient
    pool: Pool
    parts: Parts
    clock: MovedClock
    unsealer: Unsealer

    async def register(
        self, email: str = ADDRESS, *, key: str | None = None, password: str = PASSWORD, **other: object
    ) -> Response:
        body = {"email": email, "password": password, "age_bracket": "adult", "language": "pl", **other}
        return await self.post("registrations", body, key)

    async def ask_again(self, email: str = ADDRESS, *, key: str | None = None) -> Response:
        return await self.post("registrations/resend", {"email": email}, key)

    async def activate(
        self, token: str, *, key: str | None = None, terms_version: str | None = None, password: str = PASSWORD
    ) -> Response:
        body = {"token": token, "password": password, "terms_version": terms_version or current_version()}
        return await self.post("activations", body, key)

    async def sign_in(
        self, email: str = ADDRESS, password: str = PASSWORD, *, browser: str = "", network: str = HOME, **other: object
    ) -> Response:
        """Signs in from a network, in a browser that keeps no cookies."""
        body = {"email": email, "password": password, **other}
        headers = {"User-Agent": browser, "X-Forwarded-For": network}
        return await self.client.post("/api/v1/sessions", json=body, headers=headers)

    async def guess(self, email: str = ADDRESS) -> Response:
        """Tries a password that is nobody's."""
        return await self.sign_in(email, OTHER_PASSWORD)

    async def ask_for_reset(self, email: str = ADDRESS) -> Response:
        return await self.post("password-resets", {"email": email})

    async def signed_in(self, email: str = ADDRESS, password: str = PASSWORD, **other: Any) -> "SignedIn":  # noqa: ANN401 - what sign_in takes
        """Somebody with an active account who has signed in."""
        answer = await self.sign_in(email, password, **other)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return SignedIn(self.client, body["access_token"], body["session_token"], UUID(body["session_id"]))

    async def somebody(self, email: str = ADDRESS) -> "SignedIn":
        """Somebody who registered, activated and signed in."""
        await self.active_account(email)
        return await self.signed_in(email)

    async def post(self, path: str, body: object, key: str | None = None) -> Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post(f"/api/v1/{path}", json=body, headers=headers)

    async def events(self) -> list[Event[EventData]]:
        """The outbox, oldest first, decoded as a consumer does it."""
        rows = await self.pool.fetch("SELECT headers, value FROM outbox ORDER BY id")
        return [decode(CATALOGUE, json.loads(row["headers"]), row["value"]) for row in rows]

    async def happened(self) -> list[str]:
        """The names of the events, oldest first."""
        return [type(event.data).__name__ for event in await self.events()]

    async def last(self, kind: type[D]) -> D:
        """The data of the newest event of a kind."""
        return [event.data for event in await self.events() if isinstance(event.data, kind)][-1]

    async def tokens(self) -> tuple[str, str]:
        """The tokens of the newest links, opened: of the activation mail and of the reminder."""
        facts = [event.data for event in await self.events()]
        newest = [fact for fact in facts if isinstance(fact, AccountRegistered | ActivationRequested)][-1]
        return self.unsealer.open(newest.activation_token), self.unsealer.open(newest.reminder_token)

    async def reset_token(self) -> str:
        """The token of the newest link that sets a password, opened."""
        return self.unsealer.open((await self.last(PasswordResetRequested)).reset_token)

    async def confirmation_token(self) -> str:
        """The token of the newest link that confirms an address, opened."""
        return self.unsealer.open((await self.last(EmailChangeRequested)).confirmation_token)

    async def active_account(self, email: str = ADDRESS) -> None:
        """An account that was registered and activated, some time ago."""
        await self.register(email)
        token, _ = await self.tokens()
        answer = await self.activate(token)
        assert answer.status_code == 200
        self.clock.forward(hours=2)

    async def account(self, email: str = ADDRESS) -> asyncpg.Record | None:
        return await self.pool.fetchrow("SELECT * FROM accounts WHERE email_key = $1", email.casefold())

    async def waits_for_a_lock(self) -> bool:
        """Whether somebody waits for what another transaction holds."""
        return bool(
            await self.pool.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    async def rows(self, table: str) -> list[str]:
        """All rows of a table as PostgreSQL writes them."""
        rows = await self.pool.fetch(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - tables that tests name
        return [str(row[0]) for row in rows]


def fields(answer: Response) -> dict[str, str]:
    """The wrong fields of a problem and their codes."""
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["field"]: error["code"] for error in answer.json()["errors"]}
