"""compose.yaml and the settings of the processes agree: nothing required is missing, nothing is misspelt."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from devstack.documents.all import PROCESSES
from devstack.new_installation import TEMPLATE
from devstack.parts import MAILPIT_IMAGE
from shared.runtime.misspelt import misspelt
from shared.runtime.process import CANCEL_SECONDS, GRACE_SECONDS
from shared.runtime.settings import PREFIX

ROOT = Path(__file__).parents[3]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
RUNNING = {name: SERVICES[name.replace(" ", "-")] for name in PROCESSES if "," not in name}
FOR_COMPOSE = {
    "DZWONEK_INSTALLATION",
    "DZWONEK_SECRETS",
    "DZWONEK_HTTP_PORT",
    "DZWONEK_HTTPS_PORT",
    "DZWONEK_HSTS_SECONDS",
    "DZWONEK_TRUSTED_PROXIES",
}
"""What compose.yaml itself and the gateway read."""


def variables(settings: type[BaseSettings], *, required: bool = False) -> set[str]:
    fields = settings.model_fields.items()
    return {PREFIX + name.upper() for name, field in fields if field.is_required() or not required}


def settings_in(file: str) -> dict[str, str]:
    lines = (ROOT / "deploy" / file).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def known() -> set[str]:
    return FOR_COMPOSE.union(*(variables(settings) for settings in PROCESSES.values()))


def images() -> Iterator[str]:
    return (service["image"] for service in SERVICES.values())


@pytest.mark.parametrize("file", ["demo.env", "production.env"])
@pytest.mark.parametrize("process", RUNNING)
def test_every_process_is_given_what_it_needs(process: str, file: str) -> None:
    given = RUNNING[process]["environment"].keys() | settings_in(file).keys()
    assert not variables(PROCESSES[process], required=True) - given


def test_every_setting_that_is_given_exists() -> None:
    given = {name for service in SERVICES.values() for name in service.get("environment", ()) if PREFIX in name}
    given |= settings_in("demo.env").keys() | settings_in("production.env").keys()
    given |= set(re.findall(r"^#?(DZWONEK_\w+)=", TEMPLATE, re.MULTILINE))
    assert not given - known()


@pytest.mark.parametrize("process", RUNNING)
def test_nothing_that_is_given_looks_misspelt_to_a_process(process: str) -> None:
    given = {**RUNNING[process]["environment"], **settings_in("production.env"), **dict.fromkeys(FOR_COMPOSE, "")}
    assert misspelt(PROCESSES[process], given) == {}


def test_an_installation_is_never_a_demo_and_has_no_defaults_for_what_it_must_say() -> None:
    production = settings_in("production.env")
    assert production.pop("DZWONEK_DEMO") == "false"
    assert production
    assert all(value.startswith(f"${{{name}:?set it in .env: ") for name, value in production.items())


def test_a_container_has_the_time_that_its_process_takes_to_end() -> None:
    for service in RUNNING.values():
        assert int(service["stop_grace_period"].removesuffix("s")) > GRACE_SECONDS + CANCEL_SECONDS


def test_every_container_is_closed_and_none_has_a_name_that_forbids_a_second() -> None:
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "container_name" not in service, name
        assert service.get("read_only") or name in {"kafka", "prometheus"}, name


def test_no_secret_stands_in_the_file_itself() -> None:
    given = [
        (name, key, value)
        for name, service in SERVICES.items()
        for key, value in service.get("environment", {}).items()
    ]
    secret = re.compile(r"PASSWORD|SECRET|KEY", re.IGNORECASE)
    assert all(value.startswith("/run/secrets/") for _, key, value in given if secret.search(key))


def test_each_process_sees_the_secrets_alone_that_it_reads() -> None:
    for name, service in RUNNING.items():
        mounted = {volume.rsplit(":", 2)[1] for volume in service["volumes"] if "/run/secrets" in volume}
        read = {value.rpartition("/")[0] for value in service["environment"].values() if "/run/secrets" in str(value)}
        assert mounted == read | ({"/run/secrets/sender"} if name == "notifications sender" else set()), name


def test_processes_of_a_service_share_an_image_that_is_built_once() -> None:
    built = [service["image"] for service in SERVICES.values() if "build" in service]
    assert len(built) == len(set(built))
    assert {image for image in images() if image.startswith("dzwonek-")} == set(built)


def test_images_are_installed_by_the_checkouts_own_version_of_uv() -> None:
    (version,) = re.findall(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert f"uv=={version}\n" in (ROOT / "services" / "Dockerfile").read_text()


def test_containers_of_the_tests_are_those_of_compose() -> None:
    default = re.compile(r"\$\{\w+:-([^}]+)\}")
    assert MAILPIT_IMAGE in {default.sub(r"\1", image) for image in images()}
