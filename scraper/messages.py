"""What goes to a terminal or a log: without control characters from outside, and without passwords.

Everything but results goes to standard error, as lines for people or, with ``--log-format json``, as one JSON object
per line: `time` (UTC), `level`, `event`, `message`, and the event's other fields.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.printable import BEYOND_ASCII_CONTROLS, printable
from pipelines.store_address import masked

# In JSON these occur only inside strings, so they may be replaced by their escapes.
_RAW_IN_JSON = re.compile(f"[{BEYOND_ASCII_CONTROLS}]")


def one_line(text: object) -> str:
    r"""A message as one line that a terminal may show.

    >>> one_line("postgresql://u:s3cret@host/db:\n\x1b[2Jgone")
    'postgresql://u:***@host/db:\\n\\x1b[2Jgone'
    """
    return printable(masked(str(text)))


MANNER_OPTIONS = frozenset({"quiet", "verbose", "log_format"})
"""The options of every command that set the `Manner` of its messages."""


@dataclass(slots=True)
class Manner:
    """How messages are written: the lowest level (of `logging`) that is shown, and whether as JSON."""

    level: int = logging.INFO
    is_json: bool = False


manner = Manner()
"""The manner of this process. Commands set it by `speak`."""


def is_drawn() -> bool:
    """Whether bars may be drawn and redrawn: on a terminal, in lines for people, without ``--quiet``."""
    return sys.stderr.isatty() and not manner.is_json and manner.level <= logging.INFO


class Drawn(Protocol):
    """Something on the last lines of the terminal that is redrawn, such as a progress bar."""

    def wipe(self) -> None:
        """Clear it, so that a line can be written in its place; its next step draws it again."""

    def end(self) -> None:
        """Leave it as it is, and start a new line for what is written next."""


drawing = threading.RLock()
"""Held while something is drawn or written, since a bar may have its own thread."""
_drawn: list[Drawn] = []


def now_drawn(what: Drawn) -> None:
    """From now on wipe `what` before each line. There is one at a time: an earlier one is ended."""
    if what not in _drawn:
        end_drawn()
        _drawn.append(what)


def no_longer_drawn(what: Drawn) -> None:
    """Stop wiping `what`: it has ended."""
    if what in _drawn:
        _drawn.remove(what)


def wipe_drawn() -> None:
    """Wipe what is drawn; call it before anything but this module writes to the terminal."""
    with drawing:
        for what in _drawn:
            what.wipe()


def end_drawn() -> None:
    """End whatever is drawn."""
    with drawing:
        while _drawn:
            _drawn.pop().end()


def speak(*, quiet: bool = False, verbose: bool = False, is_json: bool = False) -> None:
    """Set the manner of this process: `quiet` shows warnings only, `verbose` every page too."""
    manner.level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
    manner.is_json = is_json


def tell(message: object, *, level: int = logging.WARNING) -> None:
    """Write one line to standard error that a person should read: ``vietnamvn: message``."""
    if level >= manner.level:
        _write(event("message", message, level=level) if manner.is_json else f"vietnamvn: {one_line(message)}")


def note(message: object, *, level: int = logging.INFO) -> None:
    """Write one line to standard error about what was done, without a prefix; not with ``--quiet``."""
    if level >= manner.level:
        _write(event("message", message, level=level) if manner.is_json else one_line(message))


def note_progress(line: str, **more: Any) -> None:
    """Write a line of progress where no bar is drawn; `more` are its figures for JSON."""
    if manner.level <= logging.INFO:
        _write(event("progress", line, **more) if manner.is_json else line)


def event(name: str, message: object, *, level: int = logging.INFO, **more: Any) -> str:
    """One event as a JSON object on one line; fields that are None are left out."""
    fields = {
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": logging.getLevelName(level).lower(),
        "event": name,
        "message": one_line(message),
        **{key: value for key, value in more.items() if value is not None},
    }
    return as_json(fields)


def _write(line: str) -> None:
    """Write a line; a closed standard error is no reason to stop."""
    with drawing, suppress(OSError, ValueError):
        wipe_drawn()
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def abandon_stdout() -> None:
    """Send standard output to nowhere, so that the interpreter's last flush does not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def as_json(value: Any, *, indent: int | None = None) -> str:
    r"""A value as JSON for standard output: letters as they are, control characters escaped.

    >>> as_json({"title": "chợ\x9b2J"})
    '{"title": "chợ\\u009b2J"}'
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[Any]
else:
    _StreamHandler = logging.StreamHandler  # which Python 3.10 cannot subscript


class LineHandler(_StreamHandler):
    """Log lines on standard error, above what is drawn there."""

    def emit(self, record: logging.LogRecord) -> None:
        """Wipe what is drawn, then write the line."""
        with drawing:
            wipe_drawn()
            super().emit(record)


class LineFormatter(logging.Formatter):
    """Log lines for people, one line each: of an exception its name and message, with `tracebacks` its traceback."""

    def __init__(self, line: str, times: str, *, tracebacks: bool = False) -> None:
        super().__init__(line, times)
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, with the traceback below it if `tracebacks` is set."""
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


class JsonFormatter(logging.Formatter):
    """Log lines as JSON: `event` and its fields are the record's `event_fields` (an `extra`), `logger` its name."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object."""
        given: Mapping[str, Any] = getattr(record, "event_fields", {})
        error = record.exc_info[1] if record.exc_info else None
        raised = None if error is None else f"{type(error).__name__}: {one_line(error)}"
        fields = {"logger": record.name, "error": raised, **{k: v for k, v in given.items() if k != "event"}}
        return event(str(given.get("event", "log")), record.getMessage(), level=record.levelno, **fields)
