"""Mails that the sender has signed, as they lie in a mailbox."""

from itertools import product
from pathlib import Path

import httpx
import pytest
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld
from tests.signatures import DOMAIN, SELECTOR, is_genuine, signer, write_key

from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox
from notifications.rendering import Renderer
from notifications.rendering.preview import SAMPLE_IDENTITY, SAMPLE_PARAMS, sample_mail
from notifications.smtp.conversation import Deadlines
from notifications.smtp.relay import Relay, RelayAddress
from shared.runtime.i18n import LANGUAGES


@pytest.fixture
def signing(tmp_path: Path) -> dict[str, object]:
    """The settings of a sender that signs."""
    return {"dkim_key_file": write_key(tmp_path / "dkim.pem"), "dkim_domain": DOMAIN, "dkim_selector": SELECTOR}


async def arrived(inbox: InboxClient, server: Mailbox, to: str) -> bytes:
    """The mail to an address, byte for byte, once it is there."""
    mail = await inbox.wait_for(to)
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        return (await http.get(f"/mails/{mail.id}/mail.eml")).raise_for_status().content


async def test_what_the_sender_sends_is_believed(
    world: SenderWorld, inbox: InboxClient, inbox_server: Mailbox, signing: dict[str, object]
) -> None:
    await world.queue("ola@szkola.example", kind="activation", lane="security", state="pending")
    async with world.sending(**signing, smtp_port=inbox_server.smtp_port):
        assert is_genuine(await arrived(inbox, inbox_server, "ola@szkola.example"))


async def test_every_kind_in_every_language_is_believed_where_it_arrives(
    inbox: InboxClient, inbox_server: Mailbox
) -> None:
    address = RelayAddress("127.0.0.1", inbox_server.smtp_port, "none", "sender.example")
    conversation = await Relay(address, Deadlines(10, 10), connect_seconds=10).open()
    renderer = Renderer(SAMPLE_IDENTITY)
    samples = list(product(SAMPLE_PARAMS, LANGUAGES))
    for sample, language in samples:
        recipient = f"{sample}.{language}@szkola.example"
        content = signer().sign(renderer.render(sample_mail(sample, language)))
        await conversation.deliver("bounce@dzwonek.example.org", recipient, content)
        received = await arrived(inbox, inbox_server, recipient)
        assert is_genuine(received)
        assert not is_genuine(received.replace(b"\r\nSubject: ", b"\r\nSubject: x", 1))
    await conversation.quit()


async def test_a_retry_bears_the_same_signature(
    world: SenderWorld, relay: ScriptedRelay, signing: dict[str, object]
) -> None:
    [mail] = await world.queue("ola@szkola.example")
    for _ in range(2):
        async with world.sending(**signing):
            await world.settled(mail)
        await world.pool.execute("UPDATE mails SET state = 'queued', settled_at = NULL")
        await world.pool.execute(
            "INSERT INTO mail_queue (mail_id, created_on, lane, account_id, kind, domain, due_at, not_after)"
            " SELECT mail_id, created_on, lane, account_id, kind, 'szkola.example', now(), now() + interval '1 day'"
            " FROM mails"
        )
        await world.make_due(mail)
    first, second = relay.mails
    assert first.content == second.content
    assert first.content.startswith(b"DKIM-Signature: ")
    assert is_genuine(first.content)


@pytest.mark.parametrize("relay_signs", [True, False])
async def test_without_a_key_or_with_a_relay_that_signs_it_signs_nothing_and_says_so(
    world: SenderWorld,
    relay: ScriptedRelay,
    signing: dict[str, object],
    relay_signs: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [mail] = await world.queue("ola@szkola.example")
    async with world.sending(**({**signing, "relay_signs_dkim": True} if relay_signs else {})):
        await world.settled(mail)
    assert b"DKIM-Signature" not in relay.mails[0].content
    assert "mails_not_signed" in capsys.readouterr().out


async def test_at_start_it_says_with_which_key_it_signs(
    world: SenderWorld, signing: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    [mail] = await world.queue("ola@szkola.example")
    async with world.sending(**signing):
        await world.settled(mail)
    [line] = [line for line in capsys.readouterr().out.splitlines() if "mails_signed" in line]
    assert SELECTOR in line
