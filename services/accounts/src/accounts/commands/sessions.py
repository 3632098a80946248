"""`sessions end`: signs everybody out, for instance after a backup was restored that is older than a compromise."""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from accounts import SERVICE
from shared.runtime.commands import ask_first, with_database, worked_off
from shared.runtime.postgres import Connection


def end(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """End every session of every account. Everybody signs in again; nobody is mailed."""
    from accounts.clock import utc_now
    from accounts.handlers.revoking import revoke_everybodys
    from accounts.store import sessions

    async def work(connection: Connection) -> int:
        there_are = await sessions.how_many(connection)
        ask_first(f"End all {there_are:,} sessions?", yes=yes)
        ending = revoke_everybodys(connection, "operator", utc_now())
        return await worked_off("Ending sessions", there_are, ending)

    typer.echo(f"Sessions ended: {with_database(SERVICE, work)}. Within a second every service knows.")
