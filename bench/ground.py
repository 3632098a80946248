"""What all rows stand on: PostgreSQL that waits for the disk, Kafka, the sink, secrets; started when needed."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grades
from bench.effort import Effort
from bench.sink import Sink
from devstack.kafka import Kafka
from devstack.kafka_jars import kafka_version
from devstack.keys import Keys, write_keys
from devstack.module_process import ModuleProcess
from devstack.postgres import Postgres
from devstack.postgres_databases import create_database, create_role, new_role, superuser
from devstack.process import StartError
from shared.runtime.day_partitions import DayTable, keep_days
from shared.runtime.migrate import migrate
from shared.runtime.postgres import connect

PACKAGES = {"accounts": ("accounts",), "grades": grades.PACKAGES, "notifications": ("notifications",)}
DAYS = timedelta(days=90)
DAY_TABLES = {
    "accounts": (),
    "grades": (),
    "notifications": (
        DayTable("mails", "created_on", DAYS),
        DayTable("notices", "created_on", DAYS),
        DayTable("attempts", "started_on", DAYS),
    ),
}
ALL_OF_JAVA = ["-XX:TieredStopAtLevel=4", "-Xmx1g"]
"""The demo's Kafka is started to be small and soon there; this one is to be quick."""


class Ground:
    """The parts of one run, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: Keys = write_keys(folder / "keys")
        self._numbers = itertools.count(1)
        self._postgres: Postgres | None = None
        self._kafka: Kafka | None = None
        self._sink: Sink | None = None

    async def postgres(self) -> Postgres:
        """The server."""
        if self._postgres is None:
            self._postgres = Postgres(self.folder / "postgres")
            await self._postgres.start()
        return self._postgres

    async def checkpoint(self) -> None:
        """Leaves PostgreSQL with files for its log at hand, as it has after hours of work.

        A server that was started a minute ago makes each of them anew, and every commit waits for that.
        """
        async with superuser((await self.postgres()).url()) as connection:
            await connection.execute("CHECKPOINT", timeout=600)

    async def kafka(self) -> str:
        """The address of Kafka."""
        if self._kafka is None:
            self._kafka = Kafka(self.folder / "kafka", jvm_options=ALL_OF_JAVA)
            await self._kafka.start()
        return self._kafka.bootstrap

    async def sink(self) -> Sink:
        """The SMTP server."""
        if self._sink is None:
            self._sink = Sink(self.folder / "sink")
            await self._sink.start()
        return self._sink

    async def database(self, service: str) -> str:
        """A fresh database of a service, migrated and with its days, as a worker keeps them: its URL."""
        server = await self.postgres()
        role = new_role(f"{service}_{next(self._numbers)}")
        await create_role(server.url(), role)
        url = await create_database(server.url(), role.name, owner=role)
        await migrate(url, PACKAGES[service])
        connection = await connect(url, application="bench")
        try:
            for table in (*DAY_TABLES[service], DayTable("outbox_archive", "published_at", DAYS)):
                await keep_days(connection, table, days_ahead=1, now=datetime.now(UTC))
        finally:
            await connection.close()
        return url

    async def side(self, module: str, *arguments: str) -> Effort:
        """Runs a side that is a process of its own; what it says of its effort. Raises StartError when it fails."""
        log = self.log(module)
        process = ModuleProcess(module, module, arguments, log=log)
        await process.start()
        if await process.wait() != 0:
            raise StartError(f"{module} failed:\n{process.tail()}")
        return Effort.from_line(process.tail(1))

    def prefix(self) -> str:
        """Stands before topics and groups: a row sees nothing of another."""
        return f"row{next(self._numbers)}."

    def log(self, name: str) -> Path:
        """The log of a process."""
        return self.folder / "logs" / f"{name}.log"

    async def describe(self) -> str:
        """The parts that were started, in words."""
        words = [f"PostgreSQL {self._postgres.program.version} with fsync"] if self._postgres else []
        words += [f"Apache Kafka {kafka_version()}"] if self._kafka else []
        words += [self._sink.name] if self._sink else []
        return ", ".join(words)

    async def stop(self) -> None:
        """Ends all that was started."""
        parts: Sequence[Postgres | Kafka | Sink | None] = (self._sink, self._kafka, self._postgres)
        for part in parts:
            if part is not None:
                await part.stop()
