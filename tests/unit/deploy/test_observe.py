"""What operators watch exists: each metric of an alarm or a dashboard is one of the code's, and each is explained."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
OBSERVE = ROOT / "deploy" / "observe"
DASHBOARDS = sorted((OBSERVE / "grafana" / "dashboards").glob("*.json"))
OPERATIONS = ROOT / "docs" / "operations.md"
PACKAGES = ("shared/src", "services/accounts/src", "services/notifications/src")

DEFINED = re.compile(r"(Counter|Gauge|Histogram)\(\s*\"(dzwonek_\w+)\"")
NAMED = re.compile(r"\bdzwonek_\w+")


def metrics() -> dict[str, str]:
    """Every metric of the services by name, and its kind."""
    sources = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {name: kind for source in sources for kind, name in DEFINED.findall(source)}


def series() -> set[str]:
    """What Prometheus sees of them."""
    suffixes = {"Histogram": ("_bucket", "_count", "_sum"), "Counter": ("",), "Gauge": ("",)}
    return {name + suffix for name, kind in metrics().items() for suffix in suffixes[kind]}


def expressions(dashboard: Path) -> Iterator[str]:
    for panel in json.loads(dashboard.read_text())["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def alarms() -> list[dict[str, str]]:
    groups = yaml.safe_load((OBSERVE / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alarms_watch_what_exists() -> None:
    named = {name for alarm in alarms() for name in NAMED.findall(alarm["expr"])}
    assert named
    assert not named - series()


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_shows_what_exists(dashboard: Path) -> None:
    named = {name for expression in expressions(dashboard) for name in NAMED.findall(expression)}
    assert named
    assert not named - series()


def test_every_metric_is_explained_to_operators() -> None:
    explained = set(NAMED.findall(OPERATIONS.read_text()))
    assert metrics().keys() - explained == set()
    assert explained - metrics().keys() == set()


def test_every_alarm_has_its_line_for_who_is_called() -> None:
    explained = re.findall(r"^\| `([A-Z][a-z]\w+)` \|", OPERATIONS.read_text(), re.MULTILINE)
    assert explained == [alarm["alert"] for alarm in alarms()]


@pytest.mark.parametrize(
    "check",
    [("check", "config", "prometheus.yml"), ("test", "rules", Path(__file__).with_name("alarms.test.yml"))],
    ids=["config", "alarms"],
)
def test_prometheus_takes_them(check: tuple[str | Path, ...]) -> None:
    promtool = shutil.which("promtool") or shutil.which(ROOT / ".dzwonek" / "promtool")
    if promtool is None:
        pytest.skip("there is no promtool: `make promtool` fetches Debian's")
    done = subprocess.run([promtool, *check], cwd=OBSERVE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
