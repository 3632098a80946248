"""The way to the relay: TLS with the certificate checked, sign-in, a deadline over it all."""

import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from tests.integration.notifications.sender.scripted_relay import RESET, SILENCE, ScriptedRelay

from notifications.smtp.conversation import Conversation, Deadlines
from notifications.smtp.relay import Credentials, Relay, RelayAddress, RelayAway, TlsMode

CONTENT = b"Subject: Lekcja\r\n\r\nDzwonek.\r\n"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(params=["starttls", "tls"])
def tls(request: pytest.FixtureRequest) -> TlsMode:
    mode: TlsMode = request.param
    return mode


@pytest.fixture
async def relay(tls: TlsMode, context: ssl.SSLContext) -> AsyncIterator[ScriptedRelay]:
    encrypted = ScriptedRelay(starttls=context) if tls == "starttls" else ScriptedRelay(tls=context)
    async with encrypted as relay:
        yield relay


async def opened(
    relay: ScriptedRelay,
    tls: TlsMode = "none",
    *,
    host: str = "localhost",
    ca_file: Path | None = None,
    credentials: Credentials | None = None,
    seconds: float = 5,
) -> Conversation:
    address = RelayAddress(host, relay.port, tls, "sender.example", ca_file, credentials)
    return await Relay(address, Deadlines(5, 5), connect_seconds=seconds).open()


async def test_mails_go_encrypted_over_one_connection(relay: ScriptedRelay, tls: TlsMode, ca_file: Path) -> None:
    conversation = await opened(relay, tls, ca_file=ca_file)
    for _ in range(5):
        assert (await conversation.deliver("a@b.example", "jan@szkola.example", CONTENT)).code == 250
    await conversation.quit()
    assert relay.encrypted == (1 if tls == "starttls" else 0)
    assert (relay.connections, len(relay.mails)) == (1, 5)
    assert relay.commands[-1] == "QUIT"


async def test_an_unknown_authority_is_not_trusted(relay: ScriptedRelay, tls: TlsMode) -> None:
    with pytest.raises(RelayAway, match="not trusted") as away:
        await opened(relay, tls)
    assert away.value.refused


async def test_a_certificate_for_another_name_is_not_trusted(relay: ScriptedRelay, tls: TlsMode, ca_file: Path) -> None:
    with pytest.raises(RelayAway, match="not trusted"):
        await opened(relay, tls, host="127.0.0.1", ca_file=ca_file)


async def test_a_relay_without_starttls_gets_no_mail_in_plain_text() -> None:
    async with ScriptedRelay() as relay:
        with pytest.raises(RelayAway, match="STARTTLS"):
            await opened(relay, "starttls")
    assert not [command for command in relay.commands if command.startswith(("MAIL", "AUTH"))]


async def test_it_signs_in() -> None:
    async with ScriptedRelay(user=("dzwonek", "correct")) as relay:
        conversation = await opened(relay, credentials=Credentials("dzwonek", "correct"))
        assert (await conversation.deliver("a@b.example", "jan@szkola.example", CONTENT)).code == 250
        await conversation.quit()
        with pytest.raises(RelayAway, match="535") as away:
            await opened(relay, credentials=Credentials("dzwonek", "wrong"))
        assert away.value.refused


@pytest.mark.parametrize(
    ("greeting", "refused"), [("421 4.3.2 Busy", False), ("554 No", True), (RESET, False), ("", False)]
)
async def test_a_greeting_that_is_none_means_the_relay_is_away(greeting: str, *, refused: bool) -> None:
    async with ScriptedRelay() as relay:
        relay.answer("GREETING", greeting)
        with pytest.raises(RelayAway) as away:
            await opened(relay)
        assert away.value.refused == refused


async def test_a_silent_relay_is_away_after_the_deadline() -> None:
    async with ScriptedRelay() as relay:
        relay.answer("GREETING", SILENCE)
        began = time.monotonic()
        with pytest.raises(RelayAway):
            await opened(relay, seconds=0.3)
        assert time.monotonic() - began < 2


async def test_nobody_listening_means_the_relay_is_away() -> None:
    async with ScriptedRelay() as relay:
        pass
    with pytest.raises(RelayAway):
        await opened(relay)
