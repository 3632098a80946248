"""The peer: Celery takes a task for each mail from Redis, Django renders it and sends it over a connection of its own.

Runs in the environment of requirements.txt, not in the project's.

usage: python -m bench.peers.celery_django COUNT PROCESSES      (the rest by PEER_TEMPLATES, PEER_REDIS, PEER_SMTP)
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django
from celery import Celery
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from redis import Redis

from bench.effort import Effort, cpu_seconds
from devstack.process import descendants_of

LOOK_SECONDS = 0.02
START_SECONDS = 60.0
QUEUE, HELD = "celery", "unacked"
TEMPLATES, REDIS_PORT, SMTP_PORT = (os.environ.get(f"PEER_{name}", "0") for name in ("TEMPLATES", "REDIS", "SMTP"))

settings.configure(
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(SMTP_PORT),
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [TEMPLATES]}],
)
django.setup()
app: Any = Celery("peer", broker=f"redis://127.0.0.1:{REDIS_PORT}/0")


def send(mail: str, number: int) -> None:
    """Renders one mail and sends it."""
    facts = {"number": number}
    subject, text = (render_to_string(f"{mail}.{part}", facts).strip() for part in ("subject", "txt"))
    letter = EmailMultiAlternatives(subject, text, "noreply@dzwonek.example.org", [f"parent{number}@poczta.example"])
    letter.attach_alternative(render_to_string(f"{mail}.html", facts), "text/html")
    letter.send()


task: Any = app.task(send, name="send", ignore_result=True)


def main(count: int, processes: int) -> Effort:
    """Puts all mails into the queue, then lets workers at it; the time begins with the first that is taken out."""
    mails = sorted(path.stem for path in Path(TEMPLATES).glob("*.subject"))
    for number in range(count):
        task.delay(mails[number % len(mails)], number)
    redis = Redis(port=int(REDIS_PORT))
    command = ["worker", "--concurrency", str(processes), "--without-gossip", "--without-mingle", "--loglevel", "error"]
    with subprocess.Popen([sys.executable, "-m", "celery", "-A", __spec__.name, *command]) as worker:
        try:
            return _watched(redis, worker, count)
        finally:
            worker.terminate()


def _watched(redis: Any, worker: "subprocess.Popen[bytes]", count: int) -> Effort:  # noqa: ANN401 - untyped library
    deadline = time.monotonic() + START_SECONDS
    while redis.llen(QUEUE) == count:
        if time.monotonic() > deadline:
            raise SystemExit("the worker has not begun")
        time.sleep(LOOK_SECONDS)
    pids = [worker.pid, *descendants_of(worker.pid)]
    began, cpu = time.perf_counter(), sum(map(cpu_seconds, pids))
    while redis.llen(QUEUE) or redis.hlen(HELD):
        time.sleep(LOOK_SECONDS)
    return Effort(count, time.perf_counter() - began, sum(map(cpu_seconds, pids)) - cpu)


if __name__ == "__main__":
    print(main(int(sys.argv[1]), int(sys.argv[2])).line())
