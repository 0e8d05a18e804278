"""Remove from a dataset the rows of articles that were taken down later, by the removals.jsonl of a later dataset.

DIR is what export, align or clean wrote; no store is needed. Standard output lists how many rows went from which file:
path, tab, rows. Manifest, card and croissant.json are updated, so that 'vietnamvn verify' finds no fault.
"""

from __future__ import annotations

import argparse

from pipelines.exits import Exit
from pipelines.printable import printable
from scraper.cli.folders import add_replace_argument, holder
from scraper.cli.values import path, place
from scraper.messages import note
from scraper.progress import ProgressLine

EXITS = {
    Exit.DONE: "the rows are gone (or none of them was there, and nothing was changed)",
    Exit.FAILED: "a file cannot be read or written, or was changed by somebody: nothing was changed",
    Exit.USAGE: "wrong usage, a list with an invalid line, or not the folder of a dataset: nothing was changed",
    Exit.PARTIAL: "another job is at work in the folder: nothing was changed",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("list", type=path, metavar="removals.jsonl", help="the list of a later export")
    parser.add_argument("folder", type=place, metavar="DIR", help="the output folder of export, align or clean")
    parser.add_argument("--dry-run", action="store_true", help="only say which files have such rows, and how many")
    add_replace_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Apply the list and print what went."""
    from pipelines.removals.applying import apply_removals  # slow: it loads the formats

    with ProgressLine("looking") as bar:
        made = apply_removals(
            options.list,
            options.folder,
            dry_run=options.dry_run,
            replace_changed=options.replace,
            holder=holder(),
            progress=lambda done, total, rows: bar.show(done, total, rows=rows, counts={}),
        )
    for name, rows in made.gone.items():
        print(f"{printable(name)}\t{rows}")
    files = "1 file" if len(made.gone) == 1 else f"{len(made.gone):,} files"
    verb = "would go" if options.dry_run else "went"
    note(f"{options.folder}: {made.rows:,} rows of {files} {verb}; {made.left:,} are left")
    return Exit.DONE
