"""Serves the replica over real HTTP on loopback, from an asyncio loop in its own thread."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass
from http.client import responses
from time import monotonic
from types import TracebackType
from typing import Protocol, cast

from scraper.replica.content import Reply

_HUGE_BYTES = 2 * 1024**3
_BLOCK = bytes(64 * 1024)


class Answering(Protocol):
    """What a server serves: a `ReplicaSite`, or one of the archives' services. The server sets `base` once it has a
    port."""

    base: str

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET of `path` (with its query); header names in lower case."""


@dataclass(slots=True, kw_only=True)
class ServedRequest:
    """One request: when it `came` and when its answer was sent (`left`), in seconds of the monotonic clock."""

    path: str
    headers: dict[str, str]
    came: float
    status: int = 0
    left: float | None = None


class ReplicaServer:
    """Serves a `ReplicaSite` during a ``with`` block; `fetches` counts the requests by path.

    `log`, if given, gets every request with its times, for tests of politeness.
    """

    def __init__(
        self, site: Answering, *, port: int = 0, address: str = "127.0.0.1", log: list[ServedRequest] | None = None
    ) -> None:
        self.site = site
        self.fetches: Counter[str] = Counter()
        self.user_agents: set[str] = set()
        self._port, self._address, self._log = port, address, log
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)

    @property
    def base_url(self) -> str:
        """The server's address, without a trailing slash."""
        return self.site.base

    def __enter__(self) -> ReplicaServer:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._error = error
            self._ready.set()
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        connections: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = cast("asyncio.Task[None]", asyncio.current_task())  # a stream callback runs in a task
            connections.add(task)
            try:
                await self._converse(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                pass  # the client has gone, or the server is closing
            finally:
                connections.discard(task)
                writer.close()

        server = await asyncio.start_server(connected, self._address, self._port)
        self.site.base = f"http://{self._address}:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path = head[0].split(" ")[:2]
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            self.fetches[path] += 1
            self.user_agents.add(headers.get("user-agent", ""))
            asked = ServedRequest(path=path, headers=headers, came=monotonic())
            if self._log is not None:
                self._log.append(asked)
            reply = self.site.respond(path, headers)
            asked.status = reply.status
            try:
                if reply.fault:
                    await _misbehave(reply, reader, writer)
                    return
                await _send(reply, writer, bare=method == "HEAD")
            finally:
                asked.left = monotonic()
            if headers.get("connection", "").lower() == "close":
                return


async def _send(reply: Reply, writer: asyncio.StreamWriter, *, bare: bool) -> None:
    """Send a correct answer; `bare`: without its body."""
    if reply.part is None:
        writer.write(_head(reply, len(reply.body)) + (b"" if bare or reply.status == 304 else reply.body))
        await writer.drain()
        return
    path, start, size = reply.part
    writer.write(_head(reply, size))
    with path.open("rb") as file:
        file.seek(start)
        while size > 0 and not bare:
            block = file.read(min(size, len(_BLOCK)))
            writer.write(block)
            await writer.drain()
            size -= len(block)


def _head(reply: Reply, length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unheard of')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if length is not None and reply.status != 304:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _misbehave(reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if reply.fault == "silent":
        await reader.read()  # until the client gives up
    elif reply.fault == "cut":
        writer.write(_head(reply, len(reply.body) + 1000) + reply.body)
        await writer.drain()
    elif reply.fault in ("cut_half", "stall"):
        writer.write(_head(reply, len(reply.body)) + reply.body[: len(reply.body) // 2])
        await writer.drain()
        if reply.fault == "stall":
            await reader.read()
    elif reply.fault == "reset":
        writer.write(_head(reply, len(reply.body)) + reply.body[:100])
        await writer.drain()
        raw: socket.socket = writer.get_extra_info("socket")
        # With a linger time of 0, close() sends a reset instead of an orderly end.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif reply.fault == "slow":
        writer.write(_head(reply, len(reply.body)))
        for byte in reply.body:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0.2)
    elif reply.fault == "huge":
        writer.write(_head(reply, _HUGE_BYTES))
        for _ in range(_HUGE_BYTES // len(_BLOCK)):
            writer.write(_BLOCK)
            await writer.drain()
    else:  # endless: no length, no end
        writer.write(_head(reply, None))
        while True:
            writer.write(_BLOCK)
            await writer.drain()
