"""Serves the reader on a socket of this machine until Ctrl-C."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from pipelines.errors import VietnamvnError

_AT_ONCE = 50  # connections at once; further ones are refused


def listening(host: str, port: int) -> socket.socket:
    """A bound, listening socket. Raises `VietnamvnError` if the address or port cannot be used."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise VietnamvnError(f"--host {host}: {error.strerror}; give an address of this machine") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise VietnamvnError(f"--port {port}: is in use; give another one, or 0 for a free one") from None
        raise VietnamvnError(
            f"{host}:{port}: cannot be served ({error.strerror}); give other --host or --port"
        ) from None
    return bound


def address_of(bound: socket.socket, host: str) -> str:
    """The address to open in a browser."""
    port = bound.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104  # named
    return f"http://{name}:{port}/"


def serve(app: Any, bound: socket.socket, *, started: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `started` is called once pages can be requested."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            started()

    Server(config(app)).run(sockets=[bound])


def config(app: Any) -> uvicorn.Config:
    """The server's configuration: with bounds, without logs, and without a Server header."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=32_768,
    )
