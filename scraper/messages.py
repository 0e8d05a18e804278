"""What goes to a terminal: without the control characters of others, and without passwords."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from contextlib import suppress
from typing import Any

from pipelines.printable import BEYOND_ASCII_CONTROLS, printable
from pipelines.store_address import masked

# Inside a JSON text these stand only in strings, where their escape is the same character.
_RAW_IN_JSON = re.compile(f"[{BEYOND_ASCII_CONTROLS}]")


def one_line(text: object) -> str:
    r"""A message as one line that a terminal may show.

    >>> one_line("postgresql://u:s3cret@host/db:\n\x1b[2Jgone")
    'postgresql://u:***@host/db:\\n\\x1b[2Jgone'
    """
    return printable(masked(str(text)))


def tell(message: object) -> None:
    """One line on standard error, in the form of all our messages. A standard error that is gone stops nothing."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"vietnamvn: {one_line(message)}\n")
        sys.stderr.flush()


def abandon_stdout() -> None:
    """Keep the interpreter's last flush quiet, which would fail as our own did."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def as_json(value: Any, *, indent: int | None = None) -> str:
    r"""A value as JSON for standard output: letters as they are, what commands a terminal as its escape.

    >>> as_json({"title": "chợ\x9b2J"})
    '{"title": "chợ\\u009b2J"}'
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


class LineFormatter(logging.Formatter):
    """Log lines for people: one line each; of an exception its name and words, with `tracebacks` all of it."""

    def __init__(self, line: str, times: str, *, tracebacks: bool = False) -> None:
        super().__init__(line, times)
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        message = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            message += f" ({type(error).__name__}: {error})"
        bare = logging.makeLogRecord({**record.__dict__, "msg": one_line(message), "args": None})
        bare.exc_info = bare.exc_text = bare.stack_info = None
        line = super().format(bare)
        if self._tracebacks and record.exc_info:
            shown = "".join(traceback.format_exception(*record.exc_info))
            line += "\n" + printable(masked(shown), lines=True).rstrip()
        return line
