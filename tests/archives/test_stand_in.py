"""The web archives that stand in for the public ones: what they hold is true, and they answer as those do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from asking_archives import get, small_site

from pipelines import Article, HtmlPage, extract
from pipelines.archives.http import read_page
from pipelines.archives.records import Record, read_records
from pipelines.archives.surts import surt
from scraper.replica.archives import HeldCapture, Served, archives, write_table, write_tables


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The archives of a small site."""
    with archives(small_site()) as found:
        yield found


def ask(served: Served, crawl: str, **question: Any) -> tuple[int, list[dict[str, str]]]:
    """Status and lines of Common Crawl's server."""
    base = served.collinfo_url.removesuffix("/collinfo.json")
    status, _, body = get(f"{base}/{crawl}-index?{urlencode({'output': 'json', **question}, doseq=True)}")
    return status, [json.loads(line) for line in body.splitlines()]


def test_all_that_can_happen_is_there(served: Served) -> None:
    """Every kind of capture, both forms, several versions of a text, and what one archive has several times."""
    kinds = Counter((capture.archive, capture.kind) for capture in served.captures)
    common = {kind for archive, kind in kinds if archive == "commoncrawl"}
    assert common == {
        "article", "revisit", "truncated", "redirect", "error", "soft_404", "challenge", "list", "other", "elsewhere",
    }  # fmt: skip
    assert {kind for archive, kind in kinds if archive == "internetarchive"} == common - {"truncated"}
    articles = [capture for capture in served.captures if capture.kind == "article"]
    assert {capture.form for capture in articles} == {"wordpress", "today"}
    assert {capture.status for capture in served.captures if capture.kind == "redirect"} == {301}
    texts = {capture.text for capture in articles}
    assert len({(c.slug, c.language) for c in articles}) < len(texts) < len(articles)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    """And another seed other ones."""
    found = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        with archives(small_site(), folder=tmp_path / name, seed=seed) as served:
            files = {str(p.relative_to(tmp_path / name)): p.read_bytes() for p in (tmp_path / name).rglob("*.gz")}
            found.append((files, [asdict(capture) for capture in served.captures]))
    assert len(found[0][0]) > 10
    assert found[0] == found[1]
    assert found[0][0] != found[2][0]


def test_a_line_leads_to_its_record(served: Served) -> None:
    """The range of each line is one gzip member with one record of that address, time, status and digest."""
    for crawl in served.crawls:
        pages = ask(served, crawl.id, url="*.vietnam.vn", showNumPages="true")[1][0]
        assert set(pages) == {"pages", "pageSize", "blocks"}
        lines = [
            line for page in range(pages["pages"]) for line in ask(served, crawl.id, url="*.vietnam.vn", page=page)[1]
        ]
        ours = [c for c in served.of("commoncrawl", crawl.id) if c.urlkey.startswith(("vn,vietnam)", "vn,vietnam,"))]
        assert len(lines) == len(ours) > 5
        for line in lines:
            assert all(isinstance(value, str) for value in line.values())
            first, length = int(line["offset"]), int(line["length"])
            status, headers, body = get(
                f"{served.data_url}/{line['filename']}", Range=f"bytes={first}-{first + length - 1}"
            )
            assert (status, len(body)) == (206, length)
            assert headers["Content-Range"].startswith(f"bytes {first}-{first + length - 1}/")
            record = gzip.decompress(body)
            head, _, rest = record.partition(b"\r\n\r\n")
            assert f"WARC-Target-URI: {line['url']}\r\n".encode() in head
            assert f"WARC-Payload-Digest: sha1:{line['digest']}".encode() in head
            answer, _, payload = rest.partition(b"\r\n\r\n")
            assert answer.split()[1] == line["status"].encode()
            digest = base64.b32encode(hashlib.sha1(payload.removesuffix(b"\r\n\r\n")).digest()).decode()
            assert digest == line["digest"]


def test_an_article_reads_as_what_is_true_of_it(served: Served) -> None:
    """Title, lead and paragraphs of every capture of an article, in both forms; nothing else is one."""
    places = {(c.filename, c.offset): c for c in served.captures}
    forms: Counter[str | None] = Counter()
    for path in sorted(served.folder.rglob("*.warc.gz")):
        with path.open("rb") as file:
            for record in read_records(file, limit=10**7):
                assert isinstance(record, Record), record
                capture = places.pop((str(path.relative_to(served.folder)), record.offset), None)
                assert (capture is not None) == (record.type in ("response", "revisit"))
                if capture is not None and record.type == "response":
                    assert record.length == capture.length
                    forms[see(capture, record)] += 1
                if record.type == "revisit":  # of an earlier record, or of an answer without a body
                    profile = record.headers["warc-profile"].rpartition("/")[2]
                    is_of_one = "warc-refers-to-date" in record.headers
                    assert profile == ("identical-payload-digest" if is_of_one else "server-not-modified")
    assert not places
    assert min(forms["wordpress"], forms["today"]) > 30


def see(capture: HeldCapture, record: Record) -> str | None:
    """Check one response; the form of the article that it is, if it is one."""
    if capture.kind != "article":
        return None
    page = read_page(record, limit=10**7, fetched_at=None)
    assert page is not None
    found = extract(HtmlPage(body=page[0].body, url=capture.url))
    assert isinstance(found, Article), (capture, found)
    title, lead, paragraphs = capture.content
    assert (found.title, found.lead, found.paragraphs) == (title, lead, paragraphs)
    assert (found.slug, found.url_language) == (capture.slug, capture.language)
    return capture.form


def test_the_wayback_machines_index_is_walked_with_resume_keys(served: Served) -> None:
    """Arrays under the names of the columns; each part ends with the key of the next; the last has none."""
    lines, key = [], ""
    while True:
        asked = {"url": "*.vietnam.vn", "output": "json", "limit": 20, "showResumeKey": "true"}
        if key:
            asked["resumeKey"] = key
        _, _, body = get(f"{served.wayback_url}/cdx/search/cdx?{urlencode(asked)}")
        names, *rows = json.loads(body)
        assert names == ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
        key = rows.pop()[0] if len(rows) > 1 and rows[-2] == [] else ""
        lines += [tuple(row) for row in rows if row]
        if not key:
            break
    ours = [c for c in served.of("internetarchive") if c.urlkey.startswith(("vn,vietnam)", "vn,vietnam,"))]
    assert Counter(line[:3] for line in lines) == Counter((c.urlkey, c.timestamp, c.url) for c in ours)
    assert {line[4] for line in lines if line[3] == "warc/revisit"} == {"-"}
    assert json.loads(get(f"{served.wayback_url}/cdx/search/cdx?url=*.nothing.example&output=json")[2]) == []


def test_a_page_of_the_past_is_given_as_it_was(served: Served) -> None:
    """Its bytes and status, its headers under other names; another second leads to the nearest capture."""
    seen: Counter[str] = Counter()
    times = Counter((c.urlkey, c.timestamp) for c in served.of("internetarchive"))
    for capture in served.of("internetarchive"):
        assert times[capture.urlkey, capture.timestamp] == 1
        status, headers, body = get(
            f"{served.wayback_url}/web/{capture.timestamp}id_/{quote(capture.url, safe=':/?=&')}"
        )
        assert status == capture.status
        assert headers["Memento-Datetime"].endswith(" GMT")
        assert headers["X-Archive-Orig-Server"]
        if status != 304:
            digest = base64.b32encode(hashlib.sha1(body).digest()).decode()
            assert digest == capture.digest
        if capture.kind == "article":
            seen[f"{capture.kind} {headers['Content-Encoding']}"] += 1
            page = gzip.decompress(body) if headers["Content-Encoding"] else body
            assert page.lower().startswith(b"<!doctype html>")
        if capture.location:
            assert headers["Location"].endswith(f"/web/{capture.timestamp}id_/{capture.location}")
        if capture.kind == "revisit":
            assert capture.original is not None
            assert (capture.original.text, capture.original.kind) == (capture.text, "article")
        seen[capture.kind] += 1
    assert min(seen[kind] for kind in ("article gzip", "article None", "revisit", "error", "redirect")) > 2
    capture = next(c for c in served.of("internetarchive") if c.kind == "article")
    status, headers, _ = get(f"{served.wayback_url}/web/{int(capture.timestamp) + 1}id_/{capture.url}")
    assert (status, headers["Location"].rpartition("/web/")[2]) == (302, f"{capture.timestamp}id_/{capture.url}")
    status, headers, _ = get(f"{served.wayback_url}/web/20240101000000id_/https://nothing.example/")
    assert (status, headers["Memento-Datetime"]) == (404, None)


def test_data_come_whole_or_in_ranges(served: Served) -> None:
    """200, 206, 416, the last bytes, S3's 404; no path leads out of the folder."""
    names = gzip.decompress(get(f"{served.ccnews_url}/{served.months[0]}/warc.paths.gz")[2]).decode().split()
    assert names
    assert all(name.startswith(f"crawl-data/CC-NEWS/{served.months[0]}/CC-NEWS-") for name in names)
    url, whole = f"{served.data_url}/{names[0]}", (served.folder / names[0]).read_bytes()
    assert get(url)[::2] == (200, whole)
    assert get(url, "HEAD")[::2] == (200, b"")
    assert get(url, "HEAD")[1]["Content-Length"] == str(len(whole))
    assert get(url, Range="bytes=10-19")[::2] == (206, whole[10:20])
    assert get(url, Range="bytes=10-")[::2] == (206, whole[10:])
    assert get(url, Range="bytes=-7")[::2] == (206, whole[-7:])
    assert get(url, Range=f"bytes={len(whole)}-")[0] == 416
    status, _, body = get(f"{served.data_url}/crawl-data/nothing.gz")
    assert (status, b"<Code>NoSuchKey</Code>" in body) == (404, True)
    for path in ("internetarchive/replica-00000.warc.gz", "crawl-data/../internetarchive/replica-00000.warc.gz"):
        assert get(f"{served.data_url}/{path}")[0] == 404


def test_keys_are_read_backwards() -> None:
    """Whatever the scheme, `www`, the port that goes without saying, case, slashes and the order of a query."""
    urls = (
        "http://vietnam.vn/en/A",
        "https://www.vietnam.vn:443//en/a/",
        "http://www.vietnam.vn:80/en/a?",
        "vietnam.vn/en/a",
    )
    assert {surt(url) for url in urls} == {"vn,vietnam)/en/a"}
    assert surt("https://vjs.vietnam.vn/?b=1&a=%41") == "vn,vietnam,vjs)/?a=a&b=1"


def test_the_table_has_the_lines_of_the_index(served: Served, tmp_path: Path) -> None:
    """As one file, and as Common Crawl lays it out, with crawl and subset as names of folders."""
    pq = pytest.importorskip("pyarrow.parquet")
    ours = served.of("commoncrawl")
    table = pq.read_table(write_table(served.captures, tmp_path / "index.parquet"))
    assert table.num_rows == len(ours)
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert (types["fetch_status"], types["warc_record_offset"], types["url"]) == ("int16", "int32", "string")
    assert types["fetch_time"].startswith("timestamp[ms")
    places = {(row["warc_filename"], row["warc_record_offset"]): row for row in table.to_pylist()}
    for capture in ours:
        row = places[capture.filename, capture.offset]
        assert (row["url"], row["url_surtkey"], row["crawl"]) == (capture.url, capture.urlkey, capture.crawl)
        assert (row["fetch_time"], row["fetch_status"]) == (capture.moment, capture.status)
        assert row["warc_record_length"] == capture.length
        assert f"/{row['warc_segment']}/{row['subset']}/" in capture.filename
        assert row["content_truncated"] == ("length" if capture.kind == "truncated" else None)
        assert row["fetch_redirect"] == (capture.location or None)
    files = write_tables(served.captures, tmp_path)
    parts = pq.read_table(tmp_path / "cc-index" / "table" / "cc-main" / "warc", partitioning="hive")
    assert (parts.num_rows, len(files) > len(served.crawls)) == (len(ours), True)
    assert set(parts.column_names) == set(table.column_names)


def test_an_index_can_be_long() -> None:
    """With as many lines more as are asked for, page by page or in one answer; no file holds what they tell."""
    with archives(small_site(), tag_pages=5_000, block_lines=1_000, page_size=3) as served:
        crawl = served.crawls[0].id
        assert ask(served, crawl, url="*.vietnam.vn", showNumPages="true")[1][0]["pages"] == 2
        found = [len(ask(served, crawl, url="*.vietnam.vn", page=page)[1]) for page in (0, 1)]
        assert found[0] > 2_000
        assert sum(found) > 5_000
        line = ask(served, crawl, url="www.vietnam.vn/en/tag/replica-*", limit=1)[1][0]
        assert get(f"{served.data_url}/{line['filename']}", Range="bytes=0-0")[0] == 404


def test_a_process_of_their_own(tmp_path: Path) -> None:
    """It says where it serves, does so, and ends when its input does."""
    command = [sys.executable, "-m", "scraper.replica.archives", "--articles", "2", "--languages", "vi,en"]
    with subprocess.Popen(
        [*command, "--plain", "--folder", tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert get(told["collinfo_url"])[0] == 200
        assert told["captures"]["commoncrawl"] > 0
        process.stdin.close()
        assert process.wait(timeout=20) == 0
    assert list(tmp_path.rglob("*.warc.gz"))
