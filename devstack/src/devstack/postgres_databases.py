"""Databases and roles on any PostgreSQL, given the superuser's address of it."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Role:
    """Whom a service signs in as; owns its database and has no rights beyond."""

    name: str
    password: str = field(repr=False)


def new_role(name: str) -> Role:
    """A role with a password of 192 random bits."""
    return Role(name, secrets.token_urlsafe(24))


def quoted(name: str) -> str:
    """An SQL identifier. Raises ValueError unless it is made of a-z, 0-9 and _ (63 at most)."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a database or a role: a-z, 0-9 and _, at most 63, a letter first")
    return f'"{name}"'


def address(server: str, *, database: str, role: Role | None = None) -> str:
    """The URL of a database on the server that `server` points to, for `role` or for the one named in it."""
    parts = urlsplit(server)
    place = parts.netloc
    if role is not None:
        place = f"{role.name}:{quote(role.password, safe='')}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))


@asynccontextmanager
async def superuser(server: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for the statements of this module."""
    connection = await asyncpg.connect(server)
    try:
        yield connection
    finally:
        await connection.close()


async def create_role(server: str, role: Role) -> None:
    """Makes a role that may sign in and nothing else."""
    # Passwords of token_urlsafe hold no quote; DDL takes no parameters.
    async with superuser(server) as connection:
        await connection.execute(
            f"CREATE ROLE {quoted(role.name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{role.password}'"
        )


async def create_database(server: str, name: str, *, owner: Role, template: str = "template1") -> str:
    """Makes a database that only its owner (and the superuser) may enter; its URL for the owner."""
    async with superuser(server) as connection:
        await connection.execute(
            f"CREATE DATABASE {quoted(name)} OWNER {quoted(owner.name)} TEMPLATE {quoted(template)}"
        )
        await connection.execute(f"REVOKE ALL ON DATABASE {quoted(name)} FROM PUBLIC")
    return address(server, database=name, role=owner)


async def drop_database(server: str, name: str) -> None:
    """Removes a database and ends the sessions in it."""
    async with superuser(server) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")


async def drop_role(server: str, role: Role) -> None:
    """Removes a role that owns nothing any more."""
    async with superuser(server) as connection:
        await connection.execute(f"DROP ROLE IF EXISTS {quoted(role.name)}")


async def server_version(server: str) -> str:
    """What the server says it is, such as `18.1`."""
    async with superuser(server) as connection:
        return str(await connection.fetchval("SHOW server_version")).split()[0]
