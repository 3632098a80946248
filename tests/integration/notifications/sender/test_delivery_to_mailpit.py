"""A delivery to a mail server that is not ours: over checked TLS, signed in, with the settings of production."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.notifications.sender.sender_world import TOKEN, SenderWorld
from tests.waiting import until

from devstack.inbox.mailpit import MailpitClient

if TYPE_CHECKING:
    from devstack.containers import Mailpit


@pytest.fixture
def relay_settings(mailpit: "Mailpit", tmp_path: Path) -> dict[str, Any]:
    """A sender's settings for this relay, none of them a demo's."""
    password = tmp_path / "password"
    password.write_text(mailpit.password)
    return {
        "demo": False,
        "relay_signs_dkim": True,
        "smtp_host": mailpit.host,
        "smtp_port": mailpit.smtp_port,
        "smtp_tls": "starttls",
        "smtp_ca_file": mailpit.authority,
        "smtp_user": mailpit.user,
        "smtp_password_file": password,
    }


@pytest.fixture
async def mailbox(mailpit: "Mailpit") -> AsyncIterator[MailpitClient]:
    async with MailpitClient(mailpit.url) as client:
        yield client


async def test_an_activation_mail_arrives_whole(
    world: SenderWorld, relay_settings: dict[str, Any], mailbox: MailpitClient
) -> None:
    (number,) = await world.queue("anna+1@rodzina.example", kind="activation", lane="security", state="pending")
    async with world.sending(**relay_settings):
        assert await world.settled(number) == {number: "accepted"}
    mail = await mailbox.wait_for("anna+1@rodzina.example", kind="activation")
    assert mail.message_id == f"<{number}@dzwonek.example.org>"
    assert mail.envelope.sender.endswith("@bounces.dzwonek.example.org")
    assert f"https://dzwonek.example.org/activate/{TOKEN}" in mail.links
    assert "aktywacja konta" in (mail.text or "")
    assert 'lang="pl"' in (mail.html or "")


async def test_a_hundred_mails_each_arrive_once(
    world: SenderWorld, relay_settings: dict[str, Any], mailbox: MailpitClient
) -> None:
    addresses = [f"parent{number}@szkola.example" for number in range(100)]
    mails = await world.queue(*addresses, lane="bulk")
    async with world.sending(**relay_settings):
        assert set((await world.settled(*mails)).values()) == {"accepted"}
    arrived = [mail for mail in await mailbox.mails() if mail.envelope.recipients[0] in addresses]
    assert len(arrived) == len({mail.message_id for mail in arrived}) == 100


async def test_a_wrong_password_leaves_the_mail_queued_and_says_so(
    world: SenderWorld, relay_settings: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("somebody else's")
    (number,) = await world.queue("jan@rodzina.example")

    async def says_no() -> bool:
        return "SMTPAuthenticationError 535" in world.not_ready().get("relay", "")

    async with world.sending(**relay_settings):
        await until(says_no)
    assert await world.queued(number)
