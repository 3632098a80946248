"""A collector of traces: takes OTLP over HTTP, keeps the bytes, tells the spans in them. It can be slow or failing."""

import gzip
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status


@dataclass(frozen=True)
class Seen:
    """A span as it was sent. Ids are in hex; `links` are the ids of the spans linked to."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    links: frozenset[str]
    failed: bool
    attributes: Mapping[str, str | int]


class Collector:
    """Takes what is sent to `url`. `status` is its answer; while it `hangs` it gives none."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.asked = 0
        self.status = 200
        self._free = threading.Event()
        self._free.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def hangs(self) -> bool:
        return not self._free.is_set()

    @hangs.setter
    def hangs(self, hangs: bool) -> None:
        (self._free.clear if hangs else self._free.set)()

    def spans(self) -> list[Seen]:
        """All spans taken so far."""
        return [span for body in self.bodies for span in _spans(body)]

    def take(self, body: bytes) -> int:
        self.asked += 1
        self._free.wait(60)
        if self.status < 400:
            self.bodies.append(body)
        return self.status

    @contextmanager
    def running(self) -> Iterator["Collector"]:
        serving = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield self
        finally:
            self.hangs = False
            self._server.shutdown()
            self._server.server_close()
            serving.join()


def _handler_of(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            self.close_connection = True
            try:
                self.send_response(collector.take(body) if self.path == "/v1/traces" else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:  # who asked has not waited
                pass

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    return Handler


def _spans(body: bytes) -> Iterator[Seen]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        service = _values(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Seen(
                    service=str(service),
                    name=span.name,
                    kind=OtlpSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    links=frozenset(link.span_id.hex() for link in span.links),
                    failed=span.status.code == Status.STATUS_CODE_ERROR,
                    attributes=_values(span.attributes),
                )


def _values(attributes: Iterable[KeyValue]) -> dict[str, str | int]:
    return {each.key: each.value.string_value or each.value.int_value for each in attributes}
