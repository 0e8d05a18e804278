"""Output folders on the command line: the options that all commands share, and who this process is."""

from __future__ import annotations

import argparse
from typing import Any

from pipelines.locks import Holder
from scraper.cli.values import place
from scraper.processes import is_dead, this_holder

_OUT: dict[str, Any] = {
    "type": place,
    "metavar": "DIR",
    "help": "folder or fsspec address (s3://…); what else is in it stays",
}


def add_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--out`` and ``--replace``."""
    parser.add_argument("--out", required=True, **_OUT)
    add_replace_argument(parser)


def add_folder_or_update_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--out``, ``--update`` (one of the two must be given) and ``--replace``."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", **_OUT)
    where.add_argument(
        "--update",
        type=place,
        metavar="DIR",
        help="bring this earlier output up to date where it is; all other choices are read from its manifest",
    )
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
