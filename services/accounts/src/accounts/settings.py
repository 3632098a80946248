"""The settings of the accounts service, all from the environment."""

import os
from pathlib import Path

from pydantic import Field, HttpUrl, field_validator

from shared.runtime.settings import KafkaSettings, PublicSettings, SecretFile, Settings

MIN_SECRET_BYTES = 32
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


class ApiSettings(Settings, PublicSettings):
    """What `accounts api` needs. It speaks to PostgreSQL alone: it stays up while Kafka is down."""

    sealing_public_key_file: SecretFile = Field(
        description="The JWK set with the public key of notifications: addresses and tokens in events are sealed to it."
    )
    accounts_secret_file: SecretFile = Field(
        description=f"A file with at least {MIN_SECRET_BYTES} random bytes, the same for every replica: it keys the"
        " fingerprints of repeated requests and of addresses."
    )
    argon_threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Threads that hash passwords; by default as many as the machine has cores.",
    )
    argon_queue: int = Field(
        default=100,
        ge=0,
        le=10_000,
        description="Passwords that may wait to be hashed; further requests are answered with 503 and Retry-After.",
    )
    ask_again_seconds: int = Field(
        default=60, ge=0, le=3600, description="After a mail to an address no other is sent to it for so long."
    )

    @field_validator("public_url")
    @classmethod
    def _encrypted(cls, url: HttpUrl) -> HttpUrl:
        """Links hold secrets: plain http is good for this machine alone."""
        if url.scheme != "https" and url.host not in _LOOPBACK:
            raise ValueError("it is plain http; give an address that begins with https://")
        return url

    @field_validator("accounts_secret_file")
    @classmethod
    def _long_enough(cls, path: Path) -> Path:
        if len(path.read_bytes().strip()) < MIN_SECRET_BYTES:
            raise ValueError(f"{path} holds fewer than {MIN_SECRET_BYTES} bytes; put more random ones into it")
        return path

    @property
    def secret(self) -> bytes:
        """What the secret file holds."""
        return self.accounts_secret_file.read_bytes().strip()


class WorkerSettings(Settings, KafkaSettings):
    """What `accounts worker` needs."""

    scheduler_seconds: int = Field(
        default=60, ge=1, le=3600, description="How often registrations that ran out are looked for."
    )
