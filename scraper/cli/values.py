"""Readers of option values: a wrong value is wrong usage, never a failure in the middle of the work."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.batch.files import is_remote
from pipelines.errors import UnreadableError, UsageError
from pipelines.languages import LANGUAGES, is_in, read_languages
from pipelines.times import calendar_day
from scraper.rights import read_rights

_LARGEST = 2**62  # databases and buffers can hold it, even with a little added


def given(text: str) -> str:
    """Any value but an empty one, which an unset shell variable gives: "" as a path is the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("its value is empty; give one")
    return text


def path(text: str) -> Path:
    """The name of a file or folder."""
    return Path(given(text))


def place(text: str) -> Path | str:
    """The name of a file or folder, or an fsspec address as it is written."""
    return given(text) if is_remote(text) else path(text)


def text_of(file: Path) -> str:
    """The text of a file in UTF-8, or of standard input for ``-``.

    Raises `OSError` and `UnicodeDecodeError` as reading does, `UnreadableError` if standard input is closed.
    """
    if str(file) != "-":
        return file.read_text(encoding="utf-8-sig")
    if sys.stdin is None:
        raise UnreadableError("standard input is closed; give it something to read, or name a file")
    return sys.stdin.buffer.read().decode("utf-8-sig")


def whole_number(smallest: int) -> Callable[[str], int]:
    """A reader of whole numbers of at least `smallest`."""

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,19}", text) else -1
        if not smallest <= number <= _LARGEST:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {smallest} or more")
        return number

    return read


def size(text: str) -> int:
    """A number of bytes, with k, M, G or T for powers of 1000.

    >>> size("1500"), size("1.5k"), size("20 GB")
    (1500, 1500, 20000000000)
    """
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([kmgt]?)b?", text.strip().lower())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of bytes; give it as 500M, 50G or 2T")
    return round(float(match[1]) * float(1000 ** " kmgt".index(match[2] or " ")))


def age(text: str) -> str:
    """A number of days (``365d``), or a day (YYYY-MM-DD), as text."""
    if not re.fullmatch(r"[0-9]{1,6}d", text) and calendar_day(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age; give it as 365d, or a day as YYYY-MM-DD")
    return text


def share(text: str) -> float:
    """A share: above 0, and 1 at most."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share; give a number above 0, and 1 at most")
    return value


def seconds(text: str) -> float:
    """Seconds of a pause, 0 to a day; a wrong value must not become a crawl without pauses."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 86400")
    return number


def day(text: str) -> str:
    """A day of the calendar, as YYYY-MM-DD."""
    found = calendar_day(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write YYYY-MM-DD")
    return found.isoformat()


def languages(text: str) -> tuple[str, ...]:
    """A list of languages, in any spelling that `pipelines.languages` reads; empty for ``all``."""
    try:
        return read_languages(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def found_languages(asked: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the languages `asked` that the finder can find in a text; `zh` means both scripts of Chinese."""
    unknown = [code for code in asked if code not in LANGUAGES and code != "zh"]
    if unknown:
        raise UsageError(f"--lang: texts are never found to be in {', '.join(unknown)}; docs/language.md names them")
    return tuple(code for code in sorted(LANGUAGES) if is_in(code, asked))


def add_rights_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--rights`."""
    parser.add_argument(
        "--rights", type=_rights, metavar="record|respect",
        help="record what the site says about a page's use (default), or respect it: pages with reserved uses are left "
        "out; respect:train-ai,tdm only for these uses",
    )  # fmt: skip


def rights_setting(options: argparse.Namespace) -> dict[str, object]:
    """The setting that `--rights` makes; empty if it was not given."""
    return {} if options.rights is None else {"VIETNAMVN_RIGHTS": options.rights}


def _rights(text: str) -> str:
    try:
        read_rights(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text.strip()
