"""The length of a text, in letters that say about as much in every script, and how languages compare.

A Han character says about as much as three Latin letters, a Hangul syllable as two: so counted, a translation is about
as long as its original whatever the script, and names left in Latin letters count as what they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from pipelines.unicode.scripts import BEYOND_FIRST_PLANE, first_plane, letters_of

# Latin letters per character. From the mean lengths of the sentences of FLORES-200 in ja, ko, zh and en.
_WIDE_CLASSES = (
    (letters_of("Hani"), 3.0),
    (letters_of("Hira", "Kana"), 1.6),
    ("\uac00-\ud7a3", 2.2),  # syllables; a single letter of Hangul says no more than a Latin one
)
_WIDE = tuple((re.compile(f"[{letters}]"), weight) for letters, weight in _WIDE_CLASSES)
_WIDE_OF_FIRST_PLANE = tuple((re.compile(f"[{first_plane(letters)}]"), weight) for letters, weight in _WIDE_CLASSES)
_WIDE_LETTERS = "".join(letters for letters, _ in _WIDE_CLASSES)
_ANY_WIDE, _ANY_WIDE_OF_FIRST_PLANE = re.compile(f"[{_WIDE_LETTERS}]"), re.compile(f"[{first_plane(_WIDE_LETTERS)}]")
# Length of a translation over that of its English original in the measure above, for languages whose writing is visibly
# longer or shorter: every other one is 1. A starting point; each pair of articles corrects it (`log_ratio`).
_RELATIVE = {
    "ar": 0.88, "bn": 1.0, "bg": 1.08, "de": 1.15, "el": 1.18, "es": 1.17, "fa": 0.95, "fr": 1.18, "he": 0.78,
    "hu": 1.08, "id": 1.08, "it": 1.15, "ja": 0.95, "km": 1.1, "lo": 1.05, "ms": 1.09, "my": 1.15, "nl": 1.1,
    "pl": 1.07, "pt": 1.1, "ro": 1.12, "ru": 1.08, "ta": 1.17, "th": 0.98, "tl": 1.18, "uk": 1.04, "ur": 1.0,
    "vi": 1.02, "zh": 0.9,
}  # fmt: skip


def length(text: str) -> float:
    """The length of a text in Latin letters' worth, white space included; at least 1.

    >>> length("Hà Nội"), length("河内")
    (6.0, 6.0)
    """
    total = float(len(text))
    if not text.isascii():
        beyond = BEYOND_FIRST_PLANE.search(text) is not None
        if (_ANY_WIDE if beyond else _ANY_WIDE_OF_FIRST_PLANE).search(text):
            for script, weight in _WIDE if beyond else _WIDE_OF_FIRST_PLANE:
                total += (weight - 1.0) * len(script.findall(text))
    return max(total, 1.0)


def log_ratio(source: str, target: str, fitted: Mapping[tuple[str, str], float] | None = None) -> float:
    """Natural logarithm of the expected target length over source length for two language codes.

    `fitted` (from `fit`) takes precedence over the built-in values.
    """
    if fitted is not None and (source, target) in fitted:
        return fitted[source, target]
    if fitted is not None and (target, source) in fitted:
        return -fitted[target, source]
    return math.log(_relative(target) / _relative(source))


def fit(pairs: Iterable[tuple[str, str, Sequence[tuple[str, str]]]]) -> dict[tuple[str, str], float]:
    """Log length ratios of language pairs from texts known to be translations.

    `pairs` yields (source language, target language, [(source text, target text), ...]); the result has the median of
    each language pair, and can be given to `log_ratio` and to the alignment.
    """
    observed: dict[tuple[str, str], list[float]] = {}
    for source, target, texts in pairs:
        values = observed.setdefault((source, target), [])
        values.extend(math.log(length(b) / length(a)) for a, b in texts)
    return {pair: median(values) for pair, values in sorted(observed.items()) if values}


def _relative(language: str) -> float:
    return _RELATIVE.get(language) or _RELATIVE.get(language.split("-")[0], 1.0)
