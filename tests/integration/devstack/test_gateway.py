"""The gateway before real HTTP services, over real sockets."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from tests.integration.devstack.running import RunningModule
from tests.waiting import until

from devstack.serving import HttpServer, address, bind
from shared.runtime.middleware import MAX_BODY

ALL_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Service:
    """An HTTP service that tells what it was asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.go_on = asyncio.Event()
        self.asked = 0
        self.app = Starlette(
            routes=[
                Route("/stream", self._stream),
                Route("/broken", self._broken),
                Route("/silent", self._silent),
                Route("/packed", self._packed),
                Route("/{where:path}", self._tell, methods=ALL_METHODS),
            ]
        )

    async def _tell(self, request: Request) -> Response:
        told = {
            "service": self.name,
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in request.headers.raw],
            "body": len(await request.body()),
        }
        self.asked += 1
        response = JSONResponse(told, headers={"Connection": "X-Hop", "X-Hop": "1"})
        response.set_cookie("__Host-session", "forged", secure=True)
        response.set_cookie("theme", "dark")
        return response

    async def _stream(self, _: Request) -> Response:
        async def parts() -> AsyncIterator[str]:
            yield "first "
            await self.go_on.wait()
            yield "second"

        return StreamingResponse(parts(), media_type="text/plain")

    async def _broken(self, _: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"half"
            raise ConnectionError

        return StreamingResponse(parts())

    async def _silent(self, _: Request) -> Response:
        await self.go_on.wait()
        return Response()

    async def _packed(self, _: Request) -> Response:
        return Response(gzip.compress(b"packed"), headers={"Content-Encoding": "gzip"})


@asynccontextmanager
async def serving(service: Service, port: int = 0) -> AsyncIterator[str]:
    """Serves in this event loop; yields the service's URL."""
    bound, stop = bind("127.0.0.1", port), asyncio.Event()
    url = f"http://{address(bound)}"
    bound.listen()  # requests may queue before the task below has run
    task = asyncio.create_task(HttpServer(service.app, bound, ready="").serve_until(stop))
    try:
        yield url
    finally:
        service.go_on.set()
        stop.set()
        await task


Behind = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def gateway_log(tmp_path: Path) -> Path:
    return tmp_path / "gateway.log"


@pytest.fixture
def behind(gateway_log: Path) -> Behind:
    """Runs a gateway with these routes and options and yields a client of it."""

    @asynccontextmanager
    async def running(*arguments: str) -> AsyncIterator[httpx.AsyncClient]:
        gateway = RunningModule("devstack.gateway", "--port", "0", *arguments, log=gateway_log)
        async with gateway, httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client:
            yield client

    return running


def logged(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


async def test_a_request_and_its_answer_pass_whole(behind: Behind) -> None:
    async with serving(Service("accounts")) as url, behind("--route", f"/={url}") as client:
        for method in ALL_METHODS:
            answer = await client.request(
                method,
                "/api/v1/a%2Fb%20c?q=%C5%82&q=2",
                content=b"x" * MAX_BODY,
                headers={"X-Forwarded-For": "10.0.0.1", "Traceparent": TRACEPARENT, "Accept-Encoding": "br"},
            )
            told = answer.json()
            assert (told["method"], told["path"], told["query"]) == (method, "/api/v1/a%2Fb%20c", "q=%C5%82&q=2")
            assert told["body"] == MAX_BODY
            headers = dict(told["headers"])
            assert headers["x-forwarded-for"] == "127.0.0.1"
            assert headers["host"] == headers["x-forwarded-host"] == client.base_url.netloc.decode()
            assert headers["traceparent"] == TRACEPARENT
            assert headers["accept-encoding"] == "br"
            assert "x-hop" not in answer.headers


async def test_each_prefix_has_its_service_and_only_one_sees_the_session(behind: Behind) -> None:
    cookies = {"Cookie": "__Host-session=secret; __Host-access=token"}
    async with (
        serving(Service("accounts")) as accounts,
        serving(Service("notifications")) as notifications,
        behind("--route", f"/={accounts};session", "--route", f"/notifications/={notifications}") as client,
    ):
        own = await client.get("/session", headers=cookies)
        other = await client.get("/notifications/x", headers=cookies)
    assert (own.json()["service"], other.json()["service"]) == ("accounts", "notifications")
    assert dict(own.json()["headers"])["cookie"] == "__Host-session=secret; __Host-access=token"
    assert dict(other.json()["headers"])["cookie"] == "__Host-access=token"
    assert [cookie.split("=")[0] for cookie in own.headers.get_list("set-cookie")] == ["__Host-session", "theme"]
    assert [cookie.split("=")[0] for cookie in other.headers.get_list("set-cookie")] == ["theme"]


async def test_replicas_take_turns_and_one_that_is_gone_is_passed_over(behind: Behind) -> None:
    one, two = Service("one"), Service("two")
    async with serving(one) as first:
        async with serving(two) as second, behind("--route", f"/={first},{second}") as client:
            for _ in range(6):
                await client.get("/")
            assert (one.asked, two.asked) == (3, 3)
        async with behind("--route", f"/={first},{second}") as client:
            answers = [await client.post("/", content=b"body") for _ in range(4)]
    assert [answer.json()["service"] for answer in answers] == ["one"] * 4
    assert {answer.json()["body"] for answer in answers} == {4}


async def test_without_any_replica_the_client_is_told_and_served_again_when_one_is_back(behind: Behind) -> None:
    async with serving(Service("accounts")) as url:
        port = int(url.rpartition(":")[2])
    async with behind("--route", f"/={url}") as client:
        gone = await client.get("/")
        assert (gone.status_code, gone.json()["code"]) == (502, "upstream_unavailable")
        assert gone.headers["content-type"] == "application/problem+json"
        async with serving(Service("accounts"), port):
            assert (await client.get("/")).status_code == 200


async def test_a_silent_service_is_not_waited_for_for_ever(behind: Behind) -> None:
    async with (
        serving(Service("accounts")) as url,
        behind("--route", f"/={url}", "--timeout", "0.3") as client,
    ):
        late = await client.get("/silent")
    assert (late.status_code, late.json()["code"]) == (504, "upstream_timeout")


async def test_an_answer_flows_as_it_comes(behind: Behind) -> None:
    service = Service("accounts")
    async with (
        serving(service) as url,
        behind("--route", f"/={url}") as client,
        client.stream("GET", "/stream") as answer,
    ):
        parts = answer.aiter_text()
        assert await anext(parts) == "first "
        service.go_on.set()
        assert await anext(parts) == "second"


async def test_a_packed_answer_stays_packed(behind: Behind) -> None:
    async with (
        serving(Service("accounts")) as url,
        behind("--route", f"/={url}") as client,
        client.stream("GET", "/packed") as answer,
    ):
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert gzip.decompress(raw) == b"packed"


async def test_an_answer_that_breaks_off_does_not_look_whole(behind: Behind, gateway_log: Path) -> None:
    async with serving(Service("accounts")) as url, behind("--route", f"/={url}") as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/broken")
        assert (await client.get("/")).status_code == 200
    assert [line.get("broken_off") is None for line in logged(gateway_log)] == [False, True]


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("length", [MAX_BODY + 1, 200_000, 1_000_000, 5_000_000])
async def test_a_large_body_is_refused_whether_its_length_is_told_or_not(
    behind: Behind, length: int, told: bool
) -> None:
    service, body = Service("accounts"), b"x" * length

    async def untold() -> AsyncIterator[bytes]:
        for begin in range(0, length, 50_000):
            yield body[begin : begin + 50_000]

    async with serving(service) as url, behind("--route", f"/={url}") as client:
        for _ in range(5):
            answer = await client.post("/", content=body if told else untold())
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
            assert answer.headers["content-type"] == "application/problem+json"
        assert service.asked == 0
        assert (await client.post("/", content=body[:MAX_BODY])).json()["body"] == MAX_BODY


async def test_a_gateway_before_services_that_take_more_lets_more_through(behind: Behind) -> None:
    async with serving(Service("accounts")) as url, behind("--route", f"/={url}", "--max-body", "1000000") as client:
        assert (await client.post("/", content=b"x" * 1_000_000)).json()["body"] == 1_000_000
        assert (await client.post("/", content=b"x" * 1_000_001)).status_code == 413


async def test_paths_that_climb_and_paths_of_nobody_are_refused(behind: Behind) -> None:
    async with serving(Service("notifications")) as url, behind("--route", f"/notifications/={url}") as client:
        climbing = httpx.URL(client.base_url).copy_with(raw_path=b"/notifications/%2e%2e/internal")
        assert (await client.get(climbing)).json()["code"] == "bad_path"
        assert (await client.get("/")).json()["code"] == "not_found"
        assert (await client.get("/livez")).json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/%6detrics", "/readyz", "/readyz?full", "/livez/"])
async def test_what_a_service_tells_its_operators_is_nobody_elses(behind: Behind, path: str) -> None:
    service = Service("accounts")
    async with serving(service) as url, behind("--route", f"/={url}") as client:
        for method in ("GET", "POST"):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get("/livez")).json() == {"status": "ok"}
    assert service.asked == 0


async def test_the_log_tells_of_every_request_and_of_no_secret(behind: Behind, gateway_log: Path) -> None:
    async with (
        serving(Service("accounts")) as url,
        behind("--route", f"/={url};session", "--secret-prefix", "/feeds/") as client,
    ):
        links = ["/activate/TOKEN1?next=TOKEN2", "//Activate/TOKEN3", "/%61ctivate/TOKEN4", "/feeds/TOKEN5.ics"]
        paths = [*links, "/register"]
        for path in paths:
            await client.get(
                httpx.URL(client.base_url).copy_with(raw_path=path.encode()),
                headers={"Cookie": "__Host-session=TOKEN6", "Traceparent": TRACEPARENT},
            )
        await client.get("/livez")

        async def all_logged() -> bool:
            return len(logged(gateway_log)) == len(paths)

        await until(all_logged)
    lines = logged(gateway_log)
    assert [line["path"] for line in lines] == ["/activate/..."] * 3 + ["/feeds/...", "/register"]
    assert {line["status"] for line in lines} == {200}
    assert {line["trace_id"] for line in lines} == {TRACEPARENT.split("-")[1]}
    assert {line["upstream"] for line in lines} == {url.removeprefix("http://")}
    assert "TOKEN" not in json.dumps(lines)
    assert set(lines[0]) - {"event", "level", "timestamp", "service", "process"} == {
        *("method", "path", "status", "milliseconds", "bytes", "upstream", "trace_id")
    }


async def test_it_ends_at_once_although_a_client_is_connected(gateway_log: Path) -> None:
    async with serving(Service("accounts")) as url:
        gateway = RunningModule("devstack.gateway", "--port", "0", "--route", f"/={url}", log=gateway_log)
        async with gateway, httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client:
            await client.get("/")
            started = asyncio.get_running_loop().time()
            assert await gateway.process.stop() == 0
            assert asyncio.get_running_loop().time() - started < 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--route", "/=nonsense"), b"'nonsense' is no replica"),
        (("--route", "/=http://a:1", "--route", "/=http://b:1"), b"a prefix has two routes"),
    ],
)
async def test_a_wrong_route_is_named_and_nothing_starts(
    gateway_log: Path, arguments: tuple[str, ...], said: bytes
) -> None:
    command = RunningModule("devstack.gateway", "--port", "0", *arguments, log=gateway_log).process.command
    refused = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, errors = await refused.communicate()
    assert refused.returncode == 2
    assert said in errors
