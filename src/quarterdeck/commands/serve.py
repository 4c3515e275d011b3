"""Start the server and one worker; Ctrl-C stops both.

Brings the database up to date first. In local mode an empty database gets the demo organisation, unless --no-demo is
given: then the first visitor makes the first administrator.
"""

import argparse
import http.client
import os
import socket
import sys
import threading
import time
from pathlib import Path

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import has_users, keep_secret, migrate_database, start

WAIT_S = 60.0
"""Seconds to wait for the first answer before giving up on announcing the address."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and what to leave out."""
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1, or QUARTERDECK_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8000, or QUARTERDECK_PORT)")
    parser.add_argument("--workers", type=int, help="server processes (default 2, or QUARTERDECK_WORKERS)")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    parser.add_argument("--no-worker", action="store_true", help="no background jobs here: a worker runs elsewhere")


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    from django.conf import settings

    from quarterdeck.config import env

    host = options.host or env.envstr("HOST", "127.0.0.1")
    port = options.port if options.port is not None else env.envint("PORT", 8000, least=1, most=65535)
    workers = options.workers or env.envint("WORKERS", 2, least=1, most=64)
    start()
    if not settings.PRODUCTION:
        keep_secret(Path(settings.SECRET_KEY_PATH))
    check_free(host, port)
    migrate_database()
    demo = not settings.PRODUCTION and not options.no_demo
    if demo and not has_users():
        build_demo()
    from django.db import connections

    connections.close_all()
    serve(host, port, workers=workers, with_worker=not options.no_worker)
    return 0


def check_free(host: str, port: int) -> None:
    """Raise Refusal when something else listens there already, or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.") from None


def build_demo() -> None:
    """Fill the empty database with the demo organisation and say how long it took."""
    from quarterdeck.commands.demo import build

    print("Building the demo organisation, this first time only ...", flush=True)
    began = time.monotonic()
    build()
    print(f"Built in {time.monotonic() - began:.0f} s.", flush=True)


def serve(host: str, port: int, *, workers: int, with_worker: bool) -> None:
    """Run the web server in this process and the worker in a child, until a signal ends them."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from quarterdeck.commands.processes import Child

    parent = str(os.getpid())
    child = Child([sys.executable, "-m", "quarterdeck", "worker", "--parent", parent]) if with_worker else None
    server = Server(
        "quarterdeck.commands.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    if child:
        child.start()
    threading.Thread(target=announce, args=(host, port), name="announce", daemon=True).start()
    try:
        server.serve()
    finally:
        if child:
            child.stop()


def answers(host: str, port: int) -> bool:
    """Whether the server gives any answer to a request."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/alive")
        connection.getresponse().read()
    except OSError:
        return False
    else:
        return True
    finally:
        connection.close()


def announce(host: str, port: int) -> None:
    """Print the address, and the demo sign-ins if there are any, as soon as the server answers."""
    from django.conf import settings

    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not bound
    deadline = time.monotonic() + WAIT_S
    while not answers(here, port):
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)
    shown = f"[{here}]" if ":" in here else here
    lines = [f"\nQuarterdeck is at {settings.URL or f'http://{shown}:{port}/'}"]
    if settings.DEMO_PERSONAS:
        from quarterdeck.commands.demo import sign_ins

        lines += sign_ins()
    lines.append("Ctrl-C stops it.\n")
    print("\n".join(lines), flush=True)
