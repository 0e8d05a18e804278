"""`X-Robots-Tag` and `meta robots`: words in any case, after a robot's name or for all robots.

Words of other programs (`nosnippet`, `max-image-preview:large`) and what follows another robot's name say
nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pipelines.rights.model import Answer, Usage, merged
from pipelines.times import UTC, is_instant, read_time

AGENT = "vietnamvn"
"""The name by which a page can address this program."""

_SAYS: Mapping[str, Mapping[Usage, Answer]] = {
    "all": {"index": "allowed"},
    "index": {"index": "allowed"},
    "none": {"index": "disallowed"},
    "noindex": {"index": "disallowed"},
    "archive": {"archive": "allowed"},
    "noarchive": {"archive": "disallowed"},
    "nocache": {"archive": "disallowed"},
    "noai": {"train-ai": "disallowed"},
    "noml": {"train-ai": "disallowed"},
    "noimageai": {"images": "disallowed"},
}
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
# Its date may have commas, colons and spaces, and may begin with the name of a day; no other word may stand before its
# comma, or the word after it would be lost.
_AFTER = re.compile(r"\bunavailable_after\s*:\s*((?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},\s*)?[^,;]*)", re.I)
_NAMED = re.compile(r"\s*([^\s:,]+)\s*:(.*)", re.S)
_BETWEEN = re.compile(r"[\s,;]+")


def read_words(content: str, *, fetched_at: str | None = None) -> dict[Usage, Answer]:
    """What the words of a `meta robots` say; `fetched_at` is when the page was fetched, ISO 8601.

    >>> read_words("NOAI noindex,max-snippet:-1"), read_words("follow")
    ({'train-ai': 'disallowed', 'index': 'disallowed'}, {})
    >>> read_words("unavailable_after: Wed, 03 Dec 2025 13:09:53 GMT", fetched_at="2025-12-04T00:00:00+00:00")
    {'index': 'disallowed'}
    """
    found: list[Mapping[Usage, Answer]] = [_after(value, fetched_at) for value in _AFTER.findall(content)]
    # Also the words after a date: where spaces separate words, nothing shows where it ends.
    found += [_SAYS[word] for word in _BETWEEN.split(content.lower()) if word in _SAYS]
    return merged(found)


def read_tag(line: str, *, fetched_at: str | None = None, agent: str = AGENT) -> dict[Usage, Answer]:
    """What one line of `X-Robots-Tag` says to `agent`; a robot's name holds for the words up to the next name.

    >>> read_tag("noarchive, otherbot: noai, nofollow"), read_tag("vietnamvn: noml, otherbot: noindex")
    ({'archive': 'disallowed'}, {'train-ai': 'disallowed'})
    """
    dates = _AFTER.findall(line)
    # Each date becomes a part of its own, whatever is beside it.
    parts = _AFTER.sub(lambda match: f",unavailable_after:{dates.index(match[1])},", line).split(",")
    found: list[Mapping[Usage, Answer]] = []
    is_for_agent = True
    for part in parts:
        words = part
        while (named := _NAMED.fullmatch(words)) and named[1].lower() not in _VALUED:
            is_for_agent, words = is_named(named[1], agent), named[2]
        if is_for_agent and named is not None and named[1].lower() == "unavailable_after":
            found.append(read_words(f"unavailable_after:{dates[int(named[2])]}", fetched_at=fetched_at))
        elif is_for_agent:
            found.append(read_words(words, fetched_at=fetched_at))
    return merged(found)


def read_tags(lines: Iterable[str], *, fetched_at: str | None = None, agent: str = AGENT) -> dict[Usage, Answer]:
    """What several lines say together."""
    return merged(read_tag(line, fetched_at=fetched_at, agent=agent) for line in lines)


def is_named(name: str, agent: str = AGENT) -> bool:
    """Whether a robot's name is `agent`'s, or stands for all robots.

    >>> is_named("VietnamVN", "vietnamvn/0.1 (article archive)"), is_named("bot", "vietnamvn/0.1")
    (True, False)
    """
    token = re.split(r"[/\s(]", agent.strip().lower(), maxsplit=1)[0]
    return name.strip().lower() in ("*", "robots", token)


def _after(value: str, fetched_at: str | None) -> Mapping[Usage, Answer]:
    """After a moment no index may have the page; a moment that cannot be read or compared gives `unknown`."""
    end = read_time(value, zone=UTC, day_first=False)
    if end is None or fetched_at is None or not is_instant(fetched_at):
        return {"index": "unknown"}
    if isinstance(end, date) and not isinstance(end, datetime):
        end = datetime(end.year, end.month, end.day, tzinfo=UTC)
    now = read_time(fetched_at, zone=UTC)
    return {"index": "disallowed"} if isinstance(now, datetime) and now > end else {}
