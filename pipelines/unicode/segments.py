"""Runs of a script without spaces, split: into phrases where there is a model, else into written syllables."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pipelines.languages import canonical
from pipelines.unicode.words import marks

# The languages of BudouX (Google's segmenter, extra ``view``), and its package's names for their loaders.
_MODELS = {
    "ja": "load_default_japanese_parser",
    "th": "load_default_thai_parser",
    "zh-Hans": "load_default_simplified_chinese_parser",
    "zh-Hant": "load_default_traditional_chinese_parser",
}
# Khmer, Burmese and Tai Tham write a consonant below another one after these signs: both are one syllable.
_STACKERS = "\u17d2\u1039\u1a60"


def segments(run: str, language: str | None) -> list[str]:
    """The parts of a run of a script without spaces, in order; `language` is a code as in an address or a record.

    Phrases of Japanese, Thai and Chinese where the package budoux is installed; else, and in other languages, written
    syllables: a letter with its marks and with what is stacked below it.

    >>> segments("\u1786\\u17d2\\u1793\\u17b6\\u17c6\\u1790\\u17d2\\u1798\\u17b8", "km")
    ['\\u1786\\u17d2\\u1793\\u17b6\\u17c6', '\\u1790\\u17d2\\u1798\\u17b8']
    """
    parser = _parser(language) if language else None
    if parser is not None:
        found: list[str] = parser.parse(run)
        return found
    return _syllable().findall(run)


@cache
def _parser(language: str) -> Any:
    """BudouX for a language; None where it lacks the language, or is not installed."""
    code = canonical(language) or ""
    loader = _MODELS.get("zh-Hans" if code == "zh" else code)
    if loader is None:
        return None
    try:
        import budoux
    except ImportError:
        return None
    return getattr(budoux, loader)()


@cache
def _syllable() -> re.Pattern[str]:
    return re.compile(f".(?:[{_STACKERS}].|[{marks()}])*", re.S)
