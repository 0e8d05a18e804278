"""The pages of WARC and WET files, by ranges of record offsets. Records are read by `pipelines.archives`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.archives import Damage, HttpError, Record, is_http, packing, read_page, read_records, record_offsets
from pipelines.batch import files
from pipelines.batch.columns import is_site_url
from pipelines.batch.input_rows import Broken, CleanOptions, InputFile, InputRow, Passed, Shard
from pipelines.batch.readers.lines import describe
from pipelines.models import TextPage
from pipelines.times import iso_time


def bounds(file: InputFile, every: int) -> list[int]:
    """Offsets at which the file can be cut into ranges of about `every` bytes, the first of them 0."""
    with files.open_input(file.uri) as stream:
        return record_offsets(stream, every) if packing(stream) is None else list(range(0, max(1, file.size), every))


def read(shard: Shard, options: CleanOptions) -> Iterator[InputRow | Passed | Broken]:
    """The pages of the records that begin in the shard's range; positions are byte offsets in the file."""
    file = shard.files[0]
    position = shard.start or 0
    try:
        with files.open_input(file.uri) as stream:
            for item in read_records(stream, start=position, stop=shard.stop, limit=options.max_row_bytes):
                position = item.offset  # where to say that the file became unreadable
                if isinstance(item, Damage):
                    yield Broken(source=file.name, position=position, detail=item.detail)
                elif (row := _item(item, file.name, options)) is not None:
                    yield row
    except (OSError, files.StorageError) as error:
        yield Broken(source=file.name, position=position, detail=f"unreadable from here on: {describe(error)}")


def _item(record: Record, source: str, options: CleanOptions) -> InputRow | Passed | Broken | None:
    """The row of a record; None for records that are no page (requests, metadata, resources, ...)."""
    if record.type not in ("response", "conversion", "revisit"):
        return None
    url, position = record.url, record.offset
    columns: dict[str, Any] = {
        "url": url,
        "date": record.headers.get("warc-date"),
        "warc_record_id": record.headers.get("warc-record-id"),
    }
    if record.type == "revisit":
        return Passed(source=source, position=position, reason="revisit")
    # A conversion repeats the page of its response; in WET files, which have no responses, it is all there is.
    is_text = record.type == "conversion" and _is_wet(source)
    if not is_site_url(url or ""):
        text = _text(record) if is_text and (options.keep_others or options.drop_matches) else None
        kept = None if text is None else {**columns, "text": text}
        return Passed(source=source, position=position, reason="other_site", columns=kept)
    if record.type == "conversion" and not is_text:
        return Passed(source=source, position=position, reason="conversion")
    if record.type == "response" and not is_http(record):
        return Passed(source=source, position=position, reason="not_html")  # a dns: record, say
    if record.block is None:
        detail = f"record of {record.size} bytes is over the limit of {options.max_row_bytes} bytes"
        return Broken(source=source, position=position, detail=detail, columns=columns)
    fetched_at = iso_time(columns["date"])
    if is_text:
        text = _text(record)
        if text is None:
            return Broken(source=source, position=position, detail="text is not UTF-8", columns=columns)
        page = TextPage(text=text, url=url, fetched_at=fetched_at)
        return InputRow(source=source, position=position, columns={**columns, "text": text}, page=page)
    try:
        found = read_page(record, limit=options.max_row_bytes, fetched_at=fetched_at)
    except HttpError as error:
        return Broken(source=source, position=position, detail=str(error), columns=columns)
    if found is None:
        return Passed(source=source, position=position, reason="not_html")
    return InputRow(source=source, position=position, columns=columns, page=found[0])


def _is_wet(name: str) -> bool:
    return name.lower().removesuffix(".gz").removesuffix(".zst").endswith(".wet")


def _text(record: Record) -> str | None:
    try:
        return None if record.block is None else record.block.decode("utf-8")
    except UnicodeDecodeError:
        return None
