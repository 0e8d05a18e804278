"""The part of a page that holds its article, what in it is decided already, and everything beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from pipelines.extraction.blocks import UNSEEN, PageBlocks
from pipelines.extraction.draft import Line
from pipelines.extraction.elements import CAMEL, HIDDEN, shown, visible_text
from pipelines.extraction.normalisation import normalise_characters
from pipelines.models import NOT_ARTICLE

_REASONS: Final = {
    "nav": "navigation",
    "header": "header",
    "footer": "footer",
    "aside": "aside",
    "form": "form",
    "button": "form",
    "dialog": "dialog",
    "noscript": "noscript",
    "figure": "figure",
    "figcaption": "figure",
}
_ROLES: Final = {"navigation": "navigation", "banner": "header", "contentinfo": "footer", "complementary": "aside"}
_LONGEST_BESIDE_PICTURE = 300
_OTHER: Final = NOT_ARTICLE + "other"


@dataclass(slots=True, eq=False)
class Region:
    """`root` holds the whole article. Of the block elements under it, `chosen` have article text of their own, and
    `around` are those with all elements above them. Both are None if everything under the root is decided line by line.
    """

    root: etree._Element
    chosen: frozenset[etree._Element] | None = None
    around: frozenset[etree._Element] | None = None


def region_of(page: PageBlocks, chosen: Sequence[bool]) -> Region | None:
    """The region of the chosen blocks; None if there is none. At least half of an element's own text must be chosen."""
    weights: dict[int, int] = {}
    for block, take in zip(page.blocks, chosen, strict=True):
        if take:
            weights[block.node] = weights.get(block.node, 0) + len(block.text)
    for block, take in zip(page.blocks, chosen, strict=True):
        if not take and block.node in weights:
            weights[block.node] -= len(block.text)
    takers = [index for index, weight in weights.items() if weight >= 0]
    if not takers:
        return None
    counts: dict[int, int] = {}
    for index in takers:
        for above in page.chain(index):
            counts[above] = counts.get(above, 0) + 1
    root = max(index for index, count in counts.items() if count == len(takers))
    if page.nodes[root].tag == "p" and page.nodes[root].parent > 0:
        root = page.nodes[root].parent  # an article of one paragraph: its picture stands beside it
    for index in _rest_of_quotations(page, chosen, [quote for quote in counts if quote > root]):
        takers.append(index)
        counts.update(dict.fromkeys(page.chain(index), 1))
    return Region(
        page.nodes[root].element,
        frozenset(page.nodes[index].element for index in takers),
        frozenset(page.nodes[index].element for index in counts if index >= root),
    )


def _rest_of_quotations(page: PageBlocks, chosen: Sequence[bool], around: Sequence[int]) -> Iterator[int]:
    """The nodes of what was not chosen in quotations that mostly were: who said it, above or below the words."""
    quotes = {index for index in around if page.nodes[index].tag == "blockquote"}
    if not quotes:
        return
    rest: dict[int, list[int]] = {quote: [] for quote in quotes}
    weights = dict.fromkeys(quotes, 0)
    for block, take in zip(page.blocks, chosen, strict=True):
        quote = next((index for index in page.chain(block.node) if index in quotes), None)
        if quote is not None:
            weights[quote] += len(block.text) if take else -len(block.text)
            rest[quote] += [] if take else [block.node]
    yield from (node for quote, nodes in rest.items() if weights[quote] > 0 for node in nodes)


def reason(element: etree._Element) -> str:
    """Why an element is no part of the article, as far as its markup shows: `not-article: navigation`."""
    return next(filter(None, map(_own_reason, (element, *element.iterancestors()))), _OTHER)


def _own_reason(element: etree._Element) -> str | None:
    if what := _REASONS.get(element.tag):
        return NOT_ARTICLE + what
    attributes = element.attrib
    if not attributes:
        return None
    if what := _ROLES.get(attributes.get("role", "")):
        return NOT_ARTICLE + what
    hidden = "hidden" in attributes or HIDDEN.search(element.get("style") or "")
    return NOT_ARTICLE + "hidden" if hidden else None


def is_picture(element: etree._Element) -> bool:
    """Whether an element beside the article's text is a picture with at most a caption, and not a link to a story."""
    if next(shown(element, "img"), None) is None:
        return False
    if element.tag == "figure":
        return True
    text = visible_text(element)
    linked = sum(len(visible_text(link)) for link in element.iter("a"))
    return len(text) <= _LONGEST_BESIDE_PICTURE and linked * 2 <= len(text)


# --- beside the region ----------------------------------------------------------------------------------------


def beside(root: etree._Element) -> tuple[list[Line], list[Line]]:
    """All text of the page above and below an element, each part of the page as one line.

    A part is a child of an element around the root; each of its texts is on a line of its own.
    """
    above: list[list[Line]] = []
    below: list[Line] = []
    holders, reasons = [*root.iterancestors()], [_OTHER]
    for holder in reversed(holders):
        reasons.append(_own_reason(holder) or reasons[-1])
    element = root
    for holder in holders:
        first: list[Line] = []
        here, around = first, reasons.pop()
        _add(here, holder.text, around)
        for child in holder:
            if child is element:
                here = below
            elif isinstance(child.tag, str) and child.tag not in UNSEEN:
                here.extend(stripped_part(child, _own_reason(child) or around))
            _add(here, child.tail, around)
        above.append(first)
        element = holder
    return [line for lines in reversed(above) for line in lines], below


def _add(lines: list[Line], text: str | None, rule: str) -> None:
    if text and not text.isspace():
        lines.append(Line(text=_joined((text,)), rule=rule))


def stripped_part(element: etree._Element, rule: str) -> Iterator[Line]:
    """An element as one line of `stripped`, if it has text; each of its texts is on a line of its own."""
    texts: Any = _TEXTS(element)  # strings: its type has whatever an expression can give
    if texts and (text := _joined(tuple(texts))):
        yield Line(text=text, gap=1, rule=rule)


_TEXTS = etree.XPath("descendant::text()", smart_strings=False)


@lru_cache(maxsize=256)  # menus and footers are the same on thousands of pages
def _joined(texts: tuple[str, ...]) -> str:
    """Each text on a line of its own, normalised."""
    lines = normalise_characters("\n".join([" ".join(text.split()) for text in texts])).split("\n")
    return "\n".join([line for line in lines if line and line != " "])


# Words for screen readers alone (`(opens in a new tab)`, `Image caption,`), by the names that style sheets give them.
_CALLED_SPOKEN: Final = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader(?:-?(?:text|only))?)(?=$|[\s_-])", re.I
)


_CLASSES_OF_SPANS = etree.XPath("descendant::span/@class", smart_strings=False)


def is_spoken(element: etree._Element) -> bool:
    """Whether an element is called one for screen readers alone."""
    return _names_spoken(element.get("class") or "")


def _names_spoken(called: str) -> bool:
    return _CALLED_SPOKEN.search(CAMEL.sub("-", called)) is not None


def _spoken(tree: etree._Element) -> list[etree._Element]:
    classes: Any = _CLASSES_OF_SPANS(tree)  # strings: its type has whatever an expression can give
    spoken = set(filter(_names_spoken, set(classes)))
    return [span for span in tree.iter("span") if span.get("class") in spoken] if spoken else []


_TEXT_OF_NOBODY: Final = ("script", "style", "template", "select", "datalist", "textarea")


def strip_unseen(tree: etree._Element) -> list[Line]:
    """Remove from a tree what is no running text: programs, styles, the values of forms.

    Returned are the texts of drawings, of `noscript` and of words for screen readers alone, which are within a sentence
    without being part of it; the pictures of a `noscript` stay in the tree.
    """
    etree.strip_elements(tree, *_TEXT_OF_NOBODY, with_tail=False)
    lines: list[Line] = []
    for element in (*tree.iter("noscript", "svg"), *_spoken(tree)):
        lines.extend(stripped_part(element, NOT_ARTICLE + ("hidden" if element.tag == "span" else element.tag)))
        for inner in element.iter():
            inner.text = None
            if inner is not element:
                inner.tail = None
    return lines
