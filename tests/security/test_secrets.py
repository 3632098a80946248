"""Nothing secret and nothing personal stands where it must not: a person's life, and then a search everywhere.

Topics, logs, metrics, dead letters, outboxes and every table are searched for each address, password, token, code and
cookie that was used, as text and in the forms in which bytes are written. An app's codes are left out, because six
digits stand everywhere, and the ids of mails, by which topics and tables tell of them.
"""

import json
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaProducer

from devstack.system import System
from shared.contracts.topics import ACCOUNTS_ACCOUNT, dead_letter_topic
from tests.e2e.conftest import running
from tests.e2e.person import Person
from tests.security.life import ask_about, be_deleted, be_refused_a_mail, live
from tests.security.places import places, records, where
from tests.waiting import until

DEAD_LETTERS = dead_letter_topic("notifications").name
BURIED = "halina.dudek@example.org"
ADDRESSES_ALLOWED = {
    "table accounts.accounts",
    "table accounts.email_changes",
    "table notifications.contacts",
    "table notifications.suppressions",
}
"""What holds addresses in clear: what else could be written to, signed in with, or compared with that of a mail."""

SEALED_OR_SIGNED = b"eyJ"
"""How all JSON begins that was sealed or signed, also the tokens with which a service asks another."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    settings = {"DZWONEK_ASK_AGAIN_SECONDS": "0", "DZWONEK_SCHEDULER_SECONDS": "1"}
    folder = tmp_path_factory.mktemp("system")
    with running(System(folder, durable=False, settings=settings, guest=True)) as system:
        yield system


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
    await until(lambda: records(system, DEAD_LETTERS), seconds=60)


async def test_no_secret_stands_where_it_must_not(system: System, person: Person) -> None:
    mistyped = "halina.swoa@example.org"
    await live(person, system, email="halina.sowa@example.org", mistyped=mistyped)
    searched = await places(system)
    assert len(searched) > 30, sorted(searched)
    found = {(place, secret) for secret in person.secrets for place in where(secret, searched)}
    assert ("table notifications.contacts", person.email) in found  # what may be found is found
    assert ("table notifications.suppressions", mistyped) in found
    assert [one for one in sorted(found) if not allowed(*one)] == []
    said = [place for place in searched if place.startswith(("log ", "metrics "))]
    assert [place for place in said if SEALED_OR_SIGNED in searched[place]] == []


async def test_of_a_deleted_account_no_address_and_no_secret_is_left(system: System, person: Person) -> None:
    zofia, mistyped = someone_else(person, "zofia.lis@example.org"), "zofia.kurk@example.org"
    await live(zofia, system, email="zofia.kruk@example.org", mistyped=mistyped)
    searched = await places(system)
    assert where(zofia.email, searched) == {"table accounts.accounts", "table notifications.contacts"}
    assert where(mistyped, searched) == {"table notifications.suppressions"}
    await be_deleted(zofia, system)
    searched = await places(system)  # what is sealed cannot be found; it goes with the age of topics and archives
    assert {(place, secret) for secret in zofia.secrets for place in where(secret, searched)} == set()


async def test_operators_are_shown_no_address_but_those_without_a_mailbox(system: System, person: Person) -> None:
    jan, mistyped = someone_else(person, "jan.kot@example.org"), "jan.kto@example.org"
    await jan.register()
    await jan.activate()
    await jan.sign_in()
    await be_refused_a_mail(jan, system, mistyped)
    shown = await ask_about(jan, system)
    found = {(command, secret) for secret in jan.secrets for command in where(secret, shown)}
    assert found == {("suppressions list", mistyped)}


async def test_a_record_that_cannot_be_read_is_kept_among_the_dead_letters_and_quoted_nowhere(system: System) -> None:
    await leave_a_dead_letter(system)
    assert where(BURIED, await places(system)) == {f"topic {ACCOUNTS_ACCOUNT.name}", f"topic {DEAD_LETTERS}"}


def allowed(place: str, secret: str) -> bool:
    """Whether the place may hold the address."""
    return "@" in secret and place in ADDRESSES_ALLOWED


def someone_else(person: Person, email: str) -> Person:
    """With the same inbox at hand."""
    return Person(person.client, person.inbox, email, person.password)
