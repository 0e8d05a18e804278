"""Pages mutated at random, by seed: whatever comes over the wire, there is an answer, and it comes soon."""

from __future__ import annotations

import json
import random
import time
from functools import cache
from pathlib import Path

import pytest

from pipelines import Article, HtmlPage, Rejected, TextPage, extract

TESTS = Path(__file__).parent
PAGES = 300
SOAK_PAGES = 20_000
LONGEST = 1.0  # seconds of processor time for one page


@cache
def pages() -> list[bytes]:
    """The saved pages that hold anything."""
    return [body for path in sorted((TESTS / "pages").glob("*/*/page.html")) if (body := path.read_bytes())]


@cache
def rows() -> list[bytes]:
    """The rows of a corpus."""
    return [json.loads(p.read_bytes())["text"].encode() for p in sorted((TESTS / "texts").glob("*.json"))]


def _tags(body: bytes) -> list[tuple[int, int]]:
    found, start = [], body.find(b"<")
    while start >= 0 and len(found) < 500:
        end = body.find(b">", start)
        if end < 0:
            break
        found.append((start, end + 1))
        start = body.find(b"<", end)
    return found


def mutate(seed: int) -> HtmlPage | TextPage:
    """A damaged page or row, the same for the same seed: cut, spliced, tags dropped or doubled, bytes flipped."""
    draw = random.Random(seed)
    is_text = seed % 4 == 3
    pool = rows() if is_text else pages()
    body = draw.choice(pool)
    for _ in range(draw.randint(1, 6)):
        if len(body) < 4:
            break
        at = draw.randrange(len(body))
        match draw.randint(0, 6):
            case 0:
                body = body[:at]
            case 1:
                other = draw.choice(pages() + rows())
                body = body[:at] + other[draw.randrange(len(other)) :]
            case 2:
                end = min(len(body), at + draw.randint(1, 2000))
                body = body[:at] + body[end:]
            case 3:
                damaged = bytearray(body)
                for _ in range(draw.randint(1, 200)):
                    damaged[draw.randrange(len(damaged))] = draw.randrange(256)
                body = bytes(damaged)
            case 4:
                tags = _tags(body)
                for start, end in reversed(draw.sample(tags, min(len(tags), draw.randint(1, 30)))):
                    body = body[:start] + (body[start:end] * 3 if draw.random() < 0.3 else b"") + body[end:]
            case 5:
                body = body[:at] + body[at : at + draw.randint(1, 300)] * draw.randint(2, 50) + body[at:]
            case _:
                junk = [
                    b"<",
                    b"&#x110000;",
                    b"<!--",
                    b"]]>",
                    b"\x00\xff\xfe",
                    b"<table><tr>",
                    b"<script>",
                    b"</body></html>",
                ]
                body = body[:at] + draw.choice(junk) * draw.randint(1, 40) + body[at:]
    url = draw.choice([None, "https://www.vietnam.vn/de/mot-bai-viet-hay", "https://www.vietnam.vn/mot-bai-viet-hay"])
    if is_text:
        return TextPage(text=body.decode("utf-8", "replace"), url=url)
    header = draw.choice([None, None, "text/html; charset=utf-8", "text/html; charset=windows-1258", "x; charset=zlib"])
    return HtmlPage(body=body, url=url, content_type=header)


def survey(seeds: range) -> tuple[dict[str, int], float, int]:
    """Outcomes, the longest time and its seed; a failing seed is named in the error."""
    outcomes: dict[str, int] = {}
    worst, worst_seed = 0.0, -1
    for seed in seeds:
        page = mutate(seed)
        start = time.process_time()
        try:
            found = extract(page)
            record = json.dumps(found.to_dict())
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
        taken = time.process_time() - start
        assert isinstance(found, Article | Rejected), f"seed {seed}"
        assert record, f"seed {seed}"
        if taken > worst:
            worst, worst_seed = taken, seed
        outcomes[found.outcome] = outcomes.get(found.outcome, 0) + 1
    return outcomes, worst, worst_seed


def warm_up() -> None:
    """Load language models and trafilatura, which the first page of a process pays for."""
    for body in pages():
        extract(HtmlPage(body=body))


def test_a_mutated_page_is_answered_in_time() -> None:
    """No exception and no page over a second of processor time; articles and rejections both occur."""
    assert len(pages()) > 30
    assert len(rows()) > 90
    warm_up()
    outcomes, worst, seed = survey(range(PAGES))
    assert sum(outcomes.values()) == PAGES
    assert outcomes["ok"] > PAGES / 3
    assert len(outcomes) > 1
    assert worst < LONGEST, f"seed {seed} took {worst:.2f} s"


@pytest.mark.soak
def test_many_mutated_pages_are_answered_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for 20,000 pages; the outcomes and the longest time are printed."""
    warm_up()
    outcomes, worst, seed = survey(range(PAGES, PAGES + SOAK_PAGES))
    with capsys.disabled():
        print(f"\n{SOAK_PAGES} mutated pages: {outcomes}; longest {worst:.3f} s (seed {seed})")  # noqa: T201 # the figures are for the reader
    assert sum(outcomes.values()) == SOAK_PAGES
    assert worst < LONGEST, f"seed {seed} took {worst:.2f} s"
