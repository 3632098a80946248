"""The consuming part of a worker: waits for Kafka, consumes until told to stop, tries parked events again."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog
from aiokafka.errors import KafkaError

from shared.contracts.topics import Topic
from shared.runtime.consumer import Handlers, Inbox
from shared.runtime.health import Health
from shared.runtime.kafka import BEGIN_SECONDS, await_kafka, create_producer, is_member, kafka_answers, watching_kafka
from shared.runtime.postgres import Pool, transient
from shared.runtime.process import Part, run_parts
from shared.runtime.settings import KafkaSettings
from shared.runtime.subscriber import Subscriptions
from shared.runtime.waiting import pause, unless
from shared.runtime.watchdog import Watchdog

log = structlog.get_logger()
PARKED_RETRY = timedelta(seconds=5)


def consuming(
    settings: KafkaSettings,
    service: str,
    *,
    pool: Pool,
    handlers: Handlers,
    groups: Mapping[str, Sequence[Topic]],
    health: Health,
) -> Part:
    """Consumes `groups` (topics by lane) and the service's own retries through `handlers`."""
    inbox = Inbox(pool, handlers)

    async def running(stop: asyncio.Event) -> None:
        if not await await_kafka(settings, service, health, stop):
            return
        producer = create_producer(settings)
        await unless(stop, producer.start(), grace=BEGIN_SECONDS)
        subscriptions = Subscriptions(settings, service, inbox, producer)
        for name, topics in groups.items():
            subscriptions.add(name, topics)
        subscriptions.add_retries()
        watchdog = Watchdog(subscriptions, partial(kafka_answers, settings), partial(is_member, settings))
        health.live["consumers"] = watchdog.stalled
        try:
            await subscriptions.broker.start()
            health.waiting_for = None
            kafka = watching_kafka(settings, service, health)
            await run_parts({"watchdog": watchdog.run, "parked": _parked(inbox), "kafka": kafka}, stop)
        finally:
            await subscriptions.broker.stop()
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(producer.stop(), 5)

    return running


def _parked(inbox: Inbox) -> Part:
    async def running(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await inbox.retry_parked(older_than=PARKED_RETRY)
                await inbox.measure_parked()
            except Exception as error:
                if not transient(error):
                    raise
                log.warning("parked_postponed", error=type(error).__name__)
            await pause(stop, PARKED_RETRY.total_seconds())

    return running
