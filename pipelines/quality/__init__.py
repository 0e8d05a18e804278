"""Cheap signs of quality that dataset builders filter by, and signs of machine translation: no model.

For one more column: a line in `pipelines.record_measures.MEASURED` (and whether `vietnamvn clean` writes it), its value
in `measured`, and a new `VERSION`. The store's table, filters, columns and docs follow.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypedDict, cast

from ftfy.badness import badness

from pipelines.models import Article
from pipelines.unicode.scripts import COMMON, SCRIPTS, script_of
from pipelines.unicode.words import count_words

VERSION = 1
"""The version of the measures: a store with another one measures its texts again."""


class Quality(TypedDict):
    """The quality columns, in their order. Shares are 0 to 1, rounded to four digits."""

    words: int
    mean_word_length: float
    digit_share: float
    foreign_script_share: float
    repeated_line_share: float
    untranslated_share: float
    truncated_end: bool
    mojibake: int


# Code of several scripts (ISO 15924) written together -> those scripts; any other code is one script.
_TOGETHER = {
    "Hang": {"Hang", "Hani"},
    "Hani": {"Hani", "Bopo"},
    "Hans": {"Hani", "Bopo"},
    "Hant": {"Hani", "Bopo"},
    "Jpan": {"Hani", "Hira", "Kana"},
    "Kana": {"Hani", "Hira", "Kana"},
    "Kore": {"Hang", "Hani"},
}

# Wrong decoding affects a whole text, and the search for it costs more than all other columns together.
_MOJIBAKE_CHARACTERS = 2000

# Cut off by a program: an ellipsis at the very end, in any brackets.
_CUT = re.compile(r"(?:…|\.\.\.|\[[…. ]+\]|\([…. ]+\))\W*\Z")
# A word or a comma at the very end, where a sentence would have its full stop. Lao, Thai and Tai Tham have none.
_OPEN_END = re.compile(r"(?:[^\W\d_]|[,;،、，-])\Z")
_NO_FULL_STOP = ("Thai", "Laoo", "Lana", "Tale", "Talu", "Tavt")
# Shorter last lines are signatures, credits and places (`HA KIEN`), which end without a full stop and are whole.
_SENTENCE_WORDS = 8


def quality(article: Article) -> Quality:
    """The quality columns of an article: mojibake in title, lead and the text's beginning, the rest in the text."""
    return _quality(article, Counter("\n".join(article.paragraphs)))


def _quality(article: Article, characters: Counter[str]) -> Quality:
    paragraphs = article.paragraphs
    text = "\n".join(paragraphs)
    words = count_words(text)
    visible = _visible(characters)
    digits = sum(n for c, n in characters.items() if c.isdigit())
    length = sum(len(p) for p in paragraphs)
    untranslated = sum(len(paragraphs[i]) for i in article.untranslated)
    lines = [line for p in paragraphs for line in p.splitlines()]
    return Quality(
        words=words,
        mean_word_length=_share(sum(n for c, n in characters.items() if _is_of_words(c)), words),
        digit_share=_share(digits, visible),
        foreign_script_share=foreign_script_share(characters, article.language_script),
        repeated_line_share=_share(len(lines) - len(set(lines)), len(lines)),
        untranslated_share=_share(untranslated, length),
        truncated_end=is_truncated(paragraphs),
        mojibake=badness("\n".join(t for t in (article.title, article.lead, text[:_MOJIBAKE_CHARACTERS]) if t)),
    )


def measured(article: Article) -> dict[str, int | float | bool]:
    """All columns of the place ``quality`` by their names: those of `quality`, and those on machine translation that
    need one text alone."""
    # Imported here: `clean`, which must be fast, does without, and loops need numpy.
    from pipelines.quality.balance import unbalanced
    from pipelines.quality.loops import loops

    paragraphs = article.paragraphs
    characters = Counter("\n".join(paragraphs))
    signs = sum(n for c, n in characters.items() if unicodedata.category(c)[0] in "SP")
    looping = sum(end - begin for p in paragraphs for begin, end in loops(p))
    return {
        **cast("dict[str, Any]", _quality(article, characters)),
        "symbol_share": _share(signs, _visible(characters)),
        "loop_share": _share(looping, sum(map(len, paragraphs))),
        "unbalanced": sum(len(unbalanced(p)) for p in paragraphs),
    }


def foreign_script_share(characters: Counter[str], script: str | None) -> float:
    """The share of letters that are not of the script (ISO 15924); 0 where the script is not known.

    >>> foreign_script_share(Counter("abcД"), "Latn")
    0.25
    """
    if script not in SCRIPTS and script not in _TOGETHER:
        return 0.0
    own = _TOGETHER.get(script, {script})
    letters = {c: n for c, n in characters.items() if c.isalpha() and script_of(c) != COMMON}
    return _share(sum(n for c, n in letters.items() if script_of(c) not in own), sum(letters.values()))


def is_truncated(paragraphs: Sequence[str]) -> bool:
    """Whether the text looks cut off: it ends in an ellipsis, or a long last line ends in the middle of a sentence.

    >>> is_truncated(["Read on …"]), is_truncated(["It ended well."]), is_truncated(["HA KIEN"])
    (True, False, False)
    """
    if not paragraphs:
        return False
    end = paragraphs[-1].rstrip()
    if _CUT.search(end):
        return True
    if not _OPEN_END.search(end) or script_of(end[-1]) in _NO_FULL_STOP:
        return False
    return count_words(end) >= _SENTENCE_WORDS


def _visible(characters: Counter[str]) -> int:
    return sum(n for c, n in characters.items() if not c.isspace())


def _is_of_words(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
