"""The working copy of a page: its lines in order, and what has been decided about each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.models import Image, Kind
from pipelines.unicode.scripts import SOUTH_EAST

DASHES = "-–—"
OPENS_SPEECH = DASHES + '"“”«»„‘’「『'
"""Signs with which a reply or a quotation begins."""
UNMARKED = re.compile(f"[{SOUTH_EAST}]")
"""A letter of a script in which no mark ends a sentence."""

PARAGRAPH = 80
"""From this width on a line can hardly be a heading, a verse, a label or a signature."""

# The longest article of the site has some hundreds of blocks; a page of more than this is a dump or an attack.
MAX_BLOCKS = 50_000


class TooManyBlocksError(Exception):  # a signal between the walk and its caller, not an error for anybody
    """The page has more than `MAX_BLOCKS` blocks of text."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One block of text, still undecided until `rule`, `image` or `taken` says what it is.

    A line with a `rule` was stripped by it. A line that is `taken` is in the record elsewhere (as title or lead, or as
    the caption of a picture): it is neither a paragraph nor stripped.

    `gap` counts the blank lines before it. `href` is the address of the link that the line holds (HTML only).
    A line with an `image` is a picture: `text` is then its alt text as it stood in a text page, or empty.
    """

    text: str
    gap: int = 0
    kind: Kind = "paragraph"
    href: str | None = None
    image: Image | None = None
    rule: str | None = None
    taken: bool = False

    @property
    def undecided(self) -> bool:
        """Whether no rule has spoken for this line yet: what stays so is a paragraph of the article."""
        return self.rule is None and self.image is None and not self.taken

    def strip_whole(self, rule: str) -> None:
        """Take the line away; of a picture, its caption or alt text is kept as the stripped text."""
        if self.image is not None:
            self.text = self.text or self.image.caption or self.image.alt or ""
            self.image = None
        self.rule = rule


@dataclass(slots=True, kw_only=True)
class Draft:
    """A page under work. `start` and `end` bound the lines that can still be article (end exclusive).

    `flat`: the lines are of a text page, whose tables, lists and boxes are written with characters. `site_line` and
    `comment_line` say whether these were found, `comment_label` is the latter's without its count. `form` is how a text
    page begins: ``header`` with the site's line or a byline, ``bullet`` with a byline that has a bullet, ``body``
    without any. `vietnamese`: it is written in Vietnamese. `house` is the publisher by the page's own data.
    `paragraph_gap` is the `Line.gap` from which on a line is a paragraph of its own. The rest are fields of the record,
    as they are found.
    """

    lines: list[Line]
    flat: bool = False
    slug: str | None = None
    start: int = 0
    end: int = -1
    site_line: bool = False
    comment_line: bool = False
    comment_label: str = ""
    vietnamese: bool = False
    title: str | None = None
    lead: str | None = None
    publisher: str | None = None
    published: str | None = None
    source_url: str | None = None
    comment_count: int | None = None
    form: str = "body"
    house: str | None = None
    paragraph_gap: int = field(default=0)

    def __post_init__(self) -> None:
        self.end = len(self.lines)
        self.measure_gaps()

    def measure_gaps(self) -> None:
        """Set `paragraph_gap` by the lines that can still be article: what is around them may be spaced otherwise."""
        gaps = [line.gap for line in self.lines[self.start + 1 : self.end]]
        # Where most blocks stand apart, a line without a gap belongs to the line above it.
        self.paragraph_gap = 1 if gaps and sum(g > 0 for g in gaps) * 2 > len(gaps) else 0

    def last_undecided(self) -> int | None:
        """Index of the last line that can still be article, if any."""
        for i in range(self.end - 1, self.start - 1, -1):
            if self.lines[i].undecided:
                return i
        return None

    def frame(self, above: list[Line], below: list[Line]) -> None:
        """Put the lines around the article around its own; its title or lead there is not repeated."""
        known = {text for text in (self.title, *(self.lead or "").split("\n\n")) if text}
        known -= {line.text for line in self.lines if line.taken}
        for line in (*above, *below):
            if not any(text in line.text for text in known):
                continue
            texts = line.text.split("\n")
            for text in [text for text in texts if text in known]:
                if text in known:  # repeated below its first place, it stays
                    known.discard(text)
                    texts.remove(text)
            line.text = "\n".join(texts)
        self.lines = [*above, *self.lines, *below]

    def split(self, index: int, *parts: Line) -> None:
        """Put `parts` in the place of one line, keeping the bounds on the same neighbours."""
        self.lines[index : index + 1] = parts
        if index < self.end:
            self.end += len(parts) - 1


_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
SENTENCE_END = re.compile("[.!?…。！？।॥؟۔။។៕።։།]+[\"'”’»)\\]）」』]*(?=\\s|$|[。！？」』])|[。！？]")
ENDS_SENTENCE = re.compile("[.!?…。！？।॥؟۔။។៕።։།៖][\"'”’»)\\]）」』]*\\Z")


def width(text: str) -> int:
    """Length in Latin characters' worth: an ideograph, kana or Hangul syllable carries about two and a half.

    >>> width("Hanoi"), width("河内")
    (5, 5)
    """
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text)) * 3 // 2


def is_wider(text: str, limit: int) -> bool:
    """``width(text) > limit``, without counting where the length alone decides."""
    return len(text) > limit or (len(text) * 5 > limit * 2 and width(text) > limit)


def is_prose(text: str) -> bool:
    """Whether a line can only be running text: long, or of more than one sentence. A headline is neither."""
    if len(text) <= 44:  # at most 110 wide, whatever its script: most lines are so
        return False
    return is_wider(text, 240) or (is_wider(text, 110) and len(SENTENCE_END.findall(text)) >= 2)


def ends_sentence(text: str) -> bool:
    """Whether a line ends as a sentence does, closing quotes and brackets allowed."""
    return bool(ENDS_SENTENCE.search(text))
