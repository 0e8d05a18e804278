"""Texts made into rows, in this process or in others.

A task holds rows as the store keeps them, or names which ones to read. Everything that depends on the order of rows
(files, comparison with an earlier export, counts) stays with the process that has the store, which takes the tasks in
order: so the bytes do not depend on the number of processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from pipelines.export.cutting import Content
from pipelines.export.dataset import TRAIN
from pipelines.export.formats import FORMATS
from pipelines.export.rows import config_of, identifier_of, row_maker, whole_row, whole_text
from pipelines.export.shards import RowPlace
from pipelines.export.splitting import SPLIT
from pipelines.export.state import entry_of, packed
from pipelines.languages import LANGUAGES
from pipelines.rights import Rights
from pipelines.storage.apart import RowsApart
from pipelines.storage.records import Codec
from pipelines.storage.rows import RawRow, read_or_tell
from pipelines.storage.values import Revision

_LARGE = 2**16  # bytes of a part; a smaller one goes through a pipe as fast
_MOST_CHARACTERS = 4_000_000  # of the texts of a part, so that hundreds of long ones are not held as rows at once


class Facts(NamedTuple):
    """What is counted for a row. `code` is the ISO 639-1 code of its language, `rights` what the site said of its
    use."""

    extractor: tuple[str, str]
    publisher: str | None
    host: str | None
    code: str | None
    rights: Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRows:
    """Rows of one place on their way into a file, in their order.

    `content` is what the format's `prepare` made of them, `state` their entries in the export's state; `facts` and
    `first_seen` have an entry a row; `last_seen` is the last sighting of any.
    """

    place: RowPlace
    content: Content
    state: bytes
    facts: Sequence[Facts]
    first_seen: Sequence[str]
    last_seen: str

    def only(self, kept: Sequence[int]) -> PlacedRows:
        """The rows with these indices, for writing; state and sightings stay those of all rows."""
        return replace(self, content=self.content.only(kept), facts=[self.facts[number] for number in kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareRows:
    """A task: texts of the store, the requested further columns of each (`asked`, or none), how they become rows.

    Large parts are put aside in a folder `scratch` of this machine, for `here` to take.
    """

    rows: Sequence[RawRow] | RowsApart
    asked: Sequence[Mapping[str, Any]]
    form: str
    columns: tuple[str, ...]
    all_revisions: bool
    scratch: Path | None = None

    def __call__(self) -> tuple[list[PlacedRows], list[str]] | None:
        """The parts of these rows, and a line for each damaged text; None where this process cannot read them."""
        rows = self.rows.read() if isinstance(self.rows, RowsApart) else self.rows
        if rows is None:
            return None
        faults: list[str] = []
        codec, making = Codec(), _Making(self)
        for number, raw in enumerate(rows):
            stored = read_or_tell(raw, codec, faults.append)
            if stored is not None:
                making.add(stored, self.asked[number] if self.asked else {})
        return [*map(self._put_aside, making.parts())], faults

    def _put_aside(self, part: PlacedRows) -> PlacedRows:
        if self.scratch is not None and part.content.size >= _LARGE:
            file = self.scratch / uuid4().hex
            try:
                return replace(part, content=part.content.put_aside(file))
            except OSError:  # no room: writing the data will fail for it, too, and report it
                with suppress(OSError):
                    file.unlink()
        return part


def here(part: PlacedRows) -> PlacedRows:
    """A part that another process made, in this one."""
    taken = getattr(part.content, "taken", None)
    return part if taken is None else replace(part, content=taken())


class _Making:
    """Collects rows into parts: one for each place, more where texts are long."""

    def __init__(self, task: PrepareRows) -> None:
        self._task = task
        self._row_of = row_maker(task.columns, all_revisions=task.all_revisions, whole=False)
        self._texts: dict[RowPlace, list[Revision]] = {}
        self._rows: dict[RowPlace, list[dict[str, Any]]] = {}
        self._characters = 0
        self._parts: list[PlacedRows] = []

    def add(self, stored: Revision, asked: Mapping[str, Any]) -> None:
        """Add one more row."""
        place = RowPlace(config_of(stored), asked.get(SPLIT, TRAIN))
        self._texts.setdefault(place, []).append(stored)
        self._rows.setdefault(place, []).append(self._row_of(stored, asked))
        self._characters += sum(map(len, stored.article.paragraphs))
        if self._characters > _MOST_CHARACTERS:
            self._finish()

    def parts(self) -> list[PlacedRows]:
        """All parts."""
        self._finish()
        return self._parts

    def _finish(self) -> None:
        self._parts += [self._part(place, texts, self._rows[place]) for place, texts in self._texts.items()]
        self._texts, self._rows, self._characters = {}, {}, 0

    def _part(self, place: RowPlace, texts: Sequence[Revision], rows: Sequence[dict[str, Any]]) -> PlacedRows:
        prepare, columns, every = FORMATS[self._task.form].prepare, self._task.columns, self._task.all_revisions
        try:
            content, distinct = prepare(rows, columns)
        except UnicodeEncodeError:
            content, distinct = prepare([whole_row(row) for row in rows], columns)
        known: dict[Facts, Facts] = {}  # equal facts are one object, which is pickled once
        return PlacedRows(
            place=place,
            content=content,
            state=b"".join(
                packed(identifier_of(stored, all_revisions=every), entry_of(stored, place, of_row))
                for stored, of_row in zip(texts, distinct, strict=True)
            ),
            facts=[known.setdefault(facts, facts) for facts in map(facts_of, texts)],
            first_seen=[stored.first_seen for stored in texts],
            last_seen=max(stored.last_seen for stored in texts),
        )


def facts_of(stored: Revision) -> Facts:
    """The facts of a text."""
    article = stored.article
    language = LANGUAGES.get(article.language or "")
    return Facts(
        extractor=(article.extractor, article.extractor_version),
        publisher=whole_text(article.publisher) if article.publisher else None,
        host=article.host or None,
        code=None if language is None else language.iso639_1,
        rights=article.rights,
    )
