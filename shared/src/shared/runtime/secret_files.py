"""The secret files of an installation: made fresh, each in a folder of those processes alone that read it.

`python -m shared.runtime.secret_files FOLDER` makes those that are not there and never touches one that is; with
`--demo` they are marked as a demo's, which only a demo takes. `--look` makes nothing and says what is missing. A file
without content is none.
"""

import argparse
import contextlib
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.runtime.auth.signing_keys import fresh_signing_keys
from shared.runtime.sealing import write_private_key, write_public_half
from shared.runtime.settings import DEMO_MARK, EXIT_BAD_SETTINGS

READABLE = 0o444
"""Containers read the files as users of their own: what keeps others out is the folder above, closed to everybody."""

DKIM_BITS = 2048

PRIVATE, PUBLIC = Path("notifications-seals/sealing-private.json"), Path("accounts-api/sealing-public.json")


class SecretLost(Exception):  # noqa: N818 - names what happened
    """A file is gone that cannot be made anew; the message says which, and what to do."""


def write_secret_files(folder: Path, *, demo: bool = False) -> list[Path]:
    """Writes the files that are not there yet and returns them. The folder becomes its owner's alone.

    Raises SecretLost, and ValueError when the private keys of sealing are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    missing = missing_secret_files(folder)
    if PRIVATE in missing and PUBLIC not in missing:
        raise SecretLost(
            f"{folder / PRIVATE} is gone and cannot be made anew: what was sealed is opened with it alone."
            f" Bring it back from your copy; only if there is none, delete {folder / PUBLIC} as well and begin anew"
        )
    mark = f"{DEMO_MARK}-" if demo else ""
    for path in missing:
        (folder / path).parent.mkdir(exist_ok=True)
        with _whole(folder / path) as new:
            _write(path, new, folder, mark)
    return [folder / path for path in missing]


def missing_secret_files(folder: Path) -> list[Path]:
    """Those that are not there or empty, as paths below the folder."""
    return [path for path in (PRIVATE, PUBLIC, *_MAKERS) if not _has_content(folder / path)]


def _write(path: Path, new: Path, folder: Path, mark: str) -> None:
    """Writes what belongs into `path`, to the file `new`."""
    if path == PRIVATE:
        write_private_key(new, mark=mark)
    elif path == PUBLIC:
        write_public_half(folder / PRIVATE, new)
    else:
        new.write_text(_MAKERS[path](mark))


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file to write to, which becomes `path` when it is written: nobody ever finds half of a secret."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    yield new
    new.chmod(READABLE)
    new.replace(path)


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


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
    Path("grades/database-password"): _password,
    Path("messaging/database-password"): _password,
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
        try:
            written = write_secret_files(arguments.folder, demo=arguments.demo)
        except (SecretLost, ValueError) as error:
            print(error, file=sys.stderr)  # noqa: T201
            raise SystemExit(EXIT_BAD_SETTINGS) from None
        for path in written:
            print(f"{path} written")  # noqa: T201 - the command's output
    elif missing := missing_secret_files(arguments.folder):
        print(f"the secret file {missing[0]} is missing: {arguments.look}", file=sys.stderr)  # noqa: T201
        raise SystemExit(EXIT_BAD_SETTINGS)


if __name__ == "__main__":
    main()
