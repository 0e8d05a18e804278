"""Measures of texts (`pipelines.quality`) in a table of the store, to choose texts by.

They are made when they are first asked for, and once for each text: a row holds for the record whose hash it has, and
for the version of the measures; a record that was made anew, by a newer extractor say, is measured anew.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, exists, func, insert, select

from pipelines.errors import UsageError
from pipelines.quality import VERSION, measured
from pipelines.quality.thresholds import THRESHOLDS, Kept
from pipelines.record import FIELDS, QUALITY
from pipelines.record_types import BOOLEAN
from pipelines.storage.inspection import as_text
from pipelines.storage.reading import stored_columns
from pipelines.storage.rows import Reader
from pipelines.storage.schema import articles, measures, revisions
from pipelines.storage.selecting import narrowed
from pipelines.storage.values import Selection

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
    told = str(value).lower() if isinstance(value, bool) else f"{value:.12g}"
    return f"{name}{sign}{told}"


def _parsed(text: str) -> tuple[str, str, float | bool]:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no condition; write COLUMN<VALUE, such as digit_share<0.2 (or <=, >, >=, =, !=)")
    name, sign, told = match.groups()
    if name not in QUALITY:
        near = difflib.get_close_matches(name, QUALITY, 1)
        meant = f", perhaps {near[0]}" if near else ""
        raise UsageError(f"{text!r}: no measure {name}{meant}; the measures are: {', '.join(QUALITY)}")
    sign = "=" if sign == "==" else sign
    if FIELDS[name].type is BOOLEAN:
        if told.lower() not in _TRUTH or sign not in ("=", "!="):
            raise UsageError(f"{text!r}: {name} is true or false; write {name}=true or {name}=false")
        return name, sign, _TRUTH[told.lower()]
    try:
        value = float(told) if re.fullmatch(r"-?(?:\d+\.?\d*|\.\d+)", told, re.ASCII) else None
    except ValueError:
        value = None
    if value is None:
        raise UsageError(f"{text!r}: {told} is no number; write such as {name}{sign}0.2")
    return name, sign, value


def holds(conditions: tuple[str, ...]) -> Any:
    """Whether all conditions hold for a revision, as SQL; not for one that is not measured, or cannot be read."""
    asked = []
    for text in conditions:
        name, sign, value = _parsed(text)
        asked.append(_OPERATORS[sign](measures.c[name], value))
    return exists(measures.c.revision_id).where(_is_current(), *asked).correlate(revisions)


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
    """How many revisions have no measures that hold, of those with ids from `since` on."""
    lacking = _lacking(select(func.count())).where(revisions.c.id >= since)
    return int(connection.execute(lacking).scalar_one())


def measure(connection: Connection, read: Reader, limit: int, after: int) -> tuple[int, int]:
    """Measure up to `limit` revisions with ids above `after` that lack it: how many, and the last one's id."""
    found = _lacking(select(revisions.c.id)).where(revisions.c.id > after).order_by(revisions.c.id).limit(limit)
    ids = list(connection.execute(found).scalars())
    if not ids:
        return 0, after
    rows = {row.id: row for row in connection.execute(stored_columns().where(revisions.c.id.in_(ids)))}
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
