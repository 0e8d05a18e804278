"""The options for output folders that commands share, and this process as holder of their lock."""

from __future__ import annotations

import argparse
from typing import Any

from pipelines.locks import Holder
from scraper.cli.values import place
from scraper.processes import is_dead, this_holder

_OUT: dict[str, Any] = {
    "type": place,
    "metavar": "DIR",
    "help": "folder or fsspec address (s3://…); other files in it stay",
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
        help="bring this earlier output up to date in place; all other choices are read from its manifest",
    )
    add_replace_argument(parser)


def add_replace_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--replace``, the same for every command that writes a folder."""
    parser.add_argument(
        "--replace",
        action="store_true",
        help="replace files of an earlier output even if they were changed since (such as an edited card)",
    )


def holder() -> Holder:
    """This process as the holder of an output folder's lock."""
    return Holder(name=this_holder(), is_dead=is_dead)
