"""An article as plain text or Markdown, for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from pipelines.models import Article, Image

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|])")
_BETWEEN_CELLS = re.compile(r"(?:^|\s)\|(?=\s|$)")
_MARKDOWN_START = re.compile(r"\A(#{1,6}\s|[-+]\s|\d{1,9}[.)]\s|={3,}|-{3,})")


def as_text(article: Article) -> str:
    """Title, lead and paragraphs, separated by blank lines; missing ones are left out."""
    return "\n\n".join(part for part in (article.title, article.lead, article.text) if part)


def as_markdown(article: Article) -> str:
    """Markdown with headings, lists, quotes, tables and pictures; pictures follow the lead, with their captions."""
    return "\n\n".join(_markdown_blocks(article))


def _markdown_blocks(article: Article) -> Iterator[str]:
    if article.title:
        yield "# " + _escape(article.title)
    if article.lead:
        yield f"**{_escape(article.lead)}**"
    for image in article.images:
        yield _image(image)
    items = zip(article.kinds, article.paragraphs, strict=True)
    for kind, group in groupby(items, key=lambda item: item[0]):
        texts = [text for _, text in group]
        if kind == "heading":
            yield from ("## " + _escape(text) for text in texts)
        elif kind == "list_item":
            yield "\n".join("- " + _escape(text) for text in texts)
        elif kind == "quote":
            yield "\n>\n".join("> " + _escape(text) for text in texts)
        elif kind == "table_row":
            yield _table(texts)
        else:
            yield from (_MARKDOWN_START.sub(r"\\\1", _escape(text)) for text in texts)


def _escape(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _image(image: Image) -> str:
    picture = f"![{_escape(image.alt or '')}](<{image.src}>)" if image.src else _escape(image.alt or "")
    return "\n".join(part for part in (picture, f"*{_escape(image.caption)}*" if image.caption else "") if part)


def _table(rows: list[str]) -> str:
    cells = [[_escape(cell.strip()) for cell in _BETWEEN_CELLS.split(row)] for row in rows]
    columns = max(map(len, cells))
    if len(cells[0]) == columns - 1 and all(len(row) == columns for row in cells[1:]):
        cells[0].insert(0, "")  # above the names of the rows stands none
    lines = ["| " + " | ".join(row + [""] * (columns - len(row))) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * columns, *lines[1:]])
