"""The gateway's rules: who answers, what headers lose and gain, what may be logged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.gateway.access_log import SECRET_LINKS, cut
from devstack.gateway.headers import Headers, for_client, for_upstream
from devstack.gateway.routes import Route, RoutingTable

ACCOUNTS = Route.parse("/=http://127.0.0.1:8001,http://127.0.0.1:8003;session")
NOTIFICATIONS = Route.parse("/notifications/=http://127.0.0.1:8002")
TABLE = RoutingTable([ACCOUNTS, NOTIFICATIONS])
TOKEN = "Zm9yLXRoZS10ZXN0LWFsb25lLW5vdC1hLXNlY3JldC0_-Ab"
"""As long as those in the links."""


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", ACCOUNTS),
        ("/activate/t", ACCOUNTS),
        ("/notificationsx", ACCOUNTS),
        ("/notifications", NOTIFICATIONS),
        ("/notifications/unsubscribe", NOTIFICATIONS),
    ],
)
def test_the_longest_prefix_answers(path: str, route: Route) -> None:
    assert TABLE.choose(path) is route


def test_a_path_without_a_route_is_nobodys() -> None:
    assert RoutingTable([NOTIFICATIONS]).choose("/") is None


def test_replicas_take_turns_and_the_others_stand_in() -> None:
    one, two = "http://127.0.0.1:8001", "http://127.0.0.1:8003"
    route = Route.parse(f"/={one},{two}")
    assert [list(route.in_turn()) for _ in range(3)] == [[one, two], [two, one], [one, two]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "grades=http://a:1",
        "/=ftp://a:1",
        "/=http://",
        "/=http://a:1/path",
        "/=http://a:1;cookies",
        "/=http://a:1,",
    ],
)
def test_a_route_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|unknown option"):
        Route.parse(text)


def test_a_prefix_has_one_route() -> None:
    with pytest.raises(ValueError, match="two routes"):
        RoutingTable([ACCOUNTS, Route.parse("/=http://127.0.0.1:8009")])


def upstream(headers: Headers, *, session: bool = False, client: str = "192.0.2.7") -> Headers:
    return for_upstream(headers, client=client, scheme="http", session=session)


def test_what_a_client_claims_of_its_origin_is_replaced() -> None:
    claimed = [
        (b"host", b"dzwonek.example"),
        (b"x-forwarded-for", b"10.0.0.1"),
        (b"x-forwarded-prefix", b"/admin"),
        (b"x-real-ip", b"10.0.0.1"),
        (b"forwarded", b"for=10.0.0.1"),
        (b"traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"),
    ]
    assert upstream(claimed) == [
        claimed[0],
        claimed[-1],
        (b"x-forwarded-for", b"192.0.2.7"),
        (b"x-forwarded-proto", b"http"),
        (b"x-forwarded-host", b"dzwonek.example"),
        (b"forwarded", b'for="192.0.2.7";proto=http;host="dzwonek.example"'),
    ]


def test_a_host_cannot_break_out_of_the_forwarded_header() -> None:
    forwarded = dict(upstream([(b"host", b'a";for="10.0.0.1')], client="2001:db8::1"))[b"forwarded"]
    assert forwarded == b'for="[2001:db8::1]";proto=http;host="a\\";for=\\"10.0.0.1"'


def test_hop_by_hop_headers_end_here() -> None:
    request = [
        (b"connection", b"keep-alive, X-Private"),
        (b"x-private", b"1"),
        (b"te", b"trailers"),
        (b"upgrade", b"h2c"),
    ]
    assert [name for name, _ in upstream(request)][:-4] == []
    response = [(b"Connection", b"close"), (b"Transfer-Encoding", b"chunked"), (b"Content-Type", b"text/html")]
    assert for_client(response, session=False) == [(b"Content-Type", b"text/html")]


def test_a_length_beside_chunks_is_not_believed() -> None:
    names = [name for name, _ in upstream([(b"content-length", b"5"), (b"transfer-encoding", b"chunked")])]
    assert b"content-length" not in names


@pytest.mark.parametrize(
    ("cookies", "left"),
    [
        (b"__Host-session=s; __Host-access=a; theme=dark", b"__Host-access=a; theme=dark"),
        (b"a=1;__Host-session=s", b"a=1"),
        (b" __host-SESSION =s;; b=2", b"b=2"),
        (b"__Host-session", None),
        (b"__Host-sessions=1", b"__Host-sessions=1"),
    ],
)
def test_the_session_cookie_goes_to_its_own_route_only(cookies: bytes, left: bytes | None) -> None:
    assert dict(upstream([(b"cookie", cookies)])).get(b"cookie") == left
    assert dict(upstream([(b"cookie", cookies)], session=True))[b"cookie"] == cookies


def test_only_the_sessions_own_route_sets_its_cookie() -> None:
    response = [(b"set-cookie", b"__Host-session=forged; Secure"), (b"set-cookie", b"theme=dark")]
    assert for_client(response, session=False) == response[1:]
    assert for_client(response, session=True) == response


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/activate/token", "/activate/..."),
        ("//activate///token/more", "/activate/..."),
        ("/ACTIVATE/token", "/activate/..."),
        ("/activate", "/activate"),
        ("/activated", "/activated"),
        ("/password/reset/token", "/password/reset/..."),
        ("/email/confirm/token", "/email/confirm/..."),
        (f"/x/activate/{TOKEN}", "/x/activate/..."),
        (f"/./activate/{TOKEN}", "/./activate/..."),
        (f"/activate;a/{TOKEN}", "/activate;a/..."),
        (f"/x/{TOKEN};a/y", "/x/...;a/y"),
        ("/api/v1/mails/01950000-0000-7000-8000-0000000000a1", "/api/v1/mails/01950000-0000-7000-8000-0000000000a1"),
        ("/x" * 150, "/x" * 100 + "..."),
    ],
)
def test_a_secret_link_is_logged_without_its_secret(path: str, logged: str) -> None:
    assert cut(path, SECRET_LINKS) == logged


@given(st.text(min_size=1))
def test_nothing_after_a_secret_prefix_is_ever_logged(token: str) -> None:
    assert cut(f"/feeds/{token}", ["/activate/", "/feeds/"]) == "/feeds/..."
