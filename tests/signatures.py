"""Keys that sign mails, and receivers that check the signatures by RFC 6376: with dkimpy, not with code of ours."""

from functools import lru_cache
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from notifications.dkim import Signer
from notifications.dkim.record import record_of

DOMAIN = "dzwonek.example.org"
SELECTOR = "dzwonek-2026"


@lru_cache
def signing_key(bits: int) -> rsa.RSAPrivateKey:
    """A key for all tests of a session: making one takes its time."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def signer(bits: int = 2048) -> Signer:
    """Signs with it."""
    return Signer(DOMAIN, SELECTOR, signing_key(bits))


def write_key(path: Path, bits: int = 2048) -> Path:
    """Writes it to a file."""
    path.write_bytes(signing_key(bits).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def is_genuine(message: bytes, by: Signer | None = None) -> bool:
    """Whether a receiver that looks the key's record up believes the signature."""
    record = record_of(by or signer())

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return record.value.encode() if name.decode().rstrip(".") == record.name else None

    return bool(dkim.verify(message, dnsfunc=look_up))
