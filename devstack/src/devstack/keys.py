"""Fresh secrets for one run, marked as a demo's, each in a file of its own."""

from dataclasses import dataclass
from pathlib import Path

from shared.runtime.secret_files import write_secret_files


@dataclass(frozen=True)
class Keys:
    """The secret files of a run."""

    sealing_private: Path
    sealing_public: Path
    access: Path
    accounts: Path
    verp: Path
    dkim: Path


def write_keys(folder: Path) -> Keys:
    """Writes the secrets that the services need into `folder`."""
    write_secret_files(folder, demo=True)
    return Keys(
        sealing_private=folder / "notifications-seals" / "sealing-private.json",
        sealing_public=folder / "accounts-api" / "sealing-public.json",
        accounts=folder / "accounts-api" / "accounts-secret",
        access=folder / "accounts-api" / "access-keys.json",
        verp=folder / "notifications-sender" / "verp-key",
        dkim=folder / "notifications-sender" / "dkim-key.pem",
    )
