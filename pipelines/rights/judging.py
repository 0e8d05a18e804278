"""What a site's files say of one of its addresses, beside what came with the page."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from pipelines.rights.model import Rights
from pipelines.rights.robots_signals import robots_signals
from pipelines.rights.tdmrep import tdmrep_signal
from pipelines.web.robots import Robots, parse_robots

NotHad = Literal["not had"]
NOT_HAD: Final[NotHad] = "not had"
"""Stands for a site's file that was requested in vain."""


def site_rights(
    url: str, *, agent: str, robots: bytes | Robots | NotHad | None = None, tdmrep: bytes | NotHad | None = None
) -> Rights:
    """What the files of a site say of an address to `agent`. None is an unknown file, which gives no signal; `NOT_HAD`
    one that cannot be read; an empty one means that there is none.

    >>> robots = b"User-agent: *\\nContent-Usage: /en/ train-ai=n\\nDisallow: /api/"
    >>> site_rights("https://www.vietnam.vn/en/a", agent="vietnamvn", robots=robots).of("train-ai")
    'disallowed'
    """
    signals = () if robots is None else robots_signals(_parsed(robots), url, agent=agent)
    tdm = None if tdmrep is None else tdmrep_signal(None if tdmrep == NOT_HAD else tdmrep, url)
    return Rights(signals if tdm is None else (*signals, tdm))


def _parsed(robots: bytes | Robots | NotHad) -> Robots | None:
    if isinstance(robots, bytes):
        return _of_bytes(robots)
    return robots if isinstance(robots, Robots) else None


@lru_cache(maxsize=16)
def _of_bytes(body: bytes) -> Robots:
    return parse_robots(body, "https://localhost/robots.txt")  # sitemaps do not matter here
