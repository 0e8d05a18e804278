"""One language version of an article, read once for all the alignments it takes part in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UsageError
from pipelines.models import Kind
from pipelines.translations.anchors import CLASSES, anchors
from pipelines.translations.lengths import length
from pipelines.translations.marks import OPEN_END
from pipelines.translations.sentences import cuts, has_sentences, sentence_ends

Boundaries = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Where paragraphs may be split or have been joined (`sentences.cuts`): n places, and paragraphs x n weights."""
# Paragraphs whose boundaries are one matrix: more would take quadratic memory.
_BLOCK = 50


_NUMBER_OF = np.zeros(128, np.intp)  # by the ASCII code of a class
_NUMBER_OF[[ord(name) for name in CLASSES]] = np.arange(len(CLASSES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The anchors of an article, numbered as they come; `classes` are numbers in `anchors.CLASSES`.

    Occurrence i is that of anchor `columns[i]` in paragraph `rows[i]`.
    """

    types: tuple[str, ...]
    number: dict[str, int]
    classes: NDArray[np.intp]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDocument:
    """One language version, read once for all its language pairs; made by `document`."""

    language: str
    paragraphs: tuple[str, ...]
    kinds: tuple[Kind, ...] | None
    lengths: tuple[float, ...]
    inventory: Inventory
    open_ends: NDArray[np.bool_]  # which paragraphs end without a mark
    boundaries: tuple[Boundaries, ...]
    sentences: tuple[int, ...] | None  # ends of sentences in each paragraph, where the language marks them


def document(paragraphs: Sequence[str], language: str, kinds: Sequence[Kind] | None = None) -> VersionDocument:
    """Read the paragraphs of one language version; `language` is an ISO 639 code as in the address.

    Raises `UsageError` where there are kinds, but not one for each paragraph.
    """
    if kinds is not None and len(kinds) != len(paragraphs):
        raise UsageError(
            f"{len(kinds)} kinds for {len(paragraphs)} paragraphs; give one kind for each paragraph or none"
        )
    return _document(tuple(paragraphs), language, None if kinds is None else tuple(kinds))


# A version is aligned with all others of its article; the cache lets work pair by pair read each once.
@lru_cache(maxsize=64)
def _document(paragraphs: tuple[str, ...], language: str, kinds: tuple[Kind, ...] | None) -> VersionDocument:
    found = [anchors(p, language) for p in paragraphs]
    return VersionDocument(
        language=language,
        paragraphs=paragraphs,
        kinds=kinds,
        lengths=tuple(length(p) for p in paragraphs),
        inventory=_inventory(found),
        open_ends=np.array([OPEN_END in of_paragraph for of_paragraph in found], dtype=bool),
        boundaries=tuple(
            _boundaries([cuts(p, language) for p in paragraphs[start : start + _BLOCK]])
            for start in range(0, len(paragraphs), _BLOCK)
        ),
        sentences=tuple(sentence_ends(p, language) for p in paragraphs) if has_sentences(language) else None,
    )


def _inventory(found: Sequence[frozenset[str]]) -> Inventory:
    number = {anchor: place for place, anchor in enumerate(dict.fromkeys(chain.from_iterable(found)))}
    types = tuple(number)
    return Inventory(
        types=types,
        number=number,
        classes=_NUMBER_OF[np.frombuffer("".join(map(itemgetter(0), types)).encode("ascii"), np.uint8)],
        rows=np.repeat(np.arange(len(found)), list(map(len, found))),
        columns=np.array(list(map(number.__getitem__, chain.from_iterable(found))), np.intp),
    )


def _boundaries(found: Sequence[Sequence[tuple[float, float]]]) -> Boundaries:
    flat = np.array(list(chain.from_iterable(found))).reshape(-1, 2)
    weights = np.zeros((len(found), len(flat)))
    weights[np.repeat(np.arange(len(found)), list(map(len, found))), np.arange(len(flat))] = flat[:, 1]
    return flat[:, 0].copy(), weights
