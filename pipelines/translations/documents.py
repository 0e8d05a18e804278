"""One language version of an article, read once for all the alignments it takes part in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UsageError
from pipelines.models import Kind
from pipelines.translations.anchors import anchors
from pipelines.translations.lengths import length
from pipelines.translations.sentences import cuts, has_sentences, sentence_ends

Boundaries = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Where paragraphs may be split or have been joined (`sentences.cuts`): n places, and paragraphs x n weights."""
# Paragraphs whose boundaries are one matrix: more would take memory by the square of their number.
_BLOCK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One language version, read once for all its language pairs; made by `document`."""

    language: str
    paragraphs: tuple[str, ...]
    kinds: tuple[Kind, ...] | None
    lengths: tuple[float, ...]
    anchors: tuple[frozenset[str], ...]
    boundaries: tuple[Boundaries, ...]
    sentences: tuple[int, ...] | None  # ends of sentences in each paragraph, where the language marks them


def document(paragraphs: Sequence[str], language: str, kinds: Sequence[Kind] | None = None) -> Document:
    """Read the paragraphs of one language version; `language` is an ISO 639 code as in the address.

    Raises `UsageError` where there are kinds, but not one for each paragraph.
    """
    if kinds is not None and len(kinds) != len(paragraphs):
        raise UsageError(
            f"{len(kinds)} kinds for {len(paragraphs)} paragraphs; give one kind for each paragraph or none"
        )
    return Document(
        language=language,
        paragraphs=tuple(paragraphs),
        kinds=tuple(kinds) if kinds is not None else None,
        lengths=tuple(length(p) for p in paragraphs),
        anchors=tuple(anchors(p, language) for p in paragraphs),
        boundaries=tuple(
            _boundaries([cuts(p, language) for p in paragraphs[start : start + _BLOCK]])
            for start in range(0, len(paragraphs), _BLOCK)
        ),
        sentences=tuple(sentence_ends(p, language) for p in paragraphs) if has_sentences(language) else None,
    )


def _boundaries(found: Sequence[Sequence[tuple[float, float]]]) -> Boundaries:
    places = np.array([place for row in found for place, _ in row])
    weights = np.zeros((len(found), len(places)))
    column = 0
    for number, row in enumerate(found):
        weights[number, column : column + len(row)] = [weight for _, weight in row]
        column += len(row)
    return places, weights
