"""A sender at work on a real database and a real SMTP server, and what the tests put into its queue."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence, Sized
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from asyncpg import Record
from tests.waiting import until

from notifications.sender.run import Sender
from notifications.settings.sender import SenderSettings
from shared.runtime.events import new_id
from shared.runtime.health import Health
from shared.runtime.postgres import Pool, create_pool, with_fresh_plans
from shared.runtime.sealing import Sealer, Unsealer

NO_SCHOOL = UUID(int=0)
NOW = timedelta(0)
DAYS = timedelta(days=4)
TOKEN = "secret-token-of-the-test"


@dataclass
class SenderWorld:
    """Queues mails and looks at what becomes of them."""

    url: str
    pool: Pool
    sealer: Sealer
    unsealer: Unsealer
    settings: dict[str, Any]
    health: list[Health] = field(default_factory=list)

    async def queue(
        self,
        *addresses: str,
        kind: str = "welcome",
        lane: str = "direct",
        school: UUID = NO_SCHOOL,
        district: UUID | None = None,
        due: timedelta = NOW,
        ends: timedelta = DAYS,
        state: str = "active",
    ) -> list[UUID]:
        """Queues a mail to each address, from now on by these times; every address is somebody's with a contact."""
        now = datetime.now(UTC)
        rows = [(address, new_id(), new_id(), new_id(), new_id()) for address in addresses]
        token = self.sealer.seal(TOKEN) if kind.startswith("activation") else None
        params = {
            "terms_version": "2026-09-01",
            "expires_at": (now + timedelta(days=14)).isoformat(),
            "requested_at": now.isoformat(),
            "changed_at": now.isoformat(),
        }
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.executemany(
                "INSERT INTO contacts (account_id, version, state, language, address, domain, updated_at)"
                " VALUES ($1, 1, $2, 'pl', $3, split_part(lower($3), '@', 2), now())",
                [(account, state, address) for address, account, *_ in rows],
            )
            await connection.executemany(
                "INSERT INTO mails (mail_id, created_on, account_id, lane, kind, school_id, thread_id, created_at,"
                " district_id)"
                " VALUES ($1, $2, $3, $4, $5, nullif($6::uuid, $7::uuid), 'account-' || $3::uuid::text, $8, $9)",
                [
                    (mail, now.date(), account, lane, kind, school, NO_SCHOOL, now, district)
                    for _, account, mail, *_ in rows
                ],
            )
            await connection.executemany(
                "INSERT INTO notices (notice_id, created_on, mail_id, account_id, kind, event_id, event_type,"
                " event_time, dedup_key, params, sealed_token, created_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, 'test', $7, $8, $9, $10, $7)",
                [
                    (notice, now.date(), mail, account, kind, event, now, str(mail), json.dumps(params), token)
                    for _, account, mail, notice, event in rows
                ],
            )
            await connection.executemany(
                "INSERT INTO mail_queue (mail_id, created_on, lane, school_id, account_id, kind, domain, due_at,"
                " not_after, district_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                [
                    (
                        mail,
                        now.date(),
                        lane,
                        school,
                        account,
                        kind,
                        address.rpartition("@")[2],
                        now + due,
                        now + ends,
                        district,
                    )
                    for address, account, mail, *_ in rows
                ],
            )
            await connection.execute(
                "INSERT INTO queue_turns VALUES ($1, $2, $3, '-infinity') ON CONFLICT (lane, school_id) DO UPDATE"
                " SET next_due_at = EXCLUDED.next_due_at WHERE queue_turns.next_due_at > EXCLUDED.next_due_at",
                lane,
                school,
                now + due,
            )
        return [mail for _, _, mail, *_ in rows]

    async def queue_elsewhere(self, own_address: str, *, about: str, kind: str = "email_changed") -> UUID:
        """Queues a mail about somebody that goes to an address of its own."""
        [mail] = await self.queue(about, kind=kind, lane="security")
        sealed = self.sealer.seal(own_address)
        await self.pool.execute("UPDATE notices SET sealed_address = $2 WHERE mail_id = $1", mail, sealed)
        domain = own_address.rpartition("@")[2].lower()
        await self.pool.execute("UPDATE mail_queue SET domain = $2 WHERE mail_id = $1", mail, domain)
        return mail

    @asynccontextmanager
    async def sending(self, **settings: object) -> AsyncIterator[None]:
        """A sender at work; told to stop at the end, and waited for."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.send_until(stop, **settings))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, 20)

    async def send_until(self, stop: asyncio.Event, **settings: object) -> None:
        """Runs a sender with connections of its own until `stop`."""
        health = Health()
        self.health.append(health)
        async with await create_pool(with_fresh_plans(self.url), size=6) as pool:
            await Sender(SenderSettings(**{**self.settings, **settings}), health).run(pool, stop)

    def not_ready(self) -> dict[str, str]:
        """What the sender's readiness probe complains of."""
        return {name: why for health in self.health for name, why in health.failures(health.ready).items()}

    async def settled(self, *mails: UUID, seconds: float = 20) -> dict[UUID, str]:
        """What became of these mails, once none of them is queued any more."""

        async def all_settled() -> dict[UUID, str] | None:
            rows = await self.mails(*mails)
            states = {row["mail_id"]: row["state"] for row in rows}
            return states if "queued" not in states.values() else None

        return await until(all_settled, seconds=seconds)

    async def tried(self, mail: UUID, times: int = 1, *, seconds: float = 20) -> Sequence[Record]:
        """The attempts of a mail, once there are so many."""

        async def enough() -> Sequence[Record] | None:
            rows = await self.pool.fetch("SELECT * FROM attempts WHERE mail_id = $1 ORDER BY started_at", mail)
            return rows if len(rows) >= times else None

        return await until(enough, seconds=seconds)

    async def mails(self, *mails: UUID) -> Sequence[Record]:
        """The rows of these mails."""
        rows: Sequence[Record] = await self.pool.fetch("SELECT * FROM mails WHERE mail_id = ANY ($1)", list(mails))
        return rows

    async def queued(self, mail: UUID) -> Record | None:
        """The mail's place in the queue."""
        return await self.pool.fetchrow("SELECT * FROM mail_queue WHERE mail_id = $1", mail)

    async def events(self) -> list[dict[str, Any]]:
        """The data of the events in the outbox."""
        rows = await self.pool.fetch("SELECT value FROM outbox ORDER BY id")
        return [json.loads(row["value"]) for row in rows]

    async def domain(self, domain: str) -> Record | None:
        """The state of a domain that is in trouble."""
        return await self.pool.fetchrow("SELECT * FROM domain_states WHERE domain = $1", domain)

    async def make_due(self, *mails: UUID) -> None:
        """Lets time pass for these mails: they are due now."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("UPDATE mail_queue SET due_at = now() WHERE mail_id = ANY ($1)", list(mails))
            await connection.execute("UPDATE queue_turns SET next_due_at = now()")

    async def end_pause(self, domain: str) -> None:
        """Lets the pause of a domain pass."""
        await self.pool.execute("UPDATE domain_states SET paused_until = now() WHERE domain = $1", domain)


def settings_for(url: str, folder: Path, private_keys: Path, *, port: int) -> dict[str, Any]:
    """Settings of a sender that is quick to notice a silent relay."""
    key_file = folder / "verp.key"
    key_file.write_text("ab" * 32)
    return {
        "demo": True,  # for a relay without TLS
        "database_url": url,
        "public_url": "https://dzwonek.example.org",
        "sealing_private_keys_file": private_keys,
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_tls": "none",
        "smtp_connect_seconds": 2,
        "smtp_envelope_seconds": 1,
        "smtp_content_seconds": 1,
        "lease_seconds": 8,
        "mail_from_address": "noreply@dzwonek.example.org",
        "message_id_domain": "dzwonek.example.org",
        "verp_domain": "bounces.dzwonek.example.org",
        "verp_key_file": key_file,
    }


def addresses(count: int, domain: str = "szkola.example") -> list[str]:
    """So many people's addresses."""
    return [f"parent{number}@{domain}" for number in range(count)]


async def arrived(mails: Sized, count: int) -> None:
    """Returns when so many mails have arrived."""

    async def enough() -> bool:
        return len(mails) >= count

    await until(enough, seconds=30)


async def somebody_waits(pool: Pool) -> bool:
    """Whether a transaction waits for a lock that another holds."""
    return bool(await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))
