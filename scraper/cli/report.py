"""Write a report on a store: one HTML page, to be opened in a browser, printed or sent.

It shows the state of the crawl, what the corpus holds, what was stripped from the pages and what of that is suspicious.
It has no script and uses no network; the same store gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.folders import require_apart
from scraper.cli.reports import note_written, require_drawing, write_report
from scraper.cli.selecting import add_selection_arguments, query, selection_of
from scraper.cli.stores import PassedOver, add_store_argument
from scraper.cli.values import found_languages, languages, path

EXITS = {
    Exit.DONE: "written",
    Exit.FAILED: "the store cannot be read, or the report not be written",
    Exit.PARTIAL: "written without rows of the store that are damaged (each is named)",
}
_LARGEST_MANIFEST = 2**28


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--out", required=True, type=path, metavar="FILE", help="the page, such as report.html")
    add_store_argument(parser)
    parser.add_argument(
        "--manifest",
        action="append",
        type=path,
        default=[],
        metavar="FILE",
        help="the account of a crawl or backfill; may be repeated",
    )
    parser.add_argument(
        "--corpus",
        action="append",
        type=path,
        default=[],
        metavar="DIR",
        help="a corpus that 'vietnamvn align' wrote; may be repeated",
    )
    parser.add_argument(
        "--lang",
        type=languages,
        metavar="LANGUAGE,…",
        help="languages found in the text (fr, zh-Hant, fra_Latn, French)",
    )
    parser.add_argument(
        "--search", type=query, metavar="QUERY", help="only texts that this query finds, as in 'vietnamvn store search'"
    )
    add_selection_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Read, draw, write."""
    require_apart(options.out, {"the store": options.store.path or None})
    require_drawing()
    manifests = [_manifest(file) for file in options.manifest]
    corpora = _corpora(options.corpus)
    selection = selection_of(options, search=options.search, languages=found_languages(options.lang or ()))
    passed_over = PassedOver()
    write_report(
        options.store,
        options.out,
        selection=selection,
        manifests=manifests,
        corpora=corpora,
        passed_over=passed_over,
    )
    note_written(options.out)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _corpora(folders: Sequence[Path]) -> dict[str, Mapping[str, Any]]:
    from pipelines.report.alignment import read_corpus  # see `write_report`

    return {str(folder): read_corpus(folder) for folder in folders}


def _manifest(file: Path) -> Mapping[str, Any]:
    try:
        if file.stat().st_size > _LARGEST_MANIFEST:
            raise UsageError(f"--manifest {file}: is too large to be an account")
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--manifest {file}: cannot be read ({error.strerror})") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or not {"result", "reasons", "started_at"} <= set(found):
        raise UsageError(
            f"--manifest {file}: is not an account of a crawl or backfill; give the file that 'vietnamvn crawl' wrote"
        )
    return found
