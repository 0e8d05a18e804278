"""Cheap signs of quality that dataset builders filter by: one pass over the text, no model."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TypedDict

from ftfy.badness import badness

from pipelines.batch.shingles import words
from pipelines.models import Article


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


# ISO 15924 code -> how the Unicode names of its characters begin. Scripts that are written together are one.
_SCRIPT_NAMES = {
    "Arab": ("ARABIC",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Ethi": ("ETHIOPIC",),
    "Geor": ("GEORGIAN",),
    "Grek": ("GREEK",),
    "Armn": ("ARMENIAN",),
    "Gujr": ("GUJARATI",),
    "Guru": ("GURMUKHI",),
    "Hang": ("HANGUL", "CJK"),
    "Hani": ("CJK", "BOPOMOFO"),
    "Hans": ("CJK", "BOPOMOFO"),
    "Hant": ("CJK", "BOPOMOFO"),
    "Hebr": ("HEBREW",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"),
    "Kana": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"),
    "Khmr": ("KHMER",),
    "Knda": ("KANNADA",),
    "Kore": ("HANGUL", "CJK"),
    "Laoo": ("LAO",),
    "Latn": ("LATIN", "FEMININE", "MASCULINE", "MICRO"),
    "Mlym": ("MALAYALAM",),
    "Mong": ("MONGOLIAN",),
    "Mymr": ("MYANMAR",),
    "Orya": ("ORIYA",),
    "Sinh": ("SINHALA",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Thai": ("THAI",),
    "Tibt": ("TIBETAN",),
}

# Wrong decoding goes through all of a text, and looking for it costs more than all other columns together.
_MOJIBAKE_CHARACTERS = 2000

# Cut by a machine: an ellipsis at the very end, in whatever brackets.
_CUT = re.compile(r"(?:…|\.\.\.|\[[…. ]+\]|\([…. ]+\))\W*\Z")
# A word or a comma at the very end, where a sentence would have its full stop. Lao, Thai and Tai Tham do without one.
_OPEN_END = re.compile(r"(?:[^\W\d_]|[,;،、，-])\Z")
_NO_FULL_STOP = ("THAI", "LAO", "TAI")
# Shorter last lines are signatures, credits and places (`HA KIEN`), which end without a full stop and are whole.
_SENTENCE_WORDS = 8


def quality(article: Article, found: Sequence[str] | None = None) -> Quality:
    """The quality columns of an article: mojibake in title, lead and the beginning of the text, the rest in the text.

    `found` are the words of its text, for whoever has them already.
    """
    paragraphs = article.paragraphs
    text = "\n".join(paragraphs)
    found = words(text) if found is None else found
    characters = Counter(text)
    visible = sum(n for c, n in characters.items() if not c.isspace())
    digits = sum(n for c, n in characters.items() if c.isdigit())
    length = sum(len(p) for p in paragraphs)
    untranslated = sum(len(paragraphs[i]) for i in article.untranslated)
    lines = [line for p in paragraphs for line in p.splitlines()]
    return Quality(
        words=len(found),
        mean_word_length=_share(sum(map(len, found)), len(found)),
        digit_share=_share(digits, visible),
        foreign_script_share=foreign_script_share(characters, article.language_script),
        repeated_line_share=_share(len(lines) - len(set(lines)), len(lines)),
        untranslated_share=_share(untranslated, length),
        truncated_end=is_truncated(paragraphs),
        mojibake=badness("\n".join(t for t in (article.title, article.lead, text[:_MOJIBAKE_CHARACTERS]) if t)),
    )


def foreign_script_share(characters: Counter[str], script: str | None) -> float:
    """The share of letters that are not of the script (ISO 15924); 0 where the script is not known.

    >>> foreign_script_share(Counter("abcД"), "Latn")
    0.25
    """
    names = _SCRIPT_NAMES.get(script or "")
    if names is None:
        return 0.0
    letters = {c: n for c, n in characters.items() if c.isalpha()}
    return _share(sum(n for c, n in letters.items() if _script_name(c) not in names), sum(letters.values()))


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
    if not _OPEN_END.search(end) or _script_name(end[-1]) in _NO_FULL_STOP:
        return False
    return len(words(end)) >= _SENTENCE_WORDS


@lru_cache(maxsize=65536)
def _script_name(character: str) -> str:
    """The first word of the character's Unicode name, which is its script's: the standard library has no more."""
    return unicodedata.name(character, "").partition(" ")[0]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
