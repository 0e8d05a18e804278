"""A small site whose answers are written byte for byte: what no HTTP library would send, some server does."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType

DAY = "2025-10-23"
ODD = "/xuong-go-hai"
PATHS = ("/xuong-go-mot", ODD, "/xuong-go-ba", "/xuong-go-bon", "/xuong-go-nam", "/xuong-go-sau")
HTML = "Content-Type: text/html; charset=utf-8\r\n"

Answer = bytes | Callable[[str, Mapping[str, str]], "bytes | Iterator[bytes]"]
"""The whole answer, or what makes it from the site's address and the request's headers; an iterator may have no end."""


def article(path: str) -> bytes:
    """An article of three paragraphs in Vietnamese."""
    text = "".join(
        f"<p>Xưởng mộc số {number} bên bờ sông {path} mở cửa từ sáng sớm và chỉ nghỉ khi mặt trời đã khuất sau núi.</p>"
        for number in range(3)
    )
    page = f'<html lang="vi"><meta charset="utf-8"><h1>Xưởng mộc {path}</h1><div class="post-detail-body">{text}</div>'
    return page.encode()


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """An answer with its length; `headers` are whole lines without their end."""
    lines = "".join(f"{line}\r\n" for line in headers)
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\n{HTML}{lines}Content-Length: {size}\r\n\r\n".encode("latin-1") + body


def redirect(location: bytes, status: str = "302 Found") -> bytes:
    """A redirect; the location as it goes over the wire."""
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n".encode() + b"Location: " + location + b"\r\n\r\n"


class RawSite:
    """Serves six articles of one day over HTTP on loopback; `odd` replaces the answers of single paths.

    `asked` counts the requests by path as they came, `moments` has their times; `listed` is what the day lists.
    """

    def __init__(self, odd: Mapping[str, Answer] | None = None, *, listed: tuple[str, ...] = PATHS) -> None:
        self.odd = dict(odd or {})
        self.listed = listed
        self.asked: Counter[str] = Counter()
        self.moments: list[tuple[str, float]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.base_url = f"http://{self.host}"

    def __enter__(self) -> RawSite:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(client,), daemon=True).start()

    def _converse(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as requests:
            try:
                while line := requests.readline():
                    path = line.split(b" ")[1].decode("latin-1")
                    headers = {}
                    while (header := requests.readline().strip()) != b"":
                        name, _, value = header.decode("latin-1").partition(":")
                        headers[name.lower()] = value.strip()
                    self.asked[path] += 1
                    self.moments.append((path, time.monotonic()))
                    given = self._answer(path, headers)
                    if isinstance(given, bytes):
                        client.sendall(given)
                        continue
                    for piece in given:
                        client.sendall(piece)
                    return
            except (OSError, IndexError):
                return  # the client has had enough

    def _answer(self, path: str, headers: Mapping[str, str]) -> bytes | Iterator[bytes]:
        odd = self.odd.get(path, self.odd.get(path.partition("?")[0]))
        if odd is not None:
            return odd if isinstance(odd, bytes) else odd(self.base_url, headers)
        if path == "/robots.txt":
            return answer(b"User-agent: *\nAllow: /\n")
        if path == "/sitemap.xml":
            day = f"{self.base_url}/sitemap/sitemap-post/{DAY}.xml"
            return answer(f"<sitemapindex><sitemap><loc>{day}</loc></sitemap></sitemapindex>".encode())
        if path == f"/sitemap/sitemap-post/{DAY}.xml":
            urls = "".join(
                f"<url><loc>{self.base_url}{listed}</loc><lastmod>{DAY}T04:04:10Z</lastmod></url>"
                for listed in self.listed
            )
            return answer(f"<urlset>{urls}</urlset>".encode())
        return answer(article(path))
