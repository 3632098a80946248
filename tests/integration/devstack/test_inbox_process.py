"""The inbox as a process: what outlives it, how it ends, what it refuses to start on, STARTTLS."""

import asyncio
import smtplib
import sqlite3
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.devstack.mails import BOUNCES, activation, send
from tests.integration.devstack.running import RunningModule

from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox


async def test_a_restart_and_even_a_kill_keep_what_was_accepted(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    await mailbox.start()
    try:
        await send(mailbox, activation())
        await mailbox.process.kill()
        await mailbox.start()
        await send(mailbox, activation("jan@example.org"))
        assert await mailbox.process.stop() == 0
        await mailbox.start()
        async with InboxClient(mailbox.url) as inbox:
            mails = await inbox.mails()
            assert [mail.envelope.recipients for mail in mails] == [("jan@example.org",), ("anna@example.org",)]
            assert (await inbox.mail(mails[1].id)).links == ("https://dzwonek.example/activate/t1",)
            assert [(entry.message_id, entry.times) for entry in await inbox.ledger()] == [("<a1@dzwonek.example>", 2)]
    finally:
        await mailbox.stop()


async def test_nothing_is_ever_taken_out_of_the_ledger(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    await mailbox.start()
    await send(mailbox, activation())
    await mailbox.stop()
    ledger = sqlite3.connect(tmp_path / "mails" / "ledger.sqlite")
    for change in ("DELETE FROM ledger", "UPDATE ledger SET recipients = '[]'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            ledger.execute(change)
    ledger.close()


async def test_it_ends_at_once_although_clients_are_connected(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    await mailbox.start()
    async with InboxClient(mailbox.url) as inbox:
        with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as connected:
            await inbox.mails()
            started = time.monotonic()
            assert await mailbox.process.stop() == 0
            assert time.monotonic() - started < 3
            connected.close()


async def test_two_inboxes_on_one_folder_are_refused_in_one_line(inbox_server: Mailbox, tmp_path: Path) -> None:
    folder = inbox_server.process.command[inbox_server.process.command.index("--folder") + 1]
    second = await asyncio.create_subprocess_exec(
        *inbox_server.process.command[:3],
        *("--smtp-port", "0", "--http-port", "0", "--folder", folder),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await second.communicate()
    assert second.returncode == 1
    assert errors.count(b"\n") == 1
    assert b"another inbox" in errors


async def test_starttls_is_offered_with_a_certificate(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    arguments = ["--smtp-port", "0", "--http-port", "0", "--folder", str(tmp_path / "kept")]
    arguments += ["--tls-cert", str(certificate), "--tls-key", str(key)]
    trusting, strict = ssl.create_default_context(cafile=str(certificate)), ssl.create_default_context()
    async with RunningModule("devstack.inbox", *arguments, log=tmp_path / "inbox.log") as running:
        await asyncio.to_thread(deliver_over_tls, running.smtp_port, trusting)
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(deliver_over_tls, running.smtp_port, strict)
        async with InboxClient(running.url) as inbox:
            assert len(await inbox.mails()) == 1


def deliver_over_tls(port: int, trusted: ssl.SSLContext) -> None:
    client = smtplib.SMTP("localhost", port)
    try:
        client.starttls(context=trusted)
        client.send_message(activation(), from_addr=BOUNCES)
    finally:
        client.close()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "inbox.crt", folder / "inbox.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file
