"""`topics` makes what is missing, for one who prepares everything before the first process starts."""

import os
import subprocess
import sys

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.runtime.kafka import topics_of


def topics(service: str, bootstrap: str, prefix: str) -> "subprocess.CompletedProcess[str]":
    settings = {"DZWONEK_KAFKA_BOOTSTRAP": bootstrap, "DZWONEK_KAFKA_PREFIX": prefix}
    command = [sys.executable, "-m", service, "topics"]
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", ["accounts", "grades", "messaging", "notifications"])
async def test_it_makes_every_topic_of_the_service_and_again_changes_nothing(
    service: str, kafka_bootstrap: str, kafka_prefix: str
) -> None:
    wanted = {kafka_prefix + topic.name for topic in topics_of(service)}
    for _ in range(2):
        done = topics(service, kafka_bootstrap, kafka_prefix)
        assert (done.returncode, done.stdout) == (0, f"{len(wanted)} topics are there.\n")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        assert wanted <= set(await admin.list_topics())
    finally:
        await admin.close()


def test_without_kafka_it_says_so_in_one_line() -> None:
    done = topics("accounts", "127.0.0.1:1", "")
    assert done.returncode == 3
    assert done.stderr == "Kafka cannot be reached (KafkaConnectionError): check DZWONEK_KAFKA_BOOTSTRAP\n"
