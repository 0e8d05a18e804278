"""Texts of a store read one by one: in the order of their keys, or as a search finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import Connection, Select

from pipelines.lazily import Later
from pipelines.storage import reading as _reading
from pipelines.storage.texts import Texts, asked_in_words
from pipelines.storage.values import Revision, Selection

if TYPE_CHECKING:
    from pipelines.storage import query as _query
    from pipelines.storage import selecting
else:  # a command asks for one article, or writes: with these come the tables of all scripts
    _query, selecting = (Later(f"pipelines.storage.{name}") for name in ("query", "selecting"))

T = TypeVar("T")


class SearchPart:
    """The part of `Store` that gives `Texts`. Transactions are those of `Store`."""

    name: str
    _connection: Connection | None

    def read(self, work: Callable[[Connection], T]) -> T:
        """Ask the tables; an open transaction sees its own changes."""
        raise NotImplementedError

    def texts(self, identifiers: Callable[[Connection], Select[Any]], *, lines: bool = True) -> Iterator[Revision]:
        """Stream the revisions whose ids a query selects, in its order."""
        raise NotImplementedError

    def _read_row(self, row: Any) -> Revision | None:
        raise NotImplementedError

    def articles(
        self,
        *,
        languages: Sequence[str] | None = None,
        revisions: Literal["current", "all"] = "current",
        gone: bool = True,
        since: str | None = None,
        until: str | None = None,
        publisher: str | None = None,
    ) -> Texts:
        """Stream articles ordered by (language, slug), the same in every run and on both backends; memory is flat.

        `languages` are those of the key (the address's claim); `revisions` is ``current`` or ``all``; `since` and
        `until` are days of publication (YYYY-MM-DD), inclusive; `publisher` is its exact name.
        """
        query = _reading.in_key_order(
            current_only=revisions == "current",
            languages=languages,
            gone=gone,
            since=since,
            until=until,
            publisher=publisher,
        )
        asked = asked_in_words(self.name, languages=languages, since=since, until=until, publisher=publisher)
        return Texts(asked, lambda most: self.texts(lambda _: query.limit(most)))

    def search(
        self,
        query: str,
        *,
        languages: Sequence[str] | None = None,
        selection: Selection | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Texts:
        """Stream texts that a query finds (see `pipelines.storage.query`), the newest first by the time of publication.

        `selection` narrows further; `languages` are those of the addresses, and replace its `claimed`. `offset` skips
        so many; with a `limit` they are read together. Only what `index` has read is found. Case does not count,
        nor do diacritics in Latin script.
        Raises `UsageError` for a query that is too long.
        """
        asked = self._searched(query, languages, selection)
        _query.parse(query)  # raises now, not when the first text is asked for

        def found(most: int | None) -> Iterator[Revision]:
            sizes = [size for size in (most, limit) if size is not None]
            if not sizes and self._connection is None:
                return self.texts(lambda connection: selecting.newest_first(connection, asked, offset=offset))

            def page(connection: Connection) -> list[Revision]:
                if sizes:
                    ids: Any = selecting.newest(connection, asked, limit=min(sizes), offset=offset)
                else:
                    ids = selecting.newest_first(connection, asked, offset=offset)
                return list(_reading.stream(connection, self._read_row, ids))

            return iter(self.read(page))

        return Texts(asked_in_words(self.name, search=query, languages=languages), found)

    def found(self, query: str, *, languages: Sequence[str] | None = None, selection: Selection | None = None) -> int:
        """How many texts `search` would give without a limit."""
        asked = self._searched(query, languages, selection)
        return self.read(lambda connection: selecting.count(connection, asked))

    @staticmethod
    def _searched(query: str, languages: Sequence[str] | None, selection: Selection | None) -> Selection:
        asked = replace(selection or Selection(), search=query)
        return asked if languages is None else replace(asked, claimed=tuple(languages))
