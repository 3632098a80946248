"""What Grafana is given has no field that it does not know: it would pass over one that is misspelt.

Dashboards go through Grafana's own types, which drop what they do not know. For the files of its provisioning there are
none; their fields are those that its manual lists.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from pydantic import BaseModel, ConfigDict, HttpUrl
from pydantic.alias_generators import to_camel

ROOT = Path(__file__).parents[3]
GRAFANA = ROOT / "deploy" / "observe" / "grafana"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


class _Documented(BaseModel):
    """Fields as in the manual, those alone that stand in our files; a new one is looked up there first."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class _DataSource(_Documented):
    name: str
    uid: str
    type: Literal["prometheus"]
    access: Literal["proxy", "direct"]
    url: HttpUrl
    is_default: bool = False


class _DataSources(_Documented):
    api_version: Literal[1]
    datasources: list[_DataSource]


class _Options(_Documented):
    path: str


class _Provider(_Documented):
    name: str
    type: Literal["file"]
    options: _Options


class _Providers(_Documented):
    api_version: Literal[1]
    providers: list[_Provider]


def provisioned(path: str) -> Any:  # noqa: ANN401 - whatever stands in the file
    return yaml.safe_load((GRAFANA / "provisioning" / path).read_text())


def data_sources() -> list[_DataSource]:
    return _DataSources.model_validate(provisioned("datasources/prometheus.yml")).datasources


def fields(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value below, and where it stands."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from fields(inner, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from fields(inner, f"{path}[{number}]")
    else:
        yield path, value


def understood(dashboard: dict[str, Any]) -> Dashboard:
    """The dashboard as Grafana's types have it; the options of a panel are typed by the kind of panel."""
    register_default_plugins()
    return Dashboard.from_json(dashboard)


def through(dashboard: dict[str, Any]) -> dict[str, object]:
    """What is left of its fields."""
    return dict(fields(json.loads(JSONEncoder().encode(understood(dashboard)))))


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_grafana_knows_every_field_of_a_dashboard(path: Path) -> None:
    dashboard = json.loads(path.read_text())
    left = through(dashboard)
    assert left
    assert {field: value for field, value in fields(dashboard) if left.get(field) != value} == {}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_grafana_knows_every_kind_of_panel(path: Path) -> None:
    panels = understood(json.loads(path.read_text())).panels or []
    assert [panel.title for panel in panels if isinstance(getattr(panel, "options", None), dict)] == []


def test_a_misspelt_field_is_found() -> None:
    for way in ((), ("panels", 1), ("panels", 1, "fieldConfig", "defaults"), ("panels", 1, "options")):
        dashboard = inner = json.loads(DASHBOARDS[0].read_text())
        for step in way:
            inner = inner[step]
        inner["colour"] = "red"
        assert {field for field, _ in fields(dashboard)} - through(dashboard).keys(), way


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_asks_a_source_that_is_provisioned(path: Path) -> None:
    asked = {
        (panel["datasource"]["type"], panel["datasource"]["uid"])
        for panel in json.loads(path.read_text())["panels"]
        if "targets" in panel
    }
    assert asked == {(source.type, source.uid) for source in data_sources()}


def test_the_source_is_a_service_of_the_installation() -> None:
    assert {source.url.host for source in data_sources()} <= SERVICES.keys()


def test_the_dashboards_are_looked_for_where_they_are_mounted() -> None:
    providers = _Providers.model_validate(provisioned("dashboards/dzwonek.yml")).providers
    mounted = {
        target for _, target, _ in (volume.split(":") for volume in SERVICES["grafana"]["volumes"] if "./" in volume)
    }
    assert {provider.options.path for provider in providers} <= mounted
