"""WARC files as a user names them: paths, folders, globs, http addresses."""

from __future__ import annotations

from glob import glob, has_magic
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.listing import is_there, list_folder
from pipelines.printable import printable
from pipelines.web.addresses import NoAddressError, read_address

_NAMES = (".warc", ".warc.gz", ".warc.zst")
_TEXTS = (".wet", ".wet.gz", ".wet.zst")
_REMOTE = ("http://", "https://")
CHOICE = "commoncrawl, internetarchive, ccnews, or WARC files: paths, folders, globs, http addresses"
"""What ``--from`` takes, for messages."""


def is_remote(name: str) -> bool:
    """Whether a file is fetched over the network."""
    return name.lower().startswith(_REMOTE)


def files_of(name: str) -> list[str]:
    """The files that an argument names, sorted; for a folder, all WARC files in and below it.

    Raises `UsageError` if there are none, and for extracted text (WET), which contains no pages.
    """
    if is_remote(name):
        return [_address(name)]
    if Path(name).is_dir():
        listing = list_folder(Path(name))
        if listing.unreadable:
            path, cause = listing.unreadable[0]
            raise UsageError(f"--from {printable(str(path))}: cannot be looked into ({cause})")
        found = sorted(str(path) for path in listing.files if path.name.lower().endswith(_NAMES))
        if not found:
            raise UsageError(f"--from {printable(name)}: no WARC file in this folder ({', '.join(_NAMES)})")
        return found
    found = [name]
    if not is_there(name):
        found = sorted(glob(name, recursive=True)) if has_magic(name) else []  # noqa: PTH207  # Path's knows no root
    if not found:
        raise UsageError(f"--from {printable(name)!r} is neither a known archive nor a file; give {CHOICE}")
    for file in found:
        if file.lower().endswith(_TEXTS):
            raise UsageError(
                f"--from {printable(file)}: extracted text (WET), without the pages; give the WARC files, or the texts "
                "to 'vietnamvn clean --store'"
            )
    return [file for file in found if not Path(file).is_dir()]


def _address(name: str) -> str:
    try:
        return read_address(name).href
    except NoAddressError as error:
        raise UsageError(f"--from {printable(name[:200])!r} is not an address ({error.reason})") from None
