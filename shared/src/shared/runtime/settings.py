"""Settings from the environment, checked at start.

Every variable begins with `DZWONEK_`. Secrets are read from files, so that they stand in no process list and no image.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    PostgresDsn,
    ValidationError,
    ValidationInfo,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DZWONEK_"
EXIT_BAD_SETTINGS = 2

DEMO_MARK = "dzwonek-demo"
"""Stands in every secret that is made for a demo, so that none is ever taken for a real one."""


def _readable(path: Path, info: ValidationInfo) -> Path:
    """Refuses a secret file that is not there or empty, or the demo's: better at start than at the first use."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}); give the path of a readable file") from None
    if not content.strip():
        raise ValueError(f"{path} is empty; put the secret into it")
    if DEMO_MARK.encode() in content and not info.data.get("demo"):
        raise ValueError(f"{path} holds a secret of the demo; give one of your own, `make secrets` writes fresh ones")
    return path


SecretFile = Annotated[Path, AfterValidator(_readable)]
"""The path of a file that holds a secret."""


LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}


def _plain_postgresql(url: object) -> object:
    """Refuses other databases, and the drivers' dialects (`postgresql+asyncpg`), which asyncpg itself does not know.

    It looks before Pydantic does, whose message would recommend the dialects.
    """
    if str(url).partition("://")[0].lower() not in {"postgresql", "postgres"}:
        raise ValueError("give an address that begins with postgresql://")
    return url


def _with_password(url: PostgresDsn, info: ValidationInfo) -> PostgresDsn:
    """The address with the password of `database_password_file`, if there is one."""
    file = info.data.get("database_password_file")
    if file is None:
        return url
    user, _, place = str(url).removeprefix(f"{url.scheme}://").rpartition("@")
    if not user or ":" in user:
        raise ValueError("with DZWONEK_DATABASE_PASSWORD_FILE give a user and no password: postgresql://user@host/name")
    return PostgresDsn(f"{url.scheme}://{user}:{quote(file.read_text(encoding='utf-8').strip(), safe='')}@{place}")


def _addresses(addresses: str) -> str:
    """Refuses what is no list of `host:port`."""
    for address in addresses.split(","):
        host, _, port = address.rpartition(":")
        if not host or " " in address or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise ValueError("give addresses as host:port,host:port")
    return addresses


def _collector(url: HttpUrl | None) -> HttpUrl | None:
    """Refuses what cannot be sent to: a password, which would stand in the environment, and what is not installed."""
    if url is None:
        return None
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("give an address like http://collector:4318, without a password")
    try:
        distribution("opentelemetry-exporter-otlp-proto-http")
    except PackageNotFoundError:
        raise ValueError("what it takes is not installed; install dzwonek-shared with its extra `tracing`") from None
    return url


def _name_and_dot(prefix: str) -> str:
    """Refuses what is no prefix of a topic."""
    if prefix and not re.fullmatch(r"[a-z0-9-]+\.", prefix):
        raise ValueError("give lower-case letters, digits and hyphens with a dot at the end, or nothing")
    return prefix


def _origin(url: HttpUrl, info: ValidationInfo) -> HttpUrl:
    """Refuses what is no bare origin, and plain http but for a demo on this machine: links hold secrets."""
    if url.username or url.password or url.path not in {None, "", "/"} or url.query or url.fragment:
        raise ValueError("give scheme, host and port alone, like https://dzwonek.example.org")
    if url.scheme != "https" and not (info.data.get("demo") and url.host in LOOPBACK):
        raise ValueError("it is plain http, and links hold secrets; give an address that begins with https://")
    return url


class _FromEnvironment(BaseSettings):
    """The base of all settings, so that every mixture of them reads the same variables. An empty one is not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    # The first field of all: what the others refuse depends on it.
    demo: bool = Field(
        default=False,
        description="Lets a process run with what is fit for a demo alone: fresh throw-away secrets, plain http on this"
        " machine, a relay without TLS, mails without DKIM. Never where there are people.",
    )


class Settings(_FromEnvironment):
    """What every process of every service needs."""

    database_password_file: SecretFile | None = Field(
        default=None, description="The file with the password for `database_url`, which then names the user alone."
    )
    database_url: Annotated[PostgresDsn, BeforeValidator(_plain_postgresql), AfterValidator(_with_password)] = Field(
        description="The service's own database, `postgresql://user:password@host:port/name`, as a direct connection:"
        " the relay's locks do not survive a transaction-mode pooler."
    )
    database_pool_size: int = Field(default=10, ge=2, le=200, description="The most connections of one process.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged, as JSON lines on standard output."
    )
    host: str = Field(default="127.0.0.1", description="The address that this process listens on.")
    port: int = Field(
        default=8000, ge=0, le=65535, description="The port of the API, or of health and metrics; 0 picks a free one."
    )
    otlp_endpoint: Annotated[HttpUrl | None, AfterValidator(_collector)] = Field(
        default=None,
        description="Where traces are sent by OTLP over HTTP, for example `http://collector:4318`; without it nothing"
        " is traced.",
    )
    trace_ratio: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="The share of traces that are recorded, 0 to 1, of those that begin here; a request that brings a"
        " trace context is recorded if that says so.",
    )


class PublicSettings(_FromEnvironment):
    """What a process that writes links needs."""

    public_url: Annotated[HttpUrl, AfterValidator(_origin)] = Field(
        description="Where people reach the register, for example `https://dzwonek.example.org`; links begin with it."
    )

    @property
    def origin(self) -> str:
        """The origin of the public address as browsers tell it: without the default port."""
        url = self.public_url
        default = {"http": 80, "https": 443}[url.scheme]
        return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port != default else "")


class KafkaSettings(_FromEnvironment):
    """What a process that speaks to Kafka needs."""

    kafka_bootstrap: Annotated[str, AfterValidator(_addresses)] = Field(
        description="Kafka's addresses, `host:port,host:port`."
    )
    kafka_prefix: Annotated[str, AfterValidator(_name_and_dot)] = Field(
        default="",
        description="Stands before the name of every topic and group, for several installations on one Kafka."
        " Ends with a dot.",
    )
    kafka_replication: int = Field(default=1, ge=1, le=7, description="Copies of each topic; 3 in production.")


S = TypeVar("S", bound=BaseSettings)


def read(settings: type[S], **instead: Any) -> S:  # noqa: ANN401 - whatever the settings take
    """The settings from the environment, or what is given `instead` of some; None is not given.

    On a fault: one line that names the variable and the mend, exit code 2.
    """
    try:
        return settings(**{name: value for name, value in instead.items() if value is not None})
    except ValidationError as error:
        print(complaint(error), file=sys.stderr)  # noqa: T201 - the process cannot start, this is its last word
        raise SystemExit(EXIT_BAD_SETTINGS) from None


def complaint(error: ValidationError) -> str:
    """One line for the first fault, without the value, which may be a secret."""
    faults = error.errors(include_input=False, include_url=False)
    fault = faults[0]
    variable = PREFIX + str(fault["loc"][0]).upper() if fault["loc"] else "settings"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    if fault["type"] == "missing":
        return f"{variable} is not set: set it, docs/settings.md says to what{more}"
    return (
        f"{variable} is wrong: {fault['msg'].removeprefix('Value error, ')}; docs/settings.md says what it takes{more}"
    )
