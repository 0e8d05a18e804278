"""Folders of pages: one HTML or text file, one page."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.batch import files
from pipelines.batch.model import Broken, CleanOptions, Passed, Row, Shard
from pipelines.batch.readers.lines import describe
from pipelines.models import HtmlPage, TextPage

_HTML = (".html", ".htm", ".xhtml")


def read(shard: Shard, options: CleanOptions) -> Iterator[Row | Passed | Broken]:
    """One row for each file. Its one column is ``path``; its address, if any, is found in the page."""
    for file in shard.files:
        columns = {"path": file.name}
        if file.size > options.max_row_bytes:
            detail = f"file of {file.size} bytes is over the limit of {options.max_row_bytes} bytes"
            yield Broken(source=file.name, position=0, detail=detail, columns=columns)
            continue
        try:
            with files.open_input(file.uri) as stream:
                body = stream.read(options.max_row_bytes)
        except (OSError, files.StorageError) as error:
            yield Broken(source=file.name, position=0, detail=describe(error), columns=columns)
            continue
        if file.uri.lower().endswith(_HTML):
            yield Row(source=file.name, position=0, columns=columns, page=HtmlPage(body=body))
            continue
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            detail = f"text file is not UTF-8: byte {error.start} ({error.reason})"
            yield Broken(source=file.name, position=0, detail=detail, columns=columns)
        else:
            yield Row(source=file.name, position=0, columns=columns, page=TextPage(text=text))
