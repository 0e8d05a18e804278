"""Shows two or three languages of an article, paragraph by paragraph, as `vietnamvn align` pairs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.errors import UsageError
from pipelines.models import Article
from pipelines.report.model import language_name
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.storage import Store
from pipelines.translations.align import Alignment, Bead, align
from pipelines.translations.filters import FilterOptions, PairFilter
from pipelines.translations.stored import by_language
from pipelines.translations.units import VersionText, units
from scraper.reader.article import versions_of
from scraper.reader.asked import QueryValues
from scraper.reader.shown import NotThereError, ShownPage

_LEAST, _MOST = 2, 3


class Pairing(NamedTuple):
    """How passages of another language pair with the first one's: shape, score, and the filter that removes them."""

    shape: str
    score: float
    removed: str | None


class PassageRow(NamedTuple):
    """Passages side by side: each language's paragraphs, and for each language but the first its pairings."""

    cells: tuple[tuple[str, ...], ...]
    pairings: tuple[tuple[Pairing, ...], ...]


def side_by_side(store: Store, asked: QueryValues) -> ShownPage:
    """The page of a slug in the languages of the query."""
    asked.require("slug", "lang", "at")
    slug = asked.get("slug")
    if slug is None:
        raise UsageError("slug is missing: the article's, such as bai-viet")
    texts = by_language(
        {
            code: stored
            for code, version in versions_of(store, slug).items()
            if (stored := store.get(version.slug, version.language))
        }
    )
    if len(texts) < _LEAST:
        raise NotThereError(f"The store has {slug[:200]} in {len(texts)} language(s); two are needed.")
    chosen = _chosen(asked, sorted(texts))
    readings = [VersionText(slug=slug, language=code, article=texts[code].article) for code in chosen]
    alignments = [align(readings[0].document, other.document) for other in readings[1:]]
    values = {
        "title": texts[chosen[0]].article.title or slug,
        "slug": slug,
        "columns": [(code, language_name(code), texts[code]) for code in chosen],
        "rows": rows(readings, alignments),
        "refused": [(code, a.refused) for code, a in zip(chosen[1:], alignments, strict=True) if a.refused],
        "removed": [
            (code, reason)
            for code, reading, alignment in zip(chosen[1:], readings[1:], alignments, strict=True)
            if (reason := PairFilter(FilterOptions()).article_reason(readings[0], reading, alignment))
        ],
        "languages": [(code, language_name(code)) for code in sorted(texts)],
        "chosen": chosen,
        **_steps(asked, slug, sorted(texts), chosen),
    }
    return ShownPage("side.html.j2", values)


def _chosen(asked: QueryValues, there: Sequence[str]) -> list[str]:
    given = [code for value in asked.values.get("lang", ()) for code in value.split(",") if code]
    # The original first, if the store has it.
    chosen = list(dict.fromkeys(given)) or sorted(there, key=lambda code: code != ORIGINAL_LANGUAGE)[:_LEAST]
    unknown = [code for code in chosen if code not in there]
    if unknown:
        raise NotThereError(f"The store lacks this article in {', '.join(unknown)[:200]}; it has {', '.join(there)}.")
    if not _LEAST <= len(chosen) <= _MOST:
        raise UsageError("lang: two or three languages are shown side by side")
    return chosen


def _steps(asked: QueryValues, slug: str, there: Sequence[str], chosen: Sequence[str]) -> dict[str, str | None]:
    """The addresses that replace the last language by the one before and the one after it."""
    others = [code for code in there if code not in chosen[:-1]]
    place = others.index(chosen[-1])

    def link(code: str) -> str:
        return QueryValues({}).link("/side", slug=slug, lang=",".join([*chosen[:-1], code]))

    return {
        "before": link(others[place - 1]) if place > 0 else None,
        "after": link(others[place + 1]) if place + 1 < len(others) else None,
    }


def rows(readings: Sequence[VersionText], alignments: Sequence[Alignment]) -> list[PassageRow]:
    """The paragraphs of all languages in rows that no bead crosses."""
    articles = [reading.article for reading in readings]
    removed = [_removed(readings[0], other, found) for other, found in zip(readings[1:], alignments, strict=True)]
    if len(alignments) == 1:
        return [
            PassageRow(
                (_of(articles[0], bead.source), _of(articles[1], bead.target)),
                (_pairings((bead,), removed[0]),),
            )
            for bead in alignments[0].beads
        ]
    return [
        PassageRow(
            (
                _of(articles[0], range(start, end)),
                *(
                    _of(article, [j for bead in beads for j in bead.target])
                    for article, beads in zip(articles[1:], of_each, strict=True)
                ),
            ),
            tuple(_pairings(beads, taken) for beads, taken in zip(of_each, removed, strict=True)),
        )
        for start, end, of_each in _blocks(len(articles[0].paragraphs), alignments)
    ]


def _blocks(paragraphs: int, alignments: Sequence[Alignment]) -> list[tuple[int, int, tuple[tuple[Bead, ...], ...]]]:
    """Ranges (start, end) of the first language's paragraphs, with the beads of each other language in them.

    A bead without a paragraph of the first language goes with the one before it.
    """
    placed = []
    inside: set[int] = set()
    for alignment in alignments:
        at, found = 0, []
        for bead in alignment.beads:
            if bead.source:
                at = bead.source[-1] + 1
                inside.update(range(bead.source[0] + 1, at))
            found.append((max(0, at - 1), bead))
        placed.append(found)
    starts = [place for place in range(paragraphs) if place not in inside] or [0]
    ends = [*starts[1:], max(paragraphs, 1)]
    return [
        (start, min(end, paragraphs), tuple(tuple(b for at, b in found if start <= at < end) for found in placed))
        for start, end in zip(starts, ends, strict=True)
    ]


def _removed(source: VersionText, target: VersionText, alignment: Alignment) -> dict[tuple[int, ...], str]:
    """The filter that removes a bead's unit from a parallel corpus, by the bead's source paragraphs."""
    taking = PairFilter(FilterOptions())
    found = {}
    for unit in units(alignment, source, target, kind="paragraph"):
        reason = taking.reason(unit, source, target, alignment.log_ratio)
        if reason is not None:
            found[tuple(int(name[1:]) for name in unit.source.ids)] = reason
    return found


def _pairings(beads: Sequence[Bead], removed: dict[tuple[int, ...], str]) -> tuple[Pairing, ...]:
    return tuple(Pairing(bead.shape, bead.score, removed.get(bead.source) if bead.target else None) for bead in beads)


def _of(article: Article, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(article.paragraphs[place] for place in places)
