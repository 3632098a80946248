"""The way to the relay: address, TLS, sign-in. Opens conversations."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import aiosmtplib

from notifications.smtp.conversation import Conversation, Deadlines

TlsMode = Literal["starttls", "tls", "none"]


class RelayAway(Exception):  # noqa: N818 - names what happened
    """No conversation could be opened. `refused` tells that the relay answered and does not want us (AUTH, 5xx)."""

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the relay knows us by."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Where the relay is and how to talk to it. `ca_file` holds the certificates to trust, None for the system's."""

    host: str
    port: int
    tls: TlsMode
    helo: str
    ca_file: Path | None = None
    credentials: Credentials | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Relay:
    """Opens conversations with one relay, each within `connect_seconds` from the first packet to the end of AUTH."""

    def __init__(self, address: RelayAddress, deadlines: Deadlines, *, connect_seconds: float) -> None:
        self.address = address
        self._deadlines = deadlines
        self._connect_seconds = connect_seconds
        self._tls = None if address.tls == "none" else ssl.create_default_context(cafile=address.ca_file)

    async def open(self) -> Conversation:
        """A conversation, ready for its first mail. Raises RelayAway."""
        client = self._client()
        try:
            async with asyncio.timeout(self._connect_seconds):
                await client.connect()
                if client.is_ehlo_or_helo_needed:
                    await self._greet(client)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise _away(error) from None
        except BaseException:
            client.close()
            raise
        return self._take_over(client)

    def _client(self) -> aiosmtplib.SMTP:
        address, who = self.address, self.address.credentials
        return aiosmtplib.SMTP(
            hostname=address.host,
            port=address.port,
            username=who.user if who else None,
            password=who.password if who else None,
            local_hostname=address.helo,
            timeout=self._connect_seconds,
            use_tls=address.tls == "tls",
            start_tls=address.tls == "starttls",
            tls_context=self._tls,
        )

    @staticmethod
    async def _greet(client: aiosmtplib.SMTP) -> None:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()

    def _take_over(self, client: aiosmtplib.SMTP) -> Conversation:
        """From here on the transport talks to the conversation: the client and its protocol see nothing any more."""
        return Conversation(
            cast("asyncio.Transport", client.transport),
            self._deadlines,
            pipelining=client.supports_extension("pipelining"),
            eight_bit=client.supports_extension("8bitmime"),
        )


def _away(error: Exception) -> RelayAway:
    """Why the relay is away, in words without anything secret."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        refused = error.code // 100 == 5  # noqa: PLR2004
        return RelayAway(f"{type(error).__name__} {error.code}", refused=refused)
    if isinstance(error, ssl.SSLCertVerificationError):
        return RelayAway(f"its certificate is not trusted: {error.verify_message}", refused=True)
    if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return RelayAway(f"its certificate is not trusted: {error.__cause__.verify_message}", refused=True)
    return RelayAway(f"{type(error).__name__}: {error}"[:200], refused=False)
