"""Texts that a store was asked for, read one by one, which show in a notebook what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from pipelines import notebook
from pipelines.storage.values import Revision

_SHOWN = 10


class Texts(Iterator[Revision]):
    """Texts one after another: nothing is read before the first is asked for, and then some at a time.

    They go by once, like a file's lines; showing them takes none away. `read` gives up to so many of them from the
    first one on (None: all), each time anew; `asked` says in words what they are.
    """

    def __init__(self, asked: Sequence[str], read: Callable[[int | None], Iterator[Revision]]) -> None:
        self._asked = asked
        self._read = read
        self._stream: Iterator[Revision] | None = None

    def __next__(self) -> Revision:
        if self._stream is None:
            self._stream = self._read(None)
        return next(self._stream)

    def __repr__(self) -> str:
        return notebook.line("Texts", *self._asked)

    def _repr_html_(self) -> str:
        rows = list(islice(self._read(_SHOWN + 1), _SHOWN + 1))
        return notebook.texts([stored.article for stored in rows[:_SHOWN]], more=len(rows) > _SHOWN)


def asked_in_words(store: str, **asked: str | Sequence[str] | None) -> list[str]:
    """What was asked of a store, in words.

    >>> asked_in_words("news.db", languages=("fr", "ja"), since=None, publisher="Thời Đại")
    ['of news.db', 'languages fr ja', 'publisher Thời Đại']
    """
    given = {name: value for name, value in asked.items() if value is not None}
    return [
        f"of {store}",
        *(f"{name} {value if isinstance(value, str) else ' '.join(value)}" for name, value in given.items()),
    ]
