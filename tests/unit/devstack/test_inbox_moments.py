"""How the inbox shows an instant."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from devstack.inbox.pages import moment


@pytest.fixture(params=["UTC0", "CET-1"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """This machine's time zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param.rstrip("-01")
    time.tzset()


def test_a_time_names_its_zone(zone: str) -> None:
    hour = {"UTC": 9, "CET": 10}[zone]
    assert moment(datetime(2026, 9, 1, 9, 5, tzinfo=UTC)) == f"1 Sep 2026, {hour:02}:05 {zone}"
    now = datetime.now(UTC)
    assert moment(now) == f"{now.astimezone():%H:%M:%S} {zone}"
