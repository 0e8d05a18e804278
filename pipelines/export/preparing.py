"""What is made of texts before they are written: in this process, or in others that have no store.

A task holds rows as the store keeps them. All that goes by the order of rows (files, what an earlier export had,
counts) stays with the process that has the store, which takes the tasks in order: so the bytes do not depend on how
many processes there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.export.dataset import TRAIN
from pipelines.export.formats import FORMATS
from pipelines.export.rows import config_of, identifier_of, row_maker, whole_text
from pipelines.export.shards import Place
from pipelines.export.splitting import SPLIT
from pipelines.export.state import Entry, entry_of
from pipelines.languages import LANGUAGES
from pipelines.storage.reading import RawRow, read_or_tell
from pipelines.storage.records import Codec
from pipelines.storage.values import Stored


class Row(NamedTuple):
    """A row on its way into a file: what the format writes, what tells it from others, what is counted of it.

    `content` is what the format's `prepare` made of it, `code` the ISO 639-1 code of its language.
    """

    id: str
    place: Place
    entry: Entry
    content: Any
    first_seen: str
    last_seen: str
    extractor: tuple[str, str]
    publisher: str | None
    host: str | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareRows:
    """A task: texts as the store has them, what is asked of each beside it, and how they become rows."""

    rows: Sequence[RawRow]
    asked: Sequence[Mapping[str, Any]]
    form: str
    columns: tuple[str, ...]
    all_revisions: bool

    def __call__(self) -> tuple[list[Row], list[str]]:
        """Their rows, and a line for each text that is damaged."""
        faults: list[str] = []
        return list(self._made(faults)), faults

    def _made(self, faults: list[str]) -> Iterator[Row]:
        codec = Codec()
        row_of = row_maker(self.columns, all_revisions=self.all_revisions)
        prepare = FORMATS[self.form].prepare
        for raw, asked in zip(self.rows, self.asked, strict=True):
            stored = read_or_tell(raw, codec, faults.append)
            if stored is None:
                continue
            place = Place(config_of(stored), asked.get(SPLIT, TRAIN))
            content, told = prepare(row_of(stored, asked))
            yield self._row(stored, place, entry_of(stored, place, told), content)

    def _row(self, stored: Stored, place: Place, entry: Entry, content: Any) -> Row:
        article = stored.article
        language = LANGUAGES.get(article.language or "")
        return Row(
            id=identifier_of(stored, all_revisions=self.all_revisions),
            place=place,
            entry=entry,
            content=content,
            first_seen=stored.first_seen,
            last_seen=stored.last_seen,
            extractor=(article.extractor, article.extractor_version),
            publisher=whole_text(article.publisher) if article.publisher else None,
            host=article.host or None,
            code=None if language is None else language.iso639_1,
        )
