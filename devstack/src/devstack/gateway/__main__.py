"""Starts the gateway; see the package."""

import argparse
import asyncio

from devstack.gateway.access_log import SECRET_LINKS
from devstack.gateway.proxy import Proxy, create_app
from devstack.gateway.routes import Route, RoutingTable
from devstack.serving import HttpServer, address, bind
from shared.runtime.logs import configure_logs
from shared.runtime.middleware import MAX_BODY
from shared.runtime.process import run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devstack.gateway", description="One origin before all services.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument(
        "--route",
        action="append",
        required=True,
        metavar="PREFIX=URL[,URL...][;session]",
        help="who answers the paths below a prefix; the longest prefix wins; repeatable",
    )
    parser.add_argument(
        "--max-body",
        type=int,
        default=MAX_BODY,
        help="bytes of a request's body, no more than the services take (%(default)s)",
    )
    parser.add_argument("--timeout", type=float, default=30, help="seconds that a service may be silent (%(default)s)")
    parser.add_argument(
        "--secret-prefix",
        action="append",
        default=[*SECRET_LINKS],
        help=f"what follows this prefix of a path is not logged; repeatable, as well as {', '.join(SECRET_LINKS)}",
    )
    arguments = parser.parse_args()
    try:
        arguments.table = RoutingTable([Route.parse(text) for text in arguments.route])
    except ValueError as error:
        parser.error(f"--route: {error}")
    return arguments


async def _serve(arguments: argparse.Namespace, stop: asyncio.Event) -> None:
    bound = bind(arguments.host, arguments.port)
    proxy = Proxy(arguments.table, max_body=arguments.max_body, seconds=arguments.timeout)
    app = create_app(proxy, secret_prefixes=arguments.secret_prefix)
    try:
        await HttpServer(app, bound, ready=f"ready http://{address(bound)}", date_header=False).serve_until(stop)
    finally:
        await proxy.aclose()


def main() -> None:
    """The command."""
    arguments = _arguments()
    configure_logs("info", service="gateway", process="gateway")
    run(lambda stop: _serve(arguments, stop))


if __name__ == "__main__":
    main()
