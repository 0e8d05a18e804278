"""Where each field of an article comes from, and what the page says of it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pipelines.extraction.normalisation import letters

ORIGINS: Final[Mapping[str, str]] = {
    "layout": "the place that a dated layout of the site has for it",
    "visible": "what a reader sees",
    "json-ld": "the page's own object of JSON-LD",
    "meta": "an element of the page's head, or microdata",
    "address": "the page's address",
}
"""Every origin, and what it is."""

_TIMES = frozenset({"published", "modified"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What one part of a page says of a field; `origin` is one of `ORIGINS`."""

    field: str
    origin: str
    value: str


def first(statements: Iterable[Statement], field: str) -> str | None:
    """What is said first of a field, by the surest part of the page; None where nothing is."""
    return next((told.value for told in statements if told.field == field), None)


def origins_of(chosen: Iterable[Statement], statements: Iterable[Statement]) -> dict[str, str]:
    """Field -> where its value comes from, and ``field:origin`` -> another value that the page states there.

    `chosen` are the values of the record with their origins, `statements` all that the page says. The same text but for
    marks and letter case, and the same day, is no other value.

    >>> bylined = [Statement("published", "layout", "2025-10-22")]
    >>> origins_of(bylined, [*bylined, Statement("published", "json-ld", "2019-01-02T08:00:00+07:00")])
    {'published': 'layout', 'published:json-ld': '2019-01-02T08:00:00+07:00'}
    """
    found = {told.field: told for told in chosen}
    origins = {field: told.origin for field, told in found.items()}
    for told in statements:
        own = found.get(told.field)
        if own is not None and not same(told.field, own.value, told.value):
            origins.setdefault(f"{told.field}:{told.origin}", told.value)
    return origins


def same(field: str, one: str, other: str) -> bool:
    """Whether two values of a field say the same."""
    if field in _TIMES:
        return one[:10] == other[:10]  # records have days and times of Vietnam's zone
    return one == other or letters(one) == letters(other) != ""  # of signs alone there is nothing to compare
