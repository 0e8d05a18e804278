"""The server that stands in for the site, as clients other than the crawler see it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from scraper.replica import ReplicaServer, ReplicaSite


@pytest.mark.parametrize(("header", "answers"), [("close", 1), ("Close", 1), ("keep-alive", 2), (None, 2)])
def test_a_connection_is_closed_when_that_is_asked_for(header: str | None, answers: int) -> None:
    """Else further requests are answered on it."""
    more = "" if header is None else f"Connection: {header}\r\n"
    question = f"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()
    received = b""
    with ReplicaServer(ReplicaSite(articles=1)) as server:
        at = urlsplit(server.base_url)
        with socket.create_connection((at.hostname, at.port), timeout=5) as client:
            client.sendall(question * answers)
            if answers > 1:
                client.shutdown(socket.SHUT_WR)  # no third one comes
            while part := client.recv(65_536):
                received += part
    assert received.count(b"HTTP/1.1 200") == answers
