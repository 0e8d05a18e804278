"""Whole articles side by side: every passage of both versions in order, and beads that point to them.

Nothing is left out: title, lead, paragraphs without a counterpart and the space between sentences are in the segments,
from which `rebuilt` makes the article's texts again, letter by letter. Beads are apart from the text, as lists of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipelines.models import Article
from pipelines.translations.align import Alignment, Bead, Scorer
from pipelines.translations.embeddings import Cosines
from pipelines.translations.sentences import has_sentences, sentence_spans
from pipelines.translations.units import VersionText, align_sentences, unaligned_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A sentence, or what takes its place: its id, what it is part of, its text, and the space up to the next one.

    Ids are ``title``, ``lead``, ``p3s0`` for the first sentence of the fourth paragraph, and ``p3`` for a paragraph of
    a language that marks no sentences. `kind` is ``title``, ``lead``, or the paragraph's kind where the record has one.
    """

    id: str
    kind: str | None
    text: str
    space: str

    def to_dict(self) -> dict[str, Any]:
        """The segment as JSON types."""
        return {"id": self.id, "kind": self.kind, "text": self.text, "space": self.space}


def segments(article: Article, language: str) -> list[Segment]:
    """The whole text of an article, in order; `language` is that of its address."""
    heads = (("title", article.title), ("lead", article.lead))
    found = [Segment(id=name, kind=name, text=text, space="") for name, text in heads if text is not None]
    kinds = article.kinds if len(article.kinds) == len(article.paragraphs) else ()
    for number, paragraph in enumerate(article.paragraphs):
        kind = kinds[number] if kinds else None
        found += (
            Segment(id=name, kind=kind, text=text, space=space)
            for name, text, space in _sentences(paragraph, language, f"p{number}")
        )
    return found


def _sentences(paragraph: str, language: str, name: str) -> Iterator[tuple[str, str, str]]:
    if not has_sentences(language):
        yield name, paragraph, ""
        return
    spans = sentence_spans(paragraph, language) or ((0, len(paragraph)),)
    spans = ((0, spans[0][1]), *spans[1:])  # space before the first sentence is part of it
    for number, ((begin, end), (following, _)) in enumerate(pairwise((*spans, (len(paragraph), 0)))):
        yield f"{name}s{number}", paragraph[begin:end], paragraph[end:following]


def rebuilt(found: Iterable[Mapping[str, Any]]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Title, lead and paragraphs of the segments of one side, as in the record.

    >>> rebuilt([{"id": "title", "text": "A", "space": ""}, {"id": "p0s0", "text": "One.", "space": " "},
    ...          {"id": "p0s1", "text": "Two.", "space": ""}])
    ('A', None, ('One. Two.',))
    """
    texts: dict[str, str] = {}
    for segment in found:
        name = segment["id"].partition("s")[0] if segment["id"].startswith("p") else segment["id"]
        texts[name] = texts.get(name, "") + segment["text"] + segment["space"]
    title, lead = texts.pop("title", None), texts.pop("lead", None)
    return title, lead, tuple(texts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPair:
    """Two versions of an article with what joins them.

    `beads` are of segments, `paragraph_beads` of paragraphs; each list covers the texts of both sides (title and lead
    apart) once and in order. `score` is the mean score of the paragraphs' beads that have two sides, `aligned` the
    share of both texts, by length, that is in these.
    """

    source: VersionText
    target: VersionText
    beads: Sequence[Mapping[str, Any]]
    paragraph_beads: Sequence[Mapping[str, Any]]
    score: float
    aligned: float

    def to_dict(self) -> dict[str, Any]:
        """The document as JSON types, in the order of the columns of the exports."""
        sides = (("source", self.source), ("target", self.target))
        return {
            **{f"{side}_language": version.language for side, version in sides},
            **{f"{side}_text": version.article.text for side, version in sides},
            **{f"{side}_segments": _dicts(version) for side, version in sides},
            "beads": list(self.beads),
            "paragraph_beads": list(self.paragraph_beads),
            **{f"{side}_url": version.article.url for side, version in sides},
            "score": self.score,
            "aligned": self.aligned,
            "slug": self.source.slug,
            **{f"{side}_content_sha256": version.article.content_sha256 for side, version in sides},
        }


def _dicts(version: VersionText) -> list[dict[str, Any]]:
    return [segment.to_dict() for segment in segments(version.article, version.language)]


def version_dict(version: VersionText) -> dict[str, Any]:
    """One version of an article among many, as JSON types."""
    article = version.article
    return {
        "language": version.language,
        "url": article.url,
        "content_sha256": article.content_sha256,
        "text": article.text,
        "segments": _dicts(version),
    }


def whole(
    alignment: Alignment, source: VersionText, target: VersionText, *, scorer: Scorer | None = None
) -> DocumentPair:
    """Both versions with their beads; sentences are aligned as for units of sentences."""
    joined = [bead for bead in alignment.beads if bead.source and bead.target]
    return DocumentPair(
        source=source,
        target=target,
        beads=list(_segment_beads(alignment, source, target, scorer)),
        paragraph_beads=[
            _bead([f"p{i}" for i in bead.source], [f"p{j}" for j in bead.target], bead.score)
            for bead in alignment.beads
        ],
        score=sum(bead.score for bead in joined) / len(joined) if joined else 0.0,
        aligned=1.0 - unaligned_share(alignment, source, target),
    )


def _segment_beads(
    alignment: Alignment, source: VersionText, target: VersionText, scorer: Scorer | None
) -> Iterator[dict[str, Any]]:
    split = has_sentences(source.language) and has_sentences(target.language)
    sides = [_named(version) for version in (source, target)]
    if split and isinstance(scorer, Cosines):
        scorer.read([text for paragraphs in sides for paragraph in paragraphs for _, text in paragraph])
    for bead in alignment.beads:
        left, right = (
            [part for i in places for part in side[i]] for side, places in zip(sides, _places(bead), strict=True)
        )
        if not left or not right:
            yield from (_bead([name], [], 0.0) for name, _ in left)
            yield from (_bead([], [name], 0.0) for name, _ in right)
        elif split:
            for found in align_sentences(left, right, (source.language, target.language), scorer).beads:
                yield _bead([left[i][0] for i in found.source], [right[j][0] for j in found.target], found.score)
        else:
            yield _bead([name for name, _ in left], [name for name, _ in right], bead.score)


def _places(bead: Bead) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return bead.source, bead.target


def _named(version: VersionText) -> list[list[tuple[str, str]]]:
    """The segments of each paragraph, by id and text."""
    return [
        [(name, text) for name, text, _ in _sentences(paragraph, version.language, f"p{number}")]
        for number, paragraph in enumerate(version.article.paragraphs)
    ]


def _bead(source: list[str], target: list[str], score: float) -> dict[str, Any]:
    shape = f"{len(source)}-{len(target)}"
    return {"source_ids": source, "target_ids": target, "score": score, "shape": shape}
