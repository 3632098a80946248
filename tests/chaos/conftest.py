"""A whole system for the faults, its ledger, and the table at the end."""

import json
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from rich.console import Console

from devstack.system import System
from tests.chaos.extent import EXTENT
from tests.chaos.faults import Faults
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.report import FAULTS, LATEST, PAGE, Line, hits_table, table, write, write_page, write_storm
from tests.chaos.trial import Trials
from tests.e2e.conftest import running

SETTINGS = {
    # After a kill the mails of a sender are another's when its leases end: sooner than in production.
    "DZWONEK_SMTP_ENVELOPE_SECONDS": "3",
    "DZWONEK_SMTP_CONTENT_SECONDS": "4",
    "DZWONEK_LEASE_SECONDS": "12",
    # Else the minute in which an address is mailed once would hide a request that has its effect twice.
    "DZWONEK_ASK_AGAIN_SECONDS": "0",
    # What has run out is looked for more often than in production.
    "DZWONEK_SCHEDULER_SECONDS": "1",
    # All the people come from one address.
    "DZWONEK_NETWORK_REQUESTS": "1000000",
}
A_LONG_STORM = 1000
"""So many kills are told on the page."""

WIDTH = 160
LINE = "chaos"


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of this package's own."""
    with running(System(tmp_path_factory.mktemp("system"), durable=False, settings=SETTINGS)) as system:
        yield system


@pytest.fixture(scope="package")
def load(system: System) -> Load:
    """The people who register with it."""
    return Load(system.public_url)


@pytest.fixture(scope="package")
def book(system: System, load: Load) -> Ledger:
    """The ledger of all that is asked of the system by its tests."""
    return Ledger(system, load)


@pytest.fixture
async def ledger(book: Ledger) -> AsyncIterator[Ledger]:
    """The ledger, open."""
    async with book.open():
        yield book


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[Line], None]:
    """Takes a line for the table."""
    return lambda line: record_property(LINE, line.as_json())


@pytest.fixture
def trials(system: System, load: Load, ledger: Ledger, tell: Callable[[Line], None]) -> Trials:
    """Faults to do to the system."""
    return Trials(system, load, ledger, Faults(system, load, ledger), tell)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table of all trials and keeps it."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = [
        Line(**json.loads(str(value)))
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == LINE
    ]
    if lines:
        console = Console(width=None if Console().is_terminal else WIDTH)
        console.print(table(lines), *(hits_table(line) for line in lines if line.hits))
        write(lines)
        terminalreporter.write_line(f"Kept in {LATEST}.")
        unseen = [kind for kind in ("failed", "error", "skipped", "deselected") if terminalreporter.stats.get(kind)]
        whole = {line.number for line in lines} == FAULTS and not unseen
        if EXTENT.full and whole:
            write_page(lines)
            terminalreporter.write_line(f"The table is in {PAGE}.")
        [first, *others] = lines
        if EXTENT.kills >= A_LONG_STORM and first.hits and not others:
            write_storm(first, EXTENT.storm)
            terminalreporter.write_line(f"The storm is in {PAGE}.")
