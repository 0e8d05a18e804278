"""Hostile pages, by name and size; run as a program, it extracts each and prints a JSON line of what that took."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines import HtmlPage, TextPage, extract

URL = "https://www.vietnam.vn/en/a-b"
SENTENCE = b"Hello world, this is a sentence that is long enough to count as one."


def inside(markup: bytes) -> bytes:
    """Markup in the container of a known layout."""
    return b'<html><body><h1>T</h1><div class="post-detail-body">' + markup + b"</div></body></html>"


# name -> (page for a size, size in the whole run); the default run takes a tenth of it.
HTML: dict[str, tuple[Callable[[int], bytes], int]] = {
    "a million nested div": (lambda n: inside(b"<div>" * n + b"x"), 1_000_000),
    "a million nested inline": (lambda n: inside(b"<p>" + b"<b>" * n + b"x"), 1_000_000),
    "nested tables": (lambda n: inside(b"<table><tr><td>" * n + b"x"), 200_000),
    "nested lists": (lambda n: inside(b"<ul><li>" * n + b"x"), 200_000),
    "nested quotes, no layout": (lambda n: b"<blockquote>" * n, 1_000_000),
    "a heading of many pieces": (
        lambda n: b"<h1>" + b"<b>xyzw</b> " * n + b"</h1>" + inside(b"<p>" + SENTENCE),
        20_000,
    ),
    "a heading of buttons": (lambda n: b"<h1>T" + b"<button>x</button>" * n + b"</h1>" + inside(b"<p>x"), 20_000),
    "many containers": (
        lambda n: b"<main>" + (b'<div class="post-detail-body"><p>' + SENTENCE + b"</p></div>") * n + b"</main>",
        5_000,
    ),
    "50 MB": (lambda n: inside(b"<p>" + b"x" * n), 50_000_000),
    "many paragraphs": (lambda n: inside((b"<p>" + SENTENCE + b"</p>") * n), 120_000),
    "paragraphs that begin alike": (
        lambda n: inside(b"".join(b"<p>" + SENTENCE * 2 + b"%d</p>" % i for i in range(n))),
        40_000,
    ),
    "one long paragraph": (lambda n: inside(b"<p>" + b"word and " * n), 950_000),
    "a huge class": (lambda n: inside(b'<p class="' + b"a " * n + b'">x</p>'), 4_000_000),
    "styles without end": (
        lambda n: b"<p " + b"a=1 " * 25_000 + b">" + b"<style>" * n + b"x" * 200_000,
        20_000,
    ),
    "lists without end": (lambda n: inside(b"<select " * n), 300_000),
    "many attributes": (lambda n: inside(b"<p " + b" ".join(b"a%d=1" % i for i in range(n)) + b">x</p>"), 200_000),
    "many links": (lambda n: inside(b"<div>" + b'<a href="/en/x-y">a</a>' * n + b"</div>"), 200_000),
    "links in nests": (
        lambda n: inside((b"<div>" * 100 + b'<a href="/x">yy</a>' * 100 + b"</div>" * 100) * n),
        50,
    ),
    "nested figures": (lambda n: inside(b"<figure>" * n + b"<img src=a><figcaption>x" * n), 5_000),
    "table rows": (lambda n: inside(b"<table>" + b"<tr><td>a<td>b" * n), 100_000),
    "picture tables": (lambda n: inside(b"<table>" + b"<tr><td><img src=a><td>b" * n), 50_000),
    "figures and tables nested": (lambda n: inside(b"<figure><table><tr><td>" * n), 3_000),
    "entities": (lambda n: inside(b"&amp;" * n), 2_000_000),
    "line breaks": (lambda n: inside(b"a<br>" * n), 1_000_000),
    "zero bytes": (lambda n: inside(b"\x00" * n + b"x"), 5_000_000),
    "open comments": (lambda n: inside(b"<!--" * n), 1_000_000),
    "titles": (lambda n: b"<h1>x</h1>" * n, 300_000),
    "no layout": (lambda n: b"<html><body><h1>T</h1>" + (b"<p>" + SENTENCE + b"</p>") * n, 38_000),
    "no layout, nested": (lambda n: b"<html><body><h1>T</h1>" + b"<div>" * 200 + (b"<p>" + SENTENCE) * n, 3_000),
    "deep JSON-LD": (lambda n: b'<script type="application/ld+json">' + b"[" * n + b"</script>", 900_000),
    "hidden in nests": (lambda n: inside(b"<div hidden>" * 200 + b"<p>x</p>" * n), 20_000),
    "named boxes in nests": (
        lambda n: inside(b'<div class="related ads">' * 200 + (b"<p>" + SENTENCE * 4 + b"</p>") * n),
        1_000,
    ),
}
TEXT: dict[str, tuple[Callable[[int], str], int]] = {
    "lines": (lambda n: "a\n" * n, 5_000_000),
    "one line": (lambda n: "word " * n, 2_000_000),
    "comment lines": (lambda n: "Comment (0)\n" * n, 500_000),
    "untranslated alts": (lambda n: "Hà Nội mùa thu rất đẹp vào buổi sáng\n" * n, 200_000),
    "bars": (lambda n: "| " * n, 5_000_000),
    "image marks": (lambda n: "![](" * n, 2_500_000),
    "linked pictures": (lambda n: "[![a](b)" * n, 200_000),
    "lines in series": (
        lambda n: "".join(f"A headline of number {i // 3} is {i % 3}\n" * 2 for i in range(n)),
        200_000,
    ),
    "addresses": (lambda n: "https://a.vn/x " * n, 500_000),
    "a doubled name": (lambda n: "ab" * n, 1_000_000),
    "tag lines": (lambda n: "Tag: x\n" * n, 40_000),
    "tokens": (lambda n: "[aa_" * n, 2_000_000),
    "tokens on one line": (lambda n: "[aa_1] " * n, 20_000),
    "source lines": (lambda n: "Source: https://a.vn/x\n" * n, 40_000),
    "repeated lines": (lambda n: ("Some repeated line that is long\n" + "x" * 130 + "\n") * n, 20_000),
    "combining marks": (lambda n: "a" + "\u0301\u0323" * n, 1_000_000),
    "joiners": (lambda n: "\u200c\u200d" * n, 2_000_000),
}


def peak_mb() -> float:
    """The most memory that this program has had: `ru_maxrss` has that of the process which started it, too."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(share: float) -> None:
    """Extract every page at a share of its size; one JSON line each."""
    extract(TextPage(text="The first page pays for what is loaded once.", url=URL))
    extract(HtmlPage(body=HTML["no layout"][0](10), url=URL))
    for kind, cases in (("html", HTML), ("text", TEXT)):
        for name, (make, size) in cases.items():
            content = make(max(1, int(size * share)))
            start = time.process_time()
            found = extract(
                HtmlPage(body=content, url=URL) if isinstance(content, bytes) else TextPage(text=content, url=URL)
            )
            taken = time.process_time() - start
            peak = peak_mb()
            record = {
                "name": f"{kind}: {name}",
                "seconds": round(taken, 2),
                "outcome": found.outcome,
                "peak_mb": round(peak),
            }
            sys.stdout.write(json.dumps(record) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
