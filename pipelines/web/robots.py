"""robots.txt: what may be fetched, how fast, and which sitemaps there are.

Protego reads the rules (RFC 9309, and common misspellings). This module prepares the text for it (gzip, byte-order
marks, UTF-16, invisible characters), within bounds. What the site forbids in any of these forms is forbidden.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from protego import Protego

from pipelines.web.addresses import NoAddressError, join
from pipelines.web.charsets import decode_listing
from pipelines.web.site_files import percent_encoded, unpacked

MAX_BYTES = 512_000
"""The bytes of a robots.txt that are read; RFC 9309 (2.5) demands at least 500 KiB."""
MAX_SITEMAPS = 500
"""Sitemap lines beyond these are left; of 4,231 popular sites two have more."""
_MAX_UNPACKED = 52_428_800
# Protego keeps each rule once for each user agent of its group: rules times user agents have to be bounded, too. The
# largest product among those sites is 32,000.
_MAX_RULES = 1_000_000

# Marks of byte order and of direction, spaces without width: text copied from a web page or a word processor brings
# them along, and a rule that ends in one matches nothing.
_INVISIBLE = re.compile("[\ufeff\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_SITEMAP = re.compile(r"\W*site-?maps?\b", re.I)
_WAS_CONTROL = "\x7f"
_USER_AGENT = re.compile(r"\s*user.?agent\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """robots.txt, read once for a run.

    `sitemaps` are whole addresses. `notes` are lines for people on what was passed over. `problem` is None where the
    rules are known; otherwise nothing may be fetched. `text` is what the rules were read from.
    """

    parser: Protego
    text: str = ""
    sitemaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str | None = None
    sitemaps_left: int = 0

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether robots.txt lets this user agent fetch the address."""
        return self.problem is None and bool(self.parser.can_fetch(url, user_agent))

    def delay(self, user_agent: str) -> float | None:
        """The Crawl-delay for this user agent in seconds, if there is one."""
        value = self.parser.crawl_delay(user_agent)
        return None if value is None or not math.isfinite(value) or value < 0 else float(value)

    def refusal(self, user_agent: str, *, max_delay: float) -> str | None:
        """Why nothing is fetched under these rules, in one line; None where they can be obeyed.

        `max_delay` is the longest Crawl-delay, in seconds, that is accepted.
        """
        delay = self.delay(user_agent)
        if self.problem is None and delay is not None and delay > max_delay:
            return (
                f"robots.txt asks for {delay:g} seconds between two requests (Crawl-delay), more than the "
                f"{max_delay:g} that are waited for (VIETNAMVN_MAX_CRAWL_DELAY): nothing is fetched"
            )
        return self.problem


def parse_robots(body: bytes, url: str) -> Robots:
    """Read the robots.txt that came from `url`; an empty one allows everything, and so does a web page in its place.

    >>> parse_robots("\\ufeffUser-agent: *\\nSitemap: /maps.xml".encode(), "https://www.vietnam.vn/robots.txt").sitemaps
    ('https://www.vietnam.vn/maps.xml',)
    """
    notes: list[str] = []
    plain, problem = unpacked(body, limit=_MAX_UNPACKED)
    if len(plain) > MAX_BYTES:
        notes.append(f"it is larger than {MAX_BYTES} bytes; the rules behind them are not known")
    elif problem is not None:
        return Robots(parser=Protego.parse(""), problem=f"robots.txt cannot be read: {problem}")
    text = _without_controls(_INVISIBLE.sub("", percent_encoded(decode_listing(plain[:MAX_BYTES]))))
    if len(plain) > MAX_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]  # half a rule would forbid or allow something else
    if _rules(text) > _MAX_RULES:
        problem = f"robots.txt has rules times user agents above {_MAX_RULES}: more than is read"
        return Robots(parser=Protego.parse(""), problem=problem)
    parser = Protego.parse(text)
    sitemaps: dict[str, None] = {}
    unusable: list[NoAddressError] = []
    for line in parser.sitemaps:
        try:
            # What is left of a terminal command would be a relative address that is not in the file.
            base = None if _WAS_CONTROL in line else url
            sitemaps[join(base, line.replace(_WAS_CONTROL, "").strip("<>\"' "))] = None
        except NoAddressError as error:
            unusable.append(error)
    if unusable:
        notes.append(f"{len(unusable)} Sitemap lines that cannot be used (the first: {unusable[0]})")
    left = max(0, len(sitemaps) - MAX_SITEMAPS)
    if left:
        notes.append(f"it names {len(sitemaps)} sitemaps; only the first {MAX_SITEMAPS} are read")
    return Robots(
        parser=parser,
        text=text,
        sitemaps=tuple(sitemaps)[:MAX_SITEMAPS],
        notes=tuple(notes),
        sitemaps_left=left,
    )


def _without_controls(text: str) -> str:
    """The text without control characters; in Sitemap lines, `_WAS_CONTROL` stands for each."""
    if _CONTROL.search(text) is None:
        return text
    lines = text.splitlines(keepends=True)
    return "".join(_CONTROL.sub(_WAS_CONTROL if _SITEMAP.match(line) else "", line) for line in lines)


def _rules(text: str) -> int:
    """How many rules Protego would keep: in each group, its user agents times its rules."""
    kept = agents = rules = 0
    for line in text.splitlines():
        if _USER_AGENT.match(line):
            if rules:
                kept, agents, rules = kept + agents * rules, 0, 0
            agents += 1
        elif agents and line.strip():
            rules += 1
    return kept + agents * rules
