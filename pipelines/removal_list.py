"""``removals.jsonl``: what was taken down, as hashes, so that the list reveals nothing to those who lack the text.

A line for each text: ``id_sha256`` is the SHA-256 of a row's ``id``, ``content_sha256`` that of the text as in the
column of this name, ``date`` the day, ``reason`` the class of the reason. Sorted, each once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipelines.errors import UsageError
from pipelines.listing import cause, is_there, open_file
from pipelines.strict_json import loads, utf8

REMOVALS: Final = "removals.jsonl"
"""The name of the list in a dataset's folder."""
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_REASON = re.compile(r"[a-z][a-z-]{0,31}\Z")
_REVISION = re.compile(r"(.+)#[0-9a-f]{16}\Z", re.DOTALL)
_REVISION_DIGITS: Final = 16
_LONGEST_LINE: Final = 4096


class Entry(NamedTuple):
    """A text that was taken down."""

    id_sha256: str
    content_sha256: str
    date: str
    reason: str


_FORMS = dict(zip(Entry._fields, (_SHA256, _SHA256, _DAY, _REASON), strict=True))


def lines_of(entries: Iterable[Entry]) -> bytes:
    """The list as the bytes of a file: the same for the same entries."""
    return b"".join(json.dumps(entry._asdict()).encode() + b"\n" for entry in sorted(set(entries)))


@dataclass(frozen=True, slots=True)
class RemovalList:
    """A list, and what is in it."""

    entries: tuple[Entry, ...]
    _ids: frozenset[str] = field(init=False)
    _contents: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", frozenset(entry.id_sha256 for entry in self.entries))
        object.__setattr__(self, "_contents", frozenset(entry.content_sha256 for entry in self.entries))

    def has(self, identifier: str | None, content_sha256: str | None) -> bool:
        """Whether a text was taken down: by its id, whatever its text (an article goes with all its texts); by its
        content where it has no id.

        An id may be that of an article, or of one of its revisions.
        """
        if identifier is None:
            return content_sha256 is not None and content_sha256 in self._contents
        forms = [identifier]
        if match := _REVISION.match(identifier):
            forms.append(match[1])
        elif content_sha256:
            forms.append(f"{identifier}#{content_sha256[:_REVISION_DIGITS]}")
        return any(sha256_of_id(form) in self._ids for form in forms)


def sha256_of_id(identifier: str) -> str:
    """The hash of a row's id, as a list has it."""
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()


def read_list(path: Path) -> RemovalList:
    """Read a list. Raises `UsageError` where there is none, or a line of it is invalid: then it may not be applied."""
    if not is_there(path):
        raise UsageError(f"{path}: no such file; give the {REMOVALS} of an export")
    try:
        with open_file(path) as file:
            return parsed(file, str(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({cause(error)}); give the {REMOVALS} of an export") from None


def parsed(lines: Iterable[bytes], name: str) -> RemovalList:
    """A list from its lines; `name` stands for it in messages. Raises `UsageError`."""
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_entry(line))
        except ValueError as error:
            raise UsageError(
                f"{name}: line {number:,} is none of a list of removals ({error}); get it anew: nothing was changed"
            ) from None
    return RemovalList(tuple(sorted(set(entries))))


def _entry(line: bytes) -> Entry:
    if len(line) > _LONGEST_LINE:
        raise ValueError("it is too long")
    entry: Any = loads(utf8(line))
    if not isinstance(entry, dict):
        raise ValueError("it is no object")
    for name, form in _FORMS.items():
        if not isinstance(entry.get(name), str) or not form.match(entry[name]):
            raise ValueError(f"{name} is {'missing' if name not in entry else 'of another form'}")
    return Entry(**{name: entry[name] for name in _FORMS})
