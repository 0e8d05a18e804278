"""Compare the output of export, align or clean with its manifest: every file, its bytes and its rows.

Standard output names each data file that is missing, changed or unexpected, one per line.
Nothing is written.
"""

from __future__ import annotations

import argparse

from pipelines.exits import Exit
from scraper.cli.values import place
from scraper.messages import note, one_line
from scraper.progress import ProgressLine

EXITS = {
    Exit.DONE: "every file is as the manifest says",
    Exit.FAILED: "something is missing, changed or unexpected (each is named), or the manifest is of something else",
    Exit.PARTIAL: "the manifest cannot be read, or was replaced in the meantime",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "folder", type=place, metavar="DIR", help="the output folder of export, align or clean, or its fsspec address"
    )


def run(options: argparse.Namespace) -> int:
    """Compare, and print what is wrong and what was checked."""
    from pipelines.verification import verify  # slow: it imports numpy

    with ProgressLine("verifying") as bar:
        found = verify(options.folder, progress=lambda done, total, rows: bar.show(done, total, rows=rows, counts={}))
    for finding in found.findings:
        print(one_line(f"{finding.path}: {finding.problem}"))
    what = f"{found.kind}, {found.files:,} files, {found.bytes:,} bytes"
    result = f"{len(found.findings):,} problems" if found.findings else f"{found.rows:,} rows, all as the manifest says"
    note(f"{options.folder}: {what}: {result}")
    return Exit.FAILED if found.findings else Exit.DONE
