"""Folders of pages: one HTML or text file, one page."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.batch import files
from pipelines.batch.input_rows import Broken, CleanOptions, InputRow, Passed, Shard
from pipelines.batch.readers.lines import describe
from pipelines.web.charsets import NoTextError
from pipelines.web.decoding import TooLargeError
from pipelines.web.page_files import page_of_file


def read(shard: Shard, options: CleanOptions) -> Iterator[InputRow | Passed | Broken]:
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
        try:
            page = page_of_file(body, file.uri, limit=options.max_row_bytes)
        except (NoTextError, TooLargeError) as error:
            yield Broken(source=file.name, position=0, detail=str(error), columns=columns)
        else:
            yield InputRow(source=file.name, position=0, columns=columns, page=page)
