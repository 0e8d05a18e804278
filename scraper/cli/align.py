"""Take aligned text for any pair of languages out of the store.

The files of an earlier corpus in the folder are replaced once the new ones are complete; other files stay. The
same store and options give the same bytes. Each language pair (in the order given; for `all`, alphabetical) has its
own folder below data/; README.md and manifest.json count what was aligned, refused, removed and written.
--unit document writes whole articles, with nothing left out, and marks the sentences that translate each other.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.folders import require_apart
from pipelines.printable import printable
from pipelines.translations.exports import FORMATS
from scraper.cli.engines import add_engine_arguments, engine_of, is_parallel
from scraper.cli.folders import add_folder_arguments, holder
from scraper.cli.stores import PassedOver, add_store_argument, reading
from scraper.cli.values import languages, path
from scraper.messages import note
from scraper.progress import ProgressLine

if TYPE_CHECKING:
    from pipelines.translations.align import Scorer

EXITS = {
    Exit.DONE: "written (also where no unit was left: the manifest says so)",
    Exit.FAILED: (
        "the store cannot be read, the folder not be written, or something that the format needs is not installed"
    ),
    Exit.PARTIAL: (
        "written without rows of the store that are damaged (each is named), or nothing was done "
        "because another job is at work in the folder"
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument(
        "--langs",
        type=languages,
        required=True,
        metavar="LANGUAGE,…|all",
        help="of the addresses, such as en,zh-Hant,French (or all)",
    )
    parser.add_argument(
        "--unit", choices=("paragraph", "sentence", "document"), default="paragraph", help="(default: paragraph)"
    )
    parser.add_argument("--format", choices=FORMATS, default="jsonl", help="(default: jsonl)")
    add_folder_arguments(parser)
    parser.add_argument(
        "--multiway", action="store_true", help="one row for each paragraph, all languages side by side"
    )
    parser.add_argument("--without-filter", metavar="NAME,…", help="filters to leave out, or all")
    add_engine_arguments(parser, workers="processes that align (default: only this one)")
    parser.add_argument(
        "--memo", type=path, metavar="FILE", help="keep alignments here: only changed texts align again"
    )
    similarity = parser.add_mutually_exclusive_group()
    similarity.add_argument(
        "--embeddings",
        metavar="MODEL",
        help="name or folder of a sentence-transformers model, as further evidence",
    )
    similarity.add_argument(
        "--scorer", metavar="MODULE:FUNCTION", help="your own similarity function, (texts, texts) -> matrix"
    )


def run(options: argparse.Namespace) -> int:
    """Write the corpus and print its counts."""
    # imported here: numpy and Babel are slow to load
    from pipelines.translations.corpus_job import align
    from pipelines.translations.filters import NAMES, filter_options

    without = list(NAMES) if options.without_filter == "all" else (options.without_filter or "").split(",")
    filters = filter_options([name for name in without if name])
    scorer = _scorer(options)
    require_apart(options.out, {"the store": options.store.path or None, "the file of --memo": options.memo})
    passed_over = PassedOver()
    with reading(options.store, passed_over) as store, ProgressLine("aligning") as bar:
        made = align(
            store,
            options.out,
            languages=options.langs,
            unit=options.unit,
            form=options.format,
            multiway=options.multiway,
            filters=filters,
            scorer=scorer,
            memo=options.memo,
            engine=engine_of(options) if is_parallel(options) else None,
            progress=lambda done, total: bar.show(done, total, rows=done, counts={}, last=done == total),
            replace_changed=options.replace,
            holder=holder(),
        )
    for pair, counts in sorted(made.pairs.items()):
        print(
            f"{'-'.join(pair)}\t{counts.articles}\t{counts.refused}\t{counts.written}\t{sum(counts.removed.values())}"
        )
    _note_left_out(made.left_out)
    known = f", {made.known:,} alignments known and {made.aligned:,} made" if options.memo else ""
    many = f", {made.rows:,} rows" if options.multiway else ""
    written = f"{options.out}: {made.groups:,} articles{many}, {len(made.files):,} files{known}"
    note(written)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _note_left_out(texts: Mapping[str, int]) -> None:
    """Report texts that are left out because their language is no valid code for a file name (in old stores)."""
    if texts:
        first = printable(ascii(min(texts)))
        note(f"{sum(texts.values()):,} texts are left out: their language is not a language code, such as {first[:60]}")


def _scorer(options: argparse.Namespace) -> Scorer | None:
    if options.embeddings:
        from pipelines.translations.embeddings import load

        return load(options.embeddings)
    return _function(options.scorer) if options.scorer else None


def _function(given: str) -> Scorer:
    module, _, name = given.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise UsageError(f"--scorer {given}: cannot be imported ({error}); write MODULE:FUNCTION") from error
    if not callable(found):
        raise UsageError(f"--scorer {given}: is not a function of two lists of texts")
    scorer: Scorer = found
    return scorer
