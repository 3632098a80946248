"""The private keys of sealed values, as a setting of every process that opens them."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from shared.runtime.sealing import Unsealer
from shared.runtime.settings import SecretFile


def _opens_seals(path: Path) -> Path:
    """Refuses public keys: better at start than with every event among the dead letters."""
    try:
        Unsealer(path)
    except ValueError as fault:
        raise ValueError(f"{fault}; give the file with the private keys, a JWK set") from None
    if any("d" not in key for key in json.loads(path.read_text())["keys"]):
        raise ValueError(f"{path} holds a public key, which opens nothing; give the file with the private keys")
    return path


PrivateKeysFile = Annotated[SecretFile, AfterValidator(_opens_seals)]
"""The path of a file with the private keys of sealed values."""
