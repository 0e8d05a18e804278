"""Faults of a site, which can be switched on for any part of the replica."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "status",  # answers `status`, with `Retry-After: retry_after` if that is set
    "challenge",  # a firewall's page with status 200
    "empty",  # status 200, no body
    "truncated",  # the first half of the body, but a valid HTTP response
    "cut",  # Content-Length promises more than comes
    "gzip_bomb",  # 2 GB of zeros in 2 MB
    "billion_laughs",  # XML whose entities expand without end
    "external_entity",  # XML that names a file and an address
    "huge",  # a body of 2 GB, announced
    "endless",  # a body without end, never announced
    "slow",  # a byte now and then
    "reset",  # the connection is reset in mid-answer
    "silent",  # accepts the request and never answers
    "redirect",  # 302 to `to`
    "redirect_loop",  # 302 to itself, with a counter
    "wrong_charset",  # UTF-8 bytes that the header calls ISO-8859-1
    "soft_404",  # "not found", with status 200
    "relabelled",  # the page itself, under another status
]


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault: on paths that match `where` (a regular expression), for the first `times` requests (None: all)."""

    kind: Kind
    where: str = ".*"
    times: int | None = None
    status: int = 403
    retry_after: str | None = None
    to: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    def strikes(self, path: str) -> bool:
        """Count this request; returns whether it is hit."""
        if not re.fullmatch(self.where, path.partition("?")[0]):
            return False
        count = self.seen[path] = self.seen.get(path, 0) + 1
        return self.times is None or count <= self.times
