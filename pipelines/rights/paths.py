"""Patterns of paths as robots.txt has them (RFC 9309, 2.2.2 and 2.2.3): `*` is anything, `$` the end. By Protego."""

from __future__ import annotations

import re
from functools import lru_cache

from protego import Protego

_NOT_IN_A_RULE = re.compile(r"[\s#\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST = 2000


@lru_cache(maxsize=4096)
def _rule(pattern: str) -> Protego:
    return Protego.parse(f"User-agent: *\nDisallow: {pattern}\n")


def is_matched(pattern: str, url: str) -> bool:
    """Whether a pattern matches the path and query of an address; an empty one, or one that is too long, none.

    >>> is_matched("/en/*", "https://a.vn/en/x"), is_matched("/*.pdf$", "https://a.vn/b.pdf?c"), is_matched("", "/")
    (True, False, False)
    """
    plain = _NOT_IN_A_RULE.sub(lambda match: "%23" if match[0] == "#" else "", pattern)
    return 0 < len(plain) <= _LONGEST and not _rule(plain).can_fetch(url, "*")
