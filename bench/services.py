"""The processes of the services as they are in production, but for what only a demo may do: a relay without TLS."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from bench.ground import Ground
from bench.sink import Sink
from devstack.module_process import ONE_HEAP
from devstack.ports import free_port
from devstack.process import Process, until_ready
from notifications.dkim import Signer
from notifications.rendering import SenderIdentity

READY_SECONDS = 60.0
PUBLIC_URL = "https://dzwonek.example.org"
IDENTITY = SenderIdentity(
    public_url=PUBLIC_URL,
    from_name="Dzwonek",
    from_address="noreply@dzwonek.example.org",
    message_id_domain="dzwonek.example.org",
)
VERP_DOMAIN = "bounces.dzwonek.example.org"
DKIM_DOMAIN, DKIM_SELECTOR = "dzwonek.example.org", "bench"


@asynccontextmanager
async def sender(
    ground: Ground, database: str, *, signed: bool = False, sink: Sink | None = None
) -> AsyncIterator[Process]:
    """A sender at work, which sends to the ground's sink unless to another."""
    sink = sink or await ground.sink()
    env = {
        "DZWONEK_DATABASE_URL": database,
        "DZWONEK_PUBLIC_URL": PUBLIC_URL,
        "DZWONEK_SEALING_PRIVATE_KEYS_FILE": str(ground.keys.sealing_private),
        "DZWONEK_SMTP_HOST": "127.0.0.1",
        "DZWONEK_SMTP_PORT": str(sink.port),
        "DZWONEK_SMTP_TLS": "none",
        "DZWONEK_MAIL_FROM_ADDRESS": IDENTITY.from_address,
        "DZWONEK_MESSAGE_ID_DOMAIN": IDENTITY.message_id_domain,
        "DZWONEK_VERP_DOMAIN": VERP_DOMAIN,
        "DZWONEK_VERP_KEY_FILE": str(ground.keys.verp),
        **(_signing(ground) if signed else {}),
    }
    async with _running(ground, "notifications", "sender", env) as process:
        yield process


@asynccontextmanager
async def worker(ground: Ground, service: str, database: str, *, prefix: str) -> AsyncIterator[Process]:
    """A worker at work: that of accounts relays, that of notifications consumes and relays."""
    env = {
        "DZWONEK_DATABASE_URL": database,
        "DZWONEK_KAFKA_BOOTSTRAP": await ground.kafka(),
        "DZWONEK_KAFKA_PREFIX": prefix,
    }
    if service == "notifications":
        env["DZWONEK_SEALING_PRIVATE_KEYS_FILE"] = str(ground.keys.sealing_private)
    async with _running(ground, service, "worker", env) as process:
        yield process


def signer(ground: Ground) -> Signer:
    """Who signs, as a signing sender does."""
    return Signer.from_file(DKIM_DOMAIN, DKIM_SELECTOR, ground.keys.dkim)


def _signing(ground: Ground) -> Mapping[str, str]:
    return {
        "DZWONEK_DKIM_KEY_FILE": str(ground.keys.dkim),
        "DZWONEK_DKIM_DOMAIN": DKIM_DOMAIN,
        "DZWONEK_DKIM_SELECTOR": DKIM_SELECTOR,
    }


@asynccontextmanager
async def _running(ground: Ground, service: str, command: str, env: Mapping[str, str]) -> AsyncIterator[Process]:
    name, port = f"{service}-{command}", free_port()
    settings = {"DZWONEK_DEMO": "true", "DZWONEK_PORT": str(port), "DZWONEK_LOG_LEVEL": "warning", **env}
    # Not a fork of an interpreter with the libraries of every service: its memory is measured.
    command_line = [sys.executable, "-m", service, command]
    process = Process(name, command_line, log=ground.log(name), env={**ONE_HEAP, **settings})
    await process.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False) as client:  # noqa: S501 - plain http on loopback: loading certificates takes longer than asking

            async def ready() -> bool:
                try:
                    return (await client.get("/readyz", timeout=2)).is_success
                except httpx.TransportError:
                    return False

            await until_ready(process, ready, seconds=READY_SECONDS)
        yield process
    finally:
        await process.stop(grace=25)
