"""The rights that the store has recorded, read without its texts: how many texts have which, and those of each text."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from pipelines.rights import Rights
from pipelines.rights.rechecking import RecordedText
from pipelines.storage.inspection import as_text
from pipelines.storage.reading import is_current
from pipelines.storage.schema import articles, revisions, rights
from pipelines.storage.selecting import narrowed
from pipelines.storage.values import Selection


def addresses(connection: Connection) -> Iterator[str]:
    """Where the current texts were seen last."""
    query = select(revisions.c.url).join(articles, is_current()).where(revisions.c.url.is_not(None))
    yield from map(as_text, connection.execute(query.execution_options(yield_per=10_000)).scalars())


def texts(connection: Connection) -> Iterator[RecordedText]:
    """Every current text, in no order."""
    query = (
        select(revisions.c.url, articles.c.language, revisions.c.publisher, rights.c.signals)
        .select_from(revisions)
        .join(articles, is_current())
        .outerjoin(rights, rights.c.id == revisions.c.rights_id)
    )
    for url, language, publisher, signals in connection.execute(query.execution_options(yield_per=10_000)):
        yield RecordedText(
            url if isinstance(url, str) else None,
            as_text(language),
            publisher if isinstance(publisher, str) else None,
            read_rights(signals),
        )


def counts(connection: Connection, selection: Selection) -> list[tuple[Rights, int]]:
    """The different rights of the texts of a selection, each with the number of its texts, most first."""
    numbers = narrowed(connection, select(revisions.c.rights_id, func.count()), selection).group_by(
        revisions.c.rights_id
    )
    signals = {row.id: row.signals for row in connection.execute(select(rights.c.id, rights.c.signals))}
    found: dict[Rights, int] = {}
    for identifier, number in connection.execute(numbers):
        known = read_rights(signals.get(identifier))
        found[known] = found.get(known, 0) + int(number)
    return sorted(found.items(), key=lambda item: (-item[1], item[0].as_json()))


def read_rights(signals: object) -> Rights:
    """The rights of a row; none of a damaged one, which is reported where its text is read."""
    try:
        return Rights.from_json(signals) if isinstance(signals, str) else Rights()
    except ValueError:
        return Rights()
