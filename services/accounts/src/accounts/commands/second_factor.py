"""`second-factor off`: lets somebody in again who has lost the phone and the recovery codes."""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from accounts import SERVICE
from shared.runtime.commands import EXIT_NOT_FOUND, ask_first, fail, with_database
from shared.runtime.postgres import Connection


def off(
    address: Annotated[str, typer.Argument(help="The address; case does not matter.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Ask for no codes any more, end every session, and mail the owner that the second factor is off."""
    from accounts.clock import utc_now
    from accounts.domain.email_address import parse_email
    from accounts.domain.refusal import Refused
    from accounts.handlers.lost_second_factor import NoSuchAccount, account_with_second_factor, take_off
    from accounts.handlers.second_factor import NotSetUp

    async def work(connection: Connection) -> int:
        email = parse_email(address.strip())
        await account_with_second_factor(connection, email)
        ask_first(f"Switch the second factor of {address} off and end all its sessions?", yes=yes)
        async with connection.transaction():
            return await take_off(connection, email, utc_now())

    try:
        ended = with_database(SERVICE, work)
    except (Refused, NoSuchAccount):
        fail(f"no active account has the address {address}", EXIT_NOT_FOUND)
    except NotSetUp:
        fail(f"the account of {address} asks for no code", EXIT_NOT_FOUND)
    typer.echo(f"The second factor of {address} is off, sessions ended: {ended}. The owner is mailed.")
