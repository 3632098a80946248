"""Fresh secrets for one run, each in a file of its own that its owner alone can read."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from shared.runtime.sealing import generate_keys


@dataclass(frozen=True)
class Keys:
    """The secret files of a run."""

    sealing_private: Path
    sealing_public: Path
    accounts: Path
    verp: Path


def write_keys(folder: Path) -> Keys:
    """Writes the secrets that the services need into `folder`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = Keys(
        sealing_private=folder / "sealing-private.json",
        sealing_public=folder / "sealing-public.json",
        accounts=folder / "accounts-secret",
        verp=folder / "verp-key",
    )
    generate_keys(keys.sealing_private, keys.sealing_public)
    for path in (keys.accounts, keys.verp):
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return keys
