"""Where each field of an article comes from, and other values that the page states for it."""

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
    """The value that one part of a page states for a field; `origin` is one of `ORIGINS`."""

    field: str
    origin: str
    value: str


def first(statements: Iterable[Statement], field: str) -> str | None:
    """The first value stated for a field, which is that of the surest part of the page; None if there is none."""
    return next((statement.value for statement in statements if statement.field == field), None)


def origins_of(chosen: Iterable[Statement], statements: Iterable[Statement]) -> dict[str, str]:
    """Field -> where its value comes from, and ``field:origin`` -> another value stated there.

    `chosen` are the values of the record with their origins, `statements` all that the page states. Texts that differ
    only in marks and letter case, and times of the same day, count as the same value.

    >>> bylined = [Statement("published", "layout", "2025-10-22")]
    >>> origins_of(bylined, [*bylined, Statement("published", "json-ld", "2019-01-02T08:00:00+07:00")])
    {'published': 'layout', 'published:json-ld': '2019-01-02T08:00:00+07:00'}
    """
    found = {statement.field: statement for statement in chosen}
    origins = {field: statement.origin for field, statement in found.items()}
    for statement in statements:
        own = found.get(statement.field)
        if own is not None and not same(statement.field, own.value, statement.value):
            origins.setdefault(f"{statement.field}:{statement.origin}", statement.value)
    return origins


def same(field: str, one: str, other: str) -> bool:
    """Whether two values of a field mean the same."""
    if field in _TIMES:
        return one[:10] == other[:10]  # records have days and times of Vietnam's zone
    return one == other or letters(one) == letters(other) != ""  # texts of signs alone cannot be compared so
