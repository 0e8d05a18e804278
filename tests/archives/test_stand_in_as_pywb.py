"""The stand-in's CDX server beside pywb's, which Common Crawl's is made of: the same questions, the same answers.

pywb lives in an environment of its own: `VIETNAMVN_PYWB` is the path of a Python that has it.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from asking_archives import get, small_site

from pipelines.archives.surts import surt
from scraper.replica.archives import archives

URLS = (
    "*.vietnam.vn", "vietnam.vn", "www.vietnam.vn/*", "https://www.vietnam.vn/en/*", "vietnam.vn/ar/",
    "vjs.vietnam.vn/*",
    "*.vn", "evilvietnam.vn/*", "*.nothing.example", "vietnam.vn/zz*", "aaa.example/*", "zzz.zz/*",
    "https://www.vietnam.vn/en/cho-noi-luc-binh-minh/", "https://www.vietnam.vn/en/cho-noi-luc-binh-minh",
)  # fmt: skip
FILTERS = (
    "=status:200", "!=status:200", "!status:200", "status:30", "~url:.*/en/.*", "!~url:.*/en/", "mime:text",
    "=mime-detected:text/html", "!mime:warc/revisit", "~languages:(eng|jpn)", "=languages:vie", "~status:[45]..",
    "statuscode:404", "original:vjs", "truncated:length", "!redirect:http", "nothing:x", "!nothing:x",
)  # fmt: skip


@pytest.fixture(scope="module")
def python_with_pywb() -> Path:
    """A Python that has pywb; skips where none is named."""
    path = Path(os.environ.get("VIETNAMVN_PYWB", ""))
    if not path.is_file():
        pytest.skip("VIETNAMVN_PYWB names no Python that has pywb")
    return path


def questions(count: int) -> list[str]:
    """Queries of every kind, and mixtures of them."""
    draw = random.Random(17)
    found: list[dict[str, Any]] = [{"url": url, "showNumPages": "true"} for url in URLS]
    found += [{"url": url} for url in URLS]
    found += [{"url": url, "matchType": match} for url in URLS for match in ("exact", "prefix", "host", "domain")]
    found += [{"url": "*.vietnam.vn", "filter": text} for text in FILTERS]
    found += [{"url": "*.vietnam.vn", "page": page, "pageSize": 2} for page in (-1, 0, 1, 2, 3, 4, 5, 6, 7, 50)]
    found += [{"url": "*.vietnam.vn", "matchType": "nonsense"}, {"url": "*.vietnam.vn", "page": "x"}, {"url": ""}]
    found += [{"url": "*.vietnam.vn", "pageSize": "x"}]
    for _ in range(count):
        asked: dict[str, Any] = {"url": draw.choice(URLS)}
        if draw.random() < 0.3:
            asked["matchType"] = draw.choice(("exact", "prefix", "host", "domain"))
        if draw.random() < 0.4:
            asked["filter"] = draw.sample(FILTERS, draw.randint(1, 2))
        for name, values in (
            ("from", ("2024", "202408", "20240805", "2025021012", "20251010000000")),
            ("to", ("2024", "202408", "20240810", "2025021212", "20251015235959")),
            ("page", (0, 1, 2, 3, 9)),
            ("pageSize", (1, 2, 3, 7)),
            ("limit", (1, 2, 10, 1000)),
            ("fl", ("url,timestamp", "urlkey,digest,redirect", "offset,length,filename")),
            ("showNumPages", ("true", "false")),
        ):
            if draw.random() < 0.25:
                asked[name] = draw.choice(values)
        found.append(asked)
    return [urlencode({"output": "json", **asked}, doseq=True) for asked in found]


def lines(body: str) -> list[dict[str, Any]]:
    """The JSON lines of an answer."""
    return [json.loads(line) for line in body.splitlines()]


@pytest.mark.parametrize(("block_lines", "page_size"), [(7, 5), (2, 3), (1000, 5)])
def test_the_same_answers(python_with_pywb: Path, tmp_path: Path, block_lines: int, page_size: int) -> None:
    """The same lines in the same order, the same numbers of pages, and a refusal where pywb refuses."""
    seen = {"lines": 0, "pages": 0, "refused": 0, "none": 0}
    with archives(small_site(), folder=tmp_path, block_lines=block_lines, page_size=page_size, nothing=200) as served:
        asked = [(crawl.id, question) for crawl in served.crawls for question in questions(120)]
        script = Path(__file__).parent / "pywb_answers.py"
        run = subprocess.run(
            [python_with_pywb, script, tmp_path / "cc-index" / "collections", str(page_size)],
            input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        )  # fmt: skip
        base = served.collinfo_url.removesuffix("/collinfo.json")
        for (crawl, question), (status, body) in zip(asked, json.loads(run.stdout), strict=True):
            ours, _, answer = get(f"{base}/{crawl}-index?{question}")
            where = f"{crawl}: {question}"
            if status != 200:
                assert (ours, status) == (400, 400), (where, body)
                seen["refused"] += 1
                continue
            found, expected = lines(answer.decode()), lines(body)
            assert (ours, found) == (200, expected), where
            seen["pages" if "showNumPages=true" in question else "lines" if found else "none"] += 1
    assert min(seen.values()) > 50, seen


def test_the_same_keys(python_with_pywb: Path) -> None:
    """As the library has them that CDX servers use."""
    urls = [
        "https://www.vietnam.vn/en/Bai-Viet/?b=2&a=1#top", "vjs.vietnam.vn", "http://www.vietnam.vn:80/", "vn",
        "https://www.vietnam.vn:8080//en//tag/x/", "https://vietnam.vn/en/a%20b/c%C3%A9?q=%41&&z", "https://www2.vietnam.vn/x?",
        "https://vietnam.vn/tin-tức/Đà-Nẵng", "https://vietnam.vn/a//b?x=1&x=0&utm_source=zalo", "vietnam.vn/en/",
        "https://www.vietnam.vn/%25/a%2525", "https://vietnam.vn/a'b\"c(d)|e^f`", "https://vietnam.vn./ar/%D8%A3/",
    ]  # fmt: skip
    program = "import json, sys, surt; print(json.dumps([surt.surt(url) for url in json.load(sys.stdin)]))"
    run = subprocess.run(
        [python_with_pywb, "-c", program],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert [surt(url) for url in urls] == json.loads(run.stdout)


def test_the_same_lines_of_files(python_with_pywb: Path, tmp_path: Path) -> None:
    """An indexer that reads the files finds every capture where it stands, with its key, time and digest."""
    with archives(small_site(), folder=tmp_path) as served:
        run = subprocess.run(
            [python_with_pywb, "-m", "pywb.indexer.cdxindexer", "--cdxj", "-d", tmp_path, *tmp_path.rglob("*.warc.gz")],
            capture_output=True, text=True, check=True, timeout=300, cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        )  # fmt: skip
        found = {}
        for row in run.stdout.splitlines():
            key, stamp, rest = row.split(" ", 2)
            line = json.loads(rest)
            place = line["filename"], int(line["offset"])
            found[place] = (key, stamp, line["url"], line["digest"], int(line["length"]), line["mime"])
        expected = {
            (c.filename, c.offset): (
                c.urlkey, c.timestamp, c.url, c.digest, c.length, "warc/revisit" if c.kind == "revisit" else c.mime,
            )
            for c in served.captures
        }  # fmt: skip
        assert len(expected) > 300
        assert found == expected
