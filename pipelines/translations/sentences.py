"""Paragraphs into sentences, where a language has marks for them.

The splitter is Wikimedia's `sentencex` (rules for some 240 languages). Thai, Lao, Khmer and Burmese mark no sentence
ends that a rule could trust, so their paragraphs stay whole, and what is made of them says ``paragraph``.
"""

from __future__ import annotations

import re

from pipelines.errors import VietnamvnError

PARAGRAPH_ONLY = frozenset({"th", "lo", "km", "my"})
"""Languages that are aligned by paragraphs whatever the unit asked for."""

# A full stop ends a sentence where space follows, unless it stands behind a day, an initial or an abbreviation of two
# letters with a capital; ideographic marks need no space. Runs of marks count once, and are looked at from their first
# mark only: rows of dots would take time by their square.
_END = re.compile(
    r"(?<![.!?…;؛।؟۔։።。！？；])[.!?…;؛।؟۔։።。！？；]+"
    r"(?:(?<=[。！？；])|(?<!\b[\dA-Za-zÀ-ÞА-Я]\.)(?<!\b[\dA-ZÀ-ÞА-Я]\w\.)(?=[\"'”’»)\]]*(?:\s|\Z)))"
)
_COMMA = re.compile(r"[,،、，](?!\d)")
_COLON = re.compile(r"[:：](?=\s)")
_SPACE = re.compile(r"(?<=\S)\s+(?=\S)")
# Paragraphs begin behind the end of a sentence rather than behind a colon or a comma.
_COLON_WEIGHT, _COMMA_WEIGHT = 0.6, 0.15
# A boundary nearer to either end of a paragraph than this share of it is where nothing is split.
_EDGE = 0.03
# So many boundaries are as good as everywhere: of more, the best in each such share of the paragraph.
_MOST = 100


def has_sentences(language: str) -> bool:
    """Whether paragraphs of a language can be split.

    >>> has_sentences("th"), has_sentences("zh-cn")
    (False, True)
    """
    return language.partition("-")[0].lower() not in PARAGRAPH_ONLY


def sentence_ends(paragraph: str) -> int:
    """How many sentences end in a paragraph, by their marks alone: quick, and about as right in every language.

    >>> sentence_ends("Mr. Lam was born on 19. May. He is 22.5 years old!"), sentence_ends("終わり。「また？」")
    (2, 2)
    >>> sentence_ends("문이 있다. 좋다. 끝."), sentence_ends("فتحوا بابًا. ثم أغلقوه.")
    (3, 2)
    """
    return len(_END.findall(paragraph))


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
        found = [(match.end(), 1.0) for match in _END.finditer(paragraph)]
        found += [(match.end(), _COMMA_WEIGHT) for match in _COMMA.finditer(paragraph)]
        found += [(match.end(), _COLON_WEIGHT) for match in _COLON.finditer(paragraph)]
    inner = [(end / size, weight) for end, weight in sorted(found) if _EDGE < end / size < 1 - _EDGE]
    if len(inner) > _MOST:
        best: dict[int, tuple[float, float]] = {}
        for place, weight in inner:
            share = int(place * _MOST)
            if share not in best or weight > best[share][1]:
                best[share] = (place, weight)
        inner = list(best.values())
    return tuple(inner)


def sentences(paragraph: str, language: str) -> tuple[str, ...]:
    """The sentences of a paragraph, without the space between them; the paragraph itself where there are no marks.

    Raises `VietnamvnError` where `sentencex` is not installed.
    """
    if not has_sentences(language):
        return (paragraph,)
    try:
        # A compiled extension in an extra: only sentences need it. It has no type hints.
        import sentencex  # type: ignore[import-untyped]
    except ImportError:
        raise VietnamvnError(
            "sentences need sentencex, which is not installed; pip install 'vietnamvn[align]'"
        ) from None
    parts = [part.strip() for part in sentencex.segment(language.partition("-")[0].lower(), paragraph)]
    return tuple(part for part in parts if part) or (paragraph,)
