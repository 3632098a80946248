"""Beside row 1: the same mails with Celery and Django, as they would be sent without much thought."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from bench.debian import libraries, runs, unpacked
from bench.effort import Effort
from bench.ground import Ground
from bench.mails import NOTICES, invented, ready_made
from bench.plan import NotMeasured
from devstack.ports import free_port
from devstack.process import Process, StartError
from shared.runtime.i18n import LANGUAGES

PYTHON = Path(".dzwonek") / "peer" / "bin" / "python"
"""The peer's own environment; `make bench PEER=1` makes it."""

REDIS = ("redis-server", "redis-tools", "libjemalloc2", "liblzf1")
SOURCES = tuple(str(Path(folder).absolute()) for folder in (".", "devstack/src"))
NUMBER = "{{ number }}"


async def celery_and_django(ground: Ground, *, count: int, processes: int) -> Effort:
    """What so many processes of a Celery worker take. Raises NotMeasured where the peer cannot be had."""
    templates, port = ground.folder / "peer", free_port()
    _write_templates(ground, templates)
    redis = _redis(ground, port)
    await redis.start()
    try:
        env = {
            "PYTHONPATH": ":".join(SOURCES),
            "PEER_TEMPLATES": str(templates),
            "PEER_REDIS": str(port),
            "PEER_SMTP": str((await ground.sink()).port),
        }
        command: list[str | Path] = [PYTHON, "-m", "bench.peers.celery_django", str(count), str(processes)]
        peer = Process("the peer", command, log=ground.log("peer"), env=env)
        await peer.start()
        if await peer.wait() != 0:
            raise StartError(f"the peer failed:\n{peer.tail()}")
        return Effort.from_line(peer.tail(1))
    finally:
        await redis.stop()


def _redis(ground: Ground, port: int) -> Process:
    if not PYTHON.exists():
        raise NotMeasured(f"the peer has no environment; make bench PEER=1 makes {PYTHON.parent.parent}")
    folder = unpacked("redis", REDIS)
    if folder is None:
        raise NotMeasured("Debian's package of Redis cannot be had, and the peer needs it")
    program = folder / "usr" / "bin" / "redis-server"
    env = libraries(folder)
    if not runs(program, env, "--version"):
        raise NotMeasured("Debian's Redis does not run here, and the peer needs it")
    command: list[str | Path] = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        ground.folder,
    ]
    return Process("Redis", command, log=ground.log("redis"), env=env)


def _write_templates(ground: Ground, folder: Path) -> None:
    """Django's templates of our mails: what is said in them and how it looks is the same."""
    folder.mkdir(exist_ok=True)
    mails = list(invented(len(NOTICES) * len(LANGUAGES), NOTICES))
    for mail, ready in zip(mails, ready_made(mails, ground.keys), strict=True):
        message = message_from_bytes(ready.content.encode(), EmailMessage, policy=policy.default)
        name = f"{mail.kind}.{mail.language}"
        (folder / f"{name}.subject").write_text(message["Subject"])
        for subtype, ending in (("plain", "txt"), ("html", "html")):
            part = message.get_body((subtype,))
            assert part is not None, "every mail has both bodies"  # noqa: S101
            (folder / f"{name}.{ending}").write_text(f"{part.get_content()}\n{NUMBER}\n")
