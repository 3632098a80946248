"""`python -m bench.soak`: the soak as a command."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bench.run import open_console, run_folder
from bench.sink import Sink
from bench.soak.old_days import are_gone, begin_old_days
from bench.soak.outcome import LATEST, Outcome, watched
from bench.soak.samples import Samples
from bench.soak.work import Work, work
from bench.waiting import connected
from devstack.system import System

EVERY_SECONDS = 5.0
DRAIN_SECONDS = 60.0
WIDTH = 120


def soak(minutes: Annotated[float, typer.Option(min=0.2, help="How long the load lasts.")] = 30.0) -> None:
    """Run the whole system at half of what it can do, and tell what grows."""
    console = open_console(WIDTH)
    with run_folder(console) as folder:
        outcome = asyncio.run(_soaked(folder, console, minutes))
        console.print(outcome.table())
        for sentence in outcome.sentences():
            console.print(sentence, highlight=False)
        outcome.keep()
        console.print(f"Kept in {LATEST}.")
        if not outcome.held:
            raise typer.Exit(1)


async def _soaked(folder: Path, console: Console, minutes: float) -> Outcome:
    sink = Sink(folder / "sink")
    await sink.start()
    settings = {
        "DZWONEK_SMTP_PORT": str(sink.port),
        "DZWONEK_LOG_LEVEL": "warning",
        # All the people come from one address.
        "DZWONEK_NETWORK_REQUESTS": "1000000",
    }
    system = System(folder / "system", settings=settings)
    try:
        await system.start()
        async with work(system) as load:
            await begin_old_days(system, load.notifications)
            await load.burst()  # the first finds nothing warm
            rate = await load.burst() / 2
            console.print(f"Half of what it can do: {rate:,.0f} mails a second.", highlight=False)
            samples = Samples(system)
            drained = await _worked(load, samples, rate, minutes * 60, console)
            gone = await are_gone(load.notifications)
            return Outcome(minutes, rate, load.mails, load.faults, drained, gone, tuple(watched(samples)))
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


if __name__ == "__main__":
    typer.run(soak)
