"""Paragraphs into sentences, where a language has marks for them.

The splitter is Wikimedia's `sentencex` (some 240 languages) with the rules of `sentence_rules`. Thai, Lao, Khmer and
Burmese mark no sentence ends that a rule could trust, so their paragraphs stay whole, and their units are of kind
``paragraph``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from pipelines.translations.sentence_rules import starts

PARAGRAPH_ONLY = frozenset({"th", "lo", "km", "my"})
"""Languages that are aligned by paragraphs whatever unit was asked for."""

_END = re.compile(r"[.!?…;؛।؟۔։።。！？；][\"'”’»)\]」』）》]*\Z")
_COMMA_OR_COLON = re.compile(r"[,،、，](?!\d)|[:：](?=\s)")
_SPACE = re.compile(r"(?<=\S)\s+(?=\S)")
# Paragraphs begin after the end of a sentence rather than after a colon or a comma.
_COLON_WEIGHT, _COMMA_WEIGHT = 0.6, 0.15
_WEIGHTS = dict.fromkeys(",،、，", _COMMA_WEIGHT) | dict.fromkeys(":：", _COLON_WEIGHT)
# Nothing is split nearer to either end of a paragraph than this share of it.
_EDGE = 0.03
# More boundaries would be nearly everywhere: of more, the best in each hundredth of the paragraph counts.
_MOST = 100


def has_sentences(language: str) -> bool:
    """Whether paragraphs of a language can be split.

    >>> has_sentences("th"), has_sentences("zh-cn")
    (False, True)
    """
    return _code(language) not in PARAGRAPH_ONLY


@cache
def _code(language: str) -> str:
    """The code without region and script."""
    return language.partition("-")[0].lower()


def sentence_ends(paragraph: str, language: str) -> int:
    """How many sentences end in a paragraph: those of `sentences`, the last one only if a mark ends it.

    >>> sentence_ends("Mr. Lam was born in May. He is 22.5 years old!", "en"), sentence_ends("終わり。「また？」", "ja")
    (2, 2)
    >>> sentence_ends("문이 있다. 좋다. 끝", "ko"), sentence_ends("فتحوا بابًا. ثم أغلقوه.", "ar")
    (2, 2)
    """
    if not has_sentences(language):
        return int(_END.search(paragraph) is not None)
    spans = sentence_spans(paragraph, language) or ((0, len(paragraph)),)
    begin, end = spans[-1]
    return len(spans) - (not _END.search(paragraph[begin:end]))


def cuts(paragraph: str, language: str) -> tuple[tuple[float, float], ...]:
    """Where a paragraph may be split or have been joined: (share of its letters, weight) of each inner boundary.

    Ends of sentences weigh 1, colons and commas less; where a language marks no sentences, spaces weigh 1.

    >>> cuts("One two. One ok!", "en"), cuts("no boundary", "en")
    (((0.5, 1.0),), ())
    """
    size = len(paragraph)
    if not has_sentences(language):
        found = [(match.end(), 1.0) for match in _SPACE.finditer(paragraph)]
    else:
        found = [(end, 1.0) for _, end in sentence_spans(paragraph, language)]
        found += [(match.end(), _WEIGHTS[match[0]]) for match in _COMMA_OR_COLON.finditer(paragraph)]
        found.sort()
    inner = [(place, weight) for end, weight in found if _EDGE < (place := end / size) < 1 - _EDGE]
    if len(inner) > _MOST:
        best: dict[int, tuple[float, float]] = {}
        for place, weight in inner:
            share = int(place * _MOST)
            if share not in best or weight > best[share][1]:
                best[share] = (place, weight)
        inner = list(best.values())
    return tuple(inner)


def sentences(paragraph: str, language: str) -> tuple[str, ...]:
    """The sentences of a paragraph, without the space between them; the paragraph itself in languages without marks.

    >>> sentences("Er kam am 3. Mai. „Warum?“, fragte sie.", "de")
    ('Er kam am 3. Mai.', '„Warum?“, fragte sie.')
    """
    if not has_sentences(language):
        return (paragraph,)
    return tuple(paragraph[begin:end] for begin, end in sentence_spans(paragraph, language)) or (paragraph,)


# Callers ask for a paragraph's sentences, their number and its boundaries one after the other.
@lru_cache(maxsize=4096)
def sentence_spans(paragraph: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where sentences begin and end, without the space between them, in a language that has marks for them."""
    places = starts(paragraph, _code(language))
    spans = []
    for begin, end in pairwise((*places, len(paragraph))):
        part = paragraph[begin:end]
        if stripped := part.strip():
            begin += len(part) - len(part.lstrip())
            spans.append((begin, begin + len(stripped)))
    return tuple(spans)
