"""The SMTP server: takes every mail into the store, unless its behaviour says otherwise."""

import asyncio
import logging
import socket
import ssl
import struct

from aiosmtpd.smtp import SMTP, syntax
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession

from devstack.inbox.behaviour import Behaviour, Delay, Ending, Reply, Reset, Silence, Stage
from devstack.inbox.mail import Envelope
from devstack.inbox.store import MailStore

MAX_MAIL = 16 * 1024 * 1024
"""Bytes of the largest mail that is taken."""

CLOSING = 421
NULL_PATH = "<>"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

log = logging.getLogger(__name__)


class InboxServer(SMTP):
    """One SMTP session with a client."""

    def __init__(
        self, store: MailStore, behaviour: Behaviour, *, hostname: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._behaviour = behaviour
        super().__init__(
            Hooks(store, behaviour),
            data_size_limit=MAX_MAIL,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ESMTP",
            tls_context=tls,
            loop=asyncio.get_running_loop(),
        )

    async def _handle_client(self) -> None:
        # The library has no hook before the greeting.
        try:
            if refusal := await misbehave(self, self._behaviour, Stage.CONNECT):
                await self.push(refusal)
        except asyncio.CancelledError:
            self.hang_up()
            raise
        if refusal:
            self.hang_up()
        else:
            await super()._handle_client()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Answers DATA, if it may come now, by the behaviour's rule for it."""
        recipients = self.envelope.rcpt_tos if self.envelope else []
        refusal = await misbehave(self, self._behaviour, Stage.DATA, *recipients) if recipients and not arg else None
        if refusal is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(refusal)

    def hang_up(self, *, reset: bool = False) -> None:
        """Closes the connection, after what was written or by a reset, without a word."""
        if reset and isinstance(self.transport, asyncio.WriteTransport):
            connection: socket.socket = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.transport.abort()
        elif self.transport is not None:
            self.transport.close()


class Hooks:
    """What the server asks at each command. The names and arguments are the library's."""

    def __init__(self, store: MailStore, behaviour: Behaviour) -> None:
        self._store = store
        self._behaviour = behaviour

    async def handle_MAIL(  # noqa: N802
        self, server: InboxServer, _session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """The answer to MAIL FROM; the empty return path is welcome (RFC 5321, 4.5.5)."""
        if refusal := await misbehave(server, self._behaviour, Stage.MAIL):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(  # noqa: N802
        self, server: InboxServer, _session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """The answer to RCPT TO; everybody has a mailbox here."""
        if refusal := await misbehave(server, self._behaviour, Stage.RCPT, address):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server: InboxServer, _session: SmtpSession, envelope: SmtpEnvelope) -> str:  # noqa: N802
        """The answer to the final dot. When it is 250 the mail is in the ledger."""
        for rule in self._behaviour.at(Stage.FINAL, envelope.rcpt_tos):
            if isinstance(rule, Silence | Reset) and rule.kept:
                self._keep(envelope, answered=False)
            if refusal := await obey(server, rule):
                return refusal
        return f"250 2.0.0 Kept as {self._keep(envelope)}"

    async def handle_exception(self, error: Exception) -> str:
        """The answer when the inbox itself fails, for example on a full disk: the client shall come again."""
        log.error("mail not kept: %s", type(error).__name__, exc_info=error)
        return "451 4.3.0 The inbox failed"

    def _keep(self, envelope: SmtpEnvelope, *, answered: bool = True) -> int:
        addresses = [_readable(address) for address in envelope.rcpt_tos]
        sender = "" if envelope.mail_from in {None, NULL_PATH} else _readable(envelope.mail_from or "")
        raw = envelope.original_content or b""
        kept = Envelope(sender=sender, recipients=tuple(dict.fromkeys(addresses)))
        return self._store.keep(kept, raw, answered=answered)


def _readable(address: str) -> str:
    """The address with stray bytes, which the library passes as surrogates, shown as �."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


async def misbehave(server: InboxServer, behaviour: Behaviour, stage: Stage, *recipients: str) -> str | None:
    """Does what the rules say for this moment. Returns the refusal to answer with; None: go on as a good server."""
    for rule in behaviour.at(stage, recipients):
        if refusal := await obey(server, rule):
            return refusal
    return None


async def obey(server: InboxServer, rule: Delay | Ending) -> str | None:
    """Carries one rule out. Returns the refusal, None after a delay; does not return where no answer follows."""
    match rule:
        case Delay():
            await asyncio.sleep(rule.seconds)
            return None
        case Reply(code=code) if code != CLOSING:
            return f"{code} {rule.text}"
        case Reply():
            await server.push(f"{rule.code} {rule.text}")
            server.hang_up()
        case Reset():
            server.hang_up(reset=True)
    # The session's task ends when the connection is lost: by us, just now, or by the client who has waited enough.
    await asyncio.Event().wait()
    return None
