"""Tracing on or off, for a whole process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.runtime.settings import Settings

if TYPE_CHECKING:
    from shared.runtime.telemetry.spans import Tracer

_tracer: "Tracer | None" = None


def current_tracer() -> "Tracer | None":
    """What begins spans in this process; None where nothing is traced."""
    return _tracer


@contextmanager
def tracing(settings: Settings, *, service: str, process: str) -> Iterator[None]:
    """Traces what happens meanwhile, where the settings name a collector; sends the last spans within two seconds."""
    global _tracer  # noqa: PLW0603 - a process is traced or not, as it logs or not
    if settings.otlp_endpoint is None:
        yield
        return
    from shared.runtime.telemetry.export import Export  # noqa: PLC0415 - see the package

    export = Export(str(settings.otlp_endpoint), settings.trace_ratio, service=service, process=process)
    _tracer = export.tracer
    try:
        yield
    finally:
        _tracer = None
        export.end()
