"""Imports of a test, and what they leave: rows, events, counts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.integration.accounts.rosters.export import Export

from accounts.rosters.importing import Report, Wishes, import_roster
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import Event, decode
from shared.runtime.postgres import Connection

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@dataclass
class Imports:
    """Imports into one database, one after the other."""

    connection: Connection
    folder: Path
    now: datetime = NOW
    told: list[tuple[str, int, int | None]] = field(default_factory=list)

    async def run(self, export: Export, wishes: Wishes | None = None) -> Report:
        """Imports the export; what it changed before is forgotten by `events`."""
        await self.connection.execute("DELETE FROM outbox")
        return await self.again(export, wishes)

    async def again(self, export: Export, wishes: Wishes | None = None) -> Report:
        """The same, with the events of before."""
        path = export.write(self.folder)
        return await import_roster(
            self.connection,
            path,
            wishes or Wishes(),
            now=self.now,
            progress=lambda stage, done, total: self.told.append((stage, done, total)),
        )

    async def events(self) -> Sequence[Event[Any]]:
        """The events of the last import, in the order of their rows."""
        rows = await self.connection.fetch("SELECT headers, value FROM outbox ORDER BY id")
        return [decode(CATALOGUE, json.loads(row["headers"]), row["value"]) for row in rows]

    async def events_of(self, kind: type) -> Sequence[Any]:
        """The data of the events of a type."""
        return [event.data for event in await self.events() if isinstance(event.data, kind)]


def counts(report: Report) -> Mapping[str, tuple[int, int, int, int]]:
    """By what is counted: created, changed, ended, unchanged."""
    assert report.differences is not None, report.findings.faults
    return {each.what: (each.created, each.changed, each.ended, each.unchanged) for each in report.differences.counts}


def found(report: Report) -> set[tuple[str | None, int | None, str | None, str]]:
    """The faults: file, row, column, code."""
    return {(fault.file, fault.row, fault.column, fault.code) for fault in report.findings.faults}
