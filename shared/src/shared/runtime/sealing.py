"""Sealing: addresses and tokens cross Kafka only as JWE (ECDH-ES + A256GCM) that notifications alone can open.

Keys are JWK sets in files. The first public key seals; every private key opens, chosen by `kid`, so that old keys stay
as long as a retained record needs them.
"""

import json
from pathlib import Path

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ECDH-ES"
ENCRYPTION = "A256GCM"


class SealBroken(Exception):  # noqa: N818 - names what happened
    """A sealed value cannot be opened: another key, or changed on the way."""


class Sealer:
    """Seals text to notifications' public key.

    Notifications itself seals with the file of its private keys, which hold their public halves.
    """

    def __init__(self, keys: Path) -> None:
        self._key = _keys(keys)[0]

    def seal(self, text: str) -> str:
        """`text` as a JWE in compact form."""
        header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": self._key.kid}
        return jwe.encrypt_compact(header, text.encode(), self._key)


class Unsealer:
    """Opens what was sealed to one of the private keys."""

    def __init__(self, private_keys: Path) -> None:
        self._keys = KeySet(list(_keys(private_keys)))

    def open(self, sealed: str) -> str:
        """The text in `sealed`. Raises SealBroken when no key here opens it."""
        try:
            opened = jwe.decrypt_compact(sealed, self._keys, algorithms=[ALGORITHM, ENCRYPTION])
        except (JoseError, ValueError) as error:
            raise SealBroken(f"no key here opens it ({type(error).__name__})") from None
        if opened.plaintext is None:
            raise SealBroken("it is empty")
        return opened.plaintext.decode()


def write_private_key(private: Path, *, mark: str = "") -> None:
    """Writes a fresh key as a JWK set, readable by its owner alone. The key's id begins with `mark`."""
    key = ECKey.generate_key("P-256", private=True)
    key = ECKey.import_key({**key.as_dict(private=True), "kid": mark + key.thumbprint()})
    private.touch(mode=0o600)
    private.write_text(json.dumps({"keys": [key.as_dict(private=True)]}))


def write_public_half(private: Path, public: Path) -> None:
    """Writes the public half of the first key in `private`. Raises ValueError when that holds none."""
    public.write_text(json.dumps({"keys": [_keys(private)[0].as_dict(private=False)]}))


def _keys(path: Path) -> list[ECKey]:
    """The keys in a file. Raises ValueError that names the file when it is no JWK set of P-256 keys with `kid`."""
    try:
        keys = KeySet.import_key_set(json.loads(path.read_text())).keys
    except (ValueError, KeyError, JoseError, TypeError):
        raise ValueError(f"{path} is no JWK set") from None
    found = [key for key in keys if isinstance(key, ECKey) and key.kid]
    if not found:
        raise ValueError(f"{path} holds no P-256 key with a kid")
    return found
