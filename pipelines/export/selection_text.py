"""Which texts a selection takes, in words: a line for each of its fields that is set.

The card, croissant.json and the report take it from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.storage import Extent, Selection


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values)


# Each field of `Selection` but `revisions` has its line here, in this order; a test fails for a missing one.
LINES: dict[str, Callable[[Any], str]] = {
    "search": lambda query: f"found by the search: {query}",
    "languages": lambda codes: f"languages found: {_listed(codes)}",
    "claimed": lambda codes: f"languages of the addresses: {_listed(codes)}",
    "since": lambda day: f"published since: {day}",
    "until": lambda day: f"published until: {day}",
    "publishers": lambda names: f"publishers: {_listed(names)}",
    "agreeing_only": lambda _: "only texts in the language they are declared in",
    "min_words": lambda number: f"words at least: {number:,}",
    "ids": lambda ids: f"ids: {len(ids):,} that were asked for ({_listed(ids[:3])}{', …' if ids[3:] else ''})",
    "first_seen_since": lambda time: f"first seen since: {time}",
    "first_seen_until": lambda time: f"first seen until: {time}",
    "no_copies": lambda _: (
        "a text that several addresses of an article have to the letter (an original under untranslated addresses) is "
        "here once, at the Vietnamese address where it is there"
    ),
    "quality": lambda conditions: f"measures of the text: {_listed(conditions)} (all of them)",
    "allowed": lambda usages: (
        f"usages that the site did not disallow when the text was fetched: {_listed(usages)}; what it said of them and "
        "cannot be read counts as disallowed"
    ),
    "rights_unsaid": lambda _: "of these usages also none of which the site said nothing",
    "sample": lambda number: f"a sample of {number:,} of these, those whose id and seed hash lowest",
    "sample_by": lambda _: "ids of the sample: the numbers of rows, so that another store gives other texts",
    "seed": lambda seed: f"seed: {seed}",
}
NO_FILTER = "No filter was set."
_REVISIONS = {
    "current": "The current text of every article; earlier translations at the same address are left out.",
    "all": "Every different text ever seen at an address.",
}


def selection_words(selection: Selection) -> tuple[str, tuple[str, ...]]:
    """A sentence on which texts of an article are meant, and a phrase for each filter that is set.

    >>> selection_words(Selection(languages=("fr", "ja"), min_words=3))[1]
    ('languages found: fr, ja', 'words at least: 3')
    """
    default = Selection()
    phrases = [
        " ".join(line(getattr(selection, name)).split())
        for name, line in LINES.items()
        if getattr(selection, name) != getattr(default, name)
    ]
    return _REVISIONS[selection.revisions], tuple(phrases)


def selection_lines(selection: Selection) -> tuple[str, ...]:
    """The same as lines of Markdown: the sentence, and a point of a list for each filter.

    >>> selection_lines(Selection(languages=("fr", "ja"), min_words=3))[2:]
    ('- languages found: fr, ja', '- words at least: 3')
    """
    sentence, phrases = selection_words(selection)
    return (sentence, "", *([f"- {line}" for line in phrases] or [NO_FILTER]))


def extent_lines(extent: Extent) -> tuple[str, ...]:
    """The extent of a selection as lines of Markdown.

    >>> extent_lines(Extent(5, 1, 900, "2025-10-01", "2025-10-01"))[1]
    'Together 1 article (so many different `slug`), some 900 words, published on 2025-10-01.'
    """
    if not extent.texts:
        return ()
    first, last = extent.published_first, extent.published_last
    when = f"published on {first}" if first == last else f"published from {first} to {last}"
    articles = f"{extent.articles:,} article{'s' if extent.articles != 1 else ''} (so many different `slug`)"
    return (
        "",
        f"Together {articles}, some {extent.words:,} words, {when if first else 'without a day of publication'}.",
    )
