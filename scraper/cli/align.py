"""Take aligned text for any pair of languages out of the store.

The folder takes the place of an earlier one only when it is whole; the same store and options give the same bytes.
Each language pair (in the order given; with `all`, of the alphabet) has its own file or folder; README.md and
manifest.json count what was aligned, refused, removed and written.

exit codes:
  0  written (also where no unit was left: the manifest says so)
  1  the store cannot be read, the folder not be written, or something that the format needs is not installed
  2  wrong usage
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.export.folder import replaced
from pipelines.storage import open_store
from scraper.cli.groups import read_links, stored_groups
from scraper.cli.store import add_store_argument
from scraper.patience import patient
from scraper.progress import ProgressLine

if TYPE_CHECKING:
    from pipelines.translations.align import Scorer

SUMMARY = "align language pairs and write a parallel corpus (tmx, moses, tsv, jsonl, parquet)"
_FORMATS = ("tmx", "moses", "tsv", "jsonl", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument("--langs", required=True, metavar="CODE,CODE,…|all", help="languages of the addresses, or all")
    parser.add_argument("--unit", choices=("paragraph", "sentence"), default="paragraph", help="(default: paragraph)")
    parser.add_argument("--format", choices=_FORMATS, default="jsonl", help="(default: jsonl)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write, or to replace")
    parser.add_argument(
        "--multiway", action="store_true", help="one row for each paragraph, all languages side by side"
    )
    parser.add_argument("--without-filter", metavar="NAME,…", help="filters that are not to be applied, or all")
    parser.add_argument(
        "--memo", type=Path, metavar="FILE", help="keep alignments here: only changed texts align again"
    )
    parser.add_argument(
        "--scorer", metavar="MODULE:FUNCTION", help="a similarity of your own, (texts, texts) -> matrix"
    )


def run(options: argparse.Namespace) -> int:
    """Write the corpus and say what it holds."""
    # numpy and Babel are read only by the command that needs them
    from pipelines.translations.corpus import Corpus, finish
    from pipelines.translations.exports import writer
    from pipelines.translations.filters import NAMES, filter_options
    from pipelines.translations.memo import Memo
    from pipelines.translations.units import Reading

    if options.multiway and options.format == "moses":
        raise UsageError("--multiway cannot be written as moses, which holds pairs; use tmx, tsv, jsonl or parquet")
    if options.multiway and options.unit == "sentence":
        raise UsageError("--multiway puts paragraphs side by side; leave out --unit sentence")
    asked = _languages(options.langs)
    without = list(NAMES) if options.without_filter == "all" else (options.without_filter or "").split(",")
    filters = filter_options([name for name in without if name])
    scorer = _scorer(options.scorer) if options.scorer else None
    bar = ProgressLine("aligning")
    with contextlib.ExitStack() as stack:
        memo = stack.enter_context(Memo(options.memo)) if options.memo else None
        store = stack.enter_context(open_store(options.store, read_only=True, wait=patient()))
        stack.enter_context(store.snapshot())
        links, found = read_links(store)
        languages = asked or sorted(found)
        total = sum(found.values())
        folder = stack.enter_context(replaced(options.out))
        out = writer(options.format, folder, version=_version(), languages=languages, unit=options.unit)
        corpus = Corpus(out, languages, unit=options.unit, filters=filters, scorer=scorer, memo=memo)
        add = corpus.add_multiway if options.multiway else corpus.add_pairs
        done = 0
        for group, texts in stored_groups(store, links):
            add(
                {
                    code: Reading(slug=group.slug, language=code, article=stored.article)
                    for code, stored in texts.items()
                    if code in languages
                }
            )
            done += len(texts)
            bar.show(done, total, rows=done, counts={})
        settings = {
            "format": options.format,
            "unit": options.unit,
            "multiway": options.multiway,
            "languages": languages,
            "filters": [] if options.multiway else [name for name in NAMES if name in filters.names],
        }
        rows = out.close()
        finish(folder, rows, corpus, settings=settings, version=_version())
    for pair, counts in sorted(corpus.counts.items()):
        print(
            f"{'-'.join(pair)}\t{counts.articles}\t{counts.refused}\t{counts.written}\t{sum(counts.removed.values())}"
        )
    known = f", {memo.known:,} alignments known and {memo.aligned:,} made" if memo else ""
    many = f", {corpus.rows:,} rows" if options.multiway else ""
    print(f"{options.out}: {corpus.groups:,} articles{many}, {len(rows):,} files{known}", file=sys.stderr)
    return 0


def _languages(given: str) -> list[str]:
    if given == "all":
        return []
    codes = [code.strip().lower() for code in given.split(",")]
    wrong = [code for code in codes if not re.fullmatch(r"[a-z]{2,3}(?:-[a-z]{2,4})?", code)]
    if wrong:
        raise UsageError(f"--langs {given}: {wrong[0]!r} is no language code; write --langs en,fr or --langs all")
    if len(set(codes)) < 2 or len(set(codes)) != len(codes):
        raise UsageError(f"--langs {given}: give two languages or more, each once, or all")
    return codes


def _scorer(given: str) -> Scorer:
    module, _, name = given.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"--scorer {given}: cannot be imported ({error}); write MODULE:FUNCTION") from error
    if not callable(found):
        raise UsageError(f"--scorer {given}: is not a function of two lists of texts")
    scorer: Scorer = found
    return scorer


def _version() -> str:
    try:
        return version("vietnamvn")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
