"""A Kafka server of our own: Apache Kafka itself, on loopback, with its data in the run's folder."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from devstack import kafka_archive
from devstack.kafka_jars import Progress, ensure_jars, jar_folder, kafka_jars
from devstack.kafka_java import Java, find_java
from devstack.kafka_settings import JVM_OPTIONS, LOGGING, Node, class_path, properties
from devstack.kafka_storage import format_storage, new_id
from devstack.ports import free_port
from devstack.process import Process, StartError, until_ready

READY_SECONDS = 60.0
ANSWER_MILLISECONDS = 3000


class Kafka:
    """One node, broker and controller in one. Its data outlives stop, kill and restart, and goes with the folder.

    It is alone unless it is told of others (see `KafkaCluster`).

    Topics are nobody's business here: they are made by whoever owns them.

    Args:
        folder: where settings, data and log go; made if it is not there.
        java: which Java to run on; by default the one that `find_java` finds.
        class_archive: whether to start from an archive of classes, and to have one made if there is none.
        jvm_options: for the JVM, on top of ours.
        node: which one it is, of `voters`, who are all nodes of the cluster that has this id.
    """

    def __init__(
        self,
        folder: Path,
        *,
        java: Java | None = None,
        class_archive: bool = True,
        jvm_options: Sequence[str] = (),
        node: Node | None = None,
        voters: Sequence[Node] = (),
        cluster_id: str | None = None,
    ) -> None:
        self.folder = folder
        self.java = java or find_java()
        self.node = node or Node(id=1, port=free_port(), controller_port=free_port(), data=folder / "data")
        self._voters = voters or [self.node]
        self._cluster_id = cluster_id or new_id()
        self.class_archive = class_archive
        self.jvm_options = list(jvm_options)
        self._process: Process | None = None
        self._archive_maker = kafka_archive.maker(folder / "archive.log")

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.node.port}"

    @property
    def process(self) -> Process:
        """The JVM. Raises RuntimeError before the first start."""
        if self._process is None:
            raise RuntimeError("Kafka was not started")
        return self._process

    async def start(self, progress: Progress | None = None) -> None:
        """Fetches what is missing, starts the server and returns once it answers a request for its metadata.

        Raises JarsMissingError, or StartError with the end of the log.
        """
        jars = await asyncio.to_thread(ensure_jars, kafka_jars(), jar_folder(), progress)
        await self._prepare(jars)
        archive = kafka_archive.archive_file(self.java, jars)
        archived = self.class_archive and archive.is_file()
        try:
            await self._run(jars, kafka_archive.use(archive, self.java) if archived else [])
        except StartError:
            if not archived:
                raise
            await self._run(jars, [])
            archive.unlink(missing_ok=True)  # it was at fault
        if self.class_archive and not archived and not self._archive_maker.running:
            await self._archive_maker.start()

    async def stop(self) -> None:
        """Ends it in good order."""
        await self._archive_maker.kill()
        if self._process is not None:
            await self._process.stop()

    async def kill(self) -> None:
        """Ends it at once (SIGKILL)."""
        await self.process.kill()

    async def restart(self) -> None:
        """Stops it, if it runs, and starts it again on the same port with the same data."""
        await self.stop()
        await self.start()

    def pause(self) -> None:
        """Freezes it (SIGSTOP)."""
        self.process.pause()

    def resume(self) -> None:
        """Lets it go on after `pause`."""
        self.process.resume()

    async def _prepare(self, jars: Sequence[Path]) -> None:
        """Writes the settings, and the data folder before the first start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "server.properties").write_text(properties(self.node, self._voters))
        (self.folder / "log4j2.xml").write_text(LOGGING)
        if not self.node.data.exists():
            await format_storage(self.node, self._cluster_id, self.java, jars)

    async def _run(self, jars: Sequence[Path], archive_options: Sequence[str]) -> None:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.xml'}"
        options = [*JVM_OPTIONS, logging, *archive_options, *self.jvm_options]
        broker = ["kafka.Kafka", str(self.folder / "server.properties")]
        command: list[str | Path] = [self.java.program, *options, "-cp", class_path(jars), *broker]
        self._process = Process("Apache Kafka", command, log=self.folder / "kafka.log", cwd=self.folder)
        await self._process.start()
        await until_ready(self._process, self._answers, seconds=READY_SECONDS)

    async def _answers(self) -> bool:
        """Whether it tells its metadata, asked only once its port is open: the client logs each refusal as an error."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.node.port)
        except ConnectionRefusedError:
            return False
        writer.close()
        client = AIOKafkaClient(bootstrap_servers=self.bootstrap, request_timeout_ms=ANSWER_MILLISECONDS)
        try:
            await client.bootstrap()
            return bool(client.cluster.brokers())
        except KafkaError:
            return False
        finally:
            await client.close()
