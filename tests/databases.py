"""Databases for tests: each test has its own, migrated, in 50 ms."""

import secrets
from collections.abc import Sequence

from devstack.postgres_databases import Role, create_database, create_role, drop_database, drop_role, new_role
from shared.runtime.migrate import migrate


class Databases:
    """Makes databases on one server. Migrations run once; what they made is the template that each test gets a copy of.

    A name stands for a service: all databases of one name have the same role for an owner, as the service has one role.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._run = secrets.token_hex(4)  # keeps two runs on one given server apart
        self._count = 0
        self._roles: dict[str, Role] = {}
        self._templates: dict[tuple[str, tuple[str, ...]], str] = {}
        self._in_use: set[str] = set()

    async def create(self, name: str, packages: Sequence[str] | None) -> str:
        """The owner's URL of a new database, with the migrations of the runtime and `packages`; empty for None."""
        owner = await self._owner(name)
        template = "template1" if packages is None else await self._template(name, tuple(packages))
        database = self._new_name(name)
        self._in_use.add(database)
        return await create_database(self._server, database, owner=owner, template=template)

    async def drop_all(self) -> None:
        """Drops the databases made since the last call, with whoever is still in them."""
        while self._in_use:
            await drop_database(self._server, self._in_use.pop())

    async def close(self) -> None:
        """Leaves the server as it was."""
        await self.drop_all()
        for template in self._templates.values():
            await drop_database(self._server, template)
        for role in self._roles.values():
            await drop_role(self._server, role)

    async def _owner(self, name: str) -> Role:
        if name not in self._roles:
            role = new_role(f"test_{self._run}_{name}")
            await create_role(self._server, role)
            self._roles[name] = role
        return self._roles[name]

    async def _template(self, name: str, packages: tuple[str, ...]) -> str:
        key = name, packages
        if key not in self._templates:
            database = self._new_name(name)
            url = await create_database(self._server, database, owner=self._roles[name])
            await migrate(url, packages)
            self._templates[key] = database
        return self._templates[key]

    def _new_name(self, name: str) -> str:
        self._count += 1
        return f"test_{self._run}_{name}_{self._count}"
