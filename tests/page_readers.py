"""What a reader of a page without script and style sees or could unfold, by two readers that are not the extractor.

One knows tags alone (the standard library's tokeniser) and builds no tree; the other is the tree that libxml2 builds of
the bytes as they came. Both leave out programs, styles, templates, what forms hold as values, titles of drawings and
formulas, which are written otherwise in a record (`formulas`). Text in frames and films stands for those who have none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser

from lxml import etree

from pipelines import Article
from pipelines.extraction.normalisation import normalise_line

UNSEEN = ("script", "style", "template", "select", "datalist", "textarea", "title", "math", "desc", "metadata")
_NEVER_EMPTY = ("select", "datalist", "template", "textarea")
_FRAMES = ("iframe", "noembed", "noframes")


def bare(text: str) -> str:
    """A text without white space, marks of tables and bytes that are none of UTF-8; raised signs as plain ones."""
    text = re.sub(r"!\[([^\]]*)\]\(([^)]*)\)", r"\1\2", normalise_line(text))  # the mark of a picture
    return unicodedata.normalize("NFKC", re.sub(r"[\s|\ufffd]", "", text))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN or tag in _FRAMES:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NEVER_EMPTY:  # the slash means something in drawings alone
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def seen_by_tags(page: str) -> list[str]:
    """The text nodes outside unseen elements, bare."""
    reader = _Tags()
    reader.feed(page)
    reader.close()
    return [text for data in reader.found if (text := bare(data))]


def _nodes(root: etree._Element) -> Iterator[str | None]:
    silent = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            silent += node.tag in UNSEEN
            if not silent:
                yield node.text
        else:
            silent -= node.tag in UNSEEN
            if not silent and node is not root:
                yield node.tail


def _tree(page: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def seen_in_tree(page: str) -> list[str]:
    """The text nodes of the body in libxml2's tree, bare."""
    tree = _tree(page)
    bodies = [] if tree is None else list(tree.iter("body"))
    return [text for body in bodies[:1] for node in _nodes(body) if node and (text := bare(node))]


def alternatives(page: str) -> set[str]:
    """The alt texts of a page, which are attributes and no text."""
    tree = _tree(page)
    return set() if tree is None else {normalise_line(e.get("alt") or "") for e in tree.iter()}


def told(article: Article, page: str) -> list[str]:
    """Every text of a record that can be one of the page's, bare; an alt text only where it is no attribute."""
    attributes = alternatives(page)
    found = [article.title or "", *(article.lead or "").split("\n\n"), *article.paragraphs]
    found += [image.caption or "" for image in article.images]
    found += [image.alt for image in article.images if image.alt and image.alt not in attributes]
    found += [line.text for line in article.stripped if line.rule != "publisher-logo"]
    return [bare(text) for text in found]
