"""The commands of the operator's brake, as somebody types them."""

import asyncio
import os
import pty
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from tests.commands import run_command
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, settings_for

from notifications.domain.kinds import KINDS
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer

SCHOOL = UUID("01950000-0000-7000-8000-0000000000a1")


@pytest.fixture
def queue(url: str, pool: Pool, keys: tuple[Path, Path], tmp_path: Path) -> SenderWorld:
    """A queue without a sender."""
    return SenderWorld(url, pool, Sealer(keys[1]), Unsealer(keys[0]), settings_for(url, tmp_path, keys[0], port=1))


async def mail(url: str, *arguments: str, stdin: int = asyncio.subprocess.DEVNULL) -> tuple[int, str]:
    """Runs `notifications mail ...`; its exit code and all that it printed."""
    return await run_command(url, "notifications", "mail", *arguments, stdin=stdin)


async def answered(url: str, answer: str, *arguments: str) -> tuple[int, str]:
    """Runs it on a terminal on which somebody answers the question."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        return await mail(url, *arguments, stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)


def cells(printed: str, first: str) -> Sequence[str]:
    """The row of a table that begins with a cell."""
    rows = [[cell.strip() for cell in line.strip("│┃ ").split("│")] for line in printed.splitlines()]
    return next(row for row in rows if row[0] == first)


async def test_pause_says_how_many_mails_to_how_many_people_and_resume_lets_them_go(
    queue: SenderWorld, url: str
) -> None:
    await queue.queue(*addresses(3), school=SCHOOL)
    await queue.pool.execute("UPDATE mail_queue SET account_id = (SELECT min(account_id::text)::uuid FROM mail_queue)")
    await queue.queue("ola@szkola.example", school=SCHOOL)
    await queue.queue("jan@szkola.example", kind="account_exists", lane="security", school=SCHOOL)
    code, printed = await mail(url, "pause", "--school", str(SCHOOL), "--yes")
    assert code == 0
    assert cells(printed, str(SCHOOL))[1:5] == ["direct", "welcome", "4", "2"]
    assert cells(printed, "together")[3:5] == ["4", "2"]
    code, printed = await mail(url, "brakes")
    assert code == 0
    assert cells(printed, "direct, bulk")[1:3] == ["every", str(SCHOOL)]
    assert cells(printed, "direct, bulk")[-2:] == ["4", "2"]
    code, printed = await mail(url, "resume", "--school", str(SCHOOL), "--yes")
    assert code == 0
    assert "Due again: 4," in printed
    assert await mail(url, "brakes") == (0, "Nothing is paused.\n")


async def test_cancel_says_how_many_and_does_it(queue: SenderWorld, url: str) -> None:
    mails = await queue.queue(*addresses(3))
    code, printed = await mail(url, "cancel", "--kind", "welcome", "--yes")
    assert code == 0
    assert "Cancelled: 3." in printed
    assert {row["state"] for row in await queue.mails(*mails)} == {"cancelled"}
    assert await mail(url, "cancel", "--kind", "welcome", "--yes") == (0, "No queued mail fits.\n")


async def test_on_a_terminal_it_asks(queue: SenderWorld, url: str) -> None:
    mails = await queue.queue(*addresses(3))
    code, printed = await answered(url, "n", "cancel", "--all")
    assert code == 1
    assert "Cancel what fits (3 now) for good?" in printed
    assert "Nothing was changed." in printed
    assert {row["state"] for row in await queue.mails(*mails)} == {"queued"}
    assert (await answered(url, "y", "cancel", "--all"))[0] == 0
    assert {row["state"] for row in await queue.mails(*mails)} == {"cancelled"}


async def test_without_a_terminal_it_wants_to_be_told_so(queue: SenderWorld, url: str) -> None:
    await queue.queue("ola@szkola.example")
    for command in ("pause", "cancel"):
        code, printed = await mail(url, command, "--all")
        assert code == 2
        assert "give --yes" in printed.splitlines()[-1]
    assert await queue.pool.fetchval("SELECT count(*) FROM mail_brakes") == 0
    assert await queue.pool.fetchval("SELECT count(*) FROM mail_queue") == 1


@pytest.mark.parametrize("command", ["pause", "resume", "cancel"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "say which mails"),
        (["--all", "--kind", "welcome"], "--all stands alone"),
        (["--kind", "lottery"], "there is no kind 'lottery'; give one of account_deleted, "),
        (["--lane", "express"], "there is no lane 'express'; give one of security, direct, bulk"),
        (["--school", "SP 7"], "--school is no UUID"),
        (["--district", "7"], "--district is no UUID"),
    ],
    ids=repr,
)
async def test_what_makes_no_sense_is_one_line_and_exit_code_2(
    url: str, command: str, options: list[str], words: str
) -> None:
    code, printed = await mail(url, command, *options, "--yes")
    assert code == 2
    assert len(printed.splitlines()) == 1
    assert words in printed


async def test_an_unknown_kind_names_all_there_are(url: str) -> None:
    _, printed = await mail(url, "pause", "--kind", "lottery")
    assert all(kind in printed for kind in KINDS)


async def test_a_brake_that_is_not_on_cannot_be_taken_off(url: str) -> None:
    for option in (["--all"], ["--kind", "welcome"]):
        code, printed = await mail(url, "resume", *option, "--yes")
        assert code == 1
        assert "there is no such brake" in printed


async def test_a_brake_is_set_once_and_all_are_taken_off_together(queue: SenderWorld, url: str) -> None:
    await queue.queue("ola@szkola.example")
    for options in (["--kind", "welcome"], ["--kind", "welcome"], ["--all"], ["--lane", "security"]):
        assert (await mail(url, "pause", *options, "--yes"))[0] == 0
    assert await queue.pool.fetchval("SELECT count(*) FROM mail_brakes") == 3
    code, printed = await mail(url, "resume", "--all", "--yes")
    assert code == 0
    assert "Due again: 1," in printed
    assert await mail(url, "brakes") == (0, "Nothing is paused.\n")


async def test_where_says_that_the_operator_paused_a_mail(queue: SenderWorld, url: str) -> None:
    [paused] = await queue.queue("ola@szkola.example")
    [other] = await queue.queue("jan@szkola.example", kind="account_exists", lane="security")
    await mail(url, "pause", "--kind", "welcome", "--yes")
    since = await queue.pool.fetchval("SELECT set_at FROM mail_brakes")
    assert f"paused by the operator since {since:%Y-%m-%d %H:%M:%S}" in (await mail(url, "where", f"{paused}@h"))[1]
    assert "paused by the operator" not in (await mail(url, "where", f"{other}@h"))[1]
