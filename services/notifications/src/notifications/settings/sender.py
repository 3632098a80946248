"""The settings of the sender, from the environment (prefix `DZWONEK_`)."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from notifications.rendering import SenderIdentity
from notifications.settings.private_keys import PrivateKeysFile
from notifications.settings.values import (
    CertificatesFile,
    DisplayName,
    DkimKeyFile,
    DkimSelector,
    HostName,
    HostOrAddress,
    MailAddress,
    PasswordFile,
    VerpKeyFile,
)
from notifications.smtp.conversation import Deadlines
from notifications.smtp.relay import Credentials, RelayAddress
from shared.runtime.settings import PublicSettings, Settings

LEASE_RESERVE_SECONDS = 5
"""What a lease must have above the deadlines of one mail: the time for it to be claimed and taken up."""


class RelaySettings(Settings):
    """The relay: the operator's mail server, which takes every mail and brings it on."""

    smtp_host: HostOrAddress = Field(description="The relay's name or address.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="The relay's port.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="`starttls` or `tls`, both with the certificate checked; `none` for a demo's inbox alone.",
    )
    smtp_ca_file: CertificatesFile | None = Field(
        default=None, description="Certificates (PEM) to trust for the relay instead of the system's."
    )
    smtp_user: str | None = Field(default=None, min_length=1, description="The name to sign in to the relay with.")
    smtp_password_file: PasswordFile | None = Field(
        default=None, validate_default=True, description="The file with the password for `smtp_user`."
    )
    smtp_helo: HostName | None = Field(
        default=None, description="How to greet the relay; `message_id_domain` if not set."
    )
    smtp_connect_seconds: float = Field(
        default=10, gt=0, le=60, description="How long connecting, TLS and sign-in may take together."
    )
    smtp_envelope_seconds: float = Field(
        default=15, gt=0, le=300, description="How long the relay may take over MAIL, RCPT and DATA together."
    )
    smtp_content_seconds: float = Field(
        default=30,
        gt=0,
        le=600,
        description="How long the relay may take to accept the content. A relay that is slower than that gets the mail"
        " again: give it what it needs, and the lease with it.",
    )

    @field_validator("smtp_tls")
    @classmethod
    def _plain_text_is_for_demos(cls, tls: str, info: ValidationInfo) -> str:
        if tls == "none" and not info.data.get("demo"):
            raise ValueError("mails and the links in them would travel in plain text; make it starttls or tls")
        return tls

    @field_validator("smtp_password_file")
    @classmethod
    def _user_and_password(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        user = info.data.get("smtp_user")
        if (user is None) != (path is None):
            raise ValueError(
                "a user needs a password and a password a user; set DZWONEK_SMTP_USER and this, or neither"
            )
        if user and info.data.get("smtp_tls") == "none" and not _is_loopback(info.data.get("smtp_host", "")):
            raise ValueError(
                "the password would cross the network in plain text; make DZWONEK_SMTP_TLS starttls or tls"
            )
        return path

    @property
    def deadlines(self) -> Deadlines:
        """The deadlines of one mail."""
        return Deadlines(envelope=self.smtp_envelope_seconds, content=self.smtp_content_seconds)


class SenderSettings(RelaySettings, PublicSettings):
    """What the sender needs: it works off the queue of mails."""

    sealing_private_keys_file: PrivateKeysFile = Field(
        description="The private keys (a JWK set) that open sealed addresses and tokens. Old keys stay in it as long as"
        " a record sealed to them is kept."
    )
    mail_from_address: MailAddress = Field(
        description="The address in `From`, for example `noreply@dzwonek.example.org`."
    )
    mail_from_name: DisplayName = Field(default="Dzwonek", max_length=100, description="The name in `From`.")
    message_id_domain: HostName = Field(
        description="The right side of every Message-ID. Never changes: retries keep their id."
    )
    verp_domain: HostName = Field(
        description="The domain that takes the bounces; each mail has a sender of its own there."
    )
    verp_key_file: VerpKeyFile = Field(
        description="The keys of those senders, one a line, 64 hex digits each; the first signs, all are believed."
    )
    relay_signs_dkim: bool = Field(
        default=False,
        description="Says that the relay signs every mail with DKIM, so that the sender need not: then the three"
        " settings of the key stay unused.",
    )
    dkim_key_file: DkimKeyFile | None = Field(
        default=None,
        validate_default=True,
        description="The private key that signs mails (RFC 6376): RSA of at least 2048 bits, PEM without a passphrase."
        " Needed with its domain and selector, unless the relay signs.",
    )
    dkim_domain: HostName | None = Field(
        default=None, validate_default=True, description="The domain that signs, that of `mail_from_address` or above."
    )
    dkim_selector: DkimSelector | None = Field(
        default=None,
        validate_default=True,
        description="The key's name: its public half stands in DNS as `SELECTOR._domainkey.DOMAIN`.",
    )
    connections_security: int = Field(
        default=4,
        ge=1,
        le=100,
        description="Connections for activation and the like. Of each lane's connections one destination domain never"
        " gets the last, so that a lane with one alone stands still with the domain that it waits for.",
    )
    connections_direct: int = Field(default=4, ge=1, le=100, description="Connections for mails about one person.")
    connections_bulk: int = Field(default=8, ge=1, le=100, description="Connections for everything else.")
    mails_per_connection: int = Field(
        default=1000, ge=1, description="After so many mails a connection is closed and another opened."
    )
    connection_idle_seconds: float = Field(
        default=30, gt=0, description="A connection that had nothing to do for so long is closed."
    )
    claim_size: int = Field(default=500, ge=1, le=5000, description="The most mails that are claimed at once.")
    schools_per_claim: int = Field(
        default=32, ge=1, le=500, description="How many schools share a claim when several have mails due."
    )
    domain_cap: int = Field(
        default=1000,
        ge=1,
        description="The most mails in flight to one destination domain, over all senders, from when they are claimed.",
    )
    lease_seconds: float = Field(
        default=60, gt=0, le=3600, description="How long a claimed mail is left to its sender before another takes it."
    )

    @field_validator("dkim_key_file")
    @classmethod
    def _somebody_signs(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is None and not info.data.get("demo") and not info.data.get("relay_signs_dkim"):
            raise ValueError(
                "nobody signs the mails; give a key, or set DZWONEK_RELAY_SIGNS_DKIM=true if the relay does"
            )
        return path

    @field_validator("dkim_domain", "dkim_selector")
    @classmethod
    def _key_has_its_name(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is None and info.data.get("dkim_key_file") and not info.data.get("relay_signs_dkim"):
            raise ValueError("a key needs a domain and a selector; give it as well")
        return name

    @field_validator("dkim_domain")
    @classmethod
    def _signs_for_the_sender(cls, domain: str | None, info: ValidationInfo) -> str | None:
        """Receivers take a signature of another domain for nobody's (RFC 7489, 3.1.1)."""
        sender = info.data.get("mail_from_address", "").rpartition("@")[2].lower()
        if domain and sender and not f".{sender}".endswith(f".{domain.lower()}"):
            raise ValueError(f"mails come from {sender}; a signature for them is that of {sender} or a domain above it")
        return domain

    @field_validator("lease_seconds")
    @classmethod
    def _longer_than_a_mail(cls, seconds: float, info: ValidationInfo) -> float:
        needed = info.data.get("smtp_envelope_seconds", 0) + info.data.get("smtp_content_seconds", 0)
        if seconds < needed + LEASE_RESERVE_SECONDS:
            raise ValueError(
                f"a mail could be taken by another sender while it is being sent; make it at least"
                f" {needed + LEASE_RESERVE_SECONDS:g}, or shorten DZWONEK_SMTP_CONTENT_SECONDS"
            )
        return seconds

    @property
    def connections(self) -> Mapping[str, int]:
        """The lanes and how many connections each has."""
        return {
            "security": self.connections_security,
            "direct": self.connections_direct,
            "bulk": self.connections_bulk,
        }

    @property
    def identity(self) -> SenderIdentity:
        """Who the mails come from."""
        return SenderIdentity(
            public_url=str(self.public_url),
            from_name=self.mail_from_name,
            from_address=self.mail_from_address,
            message_id_domain=self.message_id_domain,
        )

    @property
    def relay(self) -> RelayAddress:
        """Where the relay is, with the password read from its file."""
        credentials = None
        if self.smtp_user and self.smtp_password_file:
            credentials = Credentials(self.smtp_user, self.smtp_password_file.read_text(encoding="utf-8").strip())
        return RelayAddress(
            host=self.smtp_host,
            port=self.smtp_port,
            tls=self.smtp_tls,
            helo=self.smtp_helo or self.message_id_domain,
            ca_file=self.smtp_ca_file,
            credentials=credentials,
        )


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
