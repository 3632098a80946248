"""The private keys that access tokens are signed with: a JWK set of Ed25519 keys in a file that accounts alone has.

The first key signs; the public halves of all are published, so that a key is known everywhere before it signs and for
as long as a token that it signed may live.
"""

import json
from pathlib import Path
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

CURVE: Final = "Ed25519"


class SigningKeys:
    """The keys in a file. Raises ValueError, which names the file, when it is no JWK set of private Ed25519 keys."""

    def __init__(self, path: Path) -> None:
        try:
            keys = KeySet.import_key_set(json.loads(path.read_text())).keys
        except (ValueError, KeyError, TypeError, JoseError):
            raise ValueError(f"{path} is no JWK set") from None
        found = [key for key in keys if isinstance(key, OKPKey) and key.curve_name == CURVE and key.is_private]
        if not found or len(found) < len(keys) or len({key.kid for key in found}) < len(found):
            raise ValueError(f"{path} has to hold private {CURVE} keys, each with a kid of its own, and nothing else")
        self.signing = found[0]
        self.published = KeySet([OKPKey.import_key(key.as_dict(private=False)) for key in found])

    def jwks(self) -> dict[str, object]:
        """The JWK set (RFC 7517) that everybody may have."""
        keys = [{**key.as_dict(private=False), "use": "sig", "alg": CURVE} for key in self.published.keys]
        return {"keys": keys}


def fresh_signing_keys(mark: str = "") -> str:
    """The text of a fresh JWK set with one key; its kid begins with `mark`."""
    key = OKPKey.generate_key(CURVE, private=True)
    return json.dumps({"keys": [{**key.as_dict(private=True), "kid": mark + key.thumbprint()}]})


def generate_signing_keys(path: Path) -> None:
    """Writes a fresh key, readable by its owner alone."""
    path.touch(mode=0o600)
    path.write_text(fresh_signing_keys())
