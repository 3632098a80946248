"""The whole system on one machine: PostgreSQL, Kafka, an inbox, a gateway and the services, each a process.

Every process dies with this one, however it ends. Ports are free ones and the data lies in a folder of the run, so
that several systems stand side by side.
"""

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import httpx

from devstack.guest import PREFIX
from devstack.guest import SERVICE as GUEST
from devstack.kafka_cluster import KafkaCluster
from devstack.kafka_jars import Progress
from devstack.keys import Keys, write_keys
from devstack.mailbox import Mailbox
from devstack.module_process import ModuleProcess, preloaded
from devstack.ports import free_port
from devstack.postgres import Postgres
from devstack.postgres_databases import create_database, create_role, new_role
from devstack.process import Process, pss_of, until_ready
from devstack.service_command import run_command

SERVICES = ("accounts", "grades", "messaging", "notifications")
DEMO = {"DZWONEK_DEMO": "true"}
READY_SECONDS = 60.0
PROBE_SECONDS = 0.05
WATCH_SECONDS = 0.25


class EndedError(RuntimeError):
    """A part ended although nobody stopped it; the message ends with the last lines of its log."""


@dataclass
class Running:
    """A process of a service or the gateway, and the port of its HTTP side."""

    process: Process
    port: int

    @property
    def url(self) -> str:
        """Its HTTP side on loopback."""
        return f"http://127.0.0.1:{self.port}"


class System:
    """Starts and stops all parts. `folder` takes data, secrets and logs.

    Args:
        durable: whether PostgreSQL waits for the disk, as in production.
        settings: further `DZWONEK_` variables for the services.
        guest: whether a service is added that only tells who is signed in.
        brokers: how many nodes Kafka has.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        guest: bool = False,
        brokers: int = 1,
    ) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres", durable=durable)
        self.kafka = KafkaCluster(folder / "kafka", size=brokers)
        self.inbox = Mailbox(folder / "inbox")
        self.databases: dict[str, str] = {}
        self.processes: dict[str, Running] = {}
        self._settings = dict(settings or {})
        self._services = (*SERVICES, *([GUEST] if guest else []))
        self._gateway_port = free_port()

    @property
    def public_url(self) -> str:
        """Where a browser reaches everything."""
        return f"http://127.0.0.1:{self._gateway_port}"

    async def start(self, progress: Progress | None = None) -> None:
        """Starts everything and returns when all of it is ready. Raises StartError with the end of a log."""
        preloaded()
        keys = write_keys(self.folder / "keys")
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._start_databases())
            parts.create_task(self.kafka.start(progress))
            parts.create_task(self.inbox.start())
        self._prepare(keys)
        self._write_settings()
        async with asyncio.TaskGroup() as ready:
            for name in self.processes:
                ready.create_task(self.start_process(name))

    async def stop(self) -> None:
        """Stops everything: first what writes, then what it writes to."""
        await asyncio.gather(*(running.process.stop(grace=25) for running in self.processes.values()))
        await asyncio.gather(self.inbox.stop(), self.kafka.stop(), self.postgres.stop())

    async def start_process(self, name: str) -> None:
        """Starts one process and waits until it is ready."""
        await self.processes[name].process.start()
        await self.await_process(name)

    async def await_process(self, name: str) -> None:
        """Waits until a process that was started is ready. Raises StartError with the end of its log."""
        running = self.processes[name]
        # No certificates: loading them for each process would cost more than all the asking.
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # noqa: S501
            probe = running.url + self._probe(name)
            await until_ready(running.process, lambda: _answers(client, probe), seconds=READY_SECONDS)

    async def run(self, name: str, *command: str) -> str:
        """What a command of a service prints, run with the settings of one of its processes. Raises StartError."""
        service = name.rpartition("-")[0]
        log = self._log("-".join((service, *command[:2])))
        return await run_command(service, *command, log=log, env=self.processes[name].process.env)

    @property
    def settings_folder(self) -> Path:
        """Holds the settings of each process, `accounts-api.env` and the like, for a shell to read."""
        return self.folder / "settings"

    def parts(self) -> dict[str, Process]:
        """Every process of the started system."""
        servers = {"postgres": self.postgres.process, "inbox": self.inbox.process}
        brokers = {name: broker.process for name, broker in self.kafka.named.items()}
        return {**{name: running.process for name, running in self.processes.items()}, **servers, **brokers}

    def memory(self) -> dict[str, int]:
        """Bytes (proportional set size) of each part."""
        parts = {name: process.pss() for name, process in self.parts().items() if process.running}
        return {**parts, "libraries": pss_of(preloaded().pid)}

    async def watch(self) -> NoReturn:
        """Looks after the started system for as long as nobody stops it. Raises EndedError when a part ends."""
        parts = self.parts()
        while True:
            for name, process in parts.items():
                if not process.running:
                    log = process.tail() or "(empty)"
                    raise EndedError(f"{name} ended with code {process.exit_code}; its log:\n{log}")
            await asyncio.sleep(WATCH_SECONDS)

    async def _start_databases(self) -> None:
        await self.postgres.start()
        for service in self._services:
            role = new_role(service.rpartition(".")[2])
            await create_role(self.postgres.url(), role)
            self.databases[service] = await create_database(self.postgres.url(), role.name, owner=role)
        await asyncio.gather(*(self._migrate(service) for service in self._services))

    async def _migrate(self, service: str) -> None:
        """Runs the service's own command, as an operator would."""
        environment = {**DEMO, "DZWONEK_DATABASE_URL": self.databases[service]}
        log = self._log(f"{service}-migrate")
        await run_command(service, "migrate", log=log, env=environment)

    def _prepare(self, keys: Keys) -> None:
        """Describes the services' processes and the gateway; nothing is started yet."""
        kafka = {
            "DZWONEK_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "DZWONEK_KAFKA_REPLICATION": str(self.kafka.replication),
        }
        public = {"DZWONEK_PUBLIC_URL": self.public_url}
        sealing_private = {"DZWONEK_SEALING_PRIVATE_KEYS_FILE": str(keys.sealing_private)}
        ports = {"accounts-api": free_port(), "notifications-api": free_port()}
        accounts, notifications = (f"http://127.0.0.1:{port}" for port in ports.values())
        own = {
            ("accounts", "api"): {
                **public,
                "DZWONEK_SEALING_PUBLIC_KEY_FILE": str(keys.sealing_public),
                "DZWONEK_ACCOUNTS_SECRET_FILE": str(keys.accounts),
                "DZWONEK_ACCESS_KEYS_FILE": str(keys.access),
                "DZWONEK_EXPORT_SOURCES": f"notifications={notifications}/notifications/api/v1/me/export",
            },
            ("accounts", "worker"): kafka,
            ("grades", "worker"): kafka,
            ("messaging", "worker"): kafka,
            ("notifications", "api"): {**public, **self._jwks(accounts, "notifications")},
            ("notifications", "worker"): {**kafka, **sealing_private},
            ("notifications", "sender"): {**public, **sealing_private, **self._mail_settings(keys)},
        }
        if GUEST in self._services:
            own[GUEST, "serve"] = {**public, **kafka, **self._jwks(accounts, "guest")}
        for (service, process), settings in own.items():
            self._add(service, process, settings, ports.get(f"{service}-{process}") or free_port())
        self._add_gateway()

    def _add_gateway(self) -> None:
        routes = {"/": "accounts-api", "/notifications/": "notifications-api", f"{PREFIX}/": f"{GUEST}-serve"}
        arguments = ["--port", str(self._gateway_port)]
        for prefix, name in routes.items():
            if name in self.processes:
                session = ";session" if name == "accounts-api" else ""
                arguments += ["--route", f"{prefix}={self.processes[name].url}{session}"]
        self.processes["gateway"] = Running(
            ModuleProcess("gateway", "devstack.gateway", arguments, log=self._log("gateway")),
            self._gateway_port,
        )

    def _jwks(self, accounts: str, service: str) -> dict[str, str]:
        """Where a service gets the keys of access tokens, and keeps them."""
        return {
            "DZWONEK_JWKS_URL": f"{accounts}/.well-known/jwks.json",
            "DZWONEK_JWKS_CACHE_FILE": str(self.folder / service / "access-keys.json"),
        }

    def _write_settings(self) -> None:
        self.settings_folder.mkdir(mode=0o700, exist_ok=True)
        for name, running in self.processes.items():
            lines = [f"{variable}={shlex.quote(value)}\n" for variable, value in running.process.env.items()]
            (self.settings_folder / f"{name}.env").write_text("".join(lines))

    def _mail_settings(self, keys: Keys) -> dict[str, str]:
        return {
            "DZWONEK_SMTP_HOST": "127.0.0.1",
            "DZWONEK_SMTP_PORT": str(self.inbox.smtp_port),
            "DZWONEK_SMTP_TLS": "none",
            "DZWONEK_MAIL_FROM_ADDRESS": "noreply@dzwonek.example.org",
            "DZWONEK_MESSAGE_ID_DOMAIN": "dzwonek.example.org",
            "DZWONEK_VERP_DOMAIN": "bounces.dzwonek.example.org",
            "DZWONEK_VERP_KEY_FILE": str(keys.verp),
        }

    def _add(self, service: str, process: str, settings: Mapping[str, str], port: int) -> None:
        name = f"{service}-{process}"
        environment = {
            **DEMO,
            "DZWONEK_DATABASE_URL": self.databases[service],
            "DZWONEK_PORT": str(port),
            **settings,
            **self._settings,
        }
        running = ModuleProcess(name, service, [process], log=self._log(name), env=environment)
        self.processes[name] = Running(running, port)

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    @staticmethod
    def _probe(name: str) -> str:
        return "/livez" if name == "gateway" else "/readyz"


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        answer = await client.get(url, timeout=2)
    except httpx.TransportError:
        await asyncio.sleep(PROBE_SECONDS)
        return False
    return answer.is_success
