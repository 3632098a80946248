"""Encrypts what the database keeps and nobody may read there: the secrets of second factors."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class VaultBroken(Exception):  # noqa: N818 - names what happened
    """What was encrypted cannot be read: it was with another secret."""


class Vault:
    """Encrypts with a key made from the first of the service's secrets, and reads what was with any of them."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._fernet = MultiFernet([Fernet(_key(secret)) for secret in secrets])

    def close(self, text: str) -> str:
        """`text`, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, closed: str) -> str:
        """The text in `closed`. Raises VaultBroken."""
        try:
            return self._fernet.decrypt(closed).decode()
        except InvalidToken:
            raise VaultBroken("none of the service's secrets is the one that it was encrypted with") from None


def _key(secret: bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"dzwonek accounts vault").derive(secret)
    return base64.urlsafe_b64encode(derived)
