"""Speed of the extraction compared with trafilatura and the bare parse, on the same bytes in the same run.

    python benchmarks/extraction.py

Pages: the article pages of ``tests/pages`` in known layouts, padded with navigation and scripts to 100 kB and more
like real pages; texts: the corpus rows of ``tests/texts``, repeated to 10 kB. One core, without language detection.
Each figure is the best of interleaved rounds, so that other processes affect all of them alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura
from lxml import etree

from pipelines.extraction.extractor import ExtractionOptions, extract
from pipelines.models import Article, HtmlPage, TextPage

TESTS = Path(__file__).parent.parent / "tests"
OPTIONS = ExtractionOptions(identify_language=False)
ROUNDS = 15


def realistic_pages(minimum: int = 100_000) -> list[HtmlPage]:
    """Article pages of known layouts with an article of realistic length, navigation and hydration scripts."""
    pages = []
    for expected in sorted(TESTS.glob("pages/post-detail-body/*/expected.json")):
        if json.loads(expected.read_bytes()).get("outcome") != "ok":
            continue
        meta = json.loads((expected.parent / "meta.json").read_bytes())
        if any(word in expected.parent.name for word in ("cut", "charset", "windows", "latin1", "stray")):
            continue  # damaged pages: the part after the cut would not be a page
        body = (expected.parent / "page.html").read_bytes()
        pages.append(HtmlPage(body=_pad(body, minimum), url=meta["url"], content_type=meta.get("content_type")))
    return pages


def _pad(body: bytes, minimum: int) -> bytes:
    """More navigation, cards and scripts around the article, and an article of some 25 paragraphs."""
    start = body.find(b"<p>", body.find(b"post-detail-body"))
    end = body.find(b"</p>", start) + 4
    if start > 0:
        paragraphs = b"".join(b"<p>%d. " % n + body[start + 3 : end] for n in range(24))
        body = body[:end] + paragraphs + body[end:]
    cards = b"".join(
        b'<article class="card"><a href="/en/bai-%d"><img loading="lazy" alt="c" src="https://vphoto.vietnam.vn/thumb/'
        b'120x80/r%d.jpg"/><h4 class="text-base font-semibold">A headline of another article, number %d</h4></a>'
        b'<div class="meta"><span>Thu Hien</span><span class="text-gray">12/01/2025</span></div></article>' % (n, n, n)
        for n in range(120)
    )
    script = json.dumps({"rows": [{"id": n, "slug": f"bai-viet-{n}", "title": "x" * 40} for n in range(450)]}).encode()
    tail = b'<aside class="sider">' + cards + b"</aside><script>self.__next_f.push(" + script + b")</script>"
    at = body.rfind(b"</body>")
    body = body[:at] + tail + body[at:] if at > 0 else body + tail
    if len(body) < minimum:
        body = body.replace(
            b"</head>", b"<style>" + b".a{color:red}" * ((minimum - len(body)) // 13 + 1) + b"</style></head>"
        )
    return body


def realistic_texts(size: int = 10_000) -> list[TextPage]:
    """Corpus rows of about `size` bytes: the body of each case repeated between its own head and tail."""
    texts = []
    for path in sorted(TESTS.glob("texts/*.json")):
        case = json.loads(path.read_bytes())
        lines = case["text"].split("\n")
        middle = len(lines) // 2
        paragraphs = case["expected"]["paragraphs"]
        if path.stem.startswith("inverse") or not paragraphs:
            continue
        filler: list[str] = []
        while sum(len(line.encode()) for line in filler) < size - len(case["text"].encode()):
            # three short paragraphs have the length of a real one (some 20 in 10 kB)
            first = len(filler) % len(paragraphs)
            filler.append(" ".join([f"{len(filler)}.", *(paragraphs * 3)[first : first + 3]]))
            filler.append("")
        texts.append(TextPage(text="\n".join([*lines[:middle], *filler, *lines[middle:]]), url=case["url"]))
    return texts


def best(functions: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """CPU seconds of each function: the best of interleaved rounds."""
    times = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.process_time()
            function()
            times[name] = min(times[name], time.process_time() - start)
    return times


def parse(page: HtmlPage) -> object:
    return etree.fromstring(page.body, etree.HTMLParser(encoding="utf-8"))


def main() -> None:
    pages = realistic_pages()
    assert len(pages) >= 5, "too few pages"
    assert all(isinstance(extract(page, OPTIONS), Article) for page in pages)
    sizes = [len(page.body) for page in pages]
    print(f"{len(pages)} pages of {min(sizes) // 1000} to {max(sizes) // 1000} kB, best of {ROUNDS} rounds, one core")
    times = best(
        {
            "lxml parse": lambda: [parse(page) for page in pages],
            "vietnamvn": lambda: [extract(page, OPTIONS) for page in pages],
            "vietnamvn with language": lambda: [extract(page) for page in pages],
            "trafilatura": lambda: [trafilatura.bare_extraction(page.body, with_metadata=True) for page in pages],
        }
    )
    for name, seconds in times.items():
        print(f"  {name:24} {1000 * seconds / len(pages):8.2f} ms a page")
    print(f"  {times['trafilatura'] / times['vietnamvn']:.1f} times as fast as trafilatura (bar: 5)")
    print(f"  with language {times['trafilatura'] / times['vietnamvn with language']:.1f} times (bar: 5)")
    print(f"  {times['vietnamvn'] / times['lxml parse']:.2f} times the time of the bare lxml parse (bar: 3 at most)")
    texts = realistic_texts()
    size = sum(len(text.text.encode()) for text in texts) / len(texts)
    seconds = best({"texts": lambda: [extract(text, OPTIONS) for text in texts]})["texts"]
    per_second = len(texts) * size / 10_000 / seconds
    print(f"{len(texts)} texts of {size / 1000:.1f} kB: {per_second:.0f} documents of 10 kB a second (bar: 1500)")


if __name__ == "__main__":
    main()
