"""What tests of the stand-in's archives share: a small site, and a client that takes every answer as it comes."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

from scraper.replica import ReplicaSite


def small_site() -> ReplicaSite:
    """Twelve articles of two and a half years."""
    return ReplicaSite(articles=12, per_day=1, every=80, languages=("vi", "en", "ar", "ja"))


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def get(url: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
    """Status, headers and body, whatever the status; redirects are not followed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named, method=method)
    opener = urllib.request.build_opener(_Stays, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
