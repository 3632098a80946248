"""What a Kafka node is told: its properties, its logging and the options of its JVM."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPLICAS = 3
JVM_OPTIONS = (
    "-Xms64m",
    "-Xmx256m",
    "-XX:+UseSerialGC",  # one small heap: starts sooner and takes less than the collectors for servers
    "-XX:TieredStopAtLevel=1",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
)

# Shut down by Kafka itself, else the last lines of a stop would be missing.
LOGGING = """\
<Configuration shutdownHook="disable">
  <Appenders>
    <Console name="log"><PatternLayout pattern="%d{ISO8601} %-5p %m (%c{1})%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="INFO"><AppenderRef ref="log"/></Root>
  </Loggers>
</Configuration>
"""


@dataclass(frozen=True)
class Node:
    """One Kafka server, broker and controller in one."""

    id: int
    port: int
    controller_port: int
    data: Path


def properties(node: Node, voters: Sequence[Node]) -> str:
    """The node's `server.properties`; `voters` are all nodes of the cluster, itself among them.

    With fewer than three nodes everything has one replica, with three or more it has three, of which two must agree.
    """
    replicas, in_sync = (REPLICAS, REPLICAS - 1) if len(voters) >= REPLICAS else (1, 1)
    client = f"PLAINTEXT://127.0.0.1:{node.port}"
    settings: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": node.id,
        "controller.quorum.voters": ",".join(f"{voter.id}@127.0.0.1:{voter.controller_port}" for voter in voters),
        "listeners": f"{client},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": client,
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": node.data,
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "group.initial.rebalance.delay.ms": 0,
        # A broker that was killed comes back 8 s sooner than with Kafka's own figures.
        "broker.heartbeat.interval.ms": 500,
        "broker.session.timeout.ms": 3000,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 4,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
    for topic in ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic"):
        settings[f"{topic}.replication.factor"] = replicas
        settings[f"{topic}.num.partitions"] = 1
    for topic in ("transaction.state.log", "share.coordinator.state.topic"):
        settings[f"{topic}.min.isr"] = in_sync
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def class_path(jars: Sequence[Path]) -> str:
    """The jars in an order that never changes, without which a class archive does not fit."""
    return ":".join(str(jar) for jar in sorted(jars))
