"""What changed from one text of a page to the next: chrome alone, or figures, names, and which lines.

Chrome are labels, lines that were stripped from either page, and lines that a text repeats. White space, forms of
quotation marks and dashes, and the border between title and text do not count either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from pipelines.extraction import labels
from pipelines.extraction.chrome.source import labelled_address
from pipelines.extraction.chrome.tail import COMMENT
from pipelines.translations.chunks import chunks, of_chunks
from pipelines.translations.figures import figures
from pipelines.translations.folding import fold
from pipelines.translations.numbers import as_written

_LABELS = labels.SOURCE | labels.COMMENT | labels.RELATED | labels.TAG | labels.AUTOMATIC
_SITE = {labels.SITE_NAME.casefold(), labels.SITE_SLOGAN.casefold(), labels.NO_DATA}
_ONE_FORM = str.maketrans(dict.fromkeys("“”„«»‟＂", '"') | dict.fromkeys("‘’‚‹›", "'") | dict.fromkeys("–—−‐‑‒", "-"))
_IGNORED = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")  # spaces, and invisible joiners and separators
_LONG = 20  # letters from which a repeated line is no row of a table
_WORD = 4  # letters from which a Latin word counts as a name
_SURE = 13  # numbers below are words in some translations


@dataclass(frozen=True)
class ComparedText:
    """One text of a page in a language; `stripped` are the lines that were taken away from the page."""

    language: str
    title: str | None
    lead: str | None
    paragraphs: tuple[str, ...]
    stripped: tuple[str, ...] = ()

    @cached_property
    def away(self) -> frozenset[str]:
        """The stripped lines in the form in which lines are compared."""
        return frozenset(map(_plain, self.stripped))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed. `old` and `new` are figures that only the earlier and only the later text has.

    Figures are significant digits, or times of day. `had` are all of the earlier text, `has` those of the later one;
    `names` are Latin words that only one of the two has. `counts` are the paragraphs of both without chrome, `places`
    the lines of the earlier one that changed: 0 is the title, 1 the lead, 2 the first paragraph. `chrome` says that
    nothing of the text itself changed.
    """

    chrome: bool
    old: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    had: frozenset[str] = frozenset()
    has: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    counts: tuple[int, int] = (0, 0)
    places: frozenset[int] = frozenset()

    @property
    def more(self) -> int:
        """How many paragraphs more the later text has."""
        return self.counts[1] - self.counts[0]


def difference(earlier: ComparedText, later: ComparedText) -> Difference:
    """What changed from one text of a page to the next in the same language.

    >>> one = ComparedText("en", "News", None, ("1,200 came.", "All were glad."))
    >>> other = ComparedText("en", "News", None, ("1,300 came.", "All were glad.", "Source:"))
    >>> found = difference(one, other)
    >>> found.chrome, sorted(found.old), sorted(found.new), sorted(found.places), found.more
    (False, ['12'], ['13'], [2], 0)
    """
    away = earlier.away | later.away
    before, after = _body(earlier, away), _body(later, away)
    heads = [[_plain(part or "") for part in (text.title, text.lead)] for text in (earlier, later)]
    if _joined(heads[0], before) == _joined(heads[1], after):
        return Difference(chrome=True)
    places = {number for number, (one, other) in enumerate(zip(*heads, strict=True)) if one != other}
    matcher = SequenceMatcher(None, list(before), list(after), autojunk=False)
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag != "equal":
            places.update(range(2 + start, 2 + max(end, start + 1)))
    had, has = (_figures(text, body) for text, body in ((earlier, before), (later, after)))
    names = _names(earlier, before) ^ _names(later, after)
    return Difference(
        chrome=False,
        old=had - has,
        new=has - had,
        had=had,
        has=has,
        names=names,
        counts=(len(before), len(after)),
        places=frozenset(places),
    )


def body_figures(text: ComparedText) -> frozenset[str]:
    """The figures of a text without its chrome, as a `Difference` has them."""
    return _figures(text, _body(text, text.away))


def size(text: ComparedText) -> int:
    """How many paragraphs it has without chrome."""
    return len(_body(text, text.away))


def written(figure: str, texts: Iterable[ComparedText]) -> str:
    """A figure as it is written in the first of the texts that has it."""
    for text in texts:
        found = as_written(fold("\n".join(_all(text))), text.language).get(figure)
        if found is not None:
            return found
    return figure


@lru_cache(maxsize=4096)
def _plain(line: str) -> str:
    """A line in the form for comparison: without white space, with one form of quotation marks and dashes."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", line).translate(_ONE_FORM))


def _body(text: ComparedText, away: frozenset[str]) -> dict[str, str]:
    """The paragraphs that are no chrome, by their plain form; a repeated row of a table counts each time."""
    found: dict[str, str] = {}
    title = _plain(text.title or "")
    for number, line in enumerate(text.paragraphs):
        plain = _plain(line)
        if not plain or plain == title or plain in away or _is_label(line):
            continue
        if plain not in found:
            found[plain] = line
        elif len(plain) < _LONG:
            found[f"{plain}\n{number}"] = line
    return found


def _is_label(line: str) -> bool:
    bare = line.strip()
    if (match := COMMENT.match(bare)) is not None:
        bare = match["label"]
    return (
        not any(map(str.isalnum, bare))
        or labels.is_known(bare, _LABELS)
        or bare.casefold() in _SITE
        or (bare.startswith(labels.SITE_NAME) and bare.endswith(labels.SITE_SLOGAN))
        or bare.startswith(labels.FOOTER_MARKS)
        or labelled_address(bare) is not None
    )


def _joined(head: Sequence[str], body: dict[str, str]) -> str:
    return "".join([*head, *(plain.partition("\n")[0] for plain in body)])


def _figures(text: ComparedText, body: dict[str, str]) -> frozenset[str]:
    """Numbers by significant digits, times of day, and small numbers that no language writes as words."""
    found = figures("\n".join([text.title or "", text.lead or "", *body.values()]), text.language)
    times = {f"{hour}:{minute:02}" for hour, minute in found.times}
    return frozenset(found.numbers | times | {str(number) for number in found.beside if number >= _SURE})


def _names(text: ComparedText, body: dict[str, str]) -> frozenset[str]:
    read = chunks("\n".join([text.title or "", text.lead or "", *body.values()]), text.language)
    anchors, _ = of_chunks(read, text.language)
    return frozenset(anchor[1:] for anchor in anchors if anchor[0] == "l" and len(anchor) > _WORD)


def _all(text: ComparedText) -> list[str]:
    return [text.title or "", text.lead or "", *text.paragraphs]
