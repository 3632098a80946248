"""Mails to send to the inbox."""

from email.message import EmailMessage

import aiosmtplib

from devstack.mailbox import Mailbox

BOUNCES = "bounces+0198f@dzwonek.example"


def activation(to: str = "anna@example.org", message_id: str = "<a1@dzwonek.example>") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Dzwonek <no-reply@dzwonek.example>"
    mail["To"] = to
    mail["Subject"] = "Aktywuj konto – żółw"
    mail["Message-ID"] = message_id
    mail["X-Dzwonek-Kind"] = "activation"
    mail.set_content("Dzień dobry, https://dzwonek.example/activate/t1\n")
    mail.add_alternative('<p><a href="https://dzwonek.example/activate/t1">Aktywuj</a></p>\n', subtype="html")
    return mail


async def send(inbox: Mailbox, mail: EmailMessage, *recipients: str, sender: str = BOUNCES) -> None:
    await aiosmtplib.send(
        mail,
        sender=sender,
        recipients=recipients or (mail["To"],),
        hostname="127.0.0.1",
        port=inbox.smtp_port,
        start_tls=False,
    )
