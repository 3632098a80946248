"""The mail server refuses, comes back to it later, is slow, is silent, or breaks off; or it speaks in clear only."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import httpx
import pytest
from asyncpg import Connection

from devstack.inbox import InboxClient
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.haste import LEFT, haste
from tests.chaos.load import HOME, NOBODYS
from tests.chaos.trial import Trials
from tests.waiting import until

SENDER = "notifications-sender"
EACH = 20 if EXTENT.full else 6
"""So many people at a time have an address at each of the domains."""

END_SECONDS = 600 if EXTENT.full else 90

pytestmark = pytest.mark.timeout(TIMEOUT)


def rule(domain: str, stage: str, action: str, percent: float = 100, **more: object) -> Mapping[str, Any]:
    """How the inbox treats mails to a domain."""
    return {"match": domain, "stage": stage, "action": action, "percent": percent, **more}


RULES = {
    "421": rule("busy.example.org", "rcpt", "reply", 50, code=421, text="4.7.0 Too many connections"),
    "451": rule("later.example.org", "rcpt", "reply", 50, code=451, text="4.3.0 Come again"),
    "greylisting": rule("greylisting.example.org", "rcpt", "reply", code=451, text="4.7.1 Greylisted", times_each=1),
    "550 5.1.1": rule(NOBODYS, "rcpt", "reply", code=550, text="5.1.1 No such mailbox"),
    "slow": rule("slow.example.org", "final", "delay", 50, seconds=1),
    "silent": rule("silent.example.org", "rcpt", "silence", 40),
    "silent after the dot": rule("mute.example.org", "final", "silence", 40, kept=True),
    "reset after the dot": rule("reset.example.org", "final", "reset", 30),
    "reset after the dot and accepted": rule("reset.example.org", "final", "reset", 50, kept=True),
}
"""Of the mails to each domain so many percent meet with it, at every try anew."""

DOMAINS = sorted({str(each["match"]) for each in RULES.values()})


async def test_whatever_the_mail_server_answers_each_mail_comes_once_or_is_refused(trials: Trials) -> None:
    async def misbehaving() -> None:
        async with InboxClient(trials.system.inbox.url) as inbox, haste(trials.system) as connection:
            await inbox.behave(list(RULES.values()))
            try:
                while not await all_applied(inbox):
                    trials.load.domains = DOMAINS
                    await trials.accepted_some(EACH * len(DOMAINS))
                    trials.load.domains = [HOME]
                    await trials.accepted_some()
                    await until(lambda: nothing_left(connection, DOMAINS), seconds=END_SECONDS)
            finally:
                trials.load.domains = [HOME]
                await inbox.behave([])

    words = ", ".join(f"{name} {each['percent']:g} %" for name, each in RULES.items())
    verdict = await trials.run(11, f"the mail server answers {words}", misbehaving)
    assert 0 < verdict.repeats <= verdict.repeats_allowed


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        ("starttls", "the mail server offers no TLS and the sender wants it"),
        ("tls", "the TLS handshake with the mail server breaks"),
    ],
)
async def test_nothing_goes_in_clear_to_a_mail_server_without_tls(trials: Trials, mode: str, what: str) -> None:
    async def in_clear_only() -> None:
        url = trials.system.processes[SENDER].url
        async with (
            httpx.AsyncClient(trust_env=False) as client,
            trials.faults.with_settings(SENDER, DZWONEK_SMTP_TLS=mode),
        ):
            mailed = await trials.ledger.mailed()
            await until(partial(refuses_relay, client, url), seconds=30)
            await trials.accepted_some()
            assert (await client.get(f"{url}/livez")).is_success
            assert await trials.ledger.mailed() == mailed

    verdict = await trials.run(11, what, in_clear_only)
    assert verdict.repeats == 0


async def all_applied(inbox: InboxClient) -> bool:
    return all(await inbox.applied())


async def nothing_left(connection: Connection, domains: Sequence[str]) -> bool:
    return not await connection.fetchval(LEFT, domains)


async def refuses_relay(client: httpx.AsyncClient, url: str) -> bool:
    """Whether the sender says that it does not take the mail server as it is."""
    try:
        failures = (await client.get(f"{url}/readyz")).json().get("failures", {})
    except httpx.TransportError:
        return False
    reason = failures.get("relay", "").upper()
    return "TLS" in reason or "SSL" in reason
