"""`make secrets`: begins an installation: `.env` for compose.yaml, and fresh secrets.

Nothing that is there is overwritten, so that it can be run again after an upgrade that brings new secrets.
"""

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import typer
from dotenv import dotenv_values

from notifications.dkim import Signer
from notifications.dkim.record import record_of
from shared.runtime.commands import fail
from shared.runtime.secret_files import SecretLost, write_secret_files
from shared.runtime.settings import EXIT_BAD_SETTINGS

ENV = Path(".env")
SECRETS = Path("secrets")
SELECTOR = "dzwonek"

TEMPLATE = """\
# This installation, for compose.yaml. Everything beginning with DZWONEK_ reaches the processes: docs/settings.md.
DZWONEK_INSTALLATION=production
DZWONEK_SECRETS=./secrets/
KAFKA_CLUSTER_ID={cluster}

# Where people reach the register, like https://dzwonek.example.org, and the ports of this machine for it.
DZWONEK_PUBLIC_URL=
DZWONEK_HTTP_PORT=80
DZWONEK_HTTPS_PORT=443
# Load balancers in front, as addresses or networks: only what they say of a client's address is believed.
#DZWONEK_TRUSTED_PROXIES=192.0.2.10 192.0.2.11

# The relay that takes the mails. If it wants a password: put it into secrets/notifications-sender/smtp-password.
DZWONEK_SMTP_HOST=
DZWONEK_SMTP_PORT=587
DZWONEK_SMTP_TLS=starttls
#DZWONEK_SMTP_CA_FILE=/run/secrets/sender/relay-ca.pem
#DZWONEK_SMTP_USER=
#DZWONEK_SMTP_PASSWORD_FILE=/run/secrets/sender/smtp-password

# The address in From; the domain of every Message-ID, which never changes; the domain that takes the bounces.
DZWONEK_MAIL_FROM_ADDRESS=
DZWONEK_MESSAGE_ID_DOMAIN=
DZWONEK_VERP_DOMAIN=

# Who signs the mails: this system, with secrets/notifications-sender/dkim-key.pem, or, if the last line says so, the
# relay.
DZWONEK_DKIM_DOMAIN=
DZWONEK_DKIM_SELECTOR={selector}
DZWONEK_DKIM_KEY_FILE=/run/secrets/sender/dkim-key.pem
#DZWONEK_RELAY_SIGNS_DKIM=true
"""


def begin(folder: Path) -> Iterator[str]:
    """Writes what is missing in the folder; yields what was done and what is left to do, line by line.

    Raises SecretLost, and ValueError when a key that is there is none.
    """
    env, secret_folder = folder / ENV, folder / SECRETS
    if not env.exists():
        env.touch(mode=0o600)
        env.write_text(TEMPLATE.format(cluster=_cluster_id(), selector=SELECTOR), encoding="utf-8")
        yield f"{ENV} written"
    for path in write_secret_files(secret_folder):
        yield f"{path.relative_to(folder)} written"
    values = dotenv_values(env)
    record = record_of(_signer(values, secret_folder / "notifications-sender" / "dkim-key.pem"))
    yield ""
    if empty := [name for name, value in values.items() if not value]:
        yield f"Left to fill in in {ENV}: {', '.join(empty)}."
    yield f"Left to publish, unless the relay signs: {record.name} TXT"
    yield record.value
    yield "Then: docker compose up --build --wait. Keep a copy of both where no stranger comes; see docs/operations.md."


def _signer(values: Mapping[str, str | None], key_file: Path) -> Signer:
    """Who will sign, as far as `.env` says it by now."""
    domain = values.get("DZWONEK_DKIM_DOMAIN") or "(DZWONEK_DKIM_DOMAIN)"
    try:
        return Signer.from_file(domain, values.get("DZWONEK_DKIM_SELECTOR") or SELECTOR, key_file)
    except (ValueError, TypeError):
        raise ValueError(f"{key_file} holds no RSA key in PEM: put yours back, or delete it for a fresh one") from None


def _cluster_id() -> str:
    """A fresh id of a Kafka cluster: 16 bytes as Kafka writes them, never beginning with a hyphen."""
    while (name := secrets.token_urlsafe(16)).startswith("-"):
        continue
    return name


def main() -> None:
    """Begin an installation in this folder."""
    try:
        for line in begin(Path.cwd()):
            typer.echo(line)
    except (SecretLost, ValueError) as error:
        fail(str(error), EXIT_BAD_SETTINGS)


if __name__ == "__main__":
    typer.run(main)
