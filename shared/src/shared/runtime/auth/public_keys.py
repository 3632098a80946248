"""The keys that access tokens are checked with: fetched from accounts, and kept on disk for when it cannot be reached.

They are fetched anew every five minutes, and soon when a token names a key that is not among them.
"""

import asyncio
import contextlib
import json
import os
import tempfile
import time
from pathlib import Path

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OKPKey

from shared.runtime.auth.signing_keys import CURVE
from shared.runtime.waiting import pause

log = structlog.get_logger()

FETCH_SECONDS = 300.0
RETRY_SECONDS = 5.0
BEGIN_SECONDS = 0.5
"""Between tries while there are no keys at all: services start side by side."""

SOONEST_SECONDS = 10.0
"""However many tokens name unknown keys, the keys are not asked for more often than that."""

ANSWER_SECONDS = 5.0
MAX_BYTES = 64 * 1024


class PublicKeys:
    """The keys as they are known at the moment; `run` keeps them."""

    def __init__(self, url: str, cache: Path) -> None:
        """Takes what is cached; with nothing there all tokens are refused until the keys were fetched."""
        self._url = url
        self._cache = cache
        self._keys = KeySet([])
        self._asked = asyncio.Event()
        with contextlib.suppress(OSError, ValueError):
            self._keys = _parsed(cache.read_bytes())

    def __call__(self) -> KeySet:
        """The keys, for a Verifier."""
        return self._keys

    def ask_soon(self) -> None:
        """A token has named a key that is not known."""
        self._asked.set()

    def missing(self) -> str | None:
        """A check for readiness."""
        return None if self._keys.keys else f"no keys yet to check access tokens with; asking {self._url}"

    async def run(self, stop: asyncio.Event) -> None:
        """Fetches the keys until `stop`."""
        # Loading the certificates of the world takes its time, and inside plain http is usual.
        certificates = self._url.startswith("https:")
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False, verify=certificates) as client:
            said: str | None = None
            while not stop.is_set():
                fetched_at = time.monotonic()
                self._asked.clear()
                fault = await self._fetch(client)
                if fault and fault != said:
                    log.warning("public_keys_not_fetched", error=fault, known=len(self._keys.keys))
                said = fault
                retry = RETRY_SECONDS if self._keys.keys else BEGIN_SECONDS
                await self._wait(stop, retry if fault else FETCH_SECONDS)
                await pause(stop, fetched_at + (retry if fault else SOONEST_SECONDS) - time.monotonic())

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        """Until `stop`, or somebody asks, or the time is over."""
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, self._asked)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _fetch(self, client: httpx.AsyncClient) -> str | None:
        """Takes the keys that accounts publishes now. Returns the fault that it met."""
        try:
            answer = await client.get(self._url)
            answer.raise_for_status()
            keys = _parsed(answer.content)
        except (httpx.HTTPError, ValueError) as error:
            return type(error).__name__
        if {key.kid for key in keys.keys} != {key.kid for key in self._keys.keys}:
            log.info("public_keys_changed", keys=len(keys.keys))
        self._keys = keys
        try:
            _write(self._cache, answer.content)
        except OSError as error:
            log.warning("public_keys_not_cached", error=type(error).__name__)
        return None


def _parsed(content: bytes) -> KeySet:
    """The Ed25519 keys in a JWK set. Raises ValueError when there are none."""
    if len(content) > MAX_BYTES:
        raise ValueError("a JWK set of that size is none")
    try:
        entries = json.loads(content)["keys"]
        found = [OKPKey.import_key(entry) for entry in entries if (entry["kty"], entry.get("crv")) == ("OKP", CURVE)]
    except (KeyError, TypeError, AttributeError, JoseError):
        raise ValueError("no JWK set") from None
    named: list[Key] = [key for key in found if key.kid]
    if not named:
        raise ValueError("no key in the JWK set")
    return KeySet(named)


def _write(path: Path, content: bytes) -> None:
    """Replaces the file whole: a process that ends in between leaves the earlier one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(path)
