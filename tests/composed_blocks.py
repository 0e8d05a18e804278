"""Pages of any build, composed at random as trees: lengths, links, names and nestings that no saved page has.

Made without a parser, so that they are the same with every version of it; the same seed gives the same page.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from lxml import etree

T = TypeVar("T")
HOLDERS = (
    "div", "section", "article", "main", "aside", "nav", "footer", "header", "figure", "form", "table", "tr", "ul",
    "ol", "dl", "details", "iframe", "noscript", "svg", "video", "picture", "object", "dialog", "menu", "fieldset",
    "center", "body", "x-card", "amp-ad", "button",
)  # fmt: skip
ENDS = (
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd", "blockquote", "figcaption", "caption", "pre",
    "summary", "label", "address", "button", "span", "b", "div", "x-line",
)  # fmt: skip
UNSEEN = ("script", "style", "template", "select", "textarea", "noscript", "meta")
NAMES = (
    "article-body", "entry-content", "post_detail", "sidebarRight", "related", "comment-list", "menu main", "footer",
    "share", "ad", "caption", "author", "breadcrumb", "wrap", "row col", "tags", "date", "title", "promo", "story text",
    "qz", "Content", "one two three four five six seven", "mainCol leftSide topBar", "u-page__inner is-open has-media",
)  # fmt: skip
STYLES = ("display:block", "display: none", "color:red", "DISPLAY : flex", "display:inline", "visibility:hidden")
WORDS = {
    "latin": (
        "the",
        "boat",
        "harbour",
        "of",
        "Vinh",
        "market",
        "2024",
        "and",
        "river",
        "HCMC",
        "so",
        "a",
        "12:30",
        "it",
    ),
    "plain": ("boats", "come", "back", "every", "morning", "from", "sea", "again"),
    "figures": ("12", "1,5", "3.000", "9/2/2025", "km", "USD", "40%", "18:05", "1998"),
    "signs": ("©", "|", "»", "@chợ", "www.cho.example", "#1", "•", "Đọc", "thêm"),
    "chinese": ("港口", "的", "渔船", "今天早上", "回来了", "市场"),
    "thai": ("เรือ", "กลับมา", "ที่ท่าเรือ", "ทุกเช้า"),
    "arabic": ("القوارب", "تعود", "كل", "صباح", "إلى", "الميناء"),
}
MARKS = {
    "latin": ".!?:…",
    "plain": ".",
    "figures": ".:",
    "signs": ":",
    "chinese": "。！？",
    "thai": " ",
    "arabic": ".؟",
}
COMMAS = {"latin": ",;", "chinese": "，、；", "arabic": "،؛"}


class Composer:
    """Draws one page."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed).random  # the one method whose numbers no version of Python changes
        self.said: list[str] = []

    def one(self, of: Sequence[T]) -> T:
        """One of several."""
        return of[int(self.draw() * len(of))]

    def text(self, length: int) -> str:
        """So many characters of words with marks between them; now and then what was said before."""
        if self.said and self.draw() < 0.08:
            return self.one(self.said)
        script = self.one(tuple(WORDS))
        parts: list[str] = []
        size = 0
        while size < length:
            part = self.one(WORDS[script])
            if script in COMMAS and self.draw() < 0.15:
                part += self.one(COMMAS[script])
            elif self.draw() < 0.12:
                part += self.one(MARKS[script])
            part += "" if script == "chinese" else " "
            parts.append(part)
            size += len(part)
        said = "".join(parts)[:length].strip() or "x"
        if self.draw() < 0.5:
            said = said[:-1] + self.one(MARKS[script])
        if self.draw() < 0.05:
            said += self.one("”)»'")
        said = said.strip() or "x"
        self.said.append(said)
        return said

    def length(self) -> int:
        """Mostly short, as on pages."""
        return 1 + int(self.draw() ** self.one((1, 2, 3)) * self.one((30, 130, 760)))

    def named(self, element: etree._Element) -> None:
        """Give an element a name, a style, or a state."""
        if self.draw() < 0.4:
            element.set(self.one(("class", "class", "id", "role", "itemprop")), self.one(NAMES))
        if self.draw() < 0.07:
            element.set("style", self.one(STYLES))
        if self.draw() < 0.03:
            element.set(*self.one((("hidden", ""), ("aria-hidden", "true"), ("aria-hidden", "false"))))

    def end(self, above: etree._Element, tag: str, length: int) -> None:
        """An element with text: plain, in a link, with a link, with what is not seen, or with breaks."""
        element = etree.SubElement(above, tag)
        self.named(element)
        kind, text = self.draw(), self.text(length)
        cut = int(self.draw() * len(text))
        if kind < 0.6:
            element.text = text
        elif kind < 0.75:
            link = etree.SubElement(element, "a", href="/x")
            link.text = text
        elif kind < 0.88:
            element.text = text[:cut]
            link = etree.SubElement(element, "a", href="/x")
            bold = etree.SubElement(link, "b")
            bold.text, bold.tail = text[cut : cut + 9], text[cut + 9 : cut + 20]
            link.tail = text[cut + 20 :] or " "
        elif kind < 0.95:
            unseen = etree.SubElement(element, self.one(UNSEEN))
            unseen.text, unseen.tail = "gone", text
        else:
            element.text = text[:cut]
            broken = etree.SubElement(element, self.one(("br", "hr")))
            broken.tail = text[cut:]
        if self.draw() < 0.15:
            element.tail = self.one(("\n", " ", self.text(20)))

    def holder(self, above: etree._Element, depth: int, more: int) -> None:
        """An element that holds others: alike ones in a row, as of a text or a menu, or one more below it."""
        element = etree.SubElement(above, self.one(HOLDERS))
        self.named(element)
        if depth < 28 and self.draw() < 0.25:
            self.holder(element, depth + 1, more)
        for _ in range(1 + int(self.draw() * more)):
            kind = self.draw()
            if kind < 0.35 and depth < 28:
                self.holder(element, depth + 1, more // 2)
            elif kind < 0.75:
                tag, wide = self.one(ENDS), self.length()
                for _ in range(1 + int(self.draw() ** 3 * 14)):
                    self.end(element, tag, 1 + int(wide * (0.7 + 0.6 * self.draw())))
            elif kind < 0.85:
                for _ in range(3 + int(self.draw() * 8)):
                    item = etree.SubElement(element, "li")
                    etree.SubElement(item, "a", href="/y").text = self.text(1 + int(self.draw() * 30))
            else:
                self.end(element, self.one(ENDS), self.length())


def composed(seed: int) -> tuple[etree._Element, str | None]:
    """A page, and the title that it states."""
    composer = Composer(seed)
    root = etree.Element("html")
    body = etree.SubElement(root, "body")
    title = composer.text(30) if seed % 4 else None
    for part in range(6):
        composer.holder(body if part % 3 else root, 0, 8)
        if part == seed % 5 and title:
            heading = etree.SubElement(body, "h1" if seed % 3 else "h2")
            heading.text = title if seed % 2 else title.upper()
    return root, title


def lengths() -> tuple[etree._Element, str | None]:
    """A page with a text of each length, plain and in a link."""
    root = etree.Element("html")
    for length in (*range(1, 720), *range(1, 720), *range(1, 720)):
        element = etree.SubElement(root, "p")
        words = ("Boats, 12 of them. " * 40)[: length - 1] + "s"
        if length % 3:
            element.text = words
        else:
            etree.SubElement(element, "a", href="/z").text = words
    return root, "Boats, 12 of them"


def depths() -> tuple[etree._Element, str | None]:
    """A page with a text at each depth, below more and more names."""
    root = holder = etree.Element("html")
    for depth in range(40):
        names = " ".join(f"{letter}{chr(97 + depth % 26) * (1 + depth // 26)}" for letter in "bcd")
        holder = etree.SubElement(holder, "div", {"class": names})
        etree.SubElement(holder, "p").text = "The boats come back. " * (depth % 9)
        etree.SubElement(holder, "p").text = "Fish"
    return root, None
