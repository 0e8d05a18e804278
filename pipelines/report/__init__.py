"""A report on a store: one page to read, without server or script.

with open_store("vietnamvn.db", read_only=True) as store:
    Path("report.html").write_text(report(store), encoding="utf-8")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pipelines.audit import Auditor
from pipelines.export.selection_text import NO_FILTER, selection_words
from pipelines.record import COPIES
from pipelines.report.alignment import alignment_section
from pipelines.report.audited import audited_section
from pipelines.report.backfilled import backfill_section
from pipelines.report.corpus import corpus_section
from pipelines.report.crawled import crawl_section
from pipelines.report.model import Report, Section
from pipelines.report.page import html
from pipelines.report.quality import Measured, quality_section
from pipelines.report.reserved import rights_section
from pipelines.report.stripped import stripped_section
from pipelines.report.versions import versions_section
from pipelines.storage import Selection, Store
from pipelines.storage import measures as _measures
from pipelines.storage.captures import Captures
from pipelines.storage.exact_copies import copies
from pipelines.storage.near_copies import near_copies
from pipelines.storage.overview import overview
from pipelines.storage.recorded_rights import counts
from pipelines.storage.selecting import in_hash_order, keys_of
from pipelines.translations.stored_lens import sampled_lenses

__all__ = ["SAMPLE", "report"]

SAMPLE = 20_000
"""How many texts are read for what was stripped; the numbers of the corpus come from all texts."""

MEASURED = 2_000
"""How many of them are measured, where the store has not kept their measures."""

SLUGS, VERSIONS = 500, 600
"""Language versions are compared for the articles of at most so many slugs, and no article is begun after so many
versions."""


def report(
    store: Store,
    selection: Selection | None = None,
    *,
    manifests: Sequence[Mapping[str, Any]] = (),
    corpora: Mapping[str, Mapping[str, Any]] | None = None,
    sample: int = SAMPLE,
) -> str:
    """The page as HTML; the same store, selection, manifests and corpora give the same text.

    `manifests` are accounts of crawls and backfills, as ``vietnamvn crawl`` and ``backfill`` write them; `corpora`
    are the manifests of folders of ``vietnamvn align``, by the names to show. Of the crawl, `selection` narrows only
    the days (those of the sitemaps). Needs the extra ``view``; raises `UsageError` where it is missing.
    """
    wanted = selection or Selection()
    with store.snapshot():
        sections = [*_runs(store, wanted, manifests), *_texts(store, _drawn(store, wanted), sample)]
    if corpora:
        sections.append(alignment_section(corpora))
    sentence, filters = selection_words(wanted)
    of = (f"{store.name}. {sentence}", *(filters or (NO_FILTER,)))
    return html(Report(title="Vietnam.vn: crawl and corpus", of=of, sections=tuple(sections)))


def _drawn(store: Store, wanted: Selection) -> Selection:
    """A selection of the same texts, so that a sample is drawn once, not for each number."""
    if wanted.sample is None:
        return wanted
    ids = store.read(lambda connection: keys_of(connection, wanted))
    return Selection(ids=ids) if ids else wanted


def _runs(store: Store, wanted: Selection, manifests: Sequence[Mapping[str, Any]]) -> list[Section]:
    """What was crawled, and what came from archives, if anything."""
    runs = store.runs()
    of_archives = [manifest for manifest in manifests if "crawls" in manifest]
    of_site = [manifest for manifest in manifests if "crawls" not in manifest]
    crawls, backfills = ([run for run in runs if run.command == name] for name in ("crawl", "backfill"))
    addresses = store.counts(since=wanted.since, until=wanted.until)
    captures = Captures(store).counts()
    archives = backfill_section(captures, backfills, of_archives)
    sections = [crawl_section(addresses, crawls, of_site)]
    return [*sections, archives] if archives.parts else sections


def _texts(store: Store, wanted: Selection, sample: int) -> list[Section]:
    numbers = store.read(partial(overview, selection=wanted))
    is_measured = not store.unmeasured()
    known = store.read(lambda c: _measures.known(c, in_hash_order(c, wanted, min(MEASURED, sample))))
    measured = Measured(most=MEASURED, known=known)
    auditor = Auditor()
    stripped = stripped_section(auditor.watching(measured.watching(store.sample(wanted, sample))), of=numbers.texts)
    kept = store.read(lambda connection: _measures.kept(connection, wanted)) if is_measured else None
    near = None if store.unmeasured(COPIES) else store.read(partial(near_copies, selection=wanted))
    versions = sampled_lenses(store, wanted, slugs=SLUGS, versions=VERSIONS)
    return [
        corpus_section(numbers, Captures(store).languages_by_year()),
        quality_section(measured, kept, store.read(partial(copies, selection=wanted)), near, of=numbers.texts),
        versions_section(versions, of=numbers.slugs, most=SLUGS),
        stripped,
        audited_section(auditor.result(), of=numbers.texts),
        rights_section(store.read(partial(counts, selection=wanted))),
    ]
