"""Gathers the entries of a sitemap from its tags and texts, and counts those without a usable address."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from pipelines.web.addresses import AROUND, NoAddressError, join
from scraper.sources.markup import UNKNOWN, BrokenError

# A valid sitemap has at most 50,000 entries; one several times larger is cut, and reported.
MAX_ENTRIES = 200_000
_MAX_PARTS = 5_000_000  # tags and texts; a full sitemap with ten languages has two million
_MAX_ALTERNATES = 200
_MAX_DEPTH = 64
_INSIDE_AN_ADDRESS = re.compile(rf"[\x00-\x1f\x7f<{UNKNOWN}]|\]\]>")
# Not a relative address, but one that lost part of its scheme or a slash: `https//…`, `ttps:/…`.
_HALF_AN_ADDRESS = re.compile(r"(?!https?:)[^/?#]+[:/]/")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """One ``<url>`` or ``<sitemap>``: its address, its `lastmod` as written, and its own hreflang alternates."""

    url: str
    lastmod: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()


class EnoughEntriesError(Exception):
    """The bound on entries, or on the parts of a document, is reached."""


@dataclass(slots=True)
class Listed:
    """What was gathered from a document that came from `base`.

    `unusable` counts entries with an invalid address, `without` those with none; `undeclared` are name prefixes
    without a namespace, `bad_alternates` invalid addresses of alternates; `full`: a bound was reached.
    """

    base: str
    entries: list[SitemapEntry] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    root: str = ""
    unusable: int = 0
    first_unusable: str = ""
    without: int = 0
    undeclared: list[str] = field(default_factory=list)
    bad_alternates: list[str] = field(default_factory=list)
    full: bool = False

    @property
    def kind(self) -> Literal["index", "urlset", "none"]:
        """The kind by the root element, or by the entries if the root is unknown."""
        if self.root in ("urlset", "sitemapindex"):
            return "index" if self.root == "sitemapindex" else "urlset"
        if not self.entries:
            return "none"
        return "index" if self.kinds["sitemap"] > self.kinds["url"] else "urlset"

    def add(self, draft: _Draft) -> None:
        """Take a complete entry; raises `EnoughEntriesError` beyond the bound."""
        text = draft.loc or draft.spare
        if not text:
            self.without += 1
        elif (url := _address(self.base, text)) is None:
            self.unusable += 1
            self.first_unusable = self.first_unusable or text
        elif len(self.entries) >= MAX_ENTRIES:
            self.full = True
            raise EnoughEntriesError
        else:
            self.entries.append(SitemapEntry(url=url, lastmod=draft.lastmod, alternates=tuple(draft.alternates)))


@dataclass(slots=True)
class _Draft:
    """An entry as far as it was read; `spare` is a location whose element has another prefix."""

    loc: str | None = None
    spare: str | None = None
    lastmod: str | None = None
    alternates: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    """The field whose text is being read, and the depth of its element."""

    name: str
    depth: int
    texts: list[str] = field(default_factory=list)


class Entries:
    """Gathers what a document lists from its tags and texts, into `found`.

    A `loc` counts as a child of its entry or, if the entry's own tag is unreadable, outside any entry; that of a
    picture or video does not count. Strict reading and scanning both feed this class; `tolerant` repairs end tags that
    do not match, as libxml2's recovery does.
    """

    def __init__(self, base: str, *, tolerant: bool = False) -> None:
        self.found = Listed(base)
        self._parts = 0
        self._tolerant = tolerant
        self._prefix = ""
        self._declared = {"xml"}
        self._open: list[str] = []  # names of open elements, in lower case
        self._skipped = 0  # open elements beyond the greatest depth
        self._field: _Field | None = None
        self._entry_depth = 0  # depth of the open entry; 0 if none is open
        self._draft = _Draft()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._count()
        name = name.lower()
        prefix, _, local = name.rpartition(":")
        if attributes and not self._tolerant:
            self._declared.update(key[6:].lower() for key in attributes if key.startswith("xmlns:"))
        if prefix and prefix not in self._declared and not self._tolerant:
            self._declared.add(prefix)
            self.found.undeclared.append(prefix)
        if self._field is not None:
            self._take_field(self._field, ended=bool(prefix) or local in _ELEMENTS)
        if not self._open and (not self.found.root or local in ("urlset", "sitemapindex")):
            root = self.found.root
            self.found.root, self._prefix = root if root in ("urlset", "sitemapindex") else local, prefix
        own = prefix in ("", self._prefix)
        if local in ("url", "sitemap") and own and len(self._open) >= 1:
            self._flush()
            if self._tolerant:
                del self._open[1:]
                self._skipped = 0
            self.found.kinds[local] += 1
            self._entry_depth = len(self._open) + 1
        elif local == "loc":
            self._start_loc(prefix, own)
        elif local == "lastmod" and len(self._open) == self._entry_depth:
            self._begin_field("lastmod")
        elif local == "link" and self._entry_depth and len(self._open) >= self._entry_depth:
            self._add_alternate(attributes)
        if len(self._open) < _MAX_DEPTH:
            self._open.append(name)
        elif self._tolerant:
            self._skipped += 1
        else:
            raise BrokenError(f"elements inside each other, {_MAX_DEPTH} deep")

    def _start_loc(self, prefix: str, own: bool) -> None:
        if self._entry_depth and len(self._open) == self._entry_depth:
            if own and self._draft.loc is not None:  # a second one: the tags between two entries are lost
                self._flush(reopen=True)
            if own or prefix not in _EXTENSIONS:
                self._begin_field("loc" if own else "spare")
        elif not self._entry_depth and own and self._open:
            self._entry_depth = len(self._open)
            self._begin_field("loc")

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.lower()
        if self._field is not None and len(self._open) == self._field.depth:
            self._take_field(self._field, ended=True)
        if self._skipped:
            self._skipped -= 1
            return
        if self._tolerant:
            if name in self._open:
                while self._open[-1] != name:
                    self._close()
            elif len(self._open) <= max(1, self._entry_depth):
                return  # an end tag without a start ends neither entry nor document
        if self._open:
            self._close()

    def text(self, data: str) -> None:
        """A piece of text."""
        self._count()
        if self._field is not None and len(self._open) == self._field.depth:
            self._field.texts.append(data)

    def _count(self) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            self.found.full = True
            raise EnoughEntriesError

    def finish(self) -> None:
        """The document ended, perhaps inside an entry: one without a `lastmod` may be cut, and is dropped."""
        self._field = None
        if self._draft.lastmod is None:
            self._draft = _Draft()
        self._flush()

    def _close(self) -> None:
        self._open.pop()
        if self._entry_depth and len(self._open) < self._entry_depth:
            self._flush()

    def _begin_field(self, name: str) -> None:
        self._field = _Field(name, len(self._open) + 1)

    def _take_field(self, taken: _Field, *, ended: bool) -> None:
        self._field, draft = None, self._draft
        text = "".join(taken.texts).strip(AROUND)
        if not ended and taken.name != "lastmod":
            text += "<"
        if taken.name == "lastmod":
            draft.lastmod = text or draft.lastmod
        elif taken.name == "spare":
            draft.spare = draft.spare or text
        else:
            draft.loc = text

    def _add_alternate(self, attributes: dict[str, str]) -> None:
        language, target = attributes.get("hreflang"), attributes.get("href")
        if language and target and len(self._draft.alternates) < _MAX_ALTERNATES:
            address = _address(self.found.base, target.strip(AROUND))
            if address is None:
                self.found.bad_alternates.append(target)
            else:
                self._draft.alternates.append((language.lower(), address))

    def _flush(self, *, reopen: bool = False) -> None:
        if not self._entry_depth:
            return
        draft, self._draft = self._draft, _Draft()
        self.found.add(draft)
        if not reopen:
            self._entry_depth = 0


# Elements that may follow an address whose end tag is lost; any other element inside makes it invalid.
_ELEMENTS = frozenset({"urlset", "sitemapindex", "url", "sitemap", "loc", "lastmod", "changefreq", "priority", "link"})
_EXTENSIONS = frozenset({"image", "video", "news", "mobile", "xhtml", "pagemap"})


def _address(base: str, text: str) -> str | None:
    """The address in a text, relative to `base`; None if it is invalid."""
    if _INSIDE_AN_ADDRESS.search(text) or _HALF_AN_ADDRESS.match(text):
        return None
    try:
        return join(base, text)
    except NoAddressError:
        return None
