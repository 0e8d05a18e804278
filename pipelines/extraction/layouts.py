"""Site rules as dated data: where the article is in each layout the site has had.

A new layout is a new entry with the day it was first seen; the old one stays, with its saved page under
``tests/pages/<name>/``. CONTRIBUTING.md explains how to add one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from pipelines.extraction.elements import holds, inner_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The class of a container, and how to read it.

    `whole_page`: title, lead and byline are inside it too. `shared`: other sites use the class too, and not only for
    articles, so it counts on the site's own addresses only.
    """

    name: str
    seen: str
    container_class: str
    whole_page: bool = False
    shared: bool = False

    def containers(self, tree: etree._Element, body: bytes) -> list[etree._Element]:
        """Elements whose class list holds the container's class (a suffix made by a build tool allowed)."""
        most = body.count(self.container_class.encode())  # a search in the bytes costs less than a walk of the tree
        named = (e for e in tree.iter(*_CONTAINER_TAGS) if self.container_class in (e.get("class") or ""))
        found = [*islice(named, most)] if most else []
        exact = [e for e in found if self.container_class in (e.get("class") or "").split()]
        if exact:
            return exact
        prefixes = (self.container_class + "_", self.container_class + "-")
        return [e for e in found if any(c.startswith(prefixes) for c in (e.get("class") or "").split())]


_CONTAINER_TAGS = ("div", "main", "article", "section")  # a walk over these costs a tenth of an XPath over all

_COLUMNS = 3  # elements around a part of a body

# The first one that a page has is used. Facts: SITE.md, "A page's HTML".
LAYOUTS: tuple[Layout, ...] = (
    Layout(name="post-detail-body", seen="2026-10", container_class="post-detail-body"),
    Layout(name="post-detail-container", seen="2025-08", container_class="post-detail-container", whole_page=True),
    Layout(name="ant-layout-content", seen="2025-08", container_class="ant-layout-content", whole_page=True),
    # The years of WordPress, until about the end of 2024 (SITE.md, "The site's past").
    Layout(name="td-post-content", seen="2022-12", container_class="td-post-content", shared=True),
    Layout(name="entry-content", seen="2022-12", container_class="entry-content", shared=True),
)


def find_container(
    tree: etree._Element, body: bytes, title: str | None, *, own_site: bool
) -> tuple[Layout, etree._Element] | None:
    """The first layout whose container the page has, and the fullest such container.

    A layout of the whole page frames every page of the site, so it counts only around an article's title.
    """
    for layout in LAYOUTS:
        if layout.shared and not own_site:
            continue
        containers = layout.containers(tree, body)
        if layout.whole_page:
            containers = [e for e in containers if title and holds(e, "h1")]
        if len(containers) == 1:
            return layout, containers[0]
        if containers:
            return layout, _joined(containers, max(containers, key=lambda e: sum(map(len, e.itertext()))))
    return None


def _joined(containers: list[etree._Element], fullest: etree._Element) -> etree._Element:
    """The first container beside the fullest, with those beside it put into it: parts of one body around a box.

    Each may be in a column of its own. A copy is no part; under another title each is another article's.
    """
    # Elements around several containers are no column of one of them.
    counts = Counter(above for e in containers for above in islice(e.iterancestors(), _COLUMNS))
    place = _column(fullest, counts)
    parent = place.getparent()
    parts = [(e, column) for e in containers if (column := _column(e, counts)).getparent() is parent]
    if len(parts) < 2 or parent is None:
        return fullest
    first = parts[0][0]
    between = list(parent)[parent.index(parts[0][1]) : parent.index(parts[-1][1]) + 1]
    if any(e.tag == "h1" or holds(e, "h1") for e in between):
        return fullest
    known = {_letters(first)}
    for part, column in parts[1:]:
        if (text := _letters(part)) not in known and not (column.tail or "").strip():
            known.add(text)
            first.append(part)
    return first if len(known) > 1 else fullest


def _column(container: etree._Element, counts: Counter[etree._Element]) -> etree._Element:
    """The outermost element with no other text than a container's: the container itself, or a column that holds it."""
    text = _letters(container)
    column = container
    for above in islice(container.iterancestors("div", "section", "article", "main"), _COLUMNS):
        if counts[above] > 1 or _letters(above) != text:
            break
        column = above
    return column


def _letters(element: etree._Element) -> str:
    return "".join(inner_text(element).split())
