"""What stands before every page: who may ask, how, and what browsers are told about the answer.

A page of another site can make a browser ask any address. A name of that site which leads to this machine (DNS
rebinding) makes it take our answers for its own: so only names that cannot be others' are answered.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Callable[[], Awaitable[Message]], Send], Awaitable[None]]

LONGEST_QUERY = 8_000
"""Bytes of an address behind its ``?``."""
PICTURES = "https://*.vietnam.vn https://vietnam.vn"
"""From where pictures are loaded where the reader asks for them."""


def policy(*, images: bool) -> str:
    """The Content-Security-Policy: nothing from elsewhere, no script or style inside a page."""
    pictures = f"'self' {PICTURES}" if images else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def is_own(host: str, own: str) -> bool:
    """Whether a ``Host`` (with or without its port) can be nobody else's name: an address, this machine, or `own`.

    >>> is_own("127.0.0.1:8750", ""), is_own("[::1]:8750", ""), is_own("localhost", ""), is_own("evil.example:8750", "")
    (True, True, True, False)
    """
    name = host.rpartition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
    if name.lower() in {"localhost", own.lower()}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application before another one; `refuse` makes the page for what is not answered."""

    app: App
    refuse: Callable[[int, str], App]
    host: str
    images: bool = False

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        problem = self._problem(scope)
        app = self.app if problem is None else self.refuse(*problem)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers()]
            await send(message)

        await app(scope, receive, told)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        told = {
            "content-security-policy": policy(images=self.images),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        }
        return [(name.encode(), value.encode()) for name, value in told.items()]

    def _problem(self, scope: MutableMapping[str, Any]) -> tuple[int, str] | None:
        sent = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value for name, value in sent if name == b"host"]
        if len(hosts) != 1 or not is_own(hosts[0], self.host):
            return 421, "This address is not one of this reader; ask http://127.0.0.1 with its port."
        headers = dict(sent)
        if headers.get(b"origin", f"http://{hosts[0]}") != f"http://{hosts[0]}":
            return 403, "A page of another site asked for this."
        navigating = headers.get(b"sec-fetch-mode", "navigate") == "navigate"
        if headers.get(b"sec-fetch-site") in {"cross-site", "same-site"} and not navigating:
            return 403, "A page of another site asked for this."
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, "Nothing can be changed here: only GET and HEAD are answered."
        if len(scope["query_string"]) > LONGEST_QUERY:
            return 414, f"The address is too long: {LONGEST_QUERY:,} bytes are taken behind the question mark."
        return None
