"""Measures of texts in tables of the store, to choose by: of a text alone, beside its article's others, of copies.

Those of a text alone (`pipelines.quality`) are here. They are made when they are first asked for, and once for each
text: a row holds for the record whose hash it has, and for the version of the measures; a record that was made anew, by
a newer extractor say, is measured anew. The others are in `compared` and `copies`.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Select,
    Transaction,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
)

from pipelines.errors import UsageError
from pipelines.quality import VERSION, measured
from pipelines.quality.thresholds import THRESHOLDS, Kept
from pipelines.record import COMPARED, COPIES, FIELDS, MEASURES, QUALITY
from pipelines.record_types import BOOLEAN
from pipelines.storage.inspection import as_text
from pipelines.storage.reading import revision_columns
from pipelines.storage.rows import Reader
from pipelines.storage.schema import articles, compared, duplicates, measures, revisions
from pipelines.storage.selecting import narrowed
from pipelines.storage.sets import among
from pipelines.storage.values import Selection

if TYPE_CHECKING:
    from pipelines.storage.store import Store

_CONDITION = re.compile(r"\s*(\w+)\s*(<=|>=|!=|==?|<|>)\s*(\S+)\s*")
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_TRUTH = {"true": True, "false": False}


def condition(text: str) -> str:
    """A condition on a measure as a `Selection` has it: column, operator, value without spaces.

    Raises `UsageError` for what is none.

    >>> condition("digit_share  < .20"), condition("truncated_end == False")
    ('digit_share<0.2', 'truncated_end=false')
    """
    name, sign, value = _parsed(text)
    written = str(value).lower() if isinstance(value, bool) else f"{value:.12g}"
    return f"{name}{sign}{written}"


def measure_of(condition: str) -> str:
    """The measure that a condition is on."""
    return _parsed(condition)[0]


def _parsed(text: str) -> tuple[str, str, float | bool]:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no condition; write COLUMN<VALUE, such as digit_share<0.2 (or <=, >, >=, =, !=)")
    name, sign, written = match.groups()
    if name not in MEASURES:
        near = difflib.get_close_matches(name, MEASURES, 1)
        meant = f", perhaps {near[0]}" if near else ""
        raise UsageError(f"{text!r}: no measure {name}{meant}; the measures are: {', '.join(MEASURES)}")
    sign = "=" if sign == "==" else sign
    if FIELDS[name].type is BOOLEAN:
        if written.lower() not in _TRUTH or sign not in ("=", "!="):
            raise UsageError(f"{text!r}: {name} is true or false; write {name}=true or {name}=false")
        return name, sign, _TRUTH[written.lower()]
    try:
        value = float(written) if re.fullmatch(r"-?(?:\d+\.?\d*|\.\d+)", written, re.ASCII) else None
    except ValueError:
        value = None
    if value is None:
        raise UsageError(f"{text!r}: {written} is no number; write such as {name}{sign}0.2")
    return name, sign, value


def holds(connection: Connection, conditions: tuple[str, ...]) -> list[Any]:
    """Whether all conditions hold for a revision, as SQL; not for one that is not measured, or cannot be read.

    A measure beside other versions holds for the versions that there are; the number of duplicates is that of the time
    when they were looked for last.
    """
    asked: dict[str, list[Any]] = {}
    for written in conditions:
        name, sign, value = _parsed(written)
        table = measures if name in QUALITY else compared if name in COMPARED else duplicates
        column = table.c["size" if table is duplicates else name]
        asked.setdefault(table.name, []).append(_OPERATORS[sign](column, value))
    found = []
    if measures.name in asked:
        found.append(exists(measures.c.revision_id).where(_is_current(), *asked[measures.name]).correlate(revisions))
    for table in (compared, duplicates):
        if table.name in asked:
            mine = table.c.revision_id == revisions.c.id
            found.append(exists(table.c.revision_id).where(mine, *asked[table.name]).correlate(revisions))
    if compared.name in asked and (stale := stale_ids(connection)):
        found.append(~among(connection.dialect.name, revisions.c.id, stale, ARRAY(BigInteger)))
    return found


_STALE: WeakKeyDictionary[Transaction, list[int]] = WeakKeyDictionary()  # one view of a store is asked several times


def stale_ids(connection: Connection) -> list[int]:
    """The current revisions that were not compared with the versions that their articles have now."""
    from pipelines.storage.compared import stale  # with it comes what compares, which most questions do without

    view = None if connection.get_execution_options().get("writes") else connection.get_transaction()
    if view is None:
        return [number for article in stale(connection) for number in article.revisions]
    if view not in _STALE:
        _STALE[view] = [number for article in stale(connection) for number in article.revisions]
    return _STALE[view]


Measuring = Callable[["Store", Reader, int], Iterator[int]]


def _asked(names: Iterable[str]) -> Iterator[tuple[Callable[[Connection], int], Measuring]]:
    """For each kind of measures that one of the names is of: what counts the texts that lack them, what makes them."""
    asked = set(names)
    if asked & {*QUALITY}:
        yield unmeasured, _measure
    if asked & {*COMPARED}:
        from pipelines.storage import compared as beside  # see `stale_ids`

        yield beside.unmeasured, beside.measure
    if asked & {*COPIES}:
        from pipelines.storage import copies  # the same

        yield copies.unmeasured, copies.measure


def lacking(connection: Connection, names: Iterable[str]) -> int:
    """How many texts lack measures of these names, or have outdated ones; summed over the kinds of measures."""
    return sum(count(connection) for count, _ in _asked(names))


def measure(store: Store, read: Reader, limit: int, names: Iterable[str]) -> Iterator[int]:
    """Measure the texts that lack measures of these kinds, up to `limit` in a transaction; how many, each time."""
    for _, make in _asked(names):
        yield from make(store, read, limit)


def _is_current() -> Any:
    return and_(
        measures.c.revision_id == revisions.c.id,
        measures.c.record_hash == revisions.c.record_hash,
        measures.c.version == VERSION,
    )


def _lacking(query: Select[Any]) -> Select[Any]:
    return query.select_from(revisions).where(~exists(measures.c.revision_id).where(_is_current()).correlate(revisions))


def kept(connection: Connection, selection: Selection) -> list[Kept]:
    """What each of `THRESHOLDS` keeps of the texts of a selection that are measured, by language of the address."""
    holding = [_OPERATORS[limit.sign](measures.c[limit.measure], limit.value) for limit in THRESHOLDS]
    sums = [func.sum(case((condition, 1), else_=0)) for condition in (and_(*holding), *holding)]
    query = narrowed(connection, select(articles.c.language, func.count(), *sums), selection)
    rows = connection.execute(query.join(measures, _is_current()).group_by(articles.c.language))
    found = [
        Kept(as_text(code), int(texts), tuple(map(int, by_limit)), int(every)) for code, texts, every, *by_limit in rows
    ]
    return sorted(found)


def known(connection: Connection, identifiers: Select[Any]) -> dict[int, dict[str, Any]]:
    """The measures of those of some revisions that have them, by the id; none of a text that could not be read."""
    columns = (measures.c.revision_id, *(measures.c[name] for name in QUALITY))
    query = select(*columns).join(revisions, _is_current()).where(revisions.c.id.in_(identifiers))
    rows = ((row.revision_id, dict(zip(QUALITY, row[1:], strict=True))) for row in connection.execute(query))
    return {identifier: values for identifier, values in rows if values[QUALITY[0]] is not None}


def unmeasured(connection: Connection, *, since: int = 0) -> int:
    """How many revisions have no measures of their own that hold, of those with ids from `since` on."""
    counted = _lacking(select(func.count())).where(revisions.c.id >= since)
    return int(connection.execute(counted).scalar_one())


def _measure(store: Store, read: Reader, limit: int) -> Iterator[int]:
    number, last = 1, 0
    while number:
        number, last = store.write(partial(_measure_some, read=read, limit=limit, after=last))
        if number:
            yield number


def _measure_some(connection: Connection, read: Reader, limit: int, after: int) -> tuple[int, int]:
    """Measure up to `limit` revisions with ids above `after` that lack it: how many, and the last one's id."""
    found = _lacking(select(revisions.c.id)).where(revisions.c.id > after).order_by(revisions.c.id).limit(limit)
    ids = list(connection.execute(found).scalars())
    if not ids:
        return 0, after
    rows = {row.id: row for row in connection.execute(revision_columns().where(revisions.c.id.in_(ids)))}
    hashed = select(revisions.c.id, revisions.c.record_hash).where(revisions.c.id.in_(ids))
    hashes = {row.id: row.record_hash for row in connection.execute(hashed)}
    made = []
    for identifier in ids:
        stored = read(rows.get(identifier, identifier))
        # A text that cannot be read has a row without values: else it would be tried for ever.
        values = dict.fromkeys(QUALITY) if stored is None else measured(stored.article)
        made.append({"revision_id": identifier, "record_hash": hashes[identifier], "version": VERSION, **values})
    connection.execute(delete(measures).where(measures.c.revision_id.in_(ids)))
    connection.execute(insert(measures), made)
    return len(ids), ids[-1]
