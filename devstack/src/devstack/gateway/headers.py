"""What a header section loses and gains on its way through the gateway (RFC 9110, 7.6; RFC 7239). Pure."""

from collections.abc import Iterable, Iterator

Headers = list[tuple[bytes, bytes]]

SESSION_COOKIE = b"__host-session"
"""For the accounts service only (in lower case; browsers may treat the prefix so)."""

_HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
_FOR_US_TO_SAY = {b"forwarded", b"x-real-ip"}


def for_upstream(headers: Headers, *, client: str, scheme: str, session: bool) -> Headers:
    """A request's headers: end-to-end ones, what a client claimed of its origin replaced by what we know of it."""
    chunked = any(name == b"transfer-encoding" for name, _ in headers)
    host = next((value for name, value in headers if name == b"host"), b"")
    kept = [
        (name, value)
        for name, value in _end_to_end(headers)
        if name not in _FOR_US_TO_SAY
        and not name.startswith(b"x-forwarded-")
        and name != b"expect"  # answered here
        and not (chunked and name == b"content-length")  # RFC 9112, 6.3: the chunks count
    ]
    return [*(kept if session else _without_session(kept)), *_forwarded(client, scheme, host)]


def for_client(headers: Headers, *, session: bool) -> Headers:
    """A response's headers: end-to-end ones; only the session's own route may set its cookie."""
    kept = _end_to_end(headers)
    return [(name, value) for name, value in kept if session or not _sets_session(name, value)]


def _end_to_end(headers: Headers) -> Headers:
    named = {
        option.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for option in value.split(b",")
    }
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP | named]


def _forwarded(client: str, scheme: str, host: bytes) -> Headers:
    node = f"[{client}]" if ":" in client else client
    return [
        (b"x-forwarded-for", client.encode()),
        (b"x-forwarded-proto", scheme.encode()),
        (b"x-forwarded-host", host),
        (b"forwarded", b"for=%s;proto=%s;host=%s" % (_quoted(node.encode()), scheme.encode(), _quoted(host))),
    ]


def _quoted(value: bytes) -> bytes:
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _without_session(headers: Headers) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers:
        if name != b"cookie":
            yield name, value
        elif cookies := b"; ".join(_cookies_but_session(value.split(b";"))):
            yield name, cookies


def _cookies_but_session(cookies: Iterable[bytes]) -> Iterator[bytes]:
    return (cookie.strip() for cookie in cookies if cookie.strip() and not _is_session(cookie))


def _sets_session(name: bytes, value: bytes) -> bool:
    return name.lower() == b"set-cookie" and _is_session(value)


def _is_session(cookie: bytes) -> bool:
    return cookie.partition(b"=")[0].strip().lower() == SESSION_COOKIE
