"""What is found in composed versions is kept: who changes how texts are compared sees what else changes with it.

``alignment_outputs.json`` has a hash for each kind of output. After a change that is meant:
``python tests/translations/test_kept_alignments.py`` writes the file anew; the changelog says what changed.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from composed_versions import filled, groups, texts, versions
from disturbances import KINDS, OTHER_SHAPES, SENTENCE_KINDS, cases, own_groups, sentence_cases
from kept import hashed_lines

from pipelines.models import Article
from pipelines.quality.balance import unbalanced
from pipelines.quality.loops import loops
from pipelines.times import UTC
from pipelines.translations.align import SENTENCES, Alignment, AlignOptions, align, document
from pipelines.translations.anchors import anchors
from pipelines.translations.differences import ComparedText, difference
from pipelines.translations.evidence import Evidence
from pipelines.translations.figures import figures
from pipelines.translations.filters import FilterOptions, article_reason, digests_of, unit_reason
from pipelines.translations.folding import fold, skeleton
from pipelines.translations.lengths import length, log_ratio
from pipelines.translations.lens import VERSION as LENS_VERSION
from pipelines.translations.lens import compared, lens
from pipelines.translations.numbers import as_written, numbers
from pipelines.translations.revisions import RevisionText, changes
from pipelines.translations.sentences import cuts, sentence_ends, sentence_spans
from pipelines.translations.units import Unit, VersionText, units
from pipelines.translations.units_of_measure import measures, months
from pipelines.untranslated import foreign_parts

KEPT = Path(__file__).with_name("alignment_outputs.json")
HOW = f"python {Path(__file__).relative_to(Path(__file__).parents[2])}"


def _of_texts(*reads: Callable[[str, str], Any]) -> Iterator[Any]:
    for language, text in texts():
        yield [read(text, language) for read in reads]


def figures_of_texts() -> Iterator[Any]:
    """Numbers, times, measures and months."""
    folded = [lambda text, code: numbers(fold(text), code), lambda text, code: as_written(fold(text), code)]
    return _of_texts(figures, measures, months, *folded)


def anchors_of_texts() -> Iterator[Any]:
    """What two languages share, and the consonants of words."""
    return _of_texts(anchors, lambda text, code: [skeleton(word) for word in fold(text).split()])


def sentences_of_texts() -> Iterator[Any]:
    """Sentences, and where a passage may be cut."""
    return _of_texts(sentence_spans, sentence_ends, cuts)


def shapes_of_texts() -> Iterator[Any]:
    """Lengths, loops, and marks without a partner."""
    return _of_texts(
        lambda text, code: length(text), lambda text, code: loops(text), lambda text, code: unbalanced(text)
    )


def _told(found: Alignment) -> Any:
    return [[bead.shape, bead.score] for bead in found.beads], found.evidence, found.log_ratio, found.refused


def paragraphs_aligned() -> Iterator[Any]:
    """Disturbed versions, by the options of paragraphs and by others; and two that are no versions."""
    for kind in KINDS:
        for number, case in enumerate(cases(groups(), kind, per_pair=1, running=8)):
            if number % 7 == KINDS.index(kind):
                source, target = document(case.source, case.languages[0]), document(case.target, case.languages[1])
                yield _told(align(source, target, options=AlignOptions(exact_scores=number % 2 == 0)))
    every = groups()
    for one, other in pairwise(every):
        code = "th" if "th" in other else "zh"
        yield _told(align(document(one["vi"], "vi"), document(other[code], code)))


def sentences_aligned() -> Iterator[Any]:
    """What translators do to the sentences of a paragraph."""
    for kind in SENTENCE_KINDS:
        for group in own_groups(OTHER_SHAPES):
            runs = {code: ["\n".join(lines[at : at + 5]) for at in (0, 5)] for code, lines in group.items()}
            for case in sentence_cases(runs, [("vi", "en"), ("ja", "th"), ("uk", "ar"), ("en", "ja")], kind):
                source, target = document(case.source, case.languages[0]), document(case.target, case.languages[1])
                yield _told(align(source, target, options=SENTENCES))


def evidence_weighed() -> Iterator[Any]:
    """The scores of every pair of passages, by every kind of evidence."""
    for number in range(6):
        found = versions(number)
        code = "th" if "th" in found else "zh"
        source, target = document(found["vi"], "vi"), document(found[code], code)
        evidence = Evidence(source, target, AlignOptions(), None)
        scores = evidence.scores(log_ratio("vi", code, None), 0.3)
        yield {str(shape): matrix.round(6).tolist() for shape, matrix in scores.items()}


def _version(slug: str, language: str, paragraphs: list[str]) -> VersionText:
    article = Article(
        url=f"https://www.vietnam.vn/{language}/{slug}", slug=slug, url_language=language, language=language,
        paragraphs=tuple(paragraphs), extractor="x", extractor_version="1",
    )  # fmt: skip
    return VersionText(slug=slug, language=language, article=article)


def units_filtered() -> Iterator[Any]:
    """Units of paragraphs and sentences with the filter that takes them out."""
    options = FilterOptions()
    for number in range(12):
        found = versions(number)
        first = _version("bai", "vi", found["vi"])
        for code in ("en", "ja", "uk", "ru", "zh"):
            if code not in found:
                continue
            second = _version("bai", code, found[code])
            alignment = align(first.document, second.document)
            yield article_reason(options, first, second, alignment)
            made: list[Unit] = []
            for kind in ("paragraph", "sentence"):
                made += units(alignment, first, second, kind=kind)
            for unit in made:
                reason = unit_reason(options, unit, first, second, alignment.log_ratio)
                yield unit.shape, unit.score, unit.source.ids, unit.target.ids, reason, digests_of(unit)


def lenses() -> Iterator[Any]:
    """What is odd in each version beside the others, by this version of the findings."""
    yield LENS_VERSION
    for number in range(18):
        found = lens(versions(number))
        yield found
        yield {code: compared(seen, len(found)) for code, seen in found.items()}


def _revisions(number: int) -> dict[str, list[RevisionText]]:
    rng = random.Random(f"revisions {number}")
    start = datetime(2025, 10, 1, tzinfo=UTC)
    found: dict[str, list[RevisionText]] = {}
    for code, paragraphs in versions(number).items():
        at, seen = start + timedelta(hours=rng.randrange(30)), list(paragraphs)
        stripped, reading = ["Tag: Huế"], "1"
        for revision in range(1, rng.randrange(2, 5)):
            last = at + timedelta(hours=rng.randrange(1, 40))
            found.setdefault(code, []).append(
                RevisionText(
                    number=revision, title=f"{seen[0][:30]} {rng.randrange(2)}", lead=None, paragraphs=tuple(seen[1:]),
                    first_seen=at.isoformat(), last_seen=last.isoformat(), stripped=tuple(stripped),
                    extractor=reading, fetched_at=last.isoformat() if rng.random() < 0.5 else None,
                )
            )  # fmt: skip
            at, draw = last + timedelta(hours=rng.choice((1, 11, 13, 35, 37, 71, 73))), rng.random()
            if draw < 0.4:
                place = rng.randrange(len(seen))
                seen[place] = filled(seen[place], rng)
            elif draw < 0.6:
                seen = [filled(text, rng, 2) for text in seen]
            elif draw < 0.75:
                stripped = [*stripped, seen.pop()] if len(seen) > 3 else [*stripped, "Comment (0)"]
            else:
                reading = "2"
    return found


def revisions_judged() -> Iterator[Any]:
    """What each change of each version most probably was."""
    for number in range(40):
        found = _revisions(number)
        yield changes(found)
        for code, chain in found.items():
            read = [ComparedText(code, text.title, text.lead, text.paragraphs, text.stripped) for text in chain]
            yield [difference(before, after) for before, after in pairwise(read)]


def foreign_passages() -> Iterator[Any]:
    """Where a paragraph is in another language; of scripts that need no detector."""
    for number in range(18):
        found = versions(number)
        for code in ("ja", "th", "ar", "uk", "hi", "ru"):
            if code in found:
                yield [foreign_parts(text, code) for text in found[code]]


OUTPUTS: dict[str, Callable[[], Iterator[Any]]] = {
    read.__name__: read
    for read in (
        figures_of_texts, anchors_of_texts, sentences_of_texts, shapes_of_texts, paragraphs_aligned, sentences_aligned,
        evidence_weighed, units_filtered, lenses, revisions_judged, foreign_passages,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", list(OUTPUTS))
def test_what_comes_out_of_composed_versions_is_as_it_was(name: str) -> None:
    """A bound that moved, a sign read otherwise, a score weighed otherwise: whoever means it writes the file anew."""
    assert hashed_lines(OUTPUTS[name]()) == json.loads(KEPT.read_text())[name], (
        f"{name} changed; if that is meant: {HOW}"
    )


if __name__ == "__main__":
    KEPT.write_text(json.dumps({name: hashed_lines(OUTPUTS[name]()) for name in OUTPUTS}, indent=1) + "\n")
