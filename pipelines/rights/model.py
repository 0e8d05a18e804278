"""Signals, and what they amount to together: the most restrictive wins."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, get_args

Usage = Literal["fetch", "train-ai", "search", "tdm", "index", "archive", "images"]
"""What a signal can be about: fetching by this program, training of models, search, text and data mining, a place in an
index, keeping a copy, and the use of pictures by models."""
Answer = Literal["allowed", "disallowed", "unknown", "unsaid"]
"""`unknown`: something was said that cannot be read; `unsaid`: nothing was."""

USAGES: tuple[Usage, ...] = get_args(Usage)
COLUMNS: Mapping[Usage, str] = {
    "fetch": "fetch",
    "train-ai": "train_ai",
    "search": "search",
    "tdm": "tdm",
    "index": "indexed",
    "archive": "archive",
    "images": "images",
}
"""The usages as names of database columns."""

SITE_SOURCES = ("robots.txt", "robots.txt content-usage", "robots.txt content-signal", "tdmrep.json")
"""Signals in files of the whole site."""
PAGE_SOURCES = (
    "header content-usage",
    "header content-signal",
    "header tdm-reservation",
    "header x-robots-tag",
    "meta robots",
    "meta tdm-reservation",
)
"""Signals that came with the page."""
SOURCES = SITE_SOURCES + PAGE_SOURCES

LONGEST_SAID = 300
"""Characters of a signal's words that are kept; all of them are interpreted."""

_ORDER: Mapping[Answer, int] = {"unsaid": 0, "allowed": 1, "unknown": 2, "disallowed": 3}
_PLACE = {name: i for i, name in enumerate(SOURCES)}
_AT = {usage: i for i, usage in enumerate(USAGES)}


def most_restrictive(answers: Iterable[Answer]) -> Answer:
    """The answer that counts among several.

    >>> most_restrictive(["allowed", "unknown", "unsaid"]), most_restrictive([])
    ('unknown', 'unsaid')
    """
    return max(answers, key=_ORDER.__getitem__, default="unsaid")


def merged(answers: Iterable[Mapping[Usage, Answer]]) -> dict[Usage, Answer]:
    """What several lines of one signal amount to, usage by usage; usages of which nothing is said are left out."""
    found: dict[Usage, Answer] = {}
    for one in answers:
        for usage, answer in one.items():
            found[usage] = most_restrictive((answer, found.get(usage, "unsaid")))
    return found


@dataclass(frozen=True, slots=True)
class Signal:
    """What one source said: `said` has its words as sent, `usages` the answer for each usage.

    Usages are in the order of `USAGES`; those of which nothing is said are left out.
    """

    source: str
    said: str
    usages: Mapping[Usage, Answer] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", _bounded(self.source))
        object.__setattr__(self, "said", _bounded(self.said))
        usages = {usage: self.usages[usage] for usage in USAGES if self.usages.get(usage, "unsaid") != "unsaid"}
        object.__setattr__(self, "usages", usages)

    @property
    def usages_text(self) -> str:
        """The usages in one line.

        >>> Signal("meta robots", "noai, index", {"index": "allowed", "train-ai": "disallowed"}).usages_text
        'train-ai=disallowed, index=allowed'
        """
        return ", ".join(f"{usage}={answer}" for usage, answer in self.usages.items())


@dataclass(frozen=True, slots=True)
class Rights:
    """All signals of one page; equal whatever their order."""

    signals: tuple[Signal, ...] = ()

    def __post_init__(self) -> None:
        kept = sorted({(one.source, one.said, one.usages_text): one for one in self.signals}.values(), key=_key)
        object.__setattr__(self, "signals", tuple(kept))

    def __bool__(self) -> bool:
        return bool(self.signals)

    def of(self, usage: Usage) -> Answer:
        """The most restrictive answer of all signals."""
        return most_restrictive(one.usages.get(usage, "unsaid") for one in self.signals)

    def answers(self) -> dict[Usage, Answer]:
        """The answer for each of `USAGES`."""
        return {usage: self.of(usage) for usage in USAGES}

    def disallowed(self, usages: Iterable[Usage]) -> tuple[Usage, ...]:
        """The given usages that are disallowed."""
        return tuple(usage for usage in usages if self.of(usage) == "disallowed")

    @property
    def site(self) -> Rights:
        """The signals of the whole site alone."""
        return Rights(tuple(one for one in self.signals if one.source in SITE_SOURCES))

    @property
    def page(self) -> Rights:
        """The signals that came with the page alone."""
        return Rights(tuple(one for one in self.signals if one.source not in SITE_SOURCES))

    def with_site(self, other: Rights) -> Rights:
        """The page's own signals with the site's of another time."""
        return Rights(self.page.signals + other.site.signals)

    def again(self, later: Rights) -> Rights:
        """After a response without a page: the later signals, and the page's own from sources that they lack."""
        sources = {one.source for one in later.signals}
        return Rights((*later.signals, *(one for one in self.page.signals if one.source not in sources)))

    def plain(self) -> list[dict[str, str]]:
        """The signals as JSON types."""
        return [{"source": one.source, "said": one.said, "usages": one.usages_text} for one in self.signals]

    @classmethod
    def of_plain(cls, signals: Iterable[Mapping[str, Any]]) -> Rights:
        """The inverse of `plain`; usages and answers of another version are passed over.

        >>> noai = Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),))
        >>> Rights.of_plain(noai.plain()) == noai
        True
        """
        return cls(tuple(Signal(str(one["source"]), str(one["said"]), _usages(str(one["usages"]))) for one in signals))

    def as_json(self) -> str:
        """One text for equal rights."""
        return json.dumps(self.plain(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Rights:
        """The inverse of `as_json`. Raises `ValueError` for anything else."""
        return _from_json(text)

    @property
    def sha256(self) -> str:
        """The hash of `as_json`, in lower-case hexadecimal."""
        return hashlib.sha256(self.as_json().encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=512)  # a store has few, each with thousands of its texts
def _from_json(text: str) -> Rights:
    try:
        return Rights.of_plain(json.loads(text))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no rights ({error})") from None


def _key(signal: Signal) -> tuple[int, str, str, str]:
    return _PLACE.get(signal.source, len(_PLACE)), signal.source, signal.said, signal.usages_text


def _usages(text: str) -> dict[Usage, Answer]:
    pairs = (part.strip().partition("=") for part in text.split(","))
    return {usage: answer for usage, _, answer in pairs if usage in _AT and answer in _ORDER}  # type: ignore[misc]


def _bounded(said: str) -> str:
    """A signal's words as they are kept: in one line, without half characters, and not longer than `LONGEST_SAID`."""
    line = " ".join(said.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").split())
    return line if len(line) <= LONGEST_SAID else line[: LONGEST_SAID - 1] + "…"
