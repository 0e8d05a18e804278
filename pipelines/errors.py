"""The one root of every error that a user can be shown."""

from __future__ import annotations

import traceback
from pathlib import Path

from pipelines.exits import Exit

_MESSAGE_CHARACTERS = 300


class VietnamvnError(Exception):
    """Something the user can act on; its message names the thing, the cause and the remedy in one line.

    The command line prints it after ``vietnamvn: `` and ends with `exit_code`; no traceback is shown.
    """

    exit_code: Exit = Exit.FAILED


class UsageError(VietnamvnError):
    """The call itself is wrong: an option, a value or a combination that cannot work (exit code 2)."""

    exit_code = Exit.USAGE


class UnreadableError(VietnamvnError):
    """An input is there and nothing of it can be read (exit code 3); one that is not there is wrong usage."""

    exit_code = Exit.PARTIAL


def in_words(error: BaseException) -> str:
    r"""One line for an error: this program's in its own words, any other as an internal error with its place.

    >>> in_words(UsageError("--limit 0 is no number above 0"))
    '--limit 0 is no number above 0'
    >>> in_words(KeyError("day\nlist"))
    "internal error (KeyError: 'day\\nlist'); please report it, with what VIETNAMVN_DEBUG=1 shows"
    """
    message = " ".join(str(error).split())
    if isinstance(error, VietnamvnError):
        return message
    name = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if {"scraper", "pipelines"} & {*Path(frame.filename).parts}]
    place = f" at {'/'.join(Path(own[-1].filename).parts[-2:])}:{own[-1].lineno}" if own else ""
    cause = f"{name}: {message[:_MESSAGE_CHARACTERS]}" if message else name
    return f"internal error ({cause}{place}); please report it, with what VIETNAMVN_DEBUG=1 shows"


def exit_code(error: BaseException) -> Exit:
    """The exit code that an error asks for."""
    return error.exit_code if isinstance(error, VietnamvnError) else Exit.FAILED
