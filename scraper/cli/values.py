"""Values of options, checked where they are read: a wrong one is wrong usage, never a failure in mid-work."""

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

_LARGEST = 2**62  # databases and buffers take it, also with a little added


def given(text: str) -> str:
    """A value of any kind, which an unset variable of a shell must not be: "" as a path is the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("its value is empty; give one")
    return text


def path(text: str) -> Path:
    """The name of a file or folder."""
    return Path(given(text))


def place(text: str) -> Path | str:
    """The name of a file or folder, or an address of fsspec as it is written."""
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
    """A reader of whole numbers from `smallest` on."""

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,19}", text) else -1
        if not smallest <= number <= _LARGEST:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of {smallest} or more")
        return number

    return read


def size(text: str) -> int:
    """A number of bytes.

    >>> size("1500"), size("1.5k"), size("20 GB")
    (1500, 1500, 20000000000)
    """
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([kmgt]?)b?", text.strip().lower())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes; give it as 500M, 50G or 2T")
    return round(float(match[1]) * float(1000 ** " kmgt".index(match[2] or " ")))


def age(text: str) -> str:
    """So many days (``365d``), or a day (YYYY-MM-DD), as it was given."""
    if not re.fullmatch(r"[0-9]{1,6}d", text) and calendar_day(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no age; give it as 365d, or a day as YYYY-MM-DD")
    return text


def share(text: str) -> float:
    """A share of a whole, above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share; give a number above 0, and 1 at most")
    return value


def seconds(text: str) -> float:
    """A pause; a negative one or none at all must not become a crawl without pauses."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 86400")
    return number


def day(text: str) -> str:
    """A day of the calendar, as YYYY-MM-DD."""
    found = calendar_day(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write YYYY-MM-DD")
    return found.isoformat()


def languages(text: str) -> tuple[str, ...]:
    """A list of languages, in any spelling that `pipelines.languages` reads; empty for ``all``."""
    try:
        return read_languages(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def found_languages(asked: tuple[str, ...]) -> tuple[str, ...]:
    """Of the languages asked for, those that a text can be found to be in; `zh` is both scripts of Chinese."""
    unknown = [code for code in asked if code not in LANGUAGES and code != "zh"]
    if unknown:
        raise UsageError(f"--lang: no text is ever found to be in {', '.join(unknown)}; docs/language.md names them")
    return tuple(code for code in sorted(LANGUAGES) if is_in(code, asked))


def add_rights_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--rights`."""
    parser.add_argument(
        "--rights", type=_rights, metavar="record|respect",
        help="what the site says of a page's use is recorded (default), or respect: a page that it reserves is left "
        "out; respect:train-ai,tdm for these usages alone",
    )  # fmt: skip


def rights_setting(options: argparse.Namespace) -> dict[str, object]:
    """What `--rights` sets; nothing where it was not given."""
    return {} if options.rights is None else {"VIETNAMVN_RIGHTS": options.rights}


def _rights(text: str) -> str:
    try:
        read_rights(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text.strip()
