"""Every kind of input, through the command."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import samples

from pipelines import Article, HtmlPage, TextPage, extract
from pipelines.batch.arrow_columns import arrow_value
from pipelines.batch.cleaned_rows import record_of
from pipelines.batch.schema import of_columns, readable
from pipelines.batch.types import ColumnTypes
from pipelines.times import day_and_instant

Clean = Callable[..., tuple[int, dict[str, Any], str]]


def expected(row: dict[str, Any]) -> Article:
    """What the extraction alone makes of a row."""
    article = extract(TextPage(text=row["text"], url=row["url"], fetched_at="2025-08-20T07:01:02+00:00"))
    assert isinstance(article, Article)
    return article


def assert_same_articles(rows: list[dict[str, Any]], articles: list[Article]) -> None:
    """The rows hold exactly these articles, in this order, under prefixed names."""
    assert len(rows) == len(articles) > 0
    for row, article in zip(rows, articles, strict=True):
        record = json.loads(json.dumps(article.to_dict()))
        found = record_of(row)
        assert found is not None
        for name in ("published", "modified"):
            assert (row[f"vn_{name}_day"], row[f"vn_{name}_at"]) == day_and_instant(record[name])
        assert {k: found[k] for k in record} == record


CORPORA = {
    "fineweb.jsonl": samples.fineweb,
    "fineweb.jsonl.gz": samples.fineweb,
    "hplt.jsonl.zst": samples.hplt,
    "culturax.jsonl": samples.culturax,
}


@pytest.mark.parametrize("name", CORPORA)
def test_json_lines_of_known_corpora(name: str, tmp_path: Path, clean: Clean) -> None:
    """Text, address and time are found by the corpus's own names; the columns that came in stay as they were."""
    rows = CORPORA[name](samples.texts()[:12])
    file = samples.write_lines(tmp_path / name, rows)
    code, summary, _ = clean(file, "--out", tmp_path / "out")
    assert code == 0
    assert summary["rows"] == summary["clean"] == 12
    out = samples.rows_of(tmp_path / "out")
    assert_same_articles(out, [expected(r) for r in samples.texts()[:12]])
    assert [{k: v for k, v in row.items() if not k.startswith("vn_")} for row in out] == rows


@pytest.mark.parametrize("make", [samples.fineweb, samples.hplt], ids=["fineweb", "hplt"])
@pytest.mark.parametrize("output", ["jsonl", "parquet"])
def test_parquet_of_known_corpora(make: Any, output: str, tmp_path: Path, clean: Clean) -> None:
    """Parquet goes in and either format comes out, with the columns that came in unchanged."""
    rows = make(samples.texts()[:12])
    file = samples.write_parquet(tmp_path / "in.parquet", rows)
    code, summary, _ = clean(file, "--out", tmp_path / "out", "--format", output)
    assert (code, summary["clean"]) == (0, 12)
    out = samples.rows_of(tmp_path / "out")
    assert_same_articles(out, [expected(r) for r in samples.texts()[:12]])
    assert [{k: v for k, v in row.items() if not k.startswith("vn_")} for row in out] == rows


def test_parquet_keeps_the_types_of_its_columns(tmp_path: Path, clean: Clean) -> None:
    """A timestamp, a decimal, bytes and a dictionary column come out with the very types they came in with."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = samples.texts()[0]
    table = pa.table(
        {
            "text": pa.array([row["text"]] * 3, pa.large_string()),
            "url": [row["url"]] * 3,
            "timestamp": pa.array([0, 1, None], pa.timestamp("ms", tz="UTC")),
            "price": pa.array([Decimal("1.50"), None, Decimal("3.25")], pa.decimal128(20, 2)),
            "blob": [b"\x00\xff", b"", None],
            "label": pa.array(["a", "b", "a"]).dictionary_encode(),
            "small": pa.array([1, 2, 3], pa.int8()),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=2)
    arguments = ("--format", "parquet", "--shard-bytes", 1)
    code, _, _ = clean(tmp_path / "in.parquet", "--out", tmp_path / "out", *arguments)
    assert code == 0
    parts = sorted((tmp_path / "out" / "clean").glob("*.parquet"))
    assert len(parts) == 2
    out = pa.concat_tables([pq.read_table(p) for p in parts])
    assert out.select(table.column_names).schema.types == table.schema.types
    assert out.select(table.column_names).to_pylist() == table.to_pylist()


def test_json_lines_to_parquet_has_one_schema(tmp_path: Path, clean: Clean) -> None:
    """Columns that are null, whole or broken numbers, nested or mixed in different shards are one type in all parts."""
    import pyarrow.parquet as pq

    row = samples.texts()[0]
    extra = [
        {"n": None, "mixed": 1, "nested": [{"a": 1}]},
        {"n": 1, "mixed": "x", "nested": []},
        {"n": 2.5, "mixed": {"k": 1}, "nested": [{"a": None, "b": "y"}], "late": True},
    ]
    file = samples.write_lines(tmp_path / "in.jsonl", [{**row, **e} for e in extra])
    clean(file, "--out", tmp_path / "out", "--format", "parquet", "--shard-bytes", 1)
    parts = sorted((tmp_path / "out" / "clean").glob("*.parquet"))
    assert len(parts) == 3
    assert len({str(pq.read_schema(p)) for p in parts}) == 1
    rows = samples.rows_of(tmp_path / "out")
    assert [r["n"] for r in rows] == [None, 1.0, 2.5]
    assert [r["mixed"] for r in rows] == ["1", "x", '{"k":1}']
    assert [r["nested"] for r in rows] == [[{"a": 1, "b": None}], [], [{"a": None, "b": "y"}]]
    assert [r["late"] for r in rows] == [None, None, True]


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
def test_warc_by_warcio(name: str, tmp_path: Path, clean: Clean) -> None:
    """HTML responses of the site are cleaned; requests are no rows, pictures and other sites are passed over."""
    (tmp_path / name).write_bytes(samples.crawl(range(9), compress=name.endswith(".gz")))
    code, summary, _ = clean(tmp_path / name, "--out", tmp_path / "out")
    assert code == 0
    assert (summary["rows"], summary["clean"]) == (11, 9)
    assert summary["passed_over_by_reason"] == {"not_html": 1, "other_site": 1}
    articles = []
    for number in range(9):
        url, body = samples.page(number)
        page = HtmlPage(
            body=body, url=url, content_type="text/html; charset=utf-8", fetched_at="2025-08-20T07:01:02+00:00"
        )
        article = extract(page)
        assert isinstance(article, Article)
        articles.append(article)
    rows = samples.rows_of(tmp_path / "out")
    assert_same_articles(rows, articles)
    assert all(r["url"] == r["vn_url"] and r["warc_record_id"] for r in rows)


@pytest.mark.parametrize("compress", [True, False])
def test_warc_is_split_anywhere(compress: bool, tmp_path: Path, clean: Clean) -> None:
    """However a file is split into ranges, each record is read once and in order."""
    name = "crawl.warc.gz" if compress else "crawl.warc"
    (tmp_path / name).write_bytes(samples.crawl(range(9), compress=compress))
    orders = []
    for size in (300, 1000, 3000, 10**9):
        out = tmp_path / str(size)
        code, summary, _ = clean(tmp_path / name, "--out", out, "--shard-bytes", size)
        assert (code, summary["rows"]) == (0, 11)
        orders.append([(r["url"], r["vn_position"]) for r in samples.rows_of(out)])
    assert len(orders[0]) == 9
    assert all(order == orders[0] for order in orders)


def test_one_gzip_member_for_a_whole_warc(tmp_path: Path, clean: Clean) -> None:
    """A WARC that was compressed as a whole, which the format advises against, is read all the same."""
    import gzip

    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(samples.crawl(range(5), compress=False), mtime=0))
    code, summary, _ = clean(tmp_path / "a.warc.gz", "--out", tmp_path / "out", "--shard-bytes", 500)
    assert (code, summary["clean"]) == (0, 5)


def test_wet(tmp_path: Path, clean: Clean) -> None:
    """Conversion records are rows of text; the text stays as a column."""
    records = [("conversion", r["url"], r["text"].encode(), "") for r in samples.texts()[:8]]
    records.insert(3, ("conversion", samples.OTHER_SITE, b"Rain.", ""))
    (tmp_path / "a.warc.wet.gz").write_bytes(samples.warc(records))
    code, summary, _ = clean(tmp_path / "a.warc.wet.gz", "--out", tmp_path / "out")
    assert (code, summary["clean"], summary["passed_over"]) == (0, 8, 1)
    rows = samples.rows_of(tmp_path / "out")
    assert_same_articles(rows, [expected(r) for r in samples.texts()[:8]])
    assert [r["text"] for r in rows] == [r["text"] for r in samples.texts()[:8]]


def test_wet_that_is_not_utf8(tmp_path: Path, clean: Clean) -> None:
    """It is no text, and is counted among the broken rows."""
    rows = samples.texts()[:2]
    records = [
        ("conversion", rows[0]["url"], b"caf\xe9 noir", ""),
        ("conversion", rows[1]["url"], rows[1]["text"].encode(), ""),
    ]
    (tmp_path / "a.warc.wet.gz").write_bytes(samples.warc(records))
    code, summary, _ = clean(tmp_path / "a.warc.wet.gz", "--out", tmp_path / "out")
    assert (code, summary["clean"], summary["broken"]) == (3, 1, 1)
    assert [place["detail"] for place in summary["broken_at"]] == ["text is not UTF-8"]


def test_folder_of_pages(tmp_path: Path, clean: Clean) -> None:
    """HTML and text files of a folder are a page each; files of other kinds are named in the summary."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.html").write_bytes(samples.page(1)[1])
    (folder / "sub" / "b.txt").write_text(samples.texts()[0]["text"], encoding="utf-8")
    (folder / "notes.pdf").write_bytes(b"%PDF")
    code, summary, _ = clean(folder, "--out", tmp_path / "out")
    assert (code, summary["clean"], summary["ignored_files"]) == (0, 2, ["notes.pdf"])
    assert [r["path"] for r in samples.rows_of(tmp_path / "out")] == ["a.html", "sub/b.txt"]


def test_named_columns(tmp_path: Path, clean: Clean) -> None:
    """--text-column and --url-column name the columns of a corpus that is not known."""
    rows = [{"body": r["text"], "address": r["url"], "text": "not this"} for r in samples.texts()[:3]]
    file = samples.write_lines(tmp_path / "in.jsonl", rows)
    names = ("--text-column", "body", "--url-column", "address")
    code, summary, _ = clean(file, "--out", tmp_path / "out", *names)
    assert (code, summary["clean"]) == (0, 3)
    assert [r["vn_url"] for r in samples.rows_of(tmp_path / "out")] == [r["address"] for r in rows]


@pytest.mark.parametrize("source", ["in.jsonl", "in.parquet"])
@pytest.mark.parametrize("output", ["jsonl", "parquet"])
def test_rows_of_other_sites(source: str, output: str, tmp_path: Path, clean: Clean) -> None:
    """They are passed over and counted; with --keep-others they stay where they were, as they were."""
    rows = samples.fineweb(samples.texts()[:4])
    rows.insert(2, {**rows[0], "url": samples.OTHER_SITE, "text": "Rain all day."})
    write = samples.write_lines if source.endswith("jsonl") else samples.write_parquet
    file = write(tmp_path / source, rows)
    common = ("--format", output)
    _, without, _ = clean(file, "--out", tmp_path / "without", *common)
    assert (without["clean"], without["passed_over"], without["passed_over_kept"]) == (4, 1, 0)
    assert len(samples.rows_of(tmp_path / "without")) == 4
    _, summary, _ = clean(file, "--out", tmp_path / "kept", *common, "--keep-others")
    assert (summary["clean"], summary["passed_over"], summary["passed_over_kept"]) == (4, 1, 1)
    out = sorted(samples.rows_of(tmp_path / "kept"), key=lambda row: str(row["text"]))
    rows.sort(key=lambda row: str(row["text"]))
    assert [{k: v for k, v in row.items() if not k.startswith("vn_")} for row in out] == rows
    (kept,) = [row for row in out if row["url"] == samples.OTHER_SITE]
    assert all(v is None for k, v in kept.items() if k.startswith("vn_"))


def test_rejected_rows_are_kept_with_their_reason(tmp_path: Path, clean: Clean) -> None:
    """A row that is no article goes to rejects/ with all its columns, its reason and its place."""
    rows = samples.fineweb(samples.texts()[:2])
    rows[1]["text"] = ""
    file = samples.write_lines(tmp_path / "in.jsonl", rows)
    code, summary, _ = clean(file, "--out", tmp_path / "out")
    assert (code, summary["clean"], summary["rejected"]) == (0, 1, 1)
    (reject,) = samples.rows_of(tmp_path / "out", "rejects")
    assert {k: v for k, v in reject.items() if not k.startswith("vn_")} == rows[1]
    assert reject["vn_outcome"] == "empty"
    assert reject["vn_source"] == "in.jsonl"
    assert reject["vn_position"] > 0


def test_the_seeds_equal_gold(shared_dir: Path, tmp_path: Path, clean: Clean) -> None:
    """The five seeds, as rows of a corpus, give what the gold files say."""
    gold = [json.loads(p.read_bytes()) for p in sorted((shared_dir / "gold").glob("*.json"))]
    assert len(gold) == 5
    rows = [
        {"id": g["file"], "url": g["url"], "text": (shared_dir / "seeds" / g["file"]).read_text(encoding="utf-8")}
        for g in gold
    ]
    for file in (samples.write_lines(tmp_path / "s.jsonl", rows), samples.write_parquet(tmp_path / "s.parquet", rows)):
        out = tmp_path / f"out-{file.suffix}"
        code, summary, _ = clean(file, "--out", out)
        assert (code, summary["clean"]) == (0, 5)
        for row, want in zip(samples.rows_of(out), gold, strict=True):
            for field in ("title", "lead", "publisher", "published", "source_url", "comment_count", "paragraphs"):
                assert row[f"vn_{field}"] == want[field], (want["file"], field)
            assert row["vn_language"] == want["language"]


@pytest.mark.parametrize("missing", ["nothing.jsonl", "nothing*.jsonl"])
def test_missing_input_is_a_usage_error(missing: str, tmp_path: Path, clean: Clean) -> None:
    """One line that names the argument, exit code 2, and nothing written."""
    code, _, err = clean(tmp_path / missing, "--out", tmp_path / "out")
    assert code == 2
    assert missing in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_warc_by_our_crawl(tmp_path: Path, clean: Clean) -> None:
    """What `scraper.archive` writes, a 304 among it, is read: pages cleaned, the revisit passed over."""
    archive_module = pytest.importorskip("scraper.archive", reason="the crawl's archive is not there yet")
    archive = archive_module.Archive(tmp_path / "in", name="crawl", software="test", max_bytes=4000)
    for number in range(6):
        url, body = samples.page(number)
        for status in (200, 304) if number == 0 else (200,):
            archive.write(
                archive_module.Exchange(
                    url=url,
                    request_headers=[("User-Agent", "test")],
                    status=status,
                    headers=[("Content-Type", "text/html; charset=utf-8")],
                    body=body if status == 200 else b"",
                    fetched_at="2025-08-20T07:01:02+00:00",
                )
            )
    archive.close()
    assert len(list((tmp_path / "in").iterdir())) > 1
    code, summary, _ = clean(tmp_path / "in", "--out", tmp_path / "out")
    assert (code, summary["clean"], summary["passed_over_by_reason"]) == (0, 6, {"revisit": 1})
    assert [r["url"] for r in samples.rows_of(tmp_path / "out")] == [samples.page(n)[0] for n in range(6)]


def test_warc_by_wget(tmp_path: Path, clean: Clean) -> None:
    """A WARC of wget (WARC 1.0, chunked bodies, addresses in angle brackets), through a proxy on the loopback."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("wget is not installed")
    pages = {f"http://www.vietnam.vn/fr/marche-flottant-{n}": samples.page(n)[1] for n in range(3)}

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = pages[self.path]
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(body), 500):
                chunk = body[start : start + 500]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {**os.environ, "http_proxy": f"http://127.0.0.1:{server.server_port}", "no_proxy": ""}
        command = [wget, "-q", "-O", "/dev/null", f"--warc-file={tmp_path / 'wget'}", *pages]
        subprocess.run(command, check=True, env=environment, timeout=300, cwd=tmp_path)
        server.shutdown()
    for size in (300, 10**9):
        out = tmp_path / f"out{size}"
        code, summary, _ = clean(tmp_path / "wget.warc.gz", "--out", out, "--shard-bytes", size)
        assert (code, summary["clean"]) == (0, 3)
        rows = samples.rows_of(out)
        assert [r["url"] for r in rows] == list(pages)
        assert all(len(r["vn_paragraphs"]) == 6 for r in rows)


def test_store_gets_the_clean_articles(tmp_path: Path, clean: Clean) -> None:
    """--store adds each clean article once, from either format; a store that cannot be used is told before the work."""
    from pipelines.storage import open_store

    file = samples.write_lines(tmp_path / "in.jsonl", samples.fineweb(samples.texts()[:6]))
    url = f"sqlite:///{tmp_path / 'store.db'}"
    for output in ("jsonl", "parquet"):
        code, _, _ = clean(file, "--out", tmp_path / output, "--format", output, "--store", url)
        assert code == 0
        with open_store(url) as store:
            stored = {s.article.url: s.article for s in store.articles(revisions="all")}
        articles = {a.url: a for a in map(expected, samples.texts()[:6])}
        assert {u: (a.title, a.paragraphs) for u, a in stored.items()} == {
            u: (a.title, a.paragraphs) for u, a in articles.items()
        }
    code, _, err = clean(file, "--out", tmp_path / "unused", "--store", "sqlite:////nowhere/at/all.db")
    assert code != 0
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--workers", "0"), "'0' is not a whole number of 1 or more"),
        (("--max-row-bytes", "9" * 18 + "G"), "is not a whole number of 1 or more"),
        (("--max-row-bytes", "x"), "'x' is not a whole number of 1 or more"),
        (("--shard-bytes", "-1K"), "expected one argument"),
        (("--ray-address", "a"), "--ray-address is for --engine ray"),
        (("--engine", "spark"), "invalid choice"),
    ],
)
def test_wrong_options_are_usage_errors(options: tuple[str, ...], said: str, tmp_path: Path, clean: Clean) -> None:
    """One line that names the option, exit code 2."""
    code, _, err = clean(tmp_path, "--out", tmp_path / "out", *options)
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1


def test_an_empty_folder_is_called_empty(tmp_path: Path, clean: Clean) -> None:
    """A folder that is there but holds nothing is not said to be missing."""
    (tmp_path / "in").mkdir()
    code, _, err = clean(tmp_path / "in", "--out", tmp_path / "out")
    assert code == 2
    assert "holds no file" in err
    assert len(err.splitlines()) == 1


def test_a_ray_address_where_nothing_listens(tmp_path: Path, clean: Clean) -> None:
    """One line says so at once, before Ray is asked, and nothing is written."""
    samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:1])
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        code, _, err = clean(
            tmp_path / "a.jsonl", "--out", tmp_path / "out", "--engine", "ray", "--ray-address", address
        )
        assert code == 1
        assert address in err
        assert "nothing answers there" in err
        assert len(err.splitlines()) == 1
        assert not (tmp_path / "out").exists()


def test_whole_numbers_of_any_size_become_parquet(tmp_path: Path, clean: Clean) -> None:
    """Beyond 64 bits (hashes as ids) a column is text with every digit; others keep their type, beside floats too."""
    pq = pytest.importorskip("pyarrow.parquet")
    ids = [2**64 - 1, 1, [2**70], {"of": [-(2**63) - 1]}]
    rows = [
        {**row, "id": given, "edge": 2**63 - 1, "mixed": mixed, "nested": [mixed]}
        for row, given, mixed in zip(samples.texts(), ids, (0.5, 2**60 + 1, 1.5, 3), strict=False)
    ]
    path = samples.write_lines(tmp_path / "rows.jsonl", rows)
    code, summary, _ = clean(path, "--out", tmp_path / "out", "--format", "parquet")
    assert (code, summary["clean"]) == (0, len(ids))
    table = pq.read_table(tmp_path / "out" / "clean")
    assert [json.loads(value) for value in table["id"].to_pylist()] == ids
    assert str(table.schema.field("edge").type) == "int64"
    assert table["edge"].to_pylist() == [2**63 - 1] * 4
    assert table["mixed"].to_pylist() == [0.5, float(2**60), 1.5, 3.0]
    assert table["nested"].to_pylist() == [[0.5], [float(2**60)], [1.5], [3.0]]


def test_signed_and_unsigned_files_come_together(tmp_path: Path, clean: Clean) -> None:
    """A column that is int64 in one Parquet file and uint64 in the other: no integer type holds both, so it is text."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    first, second = samples.texts()[:2]
    for name, row, value, kind in (("a", first, -1, pa.int64()), ("b", second, 2**64 - 1, pa.uint64())):
        columns = {"text": [row["text"]], "url": [row["url"]], "id": pa.array([value], kind)}
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    code, summary, _ = clean(
        tmp_path / "a.parquet", tmp_path / "b.parquet", "--out", tmp_path / "o", "--format", "parquet"
    )
    assert (code, summary["clean"]) == (0, 2)
    assert sorted(pq.read_table(tmp_path / "o" / "clean")["id"].to_pylist()) == ["-1", str(2**64 - 1)]


@pytest.mark.parametrize(("depth", "is_text"), [(20, False), (21, True), (200, True), (900, True)])
def test_deeply_nested_columns_become_text_in_parquet(depth: int, is_text: bool) -> None:
    """No schema of Arrow holds hundreds of lists in each other; few of them keep their type."""
    pa = pytest.importorskip("pyarrow")
    nested: Any = 1
    for _ in range(depth):
        nested = [nested]
    columns = ColumnTypes()
    columns.add({"x": nested})
    kind = readable(of_columns(columns.types)).field("x").type
    assert pa.types.is_string(kind) == is_text
    value = arrow_value(nested, kind)
    assert value == ("[" * depth + "1" + "]" * depth if is_text else nested)
