"""What a statement touches, by PostgreSQL's own count."""

import json
from collections.abc import Iterator
from typing import Any

from shared.runtime.postgres import Connection

Plan = dict[str, Any]


async def explain(connection: Connection, statement: str, *arguments: object) -> Plan:
    """How the statement was carried out; what it did is undone."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        text = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    finally:
        await transaction.rollback()
    plan: Plan = json.loads(text)[0]["Plan"]
    return plan


def buffers(plan: Plan) -> int:
    """The pages that it touched."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def nodes(plan: Plan) -> Iterator[Plan]:
    """The steps of the plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def reads_all_of(plan: Plan, table: str) -> bool:
    """Whether the table is read from one end to the other."""
    return any(node["Node Type"] == "Seq Scan" and node["Relation Name"] == table for node in nodes(plan))
