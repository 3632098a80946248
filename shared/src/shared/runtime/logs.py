"""Logs: one JSON object per line on standard output. Nothing secret and nothing personal is ever put into one.

Of an exception only its type and where it came from are logged: its message may quote the value that was wrong. Of a
group of exceptions each one's: the group itself says nothing of what went wrong.
"""

import logging
import sys
import time
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_MOST_FRAMES = 12
_MOST_CAUSES = 5


def configure_logs(level: str, *, service: str, process: str) -> None:
    """Logs of this process from `level` on, each line naming the service and the process (api, worker, sender)."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exception_without_message,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, process=process)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(Sparing())
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


class Sparing(logging.Filter):
    """Lets the same words of a library through once in ten seconds: while Kafka is away they come by the hundred."""

    SECONDS = 10.0

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        words, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._said.get(words, -self.SECONDS) < self.SECONDS:
            return False
        if len(self._said) > 1000:  # noqa: PLR2004 - only so that it is bounded
            self._said.clear()
        self._said[words] = now
        return True


def exception_without_message(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replaces `exc_info` by the exception's type and frames; those in a group follow as `causes`."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["frames"] = _frames(error)
    if isinstance(error, BaseExceptionGroup):
        event["causes"] = [
            {"error": type(cause).__name__, "frames": _frames(cause)} for cause in islice(_leaves(error), _MOST_CAUSES)
        ]
    return event


def _frames(error: BaseException) -> list[str]:
    """Where it came from: the innermost frames, as `file:line function`."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-_MOST_FRAMES:]]


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """The exceptions in a group and in the groups in it."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
