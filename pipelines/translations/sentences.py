"""Paragraphs into sentences, where a language has marks for them.

The splitter is Wikimedia's `sentencex` (rules for some 240 languages). Thai, Lao, Khmer and Burmese mark no sentence
ends that a rule could trust, so their paragraphs stay whole, and what is made of them says ``paragraph``.
"""

from __future__ import annotations

import re

from pipelines.errors import VietnamvnError

PARAGRAPH_ONLY = frozenset({"th", "lo", "km", "my"})
"""Languages that are aligned by paragraphs whatever the unit asked for."""

# A full stop ends a sentence where space follows, unless it stands behind a day or an abbreviation of one or two
# letters; ideographic marks need no space. Runs of marks count once.
_END = re.compile(r"[.!?…;؛।؟۔։።。！？；]+(?:(?<=[。！？；])|(?<!\b\w\.)(?<!\b[^\W_a-z]\w\.)(?=[\"'”’»)\]]*(?:\s|\Z)))")


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
    """
    return len(_END.findall(paragraph))


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
