"""A dead man's switch: pings in the form of healthchecks.io, which alerts somebody when no ping comes.

``URL/start`` is sent before the work and ``URL/<exit code>`` after it, with the account as the body. Both have one run
id (`rid`), so that the service measures the time between. Other services take the same form. The address is a secret:
messages name only its host.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
import uuid

from pipelines.errors import UsageError
from pipelines.version import package_version
from pipelines.web.addresses import NoAddressError, read_address
from scraper.messages import tell

_SECONDS = 10.0  # timeout of each try
_TRIES = 2
_TYPE = "text/plain; charset=utf-8"
_MOST_BYTES = 100_000  # the service keeps no more of a body


class Ping:
    """Pings for one run. Raises `UsageError` if `url` is not an http or https address."""

    def __init__(self, url: str) -> None:
        try:
            self._address = read_address(url)
        except NoAddressError:
            raise UsageError("--ping: not an http or https address; give the one that the service shows") from None
        self._run = uuid.uuid4()

    def start(self) -> None:
        """Send that the work begins."""
        self._send("start", "")

    def end(self, code: int, account: str) -> None:
        """Send how it ended: the exit code, with `account` as the body."""
        self._send(str(int(code)), account)

    def _send(self, signal: str, body: str) -> None:
        query = "&".join(filter(None, (self._address.query, f"rid={self._run}")))
        url = f"{self._address.origin}{self._address.path.rstrip('/')}/{signal}?{query}"
        # The end of an account matters most.
        data = body.encode("utf-8", "replace")[-_MOST_BYTES:]
        problem = ""
        for _ in range(_TRIES):
            try:
                headers = {"User-Agent": f"vietnamvn/{package_version()}", "Content-Type": _TYPE}
                # S310: the address is http or https, see above.
                request = urllib.request.Request(url, data=data, headers=headers, method="POST")  # noqa: S310
                with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                    answer.read(1024)
                return
            except urllib.error.HTTPError as error:
                error.close()
                problem = f"HTTP {error.code}"
                if error.code < 500:
                    break
            except urllib.error.URLError as error:
                problem = str(error.reason)
            except (OSError, http.client.HTTPException, ValueError) as error:
                problem = str(error) or type(error).__name__
        when = "start" if signal == "start" else "end"
        tell(f"--ping: {self._address.host} did not get the ping of the {when} ({problem})")
