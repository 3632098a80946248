"""What we rely on inside aiosmtplib. When this fails after an update, read smtp/relay.py against the new version.

The conversation takes the transport over from the client after connect(); everything named here has to stay true for
that.
"""

import asyncio
import inspect
from importlib.metadata import version

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay

READ = "smtp/relay.py was written for aiosmtplib 5.1.3: read it against this version, then change this test"


def test_it_is_the_version_that_was_read() -> None:
    assert version("aiosmtplib") == "5.1.3", READ


def test_the_client_takes_what_it_is_given() -> None:
    wanted = {
        "hostname",
        "port",
        "username",
        "password",
        "local_hostname",
        "timeout",
        "use_tls",
        "start_tls",
        "tls_context",
    }
    assert wanted <= set(inspect.signature(aiosmtplib.SMTP.__init__).parameters), READ


def test_a_client_that_is_dropped_leaves_its_transport_alone() -> None:
    assert not hasattr(aiosmtplib.SMTP, "__del__"), READ
    assert not hasattr(SMTPProtocol, "__del__"), READ


async def test_after_connect_the_transport_is_ours_to_take() -> None:
    async with ScriptedRelay() as relay:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=relay.port, start_tls=False, local_hostname="a.example")
        await client.connect()
        assert client.is_ehlo_or_helo_needed, READ
        await client.ehlo()
        assert not client.is_ehlo_or_helo_needed, READ
        assert client.supports_extension("pipelining"), READ
        transport, protocol = client.transport, client.protocol
        assert isinstance(transport, asyncio.Transport), READ
        assert isinstance(protocol, SMTPProtocol), READ
        assert transport.get_protocol() is protocol, READ
        assert protocol._buffer == b"", READ
        assert protocol._response_pending is False, READ

        heard = asyncio.get_running_loop().create_future()

        class Listener(asyncio.Protocol):
            def data_received(self, data: bytes) -> None:
                heard.set_result(data)

        transport.set_protocol(Listener())
        del client, protocol
        transport.write(b"RSET\r\n")
        assert await asyncio.wait_for(heard, 5) == b"250 2.0.0 Ok\r\n", READ
        transport.abort()
