"""The sender process: wires its parts and runs them until it is told to stop."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import structlog

from notifications import SERVICE
from notifications.dkim import Signer
from notifications.rendering import Renderer
from notifications.sender.connections import Connections
from notifications.sender.courier import Conditions, Courier
from notifications.sender.lane import Lane
from notifications.sender.letters import Letters
from notifications.sender.metrics import DOMAINS_PAUSED
from notifications.sender.presence import Presence
from notifications.sender.recorder import Recorder
from notifications.sender.store import ClaimLimits, QueueStore
from notifications.settings.sender import SenderSettings
from notifications.smtp.relay import Relay
from notifications.smtp.verp import Verp
from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.postgres import Pool, transient, with_fresh_plans
from shared.runtime.process import calm_garbage_collection, health_app, run_parts, serve
from shared.runtime.sealing import Unsealer
from shared.runtime.waiting import pause

log = structlog.get_logger()

RECORD_SECONDS = 5.0
"""How long the last outcomes may take to be written when all is sent; with the lanes' grace within the process's."""

_MEASURE_SECONDS = 15.0
_SLACK_SECONDS = 1.0
"""What a mail may take above its deadlines: the watch over them ticks."""


async def run_sender(settings: SenderSettings, stop: asyncio.Event) -> None:
    """Runs the sender until `stop`, and its health from the first moment on."""
    health = Health()
    sender = Sender(settings, health)
    database = settings.model_copy(update={"database_url": with_fresh_plans(settings.database_url)})

    async def sending(stop: asyncio.Event) -> None:
        async with open_database(database, SERVICE, health=health, stop=stop, process="sender") as pool:
            if pool:
                calm_garbage_collection()
                await sender.run(pool, stop)

    await run_parts(
        {"health": serve(health_app(health), host=settings.host, port=settings.port), "send": sending}, stop
    )


class Sender:
    """Sends what is queued, all lanes side by side. Making it reads and checks the secret files."""

    def __init__(self, settings: SenderSettings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._relay = Relay(settings.relay, settings.deadlines, connect_seconds=settings.smtp_connect_seconds)
        self._presence = Presence(self._relay)
        self._unsealer = Unsealer(settings.sealing_private_keys_file)
        self._letters = Letters(
            Renderer(settings.identity),
            self._unsealer,
            Verp.from_file(settings.verp_domain, settings.verp_key_file),
            _signer(settings),
        )

    async def run(self, pool: Pool, stop: asyncio.Event) -> None:
        """Sends until `stop`; then ends what is under way, gives back the rest and records it all."""
        settings = self._settings
        limits = ClaimLimits(settings.schools_per_claim, settings.domain_cap, settings.lease_seconds)
        store = QueueStore(pool, limits, self._unsealer, relay=str(settings.relay))
        recorder = Recorder(store)
        recording = asyncio.ensure_future(recorder.run())
        self._health.ready["outcomes"] = lambda: recorder.blocked
        self._health.ready["relay"] = lambda: self._presence.away
        lanes = self._lanes(store, recorder, stop)
        self._health.waiting_for = None
        try:
            async with asyncio.TaskGroup() as group:
                beside = [
                    group.create_task(_measure(store, stop)),
                    group.create_task(self._presence.watch(lambda: any(lane.knows_relay for lane in lanes), stop)),
                ]
                running = [group.create_task(lane.run(stop)) for lane in lanes]
                await _all_or_first(running, recording)
                for task in beside:
                    task.cancel()
        finally:
            recorder.finish()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(recording, RECORD_SECONDS)

    def _lanes(self, store: QueueStore, recorder: Recorder, stop: asyncio.Event) -> list[Lane]:
        settings = self._settings
        conditions = Conditions(
            may_send=lambda: not stop.is_set() and recorder.blocked is None,
            still_held=store.still_held,
            mail_seconds=settings.smtp_envelope_seconds + settings.smtp_content_seconds + _SLACK_SECONDS,
            lease_seconds=settings.lease_seconds,
        )
        return [
            self._lane(name, couriers, store=store, recorder=recorder, conditions=conditions)
            for name, couriers in settings.connections.items()
        ]

    def _lane(self, name: str, couriers: int, *, store: QueueStore, recorder: Recorder, conditions: Conditions) -> Lane:
        connections = Connections(
            self._relay,
            name,
            presence=self._presence,
            mails_per_connection=self._settings.mails_per_connection,
            idle_seconds=self._settings.connection_idle_seconds,
        )
        lane = Lane(
            name,
            couriers=couriers,
            claim=store.claim,
            claim_size=self._settings.claim_size,
            courier=Courier(connections, self._letters, conditions),
            connections=connections,
            recorder=recorder,
        )
        self._health.ready[f"relay for {name}"] = lambda: connections.away
        self._health.live[f"lane {name}"] = lane.stalled
        return lane


def _signer(settings: SenderSettings) -> Signer | None:
    """Who signs the mails, if not the relay does."""
    domain, selector, key_file = settings.dkim_domain, settings.dkim_selector, settings.dkim_key_file
    if settings.relay_signs_dkim or not (domain and selector and key_file):
        log.info("mails_not_signed", relay_signs=settings.relay_signs_dkim)
        return None
    log.info("mails_signed", domain=domain, selector=selector)
    return Signer.from_file(domain, selector, key_file)


async def _all_or_first(lanes: Sequence["asyncio.Task[None]"], recording: "asyncio.Future[None]") -> None:
    """Returns when all lanes have ended. Raises when the recorder ends before: without it nothing may be sent."""
    ended = asyncio.gather(*lanes)
    both: set[asyncio.Future[Any]] = {ended, recording}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        ended.cancel()
        recording.result()
        raise RuntimeError("the recorder has ended before the lanes")
    ended.result()


async def _measure(store: QueueStore, stop: asyncio.Event) -> None:
    """Keeps the metric of paused domains up to date until `stop`."""
    while not stop.is_set():
        try:
            DOMAINS_PAUSED.set(await store.paused_domains())
        except Exception as error:
            if not transient(error):
                raise
        await pause(stop, _MEASURE_SECONDS)
