"""The settings of the accounts service, all from the environment."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from accounts.handlers.parts import NETWORK_LIMIT, NETWORK_REQUESTS, SCHOOL_LIMIT
from shared.runtime.auth.signing_keys import SigningKeys
from shared.runtime.sealing import Sealer
from shared.runtime.settings import KafkaSettings, PublicSettings, SecretFile, Settings

MIN_SECRET_BYTES = 32


def _only_seals(path: Path) -> Path:
    """Refuses what cannot seal, and private keys: this service must not be able to open what it has sealed."""
    Sealer(path)
    if any("d" in key for key in json.loads(path.read_text())["keys"]):
        raise ValueError(f"{path} holds a private key; give accounts the public set only")
    return path


PublicKeysFile = Annotated[SecretFile, AfterValidator(_only_seals)]
"""The path of a file with the public key that values are sealed to."""


def _only_signs(path: Path) -> Path:
    """Refuses what cannot sign."""
    SigningKeys(path)
    return path


AccessKeysFile = Annotated[SecretFile, AfterValidator(_only_signs)]
"""The path of a file with the keys that sign access tokens."""


def _named_addresses(text: str) -> str:
    """Refuses what is no list of `name=address`."""
    for name, address in _pairs(text):
        if not re.fullmatch(r"[a-z]+", name) or not re.fullmatch(r"https?://[^\s,]+", address):
            raise ValueError("give name=http://host:port/path, several separated by commas")
    return text


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    return [(name.strip(), address.strip()) for name, _, address in parts]


def _lines(path: Path) -> tuple[bytes, ...]:
    return tuple(line.strip() for line in path.read_bytes().splitlines() if line.strip())


class ApiSettings(Settings, PublicSettings):
    """What `accounts api` needs. It speaks to PostgreSQL alone: it stays up while Kafka is down."""

    sealing_public_key_file: PublicKeysFile = Field(
        description="The JWK set with the public key of notifications: addresses and tokens in events are sealed to it."
    )
    accounts_secret_file: SecretFile = Field(
        description=f"A file with at least {MIN_SECRET_BYTES} random bytes a line, the same for every replica. The"
        " first line keys the fingerprints of repeated requests and of addresses and encrypts the secrets of second"
        " factors; what was encrypted with a later line is still read."
    )
    access_keys_file: AccessKeysFile = Field(
        description="The private keys (a JWK set of Ed25519 keys) that sign access tokens, the same for every replica."
        " The first signs; all are published. A new key stands second for ten minutes before it is put first, and an"
        " old one stays as long after that."
    )
    export_sources: Annotated[str, AfterValidator(_named_addresses)] = Field(
        default="",
        description="The other services that keep something of a person, for the export of it:"
        " `notifications=http://notifications-api:8000/notifications/api/v1/me/export`, several separated by commas.",
    )
    network_failures: int = Field(
        default=NETWORK_LIMIT,
        ge=5,
        le=1_000_000,
        description="Failed sign-ins in 15 minutes that one network may have over all accounts; a school may be behind"
        " one address.",
    )
    school_failures: int = Field(
        default=SCHOOL_LIMIT,
        ge=5,
        le=1_000_000,
        description="Failures in 15 minutes at the logins of one school, over all networks. Beyond them browsers"
        " that a login does not know have to wait; those that it knows get in.",
    )
    network_requests: int = Field(
        default=NETWORK_REQUESTS,
        ge=5,
        le=1_000_000,
        description="Registrations, links asked for again and forgotten passwords in 15 minutes that one network may"
        " send; a school may be behind one address.",
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
        default=60,
        ge=0,
        le=3600,
        description="After a mail to an address no other of its kind is sent to it for so long.",
    )

    @field_validator("accounts_secret_file")
    @classmethod
    def _long_enough(cls, path: Path) -> Path:
        if any(len(secret) < MIN_SECRET_BYTES for secret in _lines(path)):
            raise ValueError(f"{path} has a line of fewer than {MIN_SECRET_BYTES} bytes; put more random ones into it")
        return path

    @property
    def sources(self) -> Mapping[str, str]:
        """The addresses of the export's other sources, by name."""
        return dict(_pairs(self.export_sources))

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What the secret file holds: the secret in use, and earlier ones."""
        return _lines(self.accounts_secret_file)


class WorkerSettings(Settings, KafkaSettings):
    """What `accounts worker` needs."""

    scheduler_seconds: int = Field(
        default=60, ge=1, le=3600, description="How often registrations that ran out are looked for."
    )
