"""Calls of the API with school logins."""

from typing import Any

from httpx import Response
from tests.integration.accounts.accounts_world import FIREFOX, HOME, AccountsWorld, SignedIn

from accounts.handlers.handing_out import Slip, fresh_passwords, hand_out_again
from accounts.store import school_logins as store

OWN = "lampa w zielonym lesie"
ANOTHER = "rower na dachu szkoly"


async def sign_in(world: AccountsWorld, login: str, password: str, *, network: str = HOME, **other: object) -> Response:
    headers = {"User-Agent": FIREFOX, "X-Forwarded-For": network}
    body = {"login": login, "password": password, **other}
    return await world.client.post("/api/v1/school-sessions", json=body, headers=headers)


async def first_time(world: AccountsWorld, slip: Slip, password: str = OWN) -> SignedIn:
    answer = await sign_in(world, slip.login, slip.password, new_password=password)
    assert answer.status_code == 201, answer.text
    return signed_in(world, answer)


def signed_in(world: AccountsWorld, answer: Response) -> SignedIn:
    body = answer.json()
    return SignedIn(world.client, body["access_token"], body["session_token"], body["session_id"])


def code_of(answer: Response) -> tuple[int, str]:
    body: dict[str, Any] = answer.json()
    errors = body.get("errors")
    return answer.status_code, errors[0]["code"] if errors else body["code"]


async def printed_anew(world: AccountsWorld, login: str) -> Slip:
    """The slip of a login after the school has printed another password."""
    [fresh] = await fresh_passwords(world.parts.hasher, 1)
    async with world.pool.acquire() as connection:
        found = await store.named(connection, login)
        assert found is not None
        return await hand_out_again(connection, fresh, found, now=world.clock())
