"""A Kafka node's data folder, made ready for its first start ("formatted")."""

import base64
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from devstack.cache import cache_folder, publish, workplace
from devstack.kafka_jars import jars_digest, kafka_version
from devstack.kafka_java import Java
from devstack.kafka_settings import JVM_OPTIONS, Node, class_path, properties
from devstack.process import Process, StartError

META = "meta.properties"


def new_id() -> str:
    """An id in Kafka's form: 128 bits in URL-safe base64, not beginning with a dash."""
    while True:
        text = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        if not text.startswith("-"):
            return text


async def format_storage(node: Node, cluster_id: str, java: Java, jars: Sequence[Path]) -> None:
    """Fills the node's data folder.

    Kafka's own tool takes a second for it, so it is run once per version, and what it made is copied.
    """
    template = await storage_template(java, jars)
    shutil.copytree(template, node.data)
    meta = {"version": 1, "cluster.id": cluster_id, "node.id": node.id, "directory.id": new_id()}
    (node.data / META).write_text("".join(f"{name}={value}\n" for name, value in meta.items()))


async def storage_template(java: Java, jars: Sequence[Path]) -> Path:
    """The data folder to copy, made by Kafka's own tool if the user's cache does not hold it."""
    cache = cache_folder("kafka", kafka_version())
    template = cache / f"template-{jars_digest()}"
    if not (template / META).is_file():
        with workplace(cache) as place:
            node = Node(id=1, port=1, controller_port=2, data=place / "data")
            settings = place / "server.properties"
            settings.write_text(properties(node, [node]))
            tool = ["kafka.tools.StorageTool", "format", "-t", new_id(), "-c", str(settings)]
            command: list[str | Path] = [java.program, *JVM_OPTIONS, "-cp", class_path(jars), *tool]
            formatting = Process("Kafka's format", command, log=place / "format.log")
            await formatting.start()
            try:
                code = await formatting.wait()
            finally:
                await formatting.kill()
            if code:
                raise StartError(f"Kafka's format ended with code {code}; its log:\n{formatting.tail()}")
            publish(node.data, template)
    return template
