"""Guards every page: who may ask and how, and the security headers of responses.

A page of another site can make a browser request any address. If a name of that site resolves to this machine (DNS
rebinding), the browser takes the reader's pages for that site's: so only names that no site can own are answered.
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
"""Most bytes of an address behind its ``?``."""
PICTURES = "https://*.vietnam.vn https://vietnam.vn"
"""Where pictures may be loaded from, with ``--images``."""


def policy(*, images: bool) -> str:
    """The Content-Security-Policy: nothing from other hosts, no inline script or style."""
    pictures = f"'self' {PICTURES}" if images else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def is_own(host: str, own: str) -> bool:
    """Whether a ``Host`` (with or without port) cannot be another site's: an IP address, localhost, or `own`.

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
    """An ASGI application in front of `app`; `refuse` makes the page for a refused request."""

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

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers()]
            await send(message)

        await app(scope, receive, send_with_headers)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        headers = {
            "content-security-policy": policy(images=self.images),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        }
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    def _problem(self, scope: MutableMapping[str, Any]) -> tuple[int, str] | None:
        sent = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value for name, value in sent if name == b"host"]
        if len(hosts) != 1 or not is_own(hosts[0], self.host):
            return 421, "This is not an address of this reader; use http://127.0.0.1 with its port."
        headers = dict(sent)
        if headers.get(b"origin", f"http://{hosts[0]}") != f"http://{hosts[0]}":
            return 403, "A page of another site asked for this."
        navigating = headers.get(b"sec-fetch-mode", "navigate") == "navigate"
        if headers.get(b"sec-fetch-site") in {"cross-site", "same-site"} and not navigating:
            return 403, "A page of another site asked for this."
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, "Nothing can be changed here: only GET and HEAD are answered."
        if len(scope["query_string"]) > LONGEST_QUERY:
            return 414, f"The address is too long: at most {LONGEST_QUERY:,} bytes may follow the question mark."
        return None
