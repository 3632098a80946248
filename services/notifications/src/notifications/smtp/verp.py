"""Envelope senders of their own for each mail (VERP): a bounce tells by its recipient which mail it is about.

`bounce+MAIL.MAC@domain`: the mail's id and a short keyed hash of it, both in hex, which servers on the way may write in
capitals. Only an address that this installation has made is ever believed.
"""

import hmac
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

_PREFIX = "bounce+"
_ID = re.compile(r"[0-9a-f]{32}")
_MAC_BYTES = 10
_MIN_KEY_BYTES = 32


class BadKey(ValueError):  # noqa: N818 - names what is wrong
    """The key file holds no usable key; the message says what it must hold."""


class Verp:
    """Makes and reads envelope senders at `domain`. The first key signs, every key is believed."""

    def __init__(self, domain: str, keys: Sequence[bytes]) -> None:
        self._domain = domain.lower()
        self._keys = tuple(keys)

    @classmethod
    def from_file(cls, domain: str, key_file: Path) -> "Verp":
        """Keys from a file: one a line, at least 64 hex digits; a line with `#` is a comment. Raises BadKey."""
        try:
            lines = [line for line in key_file.read_text().splitlines() if line.strip() and not line.startswith("#")]
            keys = [bytes.fromhex(line) for line in lines]
        except ValueError:
            keys = []
        if not keys or min(map(len, keys)) < _MIN_KEY_BYTES:
            raise BadKey(f"{key_file} holds no keys; give a file with keys of at least 64 hex digits, one a line")
        return cls(domain, keys)

    def address_of(self, mail_id: UUID) -> str:
        """The envelope sender of a mail."""
        return f"{_PREFIX}{mail_id.hex}.{_mac(self._keys[0], mail_id)}@{self._domain}"

    def mail_of(self, address: str) -> UUID | None:
        """The mail that a bounce to `address` is about, or None when we never made the address."""
        local, _, domain = address.lower().rpartition("@")
        digits, _, mac = local.removeprefix(_PREFIX).partition(".")
        if domain != self._domain or not local.startswith(_PREFIX) or not _ID.fullmatch(digits):
            return None
        mail_id = UUID(hex=digits)
        genuine = [hmac.compare_digest(_mac(key, mail_id).encode(), mac.encode()) for key in self._keys]
        return mail_id if any(genuine) else None


def _mac(key: bytes, mail_id: UUID) -> str:
    return hmac.digest(key, mail_id.bytes, "sha256")[:_MAC_BYTES].hex()
