"""A page's date of publication where nothing else states it: found by the names of its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Any, Final

from lxml import etree

from pipelines.extraction.days import find_day
from pipelines.extraction.draft import width
from pipelines.extraction.elements import inner_text, split_names
from pipelines.extraction.normalisation import normalise_line
from pipelines.times import published

_MOST: Final = 60  # elements looked at; lists of other articles have hundreds
_NEAR: Final = 3  # ancestors that an element above the title may share with it
_HEADLINE, _LONGEST_NAME, _LONGEST_CARD = 24, 80, 600  # in width: an author's name is shorter than a headline
_LINES: Final = ("p", "div", "span", "small", "li", "td", "em", "strong", "b", "time", "date", "h3", "h4", "h5", "h6")
MOST_LINES: Final = 5000  # elements in which a line is looked for
_SHORTEST_DAY, LONGEST_DAY, _MOST_WORDS = 6, 40, 3  # characters; words beside the numbers: weekday, month, `posted`
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_CANDIDATES: Final = etree.XPath(
    "descendant::*[@itemprop='datePublished' or contains(@class, 'date') or contains(@class, 'Date')"
    " or contains(@class, 'pdated') or contains(@class, 'odified') or contains(@class, 'ublish')"
    " or contains(@class, 'osted') or contains(@class, 'imestamp')][not(self::body or self::html or self::meta)]"
)
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:(?:pub|post|entry)?dates?|datelines?|date-?time|(?:date|time)-?stamps?|(?:pub|publish|post)-?time|published|posted|updated|(?:last-?)?modified)(?=$|[\s_-])",
    re.I,
)
_ANOTHER_DAY = re.compile(
    r"event|expir|birth|start|(?:^|[\s_-])(?:end|due|top)(?=$|[\s_-])|deadline|copyright|current|today|now|clock"
    r"|header-?date|footer|picker|visited|release",
    re.I,
)
_META = re.compile(
    r"(?:^|[\W_])(?:publish(?:ed)?|publication|pub)(?:[\W_]?(?:date|time|on|at))?|\w+:date(?:[\W_]?published)?", re.I
)


def meta_named(meta: dict[str, str]) -> Iterator[str]:
    """Contents of meta elements whose names end in words for the day of publication."""
    for name, content in meta.items():
        match = _META.search(name)
        if match and match.end() == len(name):
            yield content


def named(tree: etree._Element, title: etree._Element | None) -> Iterator[tuple[etree._Element, str]]:
    """Elements named as a date, beside the title or below it, with their texts, in page order.

    The caller leaves out boxes, comments and the page's head and foot.
    """
    found: Any = _CANDIDATES(tree)  # elements: its type has whatever an expression can give
    called = [e for e in islice(found, _MOST) if e.get("itemprop") == "datePublished" or _CALLED.search(split_names(e))]
    for element in _in_place(tree, title, called):
        yield element, inner_text(element, 30)


def alone(tree: etree._Element, title: etree._Element | None) -> Iterator[tuple[etree._Element, str]]:
    """Elements that hold nothing but a day, beside the title or below it, in page order, with it."""
    lines = (e for e in islice(tree.iter(*_LINES), MOST_LINES) if len(e) < _NEAR)
    found = dict(islice(((e, day) for e in lines if (day := _day_alone(e))), _MOST))
    for element in _in_place(tree, title, [*found]):
        yield element, found[element]


def _day_alone(element: etree._Element) -> str | None:
    text = normalise_line(inner_text(element, _NEAR))
    if not _SHORTEST_DAY <= len(text) <= LONGEST_DAY or not any(map(str.isdigit, text)):
        return None
    return published(text) or find_day(text) if len(_WORDS.findall(text)) <= _MOST_WORDS else None


def _in_place(
    tree: etree._Element, title: etree._Element | None, found: list[etree._Element]
) -> Iterator[etree._Element]:
    """Those of some elements that are beside the title or below it, on no card, and named for no other day."""
    near = set() if title is None else set(islice(title.iterancestors(), _NEAR))
    above = set() if title is None else _above(tree, title, found)
    for element in found:
        if _ANOTHER_DAY.search(split_names(element)):
            continue
        if title is None:
            if not any(e.tag in ("article", "main") for e in element.iterancestors()):
                continue
        elif element in above and not any(e in near and e.tag not in ("body", "html") for e in element.iterancestors()):
            continue  # above the title, and far from it
        if not _is_on_a_card(element, near):
            yield element


def _above(tree: etree._Element, title: etree._Element, found: list[etree._Element]) -> set[etree._Element]:
    """Those of the elements found that come before the title."""
    wanted = set(found)
    return {element for element in takewhile(lambda e: e is not title, tree.iter()) if element in wanted}


def _is_on_a_card(element: etree._Element, around: set[etree._Element]) -> bool:
    """Whether an element is in a small box with a linked headline, or inside a link of such length."""
    for above in islice(element.iterancestors(), _NEAR):
        if above in around:
            return False
        if sum(map(len, islice(above.itertext(), 40))) > _LONGEST_CARD:
            return False
        if above.tag == "a" and width(normalise_line(inner_text(above, 40))) > _LONGEST_NAME:
            return True
        for heading in islice(above.iter("h2", "h3", "h4", "h5", "h6"), 3):
            linked = next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
            if linked and width(normalise_line(inner_text(heading, 40))) > _HEADLINE:
                return True
    return False
