"""Signs mails with DKIM: rsa-sha256, relaxed/relaxed."""

from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from notifications.dkim.canonical import fields_of, relaxed_body, relaxed_field

COVERED: Final = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"references",
    b"mime-version",
    b"content-type",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
"""The fields that are signed, as far as a mail has them; RFC 8058 wants the last two."""

_COLUMNS = 72


class Signer:
    """Signs for `domain` with the key that stands in DNS under `selector`."""

    def __init__(self, domain: str, selector: str, key: RSAPrivateKey) -> None:
        self.domain = domain
        self.selector = selector
        self._key = key

    @classmethod
    def from_file(cls, domain: str, selector: str, key_file: Path) -> "Signer":
        """With an RSA key from a PEM file. Raises ValueError."""
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError(f"{key_file} holds no RSA key")  # noqa: TRY004 - the file is wrong, not a type of ours
        return cls(domain, selector, key)

    @property
    def public_key(self) -> RSAPublicKey:
        """What receivers check the signatures with."""
        return self._key.public_key()

    def sign(self, message: bytes) -> bytes:
        """`message`, which has CRLF lines, with its signature before it: the same bytes at every try.

        So it bears no time of its own (`t=`).
        """
        head, _, body = message.partition(b"\r\n\r\n")
        names, signed = _covered(head)
        body_hash = b64encode(sha256(relaxed_body(body)).digest()).decode()
        field = (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d={self.domain};\r\n s={self.selector};\r\n"
            f" h={_folded_names(names)};\r\n bh={body_hash};\r\n b="
        ).encode("ascii")
        signature = self._key.sign(b"".join((*signed, relaxed_field(field))), PKCS1v15(), SHA256())
        return b"".join((field, *_folded(b64encode(signature)), b"\r\n", message))


def _covered(head: bytes) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """The names for `h=` and the canonical fields in their order.

    Each name stands once more than the mail has such fields, so that nobody on the way adds a second one unnoticed
    (RFC 6376, 8.15). Of several fields the last comes first (5.4.2).
    """
    fields: dict[bytes, list[bytes]] = defaultdict(list)
    for name, field in fields_of(head):
        fields[name].append(field)
    present = [name for name in COVERED if name in fields]
    names = [name for name in present for _ in range(len(fields[name]) + 1)]
    return names, [relaxed_field(field) + b"\r\n" for name in present for field in reversed(fields[name])]


def _folded_names(names: Sequence[bytes]) -> str:
    """Names joined by colons, a field's on a line: folding may stand beside a colon."""
    times = Counter(names)
    return ":\r\n  ".join(":".join([name.decode()] * count) for name, count in times.items())


def _folded(encoded: bytes) -> Iterator[bytes]:
    """The signature, cut into lines; blanks in it do not count."""
    for start in range(0, len(encoded), _COLUMNS):
        yield b"\r\n " + encoded[start : start + _COLUMNS]
