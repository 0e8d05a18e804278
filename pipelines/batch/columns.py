"""Which columns of a corpus hold the text, the address and the time of the crawl."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.batch.input_rows import PREFIX, RAW, Broken, CleanOptions, InputRow, Passed
from pipelines.models import TextPage
from pipelines.site import is_site_host
from pipelines.times import iso_time
from pipelines.web.addresses import NoAddressError, read_address

# From the dataset cards, 2026-11. FineWeb-2: text, id, url, date. HPLT v2 and v3: u, ts, text, lang.
# CulturaX and mC4: text, url, timestamp. The first one that a row has is taken.
_TEXT_COLUMNS = ("text",)
_URL_COLUMNS = ("url", "u")
_TIME_COLUMNS = ("date", "ts", "timestamp", "fetched_at")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNames:
    """The columns that matter, None where there is none."""

    text: str | None
    url: str | None
    time: str | None


def find_columns(names: Iterable[str], options: CleanOptions) -> ColumnNames:
    """The columns among `names` that hold text, address and time; a name given in the options wins.

    >>> find_columns(["id", "u", "ts", "text"], CleanOptions())
    ColumnNames(text='text', url='u', time='ts')
    """
    have = set(names)
    text, url = (options.text_column,), (options.url_column,)
    return ColumnNames(
        text=next((n for n in (text if options.text_column else _TEXT_COLUMNS) if n in have), None),
        url=next((n for n in (url if options.url_column else _URL_COLUMNS) if n in have), None),
        time=next((n for n in _TIME_COLUMNS if n in have), None),
    )


def page_row(
    columns: Mapping[str, Any], *, source: str, position: int, options: CleanOptions, names: ColumnNames | None = None
) -> InputRow | Passed | Broken:
    """A row of text as one of the site to be cleaned, one of another site, or one that holds no text.

    A row without an address may be the site's (text folders have none), so it is cleaned.
    """
    names = names or find_columns(columns, options)
    url = columns.get(names.url) if names.url else None
    if url is not None and not isinstance(url, str):
        return Broken(
            source=source, position=position, detail=f"column {names.url!r} is not text", columns=_small(columns)
        )
    if url and not is_site_url(url):
        return Passed(source=source, position=position, reason="other_site", columns=columns)
    text = columns.get(names.text) if names.text else None
    if not isinstance(text, str):
        wanted = options.text_column or _TEXT_COLUMNS[0]
        cause = "is missing" if text is None else f"is {type(text).__name__}, not text"
        return Broken(
            source=source,
            position=position,
            detail=f"row without text: column {wanted!r} {cause}",
            columns=_small(columns),
        )
    if len(text) > options.max_row_bytes:
        detail = f"row of {len(text)} characters is over the limit of {options.max_row_bytes} bytes"
        return Broken(source=source, position=position, detail=detail, columns=_small(columns))
    fetched_at = iso_time(columns.get(names.time)) if names.time else None
    return InputRow(
        source=source,
        position=position,
        columns=columns,
        page=TextPage(text=text, url=_whole(url) if url else None, fetched_at=fetched_at),
    )


def own_text(columns: Mapping[str, Any] | None, options: CleanOptions) -> str | None:
    """The text of a row in the input; None where it has none."""
    name = None if columns is None else find_columns(columns, options).text
    text = columns.get(name) if columns is not None and name is not None else None
    return text if isinstance(text, str) else None


def without_added(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The input's columns without those of an earlier run of `clean`, which the new ones replace."""
    return {n: v for n, v in columns.items() if not n.startswith(PREFIX)}


def placed(columns: Mapping[str, Any], text: str | None, options: CleanOptions, *, clean: bool) -> dict[str, Any]:
    """The input's columns (`without_added`) with the text in its place.

    Without `text_into` there is no such place. With it, what was in this column before goes to `RAW`. A row of another
    site is not `clean`: where its own text was in that column already, it stays, and `RAW` is null.
    """
    came_in = without_added(columns)
    into = options.text_into
    if into is None:
        return came_in
    before = came_in.get(into)
    stays = not clean and find_columns(columns, options).text == into
    return came_in | {into: text, RAW: None if stays else before}


def _whole(url: str) -> str:
    return url if _SCHEME.match(url) else f"https://{url}"


def is_site_url(url: str) -> bool:
    """Whether an address is one of the site's; a missing scheme is forgiven, as some corpora leave it out.

    >>> is_site_url("https://www.vietnam.vn/fr/bai"), is_site_url("vietnam.vn/fr/bai"), is_site_url("https://a.example/")
    (True, True, False)
    """
    try:
        return is_site_host(read_address(_whole(url)).host)
    except NoAddressError:
        return False


def _small(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that cannot be used, without huge values."""
    limit = 100_000  # characters; its place in the input shows where the rest is
    return {n: v for n, v in columns.items() if not (isinstance(v, (str, bytes)) and len(v) > limit)}
