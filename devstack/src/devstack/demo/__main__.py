"""`python -m devstack.demo [--once]`: the demo as a command."""

import asyncio
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from devstack.demo.report import memory_line, print_addresses, steps_table, write_report
from devstack.demo.story import LANGUAGES, Step, Story, StoryError
from devstack.inbox.client import InboxClient
from devstack.kafka_jars import JarsMissingError
from devstack.launch import PR_SET_PDEATHSIG, prctl
from devstack.process import StartError
from devstack.system import System

REPORT = Path(".dzwonek") / "demo.json"
FAULTS = (StoryError, StartError, JarsMissingError)


def demo(
    once: Annotated[bool, typer.Option(help="End after the story; exit 0 only if it held.")] = False,
    report: Annotated[Path, typer.Option(help="Where to write the steps and their seconds.")] = REPORT,
) -> None:
    """Start the whole system, play the story in two languages, stay up until Ctrl-C."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # a make that is killed takes the demo along
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="dzwonek-"))
    held = False
    try:
        held = asyncio.run(_run(console, System(folder), once=once, report=report))
    finally:
        if held:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            console.print(f"The logs are kept in {folder / 'logs'}.")
    raise typer.Exit(0 if held else 1)


async def _run(console: Console, system: System, *, once: bool, report: Path) -> bool:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    playing = asyncio.ensure_future(_play(console, system, report))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        if playing.cancelled():
            return False
        if fault := playing.exception():
            console.print(f"[red]It did not hold:[/red] {_cause(fault)}", highlight=False)
            return False
        if not once:
            print_addresses(console, system)
            console.print("Ctrl-C ends it.")
            await stopping
        return True
    finally:
        stopping.cancel()
        with console.status("Stopping everything"):
            await system.stop()


async def _play(console: Console, system: System, report: Path) -> None:
    """Starts the system and plays the story in each language, showing the steps as they come."""
    began = time.perf_counter()
    with _progress(console) as progress:
        task = progress.add_task("Starting PostgreSQL, Kafka, the inbox, the gateway and the services", total=None)
        await system.start(
            lambda what, done, total: progress.update(task, description=what, completed=done, total=total)
        )
    ready = time.perf_counter() - began
    console.print(f"All parts are ready after {ready:.1f} s.")
    steps: list[Step] = []
    first_mail = 0.0
    async with InboxClient(system.inbox.url) as inbox:
        with Live(steps_table(steps), console=console) as live:
            for language in LANGUAGES:

                def held(step: Step) -> None:
                    nonlocal first_mail
                    steps.append(step)
                    if "activation mail" in step.name:
                        first_mail = first_mail or time.perf_counter() - began
                    live.update(steps_table(steps))

                await Story(system.public_url, inbox, language, held).play()
    memory = system.memory()
    write_report(report, steps=steps, ready=ready, first_mail=first_mail, memory=memory)
    console.print(f"The first mail came {first_mail:.1f} s after the start. {memory_line(memory)}; see {report}.")


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _cause(fault: BaseException) -> str:
    """What went wrong, in one line or with the end of a log; of several faults the first."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return str(fault) if isinstance(fault, FAULTS) else f"{type(fault).__name__}: {fault}"


if __name__ == "__main__":
    typer.run(demo)
