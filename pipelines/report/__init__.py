"""A report on a store: one page to read, without server or script.

with open_store("vietnamvn.db", read_only=True) as store:
    Path("report.html").write_text(report(store), encoding="utf-8")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.export.selecting import NO_FILTER, selection_told
from pipelines.report.corpus import corpus_section
from pipelines.report.crawl import crawl_section
from pipelines.report.model import Report
from pipelines.report.page import html
from pipelines.report.stripped import stripped_section
from pipelines.report.versions import versions_section
from pipelines.storage import Selection, Store
from pipelines.translations.stored_lens import sampled_lenses

__all__ = ["SAMPLE", "report"]

SAMPLE = 20_000
"""So many texts are read for what was stripped: the numbers of the corpus come from all of them."""

SLUGS, VERSIONS = 500, 1_500
"""The articles of at most so many slugs are seen with their versions beside each other, and none is begun after so many
versions."""


def report(
    store: Store,
    selection: Selection | None = None,
    *,
    manifests: Sequence[Mapping[str, Any]] = (),
    sample: int = SAMPLE,
) -> str:
    """The page as HTML; the same store, selection and manifests give the same text.

    `manifests` are accounts of crawls, as ``vietnamvn crawl`` writes them. Of the crawl, `selection` narrows the days
    (those of the sitemaps) alone. Needs the extra ``view``; raises `UsageError` where it is missing.
    """
    wanted = selection or Selection()
    with store.snapshot():
        numbers = store.overview(wanted)
        sections = (
            crawl_section(store.counts(since=wanted.since, until=wanted.until), store.runs(), manifests),
            corpus_section(numbers),
            versions_section(
                sampled_lenses(store, wanted, slugs=SLUGS, versions=VERSIONS),
                of=numbers.slugs,
                most=SLUGS,
            ),
            stripped_section(store.sample(wanted, sample), of=numbers.texts),
        )
    sentence, filters = selection_told(wanted)
    of = (f"{store.name}. {sentence}", *(filters or (NO_FILTER,)))
    return html(Report(title="Vietnam.vn: crawl and corpus", of=of, sections=sections))
