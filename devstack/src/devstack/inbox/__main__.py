"""Starts the inbox; see the package."""

import argparse
import asyncio
import logging
import sqlite3
import ssl
from pathlib import Path

from devstack.inbox.app import create_app
from devstack.inbox.behaviour import Behaviour
from devstack.inbox.smtp import InboxServer
from devstack.inbox.store import MailStore
from devstack.serving import HttpServer, address, bind
from shared.runtime.process import run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devstack.inbox", description="Keeps every mail and shows it.")
    parser.add_argument("--smtp-port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--http-port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept; made when it is missing")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--hostname", default="inbox.example", help="the name it greets with (%(default)s)")
    parser.add_argument("--tls-cert", type=Path, help="a certificate chain (PEM); with it STARTTLS is offered")
    parser.add_argument("--tls-key", type=Path, help="the certificate's private key (PEM)")
    arguments = parser.parse_args()
    if (arguments.tls_cert is None) != (arguments.tls_key is None):
        parser.error("--tls-cert and --tls-key go together")
    return arguments


def _tls(arguments: argparse.Namespace) -> ssl.SSLContext | None:
    if arguments.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(arguments.tls_cert, arguments.tls_key)
    except OSError as error:
        raise SystemExit(f"--tls-cert or --tls-key cannot be used: {error}") from None
    return context


def _store(folder: Path) -> MailStore:
    try:
        return MailStore(folder)
    except OSError as error:
        raise SystemExit(f"--folder {folder} cannot be used: {error.strerror}") from None
    except sqlite3.Error as error:
        raise SystemExit(f"--folder {folder} cannot be used, is another inbox on it? ({error})") from None


async def _serve(arguments: argparse.Namespace, stop: asyncio.Event) -> None:
    behaviour, tls = Behaviour(), _tls(arguments)
    smtp_address, http_address = bind(arguments.host, arguments.smtp_port), bind(arguments.host, arguments.http_port)
    store = _store(arguments.folder)
    try:
        smtp = await asyncio.get_running_loop().create_server(
            lambda: InboxServer(store, behaviour, hostname=arguments.hostname, tls=tls),
            sock=smtp_address,
            backlog=1024,
        )
        ready = f"ready http://{address(http_address)}, smtp {address(smtp_address)}"
        await HttpServer(create_app(store, behaviour), http_address, ready=ready).serve_until(stop)
        smtp.close()
    finally:
        store.close()


def main() -> None:
    """The command."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # the SMTP library tells of every command
    arguments = _arguments()
    run(lambda stop: _serve(arguments, stop))


if __name__ == "__main__":
    main()
