"""How a secret may be written where it must not stand."""

import base64
import urllib.parse


def forms(secret: str) -> set[bytes]:
    """How the secret might be written."""
    raw = secret.encode()
    # Without the last characters, which depend on what follows.
    encoded = base64.b64encode(raw).rstrip(b"=")[:-1]
    return {raw, raw.hex().encode(), encoded, urllib.parse.quote(secret, safe="").encode()}
