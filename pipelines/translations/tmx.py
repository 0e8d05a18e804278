"""TMX 1.4b: a unit for each row, with properties that say where its sides come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pipelines.export.cutting import EVERY_ROW, Feed, chunks_of_file
from pipelines.translations.ready import TextRows

# What XML 1.0 cannot hold, not even as a character reference.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Characters that XML parsers or line readers take for an end of line; a character reference keeps them.
_REFERENCED = {code: f"&#{code};" for code in (0x0D, 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)}


def write_tmx(path: Path, feed: Feed[TextRows], *, source: str, segtype: str, version: str) -> int:
    """Write a file of the next units (`tmx_unit`); returns how many it took.

    `source` is the language of all first sides, ``*all*`` where it may be any; `segtype` is the unit asked for,
    `version` the program's.
    """
    rows = 0
    with path.open("wb") as out:
        out.write(_head(source, segtype, version).encode())
        for chunk in chunks_of_file(feed, most_rows=EVERY_ROW):
            out.write(chunk.data)
            rows += len(chunk)
        out.write(b"</body>\n</tmx>\n")
    return rows


def _head(source: str, segtype: str, version: str) -> str:
    # No document type: it would name a file that parsers look for beside this one.
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="vietnamvn" creationtoolversion={quoteattr(version)} segtype={quoteattr(segtype)} '
        f'o-tmf="vietnamvn" adminlang="en" srclang={quoteattr(source)} datatype="plaintext"/>\n<body>\n'
    )


def tmx_unit(row: Mapping[str, Any]) -> str:
    """A row of pairs or of many languages (`columns.PAIR`, `columns.MULTIWAY`) as a unit with its end of line."""
    kind = row.get("unit", "paragraph")
    own = [(name, row[name]) for name in ("slug", "score", "shape", "pivot") if name in row]
    lines = [f"<tu segtype={quoteattr(kind)}>"]
    lines += [_property(name, f"{value:.4f}" if name == "score" else value) for name, value in own]
    for side in _sides(row):
        lines.append(f"<tuv xml:lang={quoteattr(side['language'])}>")
        lines += [_property("url", side["url"])] if side["url"] else []
        lines += [_property("ids", " ".join(side["ids"])), _property("content_sha256", side["content_sha256"])]
        lines += [f"<seg>{_xml(side['text'])}</seg>", "</tuv>"]
    return "\n".join([*lines, "</tu>\n"])


def _sides(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "texts" in row:
        yield from row["texts"]
        return
    for side in ("source", "target"):
        yield {name: row[f"{side}_{name}"] for name in ("language", "text", "ids", "url", "content_sha256")}


def _property(name: str, value: str) -> str:
    return f'<prop type="x-{name}">{_xml(value)}</prop>'


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text)).translate(_REFERENCED)
