"""Translation units: the aligned passages of two language versions, with where each side comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.models import Article
from pipelines.translations.align import SENTENCES, Alignment, Bead, Scorer, VersionDocument, align, document
from pipelines.translations.embeddings import Cosines
from pipelines.translations.lengths import length
from pipelines.translations.sentences import has_sentences, sentences

Parts = Sequence[tuple[str, str]]
"""Sentences as (id, text)."""
UnitKind = Literal["paragraph", "sentence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a unit: the text, its language (the address's claim), and its place in which text.

    `ids` are ``p3`` for the fourth paragraph, ``p3s0`` for its first sentence; `content_sha256` names the revision.
    """

    language: str
    text: str
    ids: tuple[str, ...]
    url: str | None
    slug: str
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Two passages that translate each other. `shape` is the bead's, `score` its confidence from 0 to 1.

    For paragraphs: that they are translations; for sentences: that both sides say the same, no more and no less.
    `kind` is ``paragraph`` also where sentences were asked for, but a language has no marks for them.
    """

    source: Side
    target: Side
    shape: str
    score: float
    kind: UnitKind

    def to_dict(self) -> dict[str, Any]:
        """The unit as JSON types, in the order of the columns of the exports."""
        return {
            "source_language": self.source.language,
            "target_language": self.target.language,
            "source_url": self.source.url,
            "target_url": self.target.url,
            "source_text": self.source.text,
            "target_text": self.target.text,
            "score": self.score,
            "shape": self.shape,
            "unit": self.kind,
            "slug": self.source.slug,
            "source_ids": list(self.source.ids),
            "target_ids": list(self.target.ids),
            "source_content_sha256": self.source.content_sha256,
            "target_content_sha256": self.target.content_sha256,
        }


@dataclass(slots=True, kw_only=True)
class VersionText:
    """One language version for alignment: slug and language of its address, and its record."""

    slug: str
    language: str
    article: Article
    _document: VersionDocument | None = None
    _hash: str | None = None
    _lengths: tuple[float, ...] | None = None

    @property
    def content_sha256(self) -> str:
        """The article's hash, computed once: every unit needs it."""
        if self._hash is None:
            self._hash = self.article.content_sha256
        return self._hash

    @property
    def document(self) -> VersionDocument:
        """The article's document, made on first use: a known alignment needs none."""
        if self._document is None:
            article = self.article
            kinds = article.kinds if len(article.kinds) == len(article.paragraphs) else None
            self._document = document(article.paragraphs, self.language, kinds)
        return self._document

    @property
    def lengths(self) -> tuple[float, ...]:
        """The lengths of the paragraphs."""
        if self._lengths is None:
            known = self._document  # lengths alone need no document
            self._lengths = known.lengths if known else tuple(map(length, self.article.paragraphs))
        return self._lengths


def unaligned_share(alignment: Alignment, source: VersionText, target: VersionText) -> float:
    """The share of both texts, by length, that is in beads with an empty side."""
    left, right = source.lengths, target.lengths
    total = sum(left) + sum(right)
    apart = sum(left[i] for bead in alignment.beads if not bead.target for i in bead.source)
    apart += sum(right[j] for bead in alignment.beads if not bead.source for j in bead.target)
    return apart / total if total else 1.0


def units(
    alignment: Alignment, source: VersionText, target: VersionText, *, kind: UnitKind, scorer: Scorer | None = None
) -> Iterator[Unit]:
    """The units of an alignment, in order; beads with an empty side give none.

    Sentences are aligned inside each aligned bead of paragraphs, by the same method with options of its own.
    """
    split = kind == "sentence" and has_sentences(source.language) and has_sentences(target.language)
    if split and isinstance(scorer, Cosines):
        aligned = [bead for bead in alignment.beads if bead.source and bead.target]
        sides = ((source, [bead.source for bead in aligned]), (target, [bead.target for bead in aligned]))
        scorer.read([text for side, places in sides for each in places for _, text in _split(side, each)])
    for bead in alignment.beads:
        if not bead.source or not bead.target:
            continue
        if not split:
            yield _unit(bead, source, target)
        else:
            yield from _sentence_units(bead, source, target, scorer)


def _unit(bead: Bead, source: VersionText, target: VersionText) -> Unit:
    return Unit(
        source=_side(source, [(f"p{i}", source.article.paragraphs[i]) for i in bead.source]),
        target=_side(target, [(f"p{j}", target.article.paragraphs[j]) for j in bead.target]),
        shape=bead.shape,
        score=bead.score,
        kind="paragraph",
    )


def align_sentences(left: Parts, right: Parts, languages: tuple[str, str], scorer: Scorer | None) -> Alignment:
    """The sentences of a bead of paragraphs against each other, by the options of sentences."""
    source, target = (
        document([text for _, text in parts], code) for parts, code in zip((left, right), languages, strict=True)
    )
    return align(source, target, options=SENTENCES, scorer=scorer)


def _sentence_units(bead: Bead, source: VersionText, target: VersionText, scorer: Scorer | None) -> Iterator[Unit]:
    left, right = _split(source, bead.source), _split(target, bead.target)
    for found in align_sentences(left, right, (source.language, target.language), scorer).beads:
        if found.source and found.target:
            yield Unit(
                source=_side(source, [left[i] for i in found.source]),
                target=_side(target, [right[j] for j in found.target]),
                shape=found.shape,
                score=found.score,
                kind="sentence",
            )


def _split(version: VersionText, paragraphs: tuple[int, ...]) -> list[tuple[str, str]]:
    return [
        (f"p{i}s{number}", sentence)
        for i in paragraphs
        for number, sentence in enumerate(sentences(version.article.paragraphs[i], version.language))
    ]


def _side(version: VersionText, parts: list[tuple[str, str]]) -> Side:
    return Side(
        language=version.language,
        text=" ".join(text for _, text in parts),
        ids=tuple(name for name, _ in parts),
        url=version.article.url,
        slug=version.slug,
        content_sha256=version.content_sha256,
    )
