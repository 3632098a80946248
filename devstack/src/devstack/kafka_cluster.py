"""Several Kafka nodes that are one Kafka, or one that is alone."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from devstack.kafka import Kafka
from devstack.kafka_jars import Progress
from devstack.kafka_settings import REPLICAS, Node
from devstack.kafka_storage import new_id
from devstack.ports import free_port


class KafkaCluster:
    """Nodes that start and stop together. With three, each record lies on all of them, and one may be away.

    Args:
        folder: where settings, data and logs go, a folder for each node if there are several.
        size: how many nodes.
    """

    def __init__(self, folder: Path, *, size: int = 1) -> None:
        places = {number: folder / str(number) if size > 1 else folder for number in range(1, size + 1)}
        nodes = [
            Node(id=number, port=free_port(), controller_port=free_port(), data=place / "data")
            for number, place in places.items()
        ]
        cluster_id = new_id()
        self.brokers = [Kafka(places[node.id], node=node, voters=nodes, cluster_id=cluster_id) for node in nodes]

    @property
    def bootstrap(self) -> str:
        """The addresses for clients."""
        return ",".join(broker.bootstrap for broker in self.brokers)

    @property
    def replication(self) -> int:
        """How many copies of a record there can be."""
        return min(len(self.brokers), REPLICAS)

    @property
    def named(self) -> Mapping[str, Kafka]:
        """The nodes: `kafka`, or `kafka-1` and so on."""
        if len(self.brokers) == 1:
            return {"kafka": self.brokers[0]}
        return {f"kafka-{broker.node.id}": broker for broker in self.brokers}

    async def start(self, progress: Progress | None = None) -> None:
        """Starts all nodes and returns once each answers. Raises as `Kafka.start` does."""
        await asyncio.gather(*(broker.start(progress) for broker in self.brokers))

    async def stop(self) -> None:
        """Ends all of them at once: the last one could not end in good order alone."""
        await asyncio.gather(*(broker.stop() for broker in self.brokers))
