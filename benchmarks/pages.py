"""Extraction of pages in unknown layouts compared with public extractors, on the same pages in the same run.

    python benchmarks/pages.py                   # five folds: no table is used on a host that it was learned from
    python benchmarks/pages.py --peers all       # all other installed extractors, trafilatura in its modes

Pages and truth: `shared/pages`. F1 of words, the mean over pages; a refused page counts as 0. No language detection.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import learn_blocks
import trafilatura
from page_truth import FOLDS, TruePage, f1, true_pages, words

from pipelines.extraction import chooser, unknown_layout
from pipelines.extraction.extractor import ExtractionOptions, extract
from pipelines.models import Article, HtmlPage
from pipelines.web.charsets import to_utf8

OPTIONS = ExtractionOptions(identify_language=False)
POOR = 0.9
_WITH_METADATA = "- with metadata"
Reader = Callable[[TruePage], str]


def vietnamvn(page: TruePage) -> str:
    """Lead and paragraphs; empty if the page is refused."""
    found = extract(HtmlPage(body=page.body, url=page.url), OPTIONS)
    return "\n".join(part for part in (found.lead, found.text) if part) if isinstance(found, Article) else ""


def alone(page: TruePage) -> str:
    """The same without the second opinion."""
    asked, unknown_layout.second_opinion = unknown_layout.second_opinion, lambda body, url: None
    try:
        return vietnamvn(page)
    finally:
        unknown_layout.second_opinion = asked


def peers(names: str) -> dict[str, Reader]:
    """The other installed extractors."""

    def asked(**options: Any) -> Reader:
        def read(page: TruePage) -> str:
            text = to_utf8(page.body, None).decode("utf-8", "replace")
            return trafilatura.extract(text, include_comments=False, include_tables=True, **options) or ""

        return read

    found: dict[str, Reader] = {"trafilatura": asked(), _WITH_METADATA: _bare_extraction}
    if names != "all":
        return found
    found |= {"- " + name: asked(**{name: True}) for name in ("favor_recall", "favor_precision", "fast")}
    if importlib.util.find_spec("readability"):
        found["readability-lxml"] = _readability
    if importlib.util.find_spec("resiliparse"):
        found["resiliparse"] = _resiliparse
    return found


def _bare_extraction(page: TruePage) -> str:
    """Text, title, authors and date, which vietnamvn extracts too."""
    text = to_utf8(page.body, None).decode("utf-8", "replace")
    found = trafilatura.bare_extraction(text, include_comments=False, include_tables=True, with_metadata=True)
    return str(found.text or "") if found is not None else ""


def _readability(page: TruePage) -> str:
    from lxml import html
    from readability import Document

    return str(html.fromstring(Document(to_utf8(page.body, None).decode("utf-8", "replace")).summary()).text_content())


def _resiliparse(page: TruePage) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(to_utf8(page.body, None).decode("utf-8", "replace"), main_content=True))


@dataclass(slots=True)
class Score:
    """Results of one extractor on the pages."""

    f1: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)

    def judge(self, page: TruePage, read: Reader) -> None:
        """Run the extractor on a page and record F1 and time."""
        start = time.process_time()
        try:
            text = read(page)
        except Exception:  # an extractor that fails on a page has found nothing
            text = ""
        self.seconds[page.name] = time.process_time() - start
        self.f1[page.name] = f1(words(text), words(page.text))
        if not text:
            self.empty.append(page.name)

    def mean(self, group: str = "") -> float:
        """Mean F1 of the pages whose name begins with `group`."""
        return statistics.fmean(v for name, v in self.f1.items() if name.startswith(group))


def by_fold() -> Iterator[TruePage]:
    """The articles, each with a table in use that was learned without its fold."""
    pages = list(true_pages("wcxb", "fundus"))
    samples = [found for page in pages if (found := learn_blocks.sample(page)) is not None]
    packaged = chooser.table
    for fold in range(FOLDS):
        learned = learn_blocks.learn([s for s in samples if s.page.fold != fold])
        chooser.table = lambda learned=learned: learned  # type: ignore[assignment]
        yield from (page for page in pages if page.fold == fold)
    chooser.table = packaged


def compare(options: argparse.Namespace) -> None:
    readers: dict[str, Reader] = {"vietnamvn": vietnamvn, "vietnamvn alone": alone, **peers(options.peers)}
    scores = {name: Score() for name in readers}
    languages: dict[str, list[str]] = {}
    for page in by_fold():
        languages.setdefault(page.language or "", []).append(page.name)
        for name, read in readers.items():
            scores[name].judge(page, read)
    print(f"{'':20} {'wcxb':>7} {'fundus':>7} {'all':>7} {'refused':>8} {'median ms':>10} {'mean ms':>8}")
    for name, score in scores.items():
        times = [1000 * s for s in score.seconds.values()]
        print(
            f"{name:20} {score.mean('wcxb'):7.4f} {score.mean('fundus'):7.4f} {score.mean():7.4f} {len(score.empty):8}"
            f" {statistics.median(times):10.1f} {statistics.fmean(times):8.1f}"
        )
    own, other = scores["vietnamvn"], scores["trafilatura"]
    gains = [own.f1[name] - other.f1[name] for name in own.f1]
    error = statistics.stdev(gains) / len(gains) ** 0.5
    print(f"vietnamvn - trafilatura: {own.mean() - other.mean():+.4f} (95 %: +- {1.96 * error:.4f}); bar +.006")
    print(f"refused articles: {len(own.empty)} of {len(gains)} (bar: 1 %): {' '.join(own.empty)}")
    for name in ("trafilatura", _WITH_METADATA):
        ratio = statistics.median(scores[name].seconds[n] / own.seconds[n] for n in own.f1)
        print(f"median page: {ratio:.2f} times as fast as {name.replace('- ', 'trafilatura ')} (bar: 3)")
    print(
        "fundus by country: "
        + ", ".join(f"{c} {_mean(own, n):.3f}/{_mean(other, n):.3f}" for c, n in sorted(languages.items()) if c)
    )
    poor = sorted((v, name) for name, v in own.f1.items() if v < POOR)
    print(f"{len(poor)} pages under {POOR} (vietnamvn, trafilatura):")
    for value, name in poor:
        print(f"  {name} {value:.3f} {other.f1[name]:.3f}")


def _mean(score: Score, names: list[str]) -> float:
    return statistics.fmean(score.f1[name] for name in names)


def others() -> None:
    """Print how many pages that are no articles are refused, by kind; the packaged table was not learned from them."""
    refused: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for page in true_pages("other"):
        seen[page.kind] += 1
        refused[page.kind] += not vietnamvn(page)
    print("refused of pages that are no articles: " + ", ".join(f"{k} {refused[k]}/{seen[k]}" for k in sorted(seen)))


def main() -> None:
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peers", default="trafilatura", choices=("trafilatura", "all"), help="extractors to compare with"
    )
    options = parser.parse_args()
    compare(options)
    others()


if __name__ == "__main__":
    main()
