"""Days of mails that are kept no longer: whether they go by themselves while the system works."""

from datetime import UTC, datetime, timedelta

from bench.ground import DAY_TABLES
from devstack.system import System
from shared.runtime.day_partitions import keep_days, partition_name
from shared.runtime.postgres import Connection

AGO = timedelta(days=800)
"""Longer than anything is kept."""

PARTITIONS = """
SELECT count(*) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = ANY ($1::regclass[]) AND relname = ANY ($2)
"""
TABLES = [table.name for table in DAY_TABLES["notifications"]]


async def begin_old_days(system: System, connection: Connection) -> None:
    """Makes them, and has the worker begin anew, which looks for them at its start and every hour."""
    for table in DAY_TABLES["notifications"]:
        await keep_days(connection, table, days_ahead=0, now=datetime.now(UTC) - AGO)
    if await _there(connection) != len(TABLES):
        raise RuntimeError("the old days could not be made")
    await system.processes["notifications-worker"].process.stop()
    await system.start_process("notifications-worker")


async def are_gone(connection: Connection) -> bool:
    """Whether none of them is left."""
    return await _there(connection) == 0


async def _there(connection: Connection) -> int:
    day = (datetime.now(UTC) - AGO).date()
    names = [partition_name(table, day) for table in TABLES]
    return int(await connection.fetchval(PARTITIONS, TABLES, names))
