"""The title of a page's article: its own heading, or what its data call it, without the name of the newspaper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import islice

from lxml import etree

from pipelines.extraction import labels
from pipelines.extraction.headings import heading_text, title_within
from pipelines.extraction.json_ld import likeness
from pipelines.extraction.links import PageLinks
from pipelines.extraction.normalisation import letters, normalise_line
from pipelines.extraction.origins import Statement

MOST_HEADINGS = 10
_MOST_LOWER = 50
SIMILAR_TITLE = 0.5  # by `json_ld.likeness`
_SAME_TITLE, _ANOTHER_TITLE = 0.7, 0.3
_PART_OF_TITLE = 0.4  # a shorter heading is a section's, even if its words are in the title
_PART_OF_HOST = 0.6  # a shorter word may be in an address by chance: `Hue` in baohue.example
_NAME_BEHIND = re.compile(r"(.*\S)(?:\s+[|–—•·-]\s+|\s*[|｜：ㅣ]\s*)(.+?)")
_SITE_BEHIND = re.compile(r"\s+[|–—-]\s+(?:www\.)?vietnam\.vn(?:\s.*)?\Z", re.I | re.S)
_LINES, _MOST_LINES = ("h2", "h3", "h4", "div", "p", "span", "b", "strong", "font", "td"), 2000
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class House:
    """Who publishes a page of another site: the name that it states, the parts of its host, and its links."""

    name: str | None
    hosts: tuple[str, ...]
    links: PageLinks

    @classmethod
    def of_page(cls, name: str | None, addresses: Iterable[str], links: PageLinks) -> House:
        """The publisher by a page's own addresses."""
        places = [place for address in addresses if (place := links.parts(address))]
        return cls(name, tuple(dict.fromkeys(place.host for place in places)), links)

    def is_called(self, part: str) -> bool:
        """Whether a part of a title is the site's name, as the page states it or as its host spells it."""
        if self.name and likeness(part, self.name) >= _SAME_TITLE:
            return True
        words = _WORDS.findall(part.casefold())
        return bool(words) and any(
            all(word in spelled for word in words) and sum(map(len, words)) >= _PART_OF_HOST * len(spelled)
            for spelled in map(_spelled, self.hosts)
        )

    def left_out(self, title: str) -> str:
        """A title without the site's name at its end."""
        match = _NAME_BEHIND.fullmatch(title)
        return match[1] if match and self.is_called(match[2]) else title

    def is_masthead(self, heading: etree._Element) -> bool:
        """Whether a heading is the site's name: the name itself, or a link to the front page."""
        text = heading_text(heading)
        if not text or (self.name and letters(text) == letters(self.name)):
            return True
        link = next(heading.iter("a"), None)
        place = self.links.parts(link.get("href") or "") if link is not None and heading_text(link) == text else None
        return place is not None and place.slug is None and place.section is None and place.host in self.hosts


def _spelled(host: str) -> str:
    """The letters of a host, without `www` and the last part.

    >>> _spelled("www.rust-lang.example"), _spelled("news.example")
    ('rustlang', 'news')
    """
    return letters("".join(host.removeprefix("www.").split(".")[:-1]))


def own_heading(
    tree: etree._Element, headings: list[etree._Element], titles: Iterable[str], house: House | None
) -> etree._Element | None:
    """The h1 most like the page's other titles, else a lower heading that is one of them, else the first h1.

    The newspaper's name is in many titles: a heading that is a short part of a title is not the article's. On the
    site's own pages (no `house`) an h1 is it anyway.
    """

    def alike(heading: etree._Element) -> float:
        text = heading_text(heading)
        return max((_likeness_of_heading(text, title) for title in titles), default=0.0)

    headings = [h for h in headings[:MOST_HEADINGS] if house is None or not house.is_masthead(h)]
    best = max(headings, key=alike, default=None)
    if best is not None and (house is None or alike(best) >= SIMILAR_TITLE):
        return best
    stated = {normalise_line(title) for title in titles}
    if house is not None:
        stated |= {house.left_out(title) for title in stated}
    lower = islice(tree.iter("h2", "h3", "h4"), _MOST_LOWER)
    return next((heading for heading in lower if heading_text(heading) in stated), best)


def _likeness_of_heading(heading: str, title: str) -> float:
    alike = likeness(heading, title)
    return alike if len(heading) >= _PART_OF_TITLE * len(title) else min(alike, len(heading) / len(title))


def is_site_name(name: str | None) -> bool:
    """Whether a title or a publisher is the site itself, with or without its slogan."""
    return (name or "").strip().lower().removeprefix("www.").startswith(labels.SITE_NAME.lower())


def _shown_part(tree: etree._Element, title: str) -> str:
    """A window's title without its last part, if the page shows the text before it: then that is a name."""
    match = _NAME_BEHIND.fullmatch(title)
    if match and any(normalise_line(e.text or "") == match[1] for e in islice(tree.iter(*_LINES), _MOST_LINES)):
        return match[1]
    return title


def titles_of(
    tree: etree._Element,
    heading: etree._Element | None,
    stated: Iterable[tuple[str, str | None]],
    page_title: str | None,
    house: House | None,
) -> list[Statement]:
    """The article's titles, the best first: the visible heading, what the page's data state, the page's own title.

    `stated` are origins and values. Where the others agree and none repeats the heading, it is that of a section or of
    the newspaper. On the site's own pages (no `house`) the heading is the title anyway: their data may be left
    untranslated.
    """

    def plain(value: str | None) -> str:
        title = _SITE_BEHIND.sub("", normalise_line(unescape(value or "")))
        return title if house is None else house.left_out(title)

    shown = heading_text(heading) if heading is not None else ""
    named = [Statement("title", origin, title) for origin, value in stated if (title := plain(value))]
    if heading is not None and (part := title_within(heading, shown, [title.value for title in named])):
        return [Statement("title", "visible", part), *named]
    last = plain(page_title)
    if not shown:
        last = "" if is_site_name(last) else _shown_part(tree, last)
        return named or ([Statement("title", "meta", last)] if last else [])
    others = [*(title.value for title in named), *([last] if last else [])]
    agreed = house is not None and len(others) > 1 and all(likeness(others[0], o) >= _SAME_TITLE for o in others)
    alike = likeness(shown, others[0]) if agreed else 1.0
    if agreed and (alike < _ANOTHER_TITLE or len(shown) < _PART_OF_TITLE * len(others[0])):
        return [*named, Statement("title", "visible", shown)]
    return [Statement("title", "visible", shown), *named]
