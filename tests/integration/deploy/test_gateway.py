"""The gateway of compose.yaml keeps the rules of the demo's: one origin, one session, nothing secret in its log."""

import json
from uuid import uuid4

import pytest
from tests.integration.deploy.conftest import Gateway

SECRET = "qN3rXlW8bT2vY6uJ0kM5hF9dC4gA7sE1pZxRoLiBtYw"


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("a=1; __Host-session=tajne; b=2", "a=1; b=2"),
        ("__host-SESSION=tajne; b=2", "b=2"),
        ("a=1;__Host-session =tajne; __Host-session=tajne", "a=1"),
        ("x__Host-session=1; __Host-sessions=2", "x__Host-session=1; __Host-sessions=2"),
    ],
)
def test_the_sessions_token_reaches_accounts_alone(gateway: Gateway, sent: str, seen: str) -> None:
    cookies = {"Cookie": sent}
    assert f"Cookie: {sent}\n" in gateway.get("/sessions", headers=cookies).text
    assert f"Cookie: {seen}\n" in gateway.get("/grades/", headers=cookies).text
    assert f"Cookie: {seen}\n" in gateway.get("/grades", headers=cookies).text


def test_accounts_alone_sets_it(gateway: Gateway) -> None:
    def cookies(path: str) -> list[str]:
        return [cookie for cookie in gateway.get(path).headers.get_list("Set-Cookie") if cookie]

    assert cookies("/sign-in") == ["__Host-session=made-up; Secure; Path=/", "theme=dark"]
    assert cookies("/grades/") == ["theme=dark"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/metrics/", "//metrics", "/%6detrics"])
def test_what_is_for_operators_is_seen_by_nobody(gateway: Gateway, path: str) -> None:
    answer = gateway.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("path", ["/grades/%2e%2e/sessions", "/x/%2E/y", "/%2e%2e/metrics"])
def test_a_path_that_could_mean_two_things_is_refused(gateway: Gateway, path: str) -> None:
    assert gateway.get(path).status_code == 400


def test_a_path_goes_on_as_it_is(gateway: Gateway) -> None:
    assert gateway.get("/grades/a%2Fb?c=%20d").text.startswith("GET /grades/a%2Fb?c=%20d HTTP/1.1\n")


def test_what_a_client_says_of_its_origin_is_not_believed(gateway: Gateway) -> None:
    claims = {"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.7", "X-Real-IP": "192.0.2.7"}
    told = gateway.get("/", headers={**claims, "X-Forwarded-Proto": "http"}).text
    assert "192.0.2.7" not in told
    assert "X-Forwarded-Proto: https\n" in told


def test_who_stands_before_it_is_not_believed_unless_it_is_named(gateway: Gateway) -> None:
    told = gateway.get("/", headers={"X-Forwarded-For": "192.0.2.7, 198.51.100.9"}).text
    (line,) = [line for line in told.splitlines() if line.startswith("X-Forwarded-For: ")]
    assert "," not in line


@pytest.mark.parametrize(("path", "status"), [("/messages/", 503), ("/livez", 404)])
def test_a_person_sees_a_page_and_a_program_problem_details(gateway: Gateway, path: str, status: int) -> None:
    page = gateway.get(path, headers={"Accept": "text/html,application/xhtml+xml"})
    problem = gateway.get(path, headers={"Accept": "application/json"})
    assert page.status_code == problem.status_code == status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Spróbuj ponownie" in page.text
    assert "h1 { font-size: 1.75rem }" in page.text
    assert f'<p lang="en">{status}</p>' in page.text
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["code"] == f"gateway_{status}"
    for answer in (page, problem):
        assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_body_is_no_larger_than_the_services_take(gateway: Gateway) -> None:
    assert gateway.client.post("/register", content=b"x" * (64 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        f"/activate/{SECRET}",
        f"/%61ctivate/{SECRET}",
        f"//activate//{SECRET}",
        f"/ACTIVATE/{SECRET}/more",
        f"/password/reset/{SECRET}",
        f"/email/confirm/{SECRET}?lang=pl",
        f"/grades/?token={SECRET}",
        f"/grades/{SECRET}/more",
        f"/somewhere.else/{SECRET}",
    ],
)
def test_no_secret_reaches_the_log(gateway: Gateway, path: str) -> None:
    gateway.get(path, headers={"Referer": f"https://localhost/{SECRET}", "Cookie": f"__Host-session={SECRET}"})
    after = f"/after/{uuid4().hex}"
    gateway.get(after)
    assert SECRET not in gateway.log_with(after)


def test_the_log_says_what_was_asked_of_whom(gateway: Gateway) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    gateway.get("/of-this-test", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    log = gateway.log_with("/of-this-test")
    (line,) = [json.loads(line) for line in log.splitlines() if "/of-this-test" in line]
    assert (line["method"], line["path"], line["status"], line["trace_id"]) == ("GET", "/of-this-test", 200, trace)
    assert line["upstream"].endswith(":8000")
    assert "request" not in line


def test_no_page_tells_another_where_one_came_from(gateway: Gateway) -> None:
    assert gateway.get("/register").headers["Referrer-Policy"] == "no-referrer"


def test_a_probe_from_outside_finds_an_empty_page_of_metrics(gateway: Gateway) -> None:
    answer = gateway.get("/.well-known/dzwonek-gateway")
    assert answer.text == "# It answers.\n"
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
