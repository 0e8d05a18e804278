"""Write a list of fingerprints of the store's texts, by which 'vietnamvn clean --drop-matches' finds copies anywhere.

It contains no text: for each article an exact hash and a sample of the hashes of its shingles, about 200 bytes. The
same texts give the same bytes. docs/batch.md describes the format, for other programs.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator

from pipelines.batch import files
from pipelines.batch.fingerprints import is_list, write_list
from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.storage import Selection, Store
from scraper.cli.stores import PassedOver, add_store_argument, reading
from scraper.cli.values import found_languages, languages
from scraper.messages import tell
from scraper.progress import ProgressLine

EXITS = {
    Exit.DONE: "written (also where the store has no text)",
    Exit.FAILED: "the store cannot be read, or the file not be written",
    Exit.PARTIAL: "written without rows of the store that are damaged (each is named)",
}
_OFTEN = 500  # texts from one step of the bar to the next


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="file or fsspec address; replaces an earlier list, but no other file",
    )
    add_store_argument(parser)
    parser.add_argument(
        "--lang", type=languages, metavar="LANGUAGE,…", help="languages found in the text (fr, zh-Hant)"
    )
    parser.add_argument(
        "--revisions",
        choices=("current", "all"),
        default="all",
        help="the current text of each article, or all ever seen (default), since old ones may have copies too",
    )


def run(options: argparse.Namespace) -> int:
    """Write the list and print its counts."""
    standing = files.read_bytes(options.out)
    if standing is not None and not is_list(standing):
        raise UsageError(f"--out {options.out}: is not an earlier list, and stays; give another name, or move it away")
    selection = Selection(languages=found_languages(options.lang or ()), revisions=options.revisions)
    passed_over = PassedOver()
    with (
        reading(options.store, passed_over) as store,
        ProgressLine("fingerprints") as bar,
        files.whole(options.out) as path,
        path.open("wb") as out,
    ):
        number = write_list(out, _texts(store, selection, bar))
        out.flush()
        size = path.stat().st_size
    each = f", {size / number:,.0f} bytes each" if number else ""
    tell(f"{options.out}: fingerprints of {number:,} texts, {size:,} bytes{each}", level=logging.INFO)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _texts(store: Store, selection: Selection, bar: ProgressLine) -> Iterator[str]:
    with store.snapshot():
        total = sum(store.tally(selection).values())
        done = 0
        for done, stored in enumerate(store.select(selection), 1):
            if done % _OFTEN == 0:
                bar.show(done, total, rows=done, counts={})
            yield stored.article.text
        bar.show(1, 1, rows=done, counts={}, last=True)
