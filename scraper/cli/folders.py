"""Output folders on the command line: the options that all commands share, and who this process is."""

from __future__ import annotations

import argparse

from pipelines.locks import Holder
from scraper.cli.values import path
from scraper.processes import is_dead, this_holder


def add_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--out`` and ``--replace``."""
    parser.add_argument("--out", type=path, required=True, metavar="DIR", help="folder; what else is in it stays")
    add_replace_argument(parser)


def add_replace_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--replace``, the same for every command that writes a folder."""
    parser.add_argument(
        "--replace",
        action="store_true",
        help="files of an earlier output may go although they were changed since (a card edited by hand)",
    )


def holder() -> Holder:
    """This process, as the lock of an output folder names it."""
    return Holder(name=this_holder(), is_dead=is_dead)
