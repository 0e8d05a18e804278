"""What goes to a terminal or a log: without the control characters of others, and without passwords.

Everything but results goes to standard error, as lines for people or, with ``--log-format json``, as one JSON object a
line: `time` (UTC), `level`, `event`, `message`, and what else the event has.
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
from typing import Any, Protocol

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


MANNER_OPTIONS = frozenset({"quiet", "verbose", "log_format"})
"""The options of every command that say how it speaks."""


@dataclass(slots=True)
class Manner:
    """How a command speaks: the least level (of `logging`) that is said, and whether as JSON."""

    level: int = logging.INFO
    is_json: bool = False


manner = Manner()
"""That of this process. Commands set it by `speak`."""


def is_drawn() -> bool:
    """Whether somebody looks on, for whom a bar is drawn and redrawn."""
    return sys.stderr.isatty() and not manner.is_json and manner.level <= logging.INFO


class Drawn(Protocol):
    """What stands on the last lines of the terminal, and is drawn again and again."""

    def wipe(self) -> None:
        """Take it away: a line is written where it stands; it comes again with its next step."""

    def end(self) -> None:
        """Leave it as it stands, and what is written next its own line."""


drawing = threading.RLock()
"""Held while something is drawn or written: a bar may have a thread of its own."""
_drawn: list[Drawn] = []


def now_drawn(what: Drawn) -> None:
    """From now on `what` is wiped before a line is written. One at a time: an earlier one is ended."""
    if what not in _drawn:
        end_drawn()
        _drawn.append(what)


def no_longer_drawn(what: Drawn) -> None:
    """It was ended."""
    if what in _drawn:
        _drawn.remove(what)


def wipe_drawn() -> None:
    """Before a line is written to the terminal by whatever way but ours."""
    with drawing:
        for what in _drawn:
            what.wipe()


def end_drawn() -> None:
    """Nothing is drawn any more, whoever drew it and however that ended."""
    with drawing:
        while _drawn:
            _drawn.pop().end()


def speak(*, quiet: bool = False, verbose: bool = False, is_json: bool = False) -> None:
    """From now on: with `quiet` only what needs a person, with `verbose` every page too."""
    manner.level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
    manner.is_json = is_json


def tell(message: object, *, level: int = logging.WARNING) -> None:
    """One line on standard error that a person should read, in the form of all our messages."""
    if level >= manner.level:
        _write(event("message", message, level=level) if manner.is_json else f"vietnamvn: {one_line(message)}")


def note(message: object, *, level: int = logging.INFO) -> None:
    """One line on standard error about what was done, as it stands; not said with ``--quiet``."""
    if level >= manner.level:
        _write(event("message", message, level=level) if manner.is_json else one_line(message))


def note_progress(line: str, **more: Any) -> None:
    """How far work is, where no terminal shows it; `more` are its figures."""
    if manner.level <= logging.INFO:
        _write(event("progress", line, **more) if manner.is_json else line)


def event(name: str, message: object, *, level: int = logging.INFO, **more: Any) -> str:
    """One event as a JSON object on one line; what has no value is left out."""
    told = {
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": logging.getLevelName(level).lower(),
        "event": name,
        "message": one_line(message),
        **{key: value for key, value in more.items() if value is not None},
    }
    return as_json(told)


def _write(line: str) -> None:
    """A standard error that is gone stops nothing."""
    with drawing, suppress(OSError, ValueError):
        wipe_drawn()
        sys.stderr.write(f"{line}\n")
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


class LineHandler(logging.StreamHandler[Any]):
    """Log lines on standard error, above what is drawn there."""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler.emit`."""
        with drawing:
            wipe_drawn()
            super().emit(record)


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


class JsonFormatter(logging.Formatter):
    """Log lines for programs: `event` and its fields are a record's `told`, given as `extra`; `logger` is its name."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        told: Mapping[str, Any] = getattr(record, "told", {})
        error = record.exc_info[1] if record.exc_info else None
        raised = None if error is None else f"{type(error).__name__}: {one_line(error)}"
        fields = {"logger": record.name, "error": raised, **{k: v for k, v in told.items() if k != "event"}}
        return event(str(told.get("event", "log")), record.getMessage(), level=record.levelno, **fields)
