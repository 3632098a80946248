"""The secret files of an installation: made fresh, each in a folder of those processes alone that read it.

`python -m shared.runtime.secret_files FOLDER` makes those that are not there and never touches one that is; with
`--demo` they are marked as a demo's, which only a demo takes. `--look` makes nothing and says what is missing.
"""

import argparse
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.runtime.auth.signing_keys import fresh_signing_keys
from shared.runtime.sealing import generate_keys
from shared.runtime.settings import DEMO_MARK, EXIT_BAD_SETTINGS

READABLE = 0o444
"""Containers read the files as users of their own: what keeps others out is the folder above, closed to everybody."""

DKIM_BITS = 2048

PRIVATE, PUBLIC = Path("notifications-seals/sealing-private.json"), Path("accounts-api/sealing-public.json")


def write_secret_files(folder: Path, *, demo: bool = False) -> list[Path]:
    """Writes the files that are not there yet and returns them. The folder becomes its owner's alone."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    missing = missing_secret_files(folder)
    mark = f"{DEMO_MARK}-" if demo else ""
    if {PRIVATE, PUBLIC} <= set(missing):
        for path in (PRIVATE, PUBLIC):
            (folder / path).parent.mkdir(exist_ok=True)
        generate_keys(folder / PRIVATE, folder / PUBLIC, mark=mark)
    for path in missing:
        if make := _MAKERS.get(path):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).touch(mode=0o600)
            (folder / path).write_text(make(mark))
    written = [folder / path for path in missing if (folder / path).exists()]
    for file in written:
        file.chmod(READABLE)
    return written


def missing_secret_files(folder: Path) -> list[Path]:
    """Those that are not there, as paths below the folder."""
    return [path for path in (PRIVATE, PUBLIC, *_MAKERS) if not (folder / path).exists()]


def _password(mark: str) -> str:
    return mark + secrets.token_urlsafe(32)


def _accounts_secret(mark: str) -> str:
    return mark + secrets.token_hex(32)


def _verp_key(mark: str) -> str:
    return (f"# {mark}\n" if mark else "") + secrets.token_hex(32) + "\n"


def _dkim_key(mark: str) -> str:
    """A PEM file may begin with words of anybody's (RFC 7468, 2)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=DKIM_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return (f"{mark}\n" if mark else "") + pem


_MAKERS: dict[Path, Callable[[str], str]] = {
    Path("postgres/superuser-password"): _password,
    Path("accounts/database-password"): _password,
    Path("accounts-api/accounts-secret"): _accounts_secret,
    Path("accounts-api/access-keys.json"): fresh_signing_keys,
    Path("notifications/database-password"): _password,
    Path("notifications-sender/verp-key"): _verp_key,
    Path("notifications-sender/dkim-key.pem"): _dkim_key,
    Path("grafana/admin-password"): _password,
}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m shared.runtime.secret_files", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--demo", action="store_true", help="mark them as a demo's")
    parser.add_argument("--look", metavar="MEND", help="make nothing; if one is missing, say MEND and end with 2")
    arguments = parser.parse_args()
    if not arguments.look:
        for path in write_secret_files(arguments.folder, demo=arguments.demo):
            print(f"{path} written")  # noqa: T201 - the command's output
    elif missing := missing_secret_files(arguments.folder):
        print(f"the secret file {missing[0]} is missing: {arguments.look}", file=sys.stderr)  # noqa: T201
        raise SystemExit(EXIT_BAD_SETTINGS)


if __name__ == "__main__":
    main()
