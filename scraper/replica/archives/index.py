"""An index of captures and its queries: the common part of CDX servers.

The rules are pywb's, which Common Crawl's server uses; `tests/archives` compares both.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from pipelines.archives.surts import surt
from scraper.replica.archives.holdings import HeldCapture

MatchType = Literal["exact", "prefix", "host", "domain"]
Line = Mapping[str, str]
"""A capture's line: names and values, every value a string."""


class QuestionError(ValueError):
    """An invalid query, which servers answer with 400."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query: captures whose key is in ``[start, end)``, between two timestamps, that pass every filter."""

    parameters: Mapping[str, Sequence[str]]
    start: str
    end: str

    def text(self, name: str) -> str | None:
        """The last value of a parameter; None if it is missing or empty."""
        values = self.parameters.get(name)
        return values[-1] if values else None

    def number(self, name: str) -> int | None:
        """The parameter as a number."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return int(text)
        except ValueError:
            raise QuestionError(f"Invalid value for {name}= param: {text}") from None

    def is_set(self, name: str) -> bool:
        """Whether the parameter is switched on."""
        return (self.text(name) or "").lower() in ("true", "1", "y", "yes", "on")


def read_question(path: str) -> Question:
    """The query in `path`.

    >>> question = read_question("/x?url=*.vietnam.vn&output=json")
    >>> question.start, question.end
    ('vn,vietnam)/', 'vn,vietnam-')
    """
    parameters = parse_qs(path.partition("?")[2], keep_blank_values=False)
    url = (parameters.get("url") or [""])[-1]
    if not url:
        raise QuestionError("The 'url' param is required")
    match = (parameters.get("matchType") or [""])[-1]
    if not match:
        match = "domain" if url.startswith("*.") else "prefix" if url.endswith("*") else "exact"
        url = url[2:] if match == "domain" else url[:-1] if match == "prefix" else url
    start, end = key_range(url, match)
    return Question(parameters=parameters, start=start, end=end)


def key_range(url: str, match: str) -> tuple[str, str]:
    """The range of matching keys: first (included) and last (not included).

    >>> key_range("https://www.vietnam.vn/en/", "prefix")
    ('vn,vietnam)/en/', 'vn,vietnam)/en0')
    >>> key_range("vietnam.vn", "host")
    ('vn,vietnam)/', 'vn,vietnam*')
    """
    key = surt(url)
    host = key.partition(")/")[0]
    if match == "exact":
        return key, key + "!"
    if match == "prefix":
        for mark in "/?":
            if url.endswith(mark) and not key.endswith(mark):
                key += mark
        return key, key[:-1] + chr(ord(key[-1]) + 1)
    if match == "host":
        return host + ")/", host + "*"
    if match == "domain":
        return (host + ")/" if "," in host else host + ","), host + "-"
    raise QuestionError(f"Invalid match_type: {match}")


class Index:
    """Lines in the order of keys, in blocks of `block_lines`, as servers store them."""

    def __init__(
        self, captures: Sequence[HeldCapture], line: Callable[[HeldCapture], Line], *, block_lines: int
    ) -> None:
        self._captures = sorted(captures, key=lambda capture: (capture.urlkey, capture.timestamp))
        self._keys = [f"{capture.urlkey} {capture.timestamp}" for capture in self._captures]
        self._line = line
        self._blocks = self._keys[::block_lines]
        self.block_lines = block_lines

    def blocks(self) -> Iterator[list[Line]]:
        """All lines, block by block."""
        for start in range(0, len(self._captures), self.block_lines):
            yield [self._line(capture) for capture in self._captures[start : start + self.block_lines]]

    def matching(self, question: Question) -> Iterator[Line]:
        """All lines in the range of keys."""
        yield from self._between(question, 0, len(self._keys))

    def pages(self, question: Question, page_size: int) -> tuple[int, int]:
        """The numbers of pages (of `page_size` blocks) and blocks of an answer; any block may hold no match."""
        first, last = self._range(question)
        if first is None:
            return 0, 0
        if first == last and not any(self._block(question, first, first)):
            return 0, 0
        return (last - first) // page_size + 1, last - first + 1

    def page(self, question: Question, page: int, page_size: int) -> list[Line]:
        """The lines of one page; it may have none."""
        first, last = self._range(question)
        if first is None:
            return []
        pages = (last - first) // page_size + 1
        if not 0 <= page < pages:
            raise QuestionError(f"Page {page} invalid: First Page is 0, Last Page is {pages - 1}")
        start = first + page * page_size
        return list(self._block(question, start, min(start + page_size - 1, last)))

    def _range(self, question: Question) -> tuple[int | None, int]:
        """The first and last block that can hold a match; only a block's first key is known."""
        first = max(bisect_left(self._blocks, question.start) - 1, 0)
        if not self._blocks or self._blocks[first] >= question.end:
            return None, 0
        return first, max(bisect_left(self._blocks, question.end) - 1, 0)

    def _block(self, question: Question, first: int, last: int) -> Iterator[Line]:
        yield from self._between(question, first * self.block_lines, (last + 1) * self.block_lines)

    def _between(self, question: Question, first: int, last: int) -> Iterator[Line]:
        start = bisect_left(self._keys, question.start, first, min(last, len(self._keys)))
        end = bisect_left(self._keys, question.end, start, min(last, len(self._keys)))
        yield from map(self._line, self._captures[start:end])


def within_time(line: Line, question: Question) -> bool:
    """Between `from` and `to`: 1 to 14 digits each, both included.

    >>> within_time({"timestamp": "20240815000000"}, read_question("?url=x.vn&from=2024&to=202408"))
    True
    """
    stamp, since, until = line["timestamp"], question.text("from"), question.text("to")
    return (since is None or stamp >= since) and (until is None or stamp[: len(until)] <= until)


_MODES: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~": lambda value, wanted: re.match(wanted, value) is not None,
    "": lambda value, wanted: wanted in value,
}


def passes_filter(line: Line, text: str, aliases: Mapping[str, str]) -> bool:
    """Whether a line passes a filter of pywb: ``[!][=|~]name:text``; without a sign, the value must contain the text.

    >>> line = {"status": "301"}
    >>> [passes_filter(line, text, {}) for text in ("status:30", "!=status:200", "~status:3..", "=status:30")]
    [True, True, True, False]
    """
    wanted = text.removeprefix("!")
    mode = wanted[:1] if wanted[:1] in ("=", "~") else ""
    name, _, value = wanted[len(mode) :].partition(":")
    return _MODES[mode](line.get(aliases.get(name, name), ""), value) != text.startswith("!")
