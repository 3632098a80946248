"""`python -m devstack.demo [--once]`: the demo as a command."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from devstack.demo.folder import LOGS, RunFolder
from devstack.demo.office import Office
from devstack.demo.person import Person
from devstack.demo.report import memory_line, place_of_report, print_addresses, steps_table, write_report
from devstack.demo.sign_ins import write_sign_ins
from devstack.demo.steps import Step, StoryError, Teller
from devstack.demo.story import Story
from devstack.guest import PREFIX
from devstack.inbox.client import InboxClient
from devstack.kafka_jars import JarsMissingError
from devstack.launch import PR_SET_PDEATHSIG, prctl
from devstack.process import StartError
from devstack.system import EndedError, System

REPORT = Path(".dzwonek") / "demo.json"
ELSEWHERE = f"{PREFIX}/api/v1/me"
"""What the service that tells who is signed in says to whoever is."""

FAULTS = (StoryError, StartError, EndedError, JarsMissingError)


def demo(
    once: Annotated[bool, typer.Option(help="End after the story; exit 0 only if it held.")] = False,
    report: Annotated[Path, typer.Option(help="Where to write the steps and their seconds.")] = REPORT,
) -> None:
    """Start the whole system, play the office and the story in two languages, stay up until Ctrl-C."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # a make that is killed takes the demo along
    console = Console()
    with place_of_report(report):
        folder = RunFolder()
        held = False
        try:
            held = asyncio.run(_run(console, System(folder.path, guest=True), once=once, report=report))
        finally:
            folder.end(keep_logs=not held)
            if not held:
                console.print(f"The logs are kept for a week in {folder.path / LOGS}.")
    raise typer.Exit(0 if held else 1)


async def _run(console: Console, system: System, *, once: bool, report: Path) -> bool:
    """Whether the story held and every part lived until the end."""
    stop, held = asyncio.Event(), asyncio.Event()
    _heed_signals(stop)
    showing = asyncio.ensure_future(_show(console, system, report, once=once, held=held))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({showing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        if not showing.cancelled() and (fault := showing.exception()):
            console.print(f"[red]It did not hold:[/red] {escape(_cause(fault))}", highlight=False)
            return False
        return held.is_set()
    finally:
        stopping.cancel()
        ending = asyncio.ensure_future(system.stop())
        with suppress(OSError), console.status("Stopping everything"):  # the terminal may be gone
            await asyncio.shield(ending)
        await ending


def _heed_signals(stop: asyncio.Event) -> None:
    """Has Ctrl-C, a kill and a closed terminal set `stop`. Who starts it below nohup wants it to outlive the last."""

    def hang_up() -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in (sys.stdout, sys.stderr):
            os.dup2(nowhere, output.fileno())  # writing to a terminal that is gone would break the end off
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGHUP, hang_up)


async def _show(console: Console, system: System, report: Path, *, once: bool, held: asyncio.Event) -> None:
    """Starts the system and plays the story; sets `held` when it did, and then stays unless it is to end at `once`."""
    began = time.perf_counter()
    with _progress(console) as progress:
        task = progress.add_task("Starting PostgreSQL, Kafka, the inbox, the gateway and the services", total=None)
        await system.start(
            lambda what, done, total: progress.update(task, description=what, completed=done, total=total)
        )
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(system.watch())
        await _play(console, system, report, began=began)
        held.set()
        if once:
            watching.cancel()
        else:
            print_addresses(console, system)
            console.print("Ctrl-C ends it.")


async def _play(console: Console, system: System, report: Path, *, began: float) -> None:
    """Plays the office, and the story in each language; shows the steps as they come, and writes the report."""
    ready = time.perf_counter() - began
    console.print(f"All parts are ready after {ready:.1f} s.")
    steps: list[Step] = []
    first_mail = 0.0
    async with InboxClient(system.inbox.url) as inbox:
        with _shown(console, steps) as refresh:

            def held(step: Step) -> None:
                nonlocal first_mail
                steps.append(step)
                if "activation mail" in step.name:
                    first_mail = first_mail or time.perf_counter() - began
                refresh()

            show = partial(console.print, end="", markup=False, highlight=False)
            slips = await Office(Teller(None, held), system, show).play()
            people = {slip: Person.called(slip.person, inbox, slip.language) for slip in slips.values()}
            for slip, person in people.items():
                await Story(system.public_url, person, held, elsewhere=ELSEWHERE, slip=slip).play()
            write_sign_ins(system.folder, people.values())
    memory = system.memory()
    write_report(report, steps=steps, ready=ready, first_mail=first_mail, memory=memory)
    console.print(f"The first mail came {first_mail:.1f} s after the start. {memory_line(memory)}; see {report}.")


@contextmanager
def _shown(console: Console, steps: Sequence[Step]) -> Iterator[Callable[[], None]]:
    """Shows the steps as they come on a terminal, else once at the end; yields what to call when there is a new one."""
    if console.is_terminal and not console.is_dumb_terminal:
        with Live(steps_table(steps), console=console) as live:
            yield lambda: live.update(steps_table(steps))
    else:
        try:
            yield lambda: None
        finally:
            console.print(steps_table(steps))


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _cause(fault: BaseException) -> str:
    """What went wrong, in one line or with the end of a log; of several faults the first."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return str(fault) if isinstance(fault, FAULTS) else f"{type(fault).__name__}: {fault}"


if __name__ == "__main__":
    typer.run(demo)
