"""Values of the sender's settings, tried when they are read: what is malformed ends the process, with the mend."""

import ipaddress
import re
import ssl
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AfterValidator

from notifications.rendering.headers import UnsafeHeader, ascii_address, ascii_host, mailbox_field
from notifications.smtp.verp import Verp
from shared.runtime.settings import SecretFile

MIN_RSA_BITS = 2048


def _signs_senders(path: Path) -> Path:
    Verp.from_file("example.org", path)
    return path


def _holds_certificates(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except OSError:  # an SSLError is one, too
        raise ValueError(f"{path} holds no certificates that can be read; give a PEM file, or leave it out") from None
    return path


def _holds_a_line(path: Path) -> Path:
    try:
        lines = path.read_text(encoding="utf-8").strip().splitlines()
    except ValueError:
        lines = []
    if len(lines) != 1:
        raise ValueError(f"{path} holds no line of text; give a file with the password alone, in UTF-8")
    return path


def _host_name(text: str) -> str:
    try:
        return ascii_host(text)
    except UnsafeHeader:
        raise ValueError("it is no host name; give one like dzwonek.example.org") from None


def _host_or_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return ascii_host(text)
    except UnsafeHeader:
        raise ValueError("it is no host; give a name like relay.example.org, or an IP address") from None


def _address(text: str) -> str:
    try:
        return ascii_address(text)
    except UnsafeHeader:
        raise ValueError("it is no address; give one like noreply@dzwonek.example.org") from None


def _display_name(text: str) -> str:
    try:
        mailbox_field("From", text, "noreply@example.org")
    except UnsafeHeader:
        raise ValueError("it holds a line break or another control character; give a plain name, on one line") from None
    if not text.strip():
        raise ValueError("it is empty; give a name, or leave it out for Dzwonek")
    return text


def _signs_mails(path: Path) -> Path:
    """Refuses keys that receivers do not take, RFC 8301, 3."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"{path} holds no private key; give one in PEM, without a passphrase") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_RSA_BITS:
        raise ValueError(f"{path} holds no RSA key of at least {MIN_RSA_BITS} bits; make one")
    return path


def _selector(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", text):
        raise ValueError("it is no selector; give letters, digits and hyphens, like dzwonek-2026")
    return text


VerpKeyFile = Annotated[SecretFile, AfterValidator(_signs_senders)]
"""The path of a file with the keys of envelope senders."""

CertificatesFile = Annotated[Path, AfterValidator(_holds_certificates)]
"""The path of a file with certificates to trust, in PEM."""

PasswordFile = Annotated[SecretFile, AfterValidator(_holds_a_line)]
"""The path of a file with a password, one line of UTF-8."""

HostName = Annotated[str, AfterValidator(_host_name)]
"""A host's name; an international one becomes punycode."""

HostOrAddress = Annotated[str, AfterValidator(_host_or_address)]
"""A host's name or its IP address."""

MailAddress = Annotated[str, AfterValidator(_address)]
"""An e-mail address as SMTP without SMTPUTF8 carries it."""

DisplayName = Annotated[str, AfterValidator(_display_name)]
"""A name that can stand before an address in a header."""

DkimKeyFile = Annotated[SecretFile, AfterValidator(_signs_mails)]
"""The path of a file with the private key that signs mails."""

DkimSelector = Annotated[str, AfterValidator(_selector)]
"""The name of a key of a domain, one label of DNS."""
