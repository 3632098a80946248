"""`python -m bench.soak`: the soak as a command."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.report import machine
from bench.sink import Sink
from bench.soak.old_days import are_gone, begin_old_days
from bench.soak.samples import Samples
from bench.soak.trend import SURE, Trend
from bench.soak.work import Work, work
from bench.waiting import connected
from devstack.demo.folder import LOGS, RunFolder
from devstack.kafka_jars import JarsMissingError
from devstack.launch import PR_SET_PDEATHSIG, prctl
from devstack.process import StartError
from devstack.system import System

LATEST = Path("bench") / "results" / "soak.json"
MEGABYTES_ALLOWED, FILES_ALLOWED, CONNECTIONS_ALLOWED = 5.0, 5.0, 2.0
"""An hour: what may still be the filling of a cache, or the same handful of sockets at two moments."""

EVERY_SECONDS = 5.0
DRAIN_SECONDS = 60.0
WIDTH = 120


@dataclass(frozen=True)
class Line:
    """Something that must not grow, and whether it did."""

    name: str
    unit: str
    trend: Trend
    allowed: float

    @property
    def held(self) -> bool:
        """Whether it did not surely grow by more than is allowed."""
        return not self.trend.grows(self.allowed)


@dataclass(frozen=True)
class Outcome:
    """What a soak showed."""

    rate: float
    mails: int
    faults: int
    drained: bool
    old_days_gone: bool
    lines: tuple[Line, ...]

    @property
    def held(self) -> bool:
        """Whether nothing was left, lost or growing."""
        return self.drained and self.old_days_gone and not self.faults and all(line.held for line in self.lines)


def soak(minutes: Annotated[float, typer.Option(min=0.2, help="How long the load lasts.")] = 30.0) -> None:
    """Run the whole system at half of what it can do, and tell what grows."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    console = Console(width=None if Console().is_terminal else WIDTH)
    folder = RunFolder()
    outcome = None
    try:
        outcome = asyncio.run(_soaked(folder.path, console, minutes * 60))
    except (StartError, JarsMissingError, TimeoutError) as error:
        console.print(f"[red]It cannot be shown:[/red] {error}", highlight=False)
    finally:
        folder.end(keep_logs=not (outcome and outcome.held))
    if outcome is None:
        console.print(f"The logs are kept for a week in {folder.path / LOGS}.")
        raise typer.Exit(1)
    console.print(_table(outcome))
    for sentence in _sentences(outcome, minutes):
        console.print(sentence, highlight=False)
    _keep(outcome, minutes)
    console.print(f"Kept in {LATEST}.")
    raise typer.Exit(0 if outcome.held else 1)


async def _soaked(folder: Path, console: Console, seconds: float) -> Outcome:
    sink = Sink(folder / "sink")
    await sink.start()
    system = System(folder / "system", settings={"DZWONEK_SMTP_PORT": str(sink.port), "DZWONEK_LOG_LEVEL": "warning"})
    try:
        await system.start()
        async with work(system) as load:
            await begin_old_days(system, load.notifications)
            rate = await load.burst() / 2
            console.print(f"Half of what it can do: {rate:,.0f} mails a second.", highlight=False)
            samples = Samples(system)
            drained = await _worked(load, samples, rate, seconds, console)
            gone = await are_gone(load.notifications)
            return Outcome(rate, load.mails, load.faults, drained, gone, tuple(_lines(samples)))
    finally:
        await system.stop()
        await sink.stop()


async def _worked(load: Work, samples: Samples, rate: float, seconds: float, console: Console) -> bool:
    """The load and the samples beside it. Returns whether soon after its end nothing was left to do."""
    working = asyncio.ensure_future(load.steadily(rate, seconds))
    began = time.monotonic()
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Soaking", total=seconds)
        async with connected(load.system.postgres.url()) as server:
            while not working.done():
                await samples.take(server)
                progress.update(task, completed=time.monotonic() - began)
                await asyncio.wait({working}, timeout=EVERY_SECONDS)
    await working
    try:
        await load.done(seconds=DRAIN_SECONDS)
    except TimeoutError:
        return False
    return True


def _lines(samples: Samples) -> Iterator[Line]:
    for name, trend in samples.memory_trends().items():
        yield Line(f"memory of {name}", "MB", trend, MEGABYTES_ALLOWED)
    for name, trend in samples.file_trends().items():
        yield Line(f"open files and sockets of {name}", "", trend, FILES_ALLOWED)
    yield Line("connections to PostgreSQL", "", samples.connection_trend(), CONNECTIONS_ALLOWED)


def _table(outcome: Outcome) -> Table:
    shown = Table("what", "at the end", "an hour", f"± {SURE:g} errors", "grows")
    for line in outcome.lines:
        trend = line.trend
        cells = f"{trend.last:,.1f} {line.unit}", f"{trend.an_hour:+,.1f}", f"{SURE * trend.error:,.1f}"
        shown.add_row(line.name, *cells, "no" if line.held else "[red]yes[/red]")
    return shown


def _sentences(outcome: Outcome, minutes: float) -> Iterator[str]:
    yield f"{outcome.mails:,} mails in {minutes:g} minutes; answers that were none to give: {outcome.faults}."
    yield "Nothing was left to do after it." if outcome.drained else "[red]Work was left after it.[/red]"
    yield "Days that were too old are gone." if outcome.old_days_gone else "[red]Days that are too old stay.[/red]"


def _keep(outcome: Outcome, minutes: float) -> None:
    record: Mapping[str, object] = {"machine": machine(), "minutes": minutes, "held": outcome.held, **asdict(outcome)}
    LATEST.parent.mkdir(parents=True, exist_ok=True)
    LATEST.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(soak)
