"""Nothing secret and nothing personal stands where it must not: a person's life, and then a search everywhere.

Topics, logs, metrics, dead letters, outboxes and every table are searched for each address, password and token that was
used, as text and in the forms in which bytes are written.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from devstack.system import System
from shared.contracts.topics import ACCOUNTS_ACCOUNT, dead_letter_topic
from tests.e2e.conftest import running
from tests.e2e.person import Person
from tests.security.spellings import forms
from tests.waiting import until

DEAD_LETTERS = dead_letter_topic("notifications").name
BURIED = "halina.dudek@example.org"
ADDRESSES_ALLOWED = {("accounts", "accounts"), ("accounts", "email_changes"), ("notifications", "contacts")}
"""The tables that hold addresses in clear: what else could be written to, or signed in with."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    settings = {"DZWONEK_ASK_AGAIN_SECONDS": "0"}
    folder = tmp_path_factory.mktemp("system")
    with running(System(folder, durable=False, settings=settings, guest=True)) as system:
        yield system


async def live(person: Person, system: System) -> None:
    """Everything that makes or shows a secret, with mistakes in between."""
    await person.register()
    await person.activate()
    await person.mail("welcome")
    wrong = {"email": person.email, "password": "zle haslo ktorego nie ma"}
    person.secrets.add(wrong["password"])
    await person.call("POST", "sessions", wrong, 401)
    await person.sign_in()
    await person.client.get("/guest/api/v1/me", headers=person.bearer)
    await person.reset_password("piec zoltych tramwajow")
    await person.sign_in()
    await person.change_email("halina.sowa@example.org")
    await person.mail("email_changed_here")
    app = await person.switch_on_second_factor()
    await person.mail("second_factor_changed")
    for path in ("/activate/", "/password/reset/", "/email/confirm/"):
        for token in [secret for secret in person.secrets if len(secret) == 43]:
            await person.client.get(f"{path}{token}?lang=en", headers={"Accept": "text/html"})
    assert app.secret in person.secrets


async def leave_a_dead_letter(system: System) -> None:
    """A record of an event whose data is wrong, and holds a secret in clear in each place that is looked at."""
    producer = AIOKafkaProducer(bootstrap_servers=system.kafka.bootstrap)
    await producer.start()
    try:
        headers = [("ce_type", b"pl.dzwonek.account.registered.v1"), ("ce_id", BURIED.encode())]
        value = json.dumps({"language": BURIED, BURIED: BURIED, "sealed_email": BURIED}).encode()
        await producer.send_and_wait(ACCOUNTS_ACCOUNT.name, value, key=BURIED.encode(), headers=headers)
    finally:
        await producer.stop()
    await until(lambda: _records(system, DEAD_LETTERS), seconds=60)


async def test_no_secret_stands_where_it_must_not(system: System, person: Person) -> None:
    await live(person, system)
    places = {
        **await topics(system),
        **await tables(system),
        **await metrics(system),
        **logs(system.folder / "logs"),
    }
    assert len(places) > 30, sorted(places)
    found = {
        (place, secret)
        for place, content in places.items()
        for secret in person.secrets
        if any(form in content for form in forms(secret))
    }
    assert ("table notifications.contacts", person.email) in found  # what may be found is found
    assert [one for one in sorted(found) if not allowed(*one)] == []


async def test_a_record_that_cannot_be_read_is_kept_among_the_dead_letters_and_quoted_nowhere(system: System) -> None:
    await leave_a_dead_letter(system)
    places = {**await topics(system), **await tables(system), **await metrics(system), **logs(system.folder / "logs")}
    found = {place for place, content in places.items() for form in forms(BURIED) if form in content}
    assert found == {f"topic {ACCOUNTS_ACCOUNT.name}", f"topic {DEAD_LETTERS}"}


def allowed(place: str, secret: str) -> bool:
    """Whether the table may hold the address."""
    kind, _, name = place.partition(" ")
    return kind == "table" and "@" in secret and tuple(name.split(".")) in ADDRESSES_ALLOWED


async def topics(system: System) -> Mapping[str, bytes]:
    """Every record of every topic: key, headers and value."""
    admin = AIOKafkaAdminClient(bootstrap_servers=system.kafka.bootstrap)
    await admin.start()
    names = [name for name in await admin.list_topics() if not name.startswith("__")]
    await admin.close()
    return {f"topic {name}": await _records(system, name) for name in names}


async def _records(system: System, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=system.kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()  # without a group it is assigned all partitions
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        content = bytearray()
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    content += (record.key or b"") + b"\n" + (record.value or b"") + repr(record.headers).encode()
        return bytes(content)
    finally:
        await consumer.stop()


async def tables(system: System) -> Mapping[str, bytes]:
    """Every row of every table of every service, bytes as themselves."""
    content: dict[str, bytes] = {}
    for service, url in system.databases.items():
        connection = await asyncpg.connect(url)
        names = await connection.fetch("SELECT relname FROM pg_stat_user_tables")
        for (name,) in names:
            rows = await connection.fetch(f'SELECT * FROM "{name}"')  # noqa: S608 - the database's own tables
            cells = [cell for row in rows for cell in row.values()]
            written = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
            parent = name.partition("_y2")[0]
            content[f"table {service}.{parent}"] = content.get(f"table {service}.{parent}", b"") + b"\n".join(written)
        await connection.close()
    return content


async def metrics(system: System) -> Mapping[str, bytes]:
    """What each process tells Prometheus."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return {
            f"metrics {name}": (await client.get(f"{running.url}/metrics")).content
            for name, running in system.processes.items()
        }


def logs(folder: Path) -> Mapping[str, bytes]:
    """What each process has logged."""
    return {f"log {path.name}": path.read_bytes() for path in folder.iterdir()}
