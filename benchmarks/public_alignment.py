"""Public data for sentence alignment: Text+Berg's gold alignments, and disturbed paragraphs of PUD.

Used by `benchmarks/alignment.py`. The files ``NAME.de``, ``NAME.fr`` and ``NAME.defr`` of a folder are a document: one
sentence a line, and pairs of index lists. Scores are computed as in Vecalign.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from disturbances import SENTENCE_KINDS, Case, Group, sentence_cases

Bead = tuple[tuple[int, ...], tuple[int, ...]]
# Twelve pairs of PUD's languages, similar and distant, in six scripts.
PUD_PAIRS = (
    ("en", "de"), ("en", "fr"), ("en", "zh"), ("en", "ar"), ("en", "ru"), ("de", "cs"), ("es", "pt"), ("fi", "sv"),
    ("hi", "en"), ("tr", "ko"), ("id", "it"), ("pl", "fr"),
)  # fmt: skip


@dataclass(slots=True)
class PublicTally:
    """Counts of one aligner: precision over all its beads, recall over the true beads that have both sides."""

    found: int = 0
    strict_found: int = 0
    lax_found: int = 0
    true: int = 0
    strict_true: int = 0
    lax_true: int = 0

    def add(self, found: Iterable[Bead], truth: Iterable[Bead]) -> None:
        """Count one document. In the lax score a gap is right if all its sentences have no counterpart."""
        beads, gold = set(found), set(truth)
        links = {(i, j) for a, b in gold for i in a for j in b}
        alone = {i for a, b in gold if not b for i in a}, {j for a, b in gold if not a for j in b}
        found_links = {(i, j) for a, b in beads for i in a for j in b}
        self.found += len(beads)
        self.strict_found += len(beads & gold)
        for a, b in beads:
            shares = any((i, j) in links for i in a for j in b)
            self.lax_found += shares if a and b else alone[0].issuperset(a) and alone[1].issuperset(b)
        for a, b in gold:
            if a and b:
                self.true += 1
                self.strict_true += (a, b) in beads
                self.lax_true += any((i, j) in found_links for i in a for j in b)

    @property
    def strict(self) -> float:
        """F1 of beads that are exactly right."""
        return f1(self.strict_found / max(self.found, 1), self.strict_true / max(self.true, 1))

    @property
    def lax(self) -> float:
        """F1 of beads that share a link with a true one."""
        return f1(self.lax_found / max(self.found, 1), self.lax_true / max(self.true, 1))


def f1(precision: float, recall: float) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def gold_documents(folder: Path) -> Iterator[tuple[str, Case]]:
    """The documents with gold alignments in a folder, by name."""
    for gold in sorted(folder.glob("*.*")):
        languages = re.fullmatch(r"\.([a-z]{2})([a-z]{2})", gold.suffix)
        if languages is None:
            continue
        source, target = (
            tuple(gold.with_suffix(f".{code}").read_text(encoding="utf-8").splitlines()) for code in languages.groups()
        )
        beads = [tuple(map(ast.literal_eval, line.split(":")[:2])) for line in gold.read_text("utf-8").splitlines()]
        yield (
            gold.stem,
            Case(
                languages=(languages[1], languages[2]),
                kind="sentences",
                source=source,
                target=target,
                truth=frozenset((tuple(a), tuple(b)) for a, b in beads),
            ),
        )


def disturbed_paragraphs(file: Path, pairs: Sequence[tuple[str, str]] = PUD_PAIRS) -> Iterator[Case]:
    """Paragraphs of PUD, which is parallel sentence by sentence, with every kind of disturbance."""
    paragraphs: Group = {}
    for record in json.loads(file.read_text(encoding="utf-8")):
        if record["treebank"].endswith("-PUD"):
            paragraphs.setdefault(record["language"], []).append("\n".join(record["sentences"]))
    for kind in SENTENCE_KINDS:
        yield from sentence_cases(paragraphs, pairs, kind)
