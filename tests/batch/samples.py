"""Inputs of every kind, made from the texts and pages of this repository's tests."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import zstandard

from pipelines.times import instant

TESTS = Path(__file__).parent.parent
OTHER_SITE = "https://news.example/weather"


@cache
def texts() -> list[dict[str, Any]]:
    """Corpus rows of ``tests/texts``, no two with a paragraph in common: url and text, in a fixed order."""
    seen: set[str] = set()
    rows = []
    for path in sorted((TESTS / "texts").glob("*.json")):
        case = json.loads(path.read_bytes())
        paragraphs = set(case["expected"]["paragraphs"])
        if not paragraphs & seen:
            rows.append({"url": case["url"], "text": case["text"]})
        seen |= paragraphs
    assert len(rows) >= 60
    return rows


def fineweb(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as FineWeb-2 has them."""
    return [
        {
            "text": row["text"],
            "id": f"<urn:uuid:{number}>",
            "dump": "CC-MAIN-2025-26",
            "url": row["url"],
            "date": "2025-08-20T07:01:02Z",
            "language_score": 0.5 + number / 1000,
        }
        for number, row in enumerate(rows)
    ]


def hplt(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as HPLT has them, nested columns included."""
    return [
        {
            "f": "./path/to.warc.gz",
            "u": row["url"],
            "ts": "2025-08-20T07:01:02Z",
            "lang": ["fra_Latn"],
            "prob": [1],
            "text": row["text"],
            "id": str(number),
            "doc_scores": [7.5, 10.0],
        }
        for number, row in enumerate(rows)
    ]


def culturax(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as CulturaX and mC4 have them."""
    return [{"text": r["text"], "timestamp": "2025/08/20 07:01:02", "url": r["url"], "source": "mC4"} for r in rows]


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """JSON lines, compressed as the name says."""
    content = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    elif path.suffix == ".zst":
        content = zstandard.compress(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def write_parquet(path: Path, rows: Sequence[dict[str, Any]], *, group: int = 7) -> Path:
    """Parquet with several row groups."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=group)
    return path


def html(title: str, paragraphs: Sequence[str]) -> bytes:
    """An article's page as SITE.md describes it."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article"></head>'
        f'<body><h1>{title}</h1><div class="post-detail-body">{body}</div></body></html>'
    ).encode()


_SENTENCES = (
    "Le marché flottant ouvre avant l'aube et ferme quand le soleil devient trop fort pour les marchandes.",
    "Les barques arrivent chargées de melons, de gingembre et de fleurs coupées pendant la nuit.",
    "Une coopérative de vingt familles a repris la vente en gros, longtemps laissée aux intermédiaires.",
    "Selon son président, les prix payés aux producteurs ont augmenté d'un tiers en deux saisons.",
    "La route nouvelle a rapproché la ville, mais beaucoup préfèrent encore la voie du fleuve.",
    "Les visiteurs, eux, viennent pour la soupe de nouilles servie d'une barque à l'autre.",
)


def page(number: int) -> tuple[str, bytes]:
    """The address and the HTML of an article of its own, for each number."""
    first = number % len(_SENTENCES)
    sentences = [*_SENTENCES[first:], *_SENTENCES[:first]]
    paragraphs = [f"{s} C'est le constat numéro {number * 17 + i} de l'enquête." for i, s in enumerate(sentences)]
    return f"https://www.vietnam.vn/fr/marche-flottant-{number}", html(
        f"Le marché flottant, partie {number}", paragraphs
    )


def warc(
    records: Iterable[tuple[str, str, bytes, str]], *, compress: bool = True, date: str = "2025-08-20T07:01:02Z"
) -> bytes:
    """A WARC by warcio's own writer, of (type, address, payload, content type) records; a warcinfo comes first."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compress)
    writer.write_record(writer.create_warcinfo_record("test.warc", {"software": "test"}))
    for kind, url, payload, content_type in records:
        http = StatusAndHeaders("200 OK", [("Content-Type", content_type)], protocol="HTTP/1.1")
        headers = {"WARC-Date": date, "WARC-Record-ID": f"<urn:test:{url}>"}
        if kind == "conversion":
            record = writer.create_warc_record(
                url, kind, payload=io.BytesIO(payload), warc_content_type="text/plain", warc_headers_dict=headers
            )
        else:
            record = writer.create_warc_record(
                url, kind, payload=io.BytesIO(payload), http_headers=http, warc_headers_dict=headers
            )
        writer.write_record(record)
    return out.getvalue()


def crawl(numbers: Iterable[int], *, compress: bool = True) -> bytes:
    """A WARC of article pages, with a request, a picture and another site's page among them."""
    records = []
    for number in numbers:
        url, body = page(number)
        records.append(("response", url, body, "text/html; charset=utf-8"))
        if number == 0:
            records.append(("request", url, b"", "text/plain"))
            records.append(("response", "https://www.vietnam.vn/logo.png", b"\x89PNG", "image/png"))
            records.append(("response", OTHER_SITE, body, "text/html"))
    return warc(records, compress=compress)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of Parquet with its days and times as JSON Lines have them."""
    return {
        name: instant(v) if isinstance(v, datetime) and v.tzinfo else v.isoformat() if isinstance(v, date) else v
        for name, v in row.items()
    }


def rows_of(out: Path, folder: str = "clean") -> list[dict[str, Any]]:
    """All rows of a folder of the output, each part's in the order of the input (in JSON Lines those that show the
    types come first)."""
    rows: list[dict[str, Any]] = []
    below = out / folder
    for part in sorted(below.iterdir()) if below.exists() else []:
        if part.suffix == ".parquet":
            import pyarrow.parquet as pq

            rows += map(plain, pq.read_table(part).to_pylist())
        else:
            found = [json.loads(line) for line in part.read_bytes().splitlines()]
            rows += sorted(found, key=lambda row: (row.get("vn_source") or "", row.get("vn_position") or 0))
    return rows


def content(out: Path) -> dict[str, bytes]:
    """The bytes of every file of the output but the work folder, by name."""
    return {
        str(p.relative_to(out)): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and ".work" not in p.relative_to(out).parts
    }
