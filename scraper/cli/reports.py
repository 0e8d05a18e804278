"""The option ``--report``, declared and carried out in one place for all commands."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.batch.extras import require
from pipelines.errors import VietnamvnError
from pipelines.folders import require_apart
from pipelines.store_address import StoreAddress
from scraper.cli.stores import PassedOver, prepared
from scraper.cli.values import path
from scraper.messages import note, tell
from scraper.progress import ProgressLine
from scraper.whole_file import write_whole

if TYPE_CHECKING:
    from pipelines.storage import Selection


def add_report_argument(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare ``--report``; `what` describes the report."""
    parser.add_argument(
        "--report", type=path, metavar="FILE", help=f"write {what} there at the end, a page (see 'vietnamvn report')"
    )


def require_report(options: argparse.Namespace) -> None:
    """Raise `UsageError` if the report of ``--report`` cannot be drawn, or would replace the store."""
    if options.report is not None:
        require_drawing()
        require_apart(options.report, {"the store": options.store.path or None} if options.store else {})


def require_drawing() -> None:
    """Raise `UsageError` if no report can be drawn; call it before hours of work, not after."""
    for module in ("jinja2", "matplotlib"):
        require(module, extra="view", purpose="a report")


def write_report(
    address: StoreAddress,
    out: Path,
    *,
    selection: Selection | None = None,
    manifests: Sequence[Mapping[str, Any]] = (),
    corpora: Mapping[str, Mapping[str, Any]] | None = None,
    passed_over: PassedOver | None = None,
) -> None:
    """Write the report on a store to a file. Raises `VietnamvnError`."""
    from pipelines.report import report  # slow: it loads matplotlib
    from pipelines.storage import Selection  # slow: it loads the database's libraries
    from scraper.cli.selecting import measures_of, report_missing

    wanted = selection or Selection()
    chosen = measures_of(wanted.quality)
    with prepared(
        address, passed_over or PassedOver(), search=bool(wanted.search), measures=chosen, chosen=chosen
    ) as store:
        report_missing(store, wanted)
        with ProgressLine("reporting") as bar, bar.watching():
            page = report(store, wanted, manifests=manifests, corpora=corpora)
    write_page(out, page)


def write_page(out: Path, page: str) -> None:
    """Write a report whole or not at all. Raises `VietnamvnError`."""
    try:
        write_whole(out, page)
    except OSError as error:
        raise VietnamvnError(f"{out}: the report cannot be written ({error.strerror}); give another file") from None


def write_run_report(address: StoreAddress, out: Path, manifest: Mapping[str, Any]) -> None:
    """Write the report at the end of a run, with the run's account.

    The exit code is the run's: a report that cannot be written is one line on standard error.
    """
    try:
        write_report(address, out, manifests=[manifest])
        note_written(out)
    except VietnamvnError as error:
        tell(f"--report: {error}")


def note_written(report: Path) -> None:
    """Note on standard error where a report is."""
    note(f"{report}: written; open it in a browser")
