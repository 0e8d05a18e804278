"""Files given by hand, read by their bytes: packed or not, in any charset, and what is no page and no text at all."""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard

from pipelines.storage import open_store
from scraper.cli import main

PARAGRAPHS = (
    "Xưởng đóng thuyền cuối cùng của làng vừa hạ thủy một chiếc thuyền gỗ dài mười hai mét vào sáng thứ bảy.",
    "Người thợ già đã mất ba năm để tìm đủ gỗ, và ông nói rằng chiếc tiếp theo sẽ do học trò của ông làm.",
    "Dân làng mang cơm, trà và trống ra bến; thuyền chạy thử một vòng rồi quay về trước khi mưa xuống.",
)
TEXT = "\n\n".join(("Hạ thủy chiếc thuyền gỗ cuối cùng", *PARAGRAPHS))
PAGE = (
    '<!DOCTYPE html><html lang="vi"><meta charset="utf-8"><h1>Hạ thủy chiếc thuyền gỗ cuối cùng</h1>'
    f'<div class="post-detail-body">{"".join(f"<p>{line}</p>" for line in PARAGRAPHS)}</div>'
)
PACKERS = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "twice": lambda b: gzip.compress(gzip.compress(b)),
}
CHANCE = random.Random(11)
NO_INPUT: dict[str, tuple[bytes, str]] = {
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + CHANCE.randbytes(900), "picture"),
    "a photograph": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + CHANCE.randbytes(900), "picture"),
    "a program": (b"\x7fELF\2\1\1" + b"\0\0libc.so.6\0printf\0main\0" * 40, "program"),
    "a program of Windows": (b"MZ\x90\0\3\0\0\0" + b"\0\0This program cannot be run in DOS mode.\0" * 20, "zero bytes"),
    "a PDF": (b"%PDF-1.4\n" + b"1 0 obj << /Type /Page >> endobj\n" * 30, "PDF"),
    "an archive": (b"PK\3\4\x14\0" + CHANCE.randbytes(900), "ZIP"),
    "random bytes": (CHANCE.randbytes(3000), "control characters"),
    "zero bytes": (bytes(3000), "zero bytes"),
    "half a gzip file": (gzip.compress(TEXT.encode())[:-40], "cut off"),
    "a damaged gzip file": (gzip.compress(TEXT.encode())[:-8] + b"damaged!", "damaged"),
    "half a Zstandard file": (zstandard.compress(TEXT.encode())[:-9], "cut off"),
    "a packed picture": (gzip.compress(b"\x89PNG\r\n\x1a\n" + CHANCE.randbytes(900)), "picture"),
    "text in a charset that nothing tells": (
        "Лодку спустили на воду в субботу утром, и вся деревня смотрела.".encode("koi8-r"), "charset",
    ),
    "a bomb": (gzip.compress(bytes(30_000_000)), "limit"),
    "JSON": (json.dumps({"title": "Hạ thủy", "body": TEXT}).encode(), "JSON"),
    "a list of JSON": (json.dumps([{"body": TEXT}]).encode(), "JSON"),
    "nothing": (b"", ""),
    "blanks": (b" \r\n\t\r\n", ""),
}  # fmt: skip


def scraped(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any] | None, str]:
    """Exit code, the record, standard error."""
    code = main(["scrape", "--format", "jsonl", *arguments])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out.strip() else None, err


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a", "a.txt.gz", "a.html.zst"])
@pytest.mark.parametrize("kind", NO_INPUT)
def test_what_is_no_input_is_a_reject(kind: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever its name says: `scrape` and `store add` say in one line what it is, and end alike."""
    data, reason = NO_INPUT[kind]
    path = tmp_path / name
    path.write_bytes(data)
    code, record, err = scraped(str(path), capsys=capsys)
    assert code == 3
    assert record is not None
    assert record["outcome"] in ("parse_failed", "not_article", "too_large", "empty")
    assert reason in record["detail"]
    assert err.count("\n") == 1
    if name == "a":
        return
    store = f"sqlite:///{tmp_path}/s.db"
    assert main(["store", "add", str(path), "--store", store]) == 3
    with open_store(store, read_only=True) as opened:
        assert list(opened.articles()) == []
        assert opened.stats().rejects == ((record["outcome"], 1),)


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_text_is_read_whatever_packs_it(
    packer: str, name: str, charset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A .gz that is plain, a plain name that is gzip or Zstandard, marks and UTF-16: the bytes tell."""
    path = tmp_path / name
    path.write_bytes(PACKERS[packer](TEXT.encode(charset)))
    code, record, _ = scraped(str(path), capsys=capsys)
    assert code == 0
    assert record is not None
    assert record["paragraphs"][-3:] == list(PARAGRAPHS)


@pytest.mark.parametrize("name", ["a.html", "a.HTM.gz", "a.txt", "a"])
@pytest.mark.parametrize("packer", PACKERS)
def test_a_page_is_read_whatever_it_is_called(
    packer: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What begins like a document is one, under the name of a text too; both commands read it alike."""
    path = tmp_path / name
    path.write_bytes(PACKERS[packer](PAGE.encode()))
    url = "https://www.vietnam.vn/ha-thuy-thuyen-go"
    code, record, _ = scraped(str(path), "--url", url, capsys=capsys)
    assert code == 0
    assert record is not None
    assert record["extractor"].startswith("layout:post-detail-body")
    assert record["paragraphs"] == list(PARAGRAPHS)


def test_standard_input_is_read_by_its_bytes_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A packed text, packed records, and a picture through a pipe."""

    def piped(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    piped(gzip.compress(TEXT.encode()))
    code, record, _ = scraped("-", capsys=capsys)
    assert code == 0
    assert record is not None
    store = f"sqlite:///{tmp_path}/s.db"
    row = {**record, "url": "https://www.vietnam.vn/ha-thuy", "slug": "ha-thuy", "url_language": "vi"}
    piped(zstandard.compress((json.dumps(row) + "\n").encode()))
    assert main(["store", "add", "-", "--store", store]) == 0
    with open_store(store, read_only=True) as opened:
        assert [stored.slug for stored in opened.articles()] == ["ha-thuy"]
    capsys.readouterr()
    piped(NO_INPUT["a picture"][0])
    code, record, err = scraped("-", capsys=capsys)
    assert code == 3
    assert "picture" in err


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.jsonl.zst", "rows.json", "rows.json.gz"])
@pytest.mark.parametrize("packer", PACKERS)
def test_records_are_read_whatever_packs_them(
    packer: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON Lines and documents; only what is packed twice is read as it is, which is no line of JSON."""
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    _, record, _ = scraped(str(tmp_path / "a.txt"), capsys=capsys)
    assert record is not None
    rows = [
        {**record, "url": f"https://www.vietnam.vn/{slug}", "slug": slug, "url_language": "vi"}
        for slug in ("mot", "hai")
    ]
    path = tmp_path / name
    path.write_bytes(PACKERS[packer]("".join(json.dumps(row) + "\n" for row in rows).encode()))
    store = f"sqlite:///{tmp_path}/s.db"
    assert main(["store", "add", str(path), "--store", store]) == (3 if packer == "twice" else 0)
    with open_store(store, read_only=True) as opened:
        assert len(list(opened.articles())) == (0 if packer == "twice" else 2)


def test_a_note_in_brackets_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A text that begins with a bracket, or quotes an object, is a text all the same."""
    path = tmp_path / "a.txt"
    for opening in ("[1] ", "[Ảnh] ", "{Hạ thủy} ", '["Mới"] '):
        path.write_text(opening + TEXT, encoding="utf-8")
        code, record, _ = scraped(str(path), capsys=capsys)
        assert code == 0
        assert record is not None
        assert PARAGRAPHS[1] in record["paragraphs"]
