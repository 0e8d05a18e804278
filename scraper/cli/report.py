"""Write a report on a store: one page of HTML, to be opened in a browser, printed or sent.

How the crawl stands, what the corpus holds, what was taken away from the pages and what of that is suspicious. It has
no script and asks nothing of the network; the same store gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.batch.extras import require
from pipelines.errors import UsageError, VietnamvnError
from pipelines.exits import Exit
from pipelines.folders import require_apart
from pipelines.storage import Selection
from pipelines.store_address import StoreAddress
from scraper.cli.selecting import add_selection_arguments, query, selection_of, tell_missing
from scraper.cli.stores import PassedOver, add_store_argument, prepared
from scraper.cli.values import found_languages, languages, path
from scraper.messages import note
from scraper.whole_file import write_whole

EXITS = {
    Exit.DONE: "written",
    Exit.FAILED: "the store cannot be read, or the report not be written",
    Exit.PARTIAL: "written without rows of the store that are damaged (each is named)",
}
_LARGEST_MANIFEST = 2**28


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--out", required=True, type=path, metavar="FILE", help="where the page goes, say report.html")
    add_store_argument(parser)
    parser.add_argument(
        "--manifest", action="append", type=path, default=[], metavar="FILE", help="a crawl's account; may be repeated"
    )
    parser.add_argument(
        "--lang",
        type=languages,
        metavar="LANGUAGE,…",
        help="languages found in the text (fr, zh-Hant, fra_Latn, French)",
    )
    parser.add_argument(
        "--search", type=query, metavar="QUERY", help="only what this finds; written as for 'vietnamvn store search'"
    )
    add_selection_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Read, draw, write."""
    require_apart(options.out, {"the store": options.store.path or None})
    manifests = [_manifest(file) for file in options.manifest]
    selection = selection_of(options, search=options.search, languages=found_languages(options.lang or ()))
    passed_over = PassedOver()
    write_report(options.store, options.out, selection=selection, manifests=manifests, passed_over=passed_over)
    tell_of(options.out)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def require_drawing() -> None:
    """Raise `UsageError` where no report can be drawn: before the work of hours that one is to tell of."""
    for module in ("jinja2", "matplotlib"):
        require(module, extra="view", purpose="a report")


def write_report(
    address: StoreAddress,
    out: Path,
    *,
    selection: Selection | None = None,
    manifests: Sequence[Mapping[str, Any]] = (),
    passed_over: PassedOver | None = None,
) -> None:
    """Write the report on a store to a file. Raises `VietnamvnError`."""
    from pipelines.report import report  # drawing loads matplotlib, and --help needs none

    wanted = selection or Selection()
    with prepared(
        address, passed_over or PassedOver(), search=bool(wanted.search), quality=bool(wanted.quality)
    ) as store:
        tell_missing(store, wanted)
        page = report(store, wanted, manifests=manifests)
    try:
        write_whole(out, page)
    except OSError as error:
        raise VietnamvnError(f"{out}: the report cannot be written ({error.strerror}); give another file") from None


def tell_of(report: Path) -> None:
    """Say on standard error where a report is."""
    note(f"{report}: written; open it in a browser")


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
        raise UsageError(f"--manifest {file}: is no account of a crawl; give the file that 'vietnamvn crawl' wrote")
    return found
