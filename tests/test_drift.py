"""The day the site changes its layout without asking: classes renamed, elements nested otherwise, the body split."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.extractor import ExtractionOptions
from scraper.replica import pages as replica
from scraper.replica.texts import SLUGS, STORIES

TESTS = Path(__file__).parent
BASE = "https://www.vietnam.vn"
OPTIONS = ExtractionOptions(identify_language=False)
LANGUAGES = tuple(STORIES)
_NAMES = re.compile(r'\b(class|id)="([^"]*)"')


@cache
def pages() -> dict[str, bytes]:
    """The replica's articles in every language, by address."""
    found = {}
    for language in LANGUAGES:
        for number, story in enumerate(STORIES[language]):
            slug = SLUGS[number]
            path = f"/{slug}" if language == "vi" else f"/{language}/{slug}"
            head, body = replica.article_head_and_body(
                base=BASE,
                path=path,
                language=language,
                title=story.title,
                lead=story.lead,
                paragraphs=story.paragraphs,
                publisher="Báo Sơn La",
                published="2025-10-23T08:00:00+07:00",
                day="23/10/2025",
                source=f"https://baosonla.example/{slug}",
                alternates=[],
                number=number,
            )
            html = replica.opening(language) + head + replica.middle(language, LANGUAGES) + body
            found[BASE + path] = (html + replica.closing(language)).encode()
    return found


def read(body: bytes, url: str) -> Article | None:
    """The article, if there is one."""
    found = extract(HtmlPage(body=body, url=url), OPTIONS)
    return found if isinstance(found, Article) else None


def renamed(body: bytes, seed: int) -> bytes:
    """The page with every class and id named at random."""
    draw = random.Random(seed)
    names: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        words = [names.setdefault(w, "".join(draw.choices("bcdfghjkmpqrtvwxz", k=7))) for w in match[2].split()]
        return f'{match[1]}="{" ".join(words)}"'

    return _NAMES.sub(other, body.decode()).encode()


def nested(body: bytes, seed: int) -> bytes:
    """The page renamed, and every paragraph of the article inside a box of its own."""
    text = renamed(body, seed).decode()
    return re.sub(r"<p>(.*?)</p>", r'<div class="q"><div><p>\1</p></div></div>', text).encode()


def split(body: bytes, seed: int) -> bytes:
    """The page renamed, and the article in two containers with an advertisement between them."""
    head, *rest = renamed(body, seed).decode().split("<p>")
    middle = max(1, min(3, len(rest) - 2))
    box = '</div><div class="w"><a href="https://shop.example/">Shop now</a></div><div class="v">'
    return ("<p>".join([head, *rest[:middle]]) + box + "<p>" + "<p>".join(rest[middle:])).encode()


def words_f1(found: Article | None, wanted: Article) -> float:
    """F1 of the characters of the paragraphs' words: scripts without spaces count too."""
    have = Counter("".join(found.text.split()) if found else "")
    want = Counter("".join(wanted.text.split()))
    return 2 * sum((have & want).values()) / (sum(have.values()) + sum(want.values()))


def test_renamed_classes_change_no_paragraph() -> None:
    """On at least 95 % of the replica's pages, every paragraph is the same with every class and id renamed."""
    assert len(pages()) >= 40
    same = 0
    for seed, (url, body) in enumerate(pages().items()):
        before, after = read(body, url), read(renamed(body, seed), url)
        assert before is not None
        assert before.extractor.startswith("layout:")
        same += after is not None and after.paragraphs == before.paragraphs and after.title == before.title
    assert same >= 0.95 * len(pages())


@pytest.mark.parametrize("change", [renamed, nested, split])
def test_a_changed_layout_costs_hardly_a_word(change: object) -> None:
    """The mean F1 of the text is at least .98, whatever the change."""
    assert callable(change)
    scores = []
    for seed, (url, body) in enumerate(pages().items()):
        before = read(body, url)
        assert before is not None
        scores.append(words_f1(read(change(body, seed), url), before))
    assert sum(scores) / len(scores) >= 0.98


def test_facts_of_a_renamed_page_are_the_same() -> None:
    """Title, lead, publisher, date, source address and pictures of a renamed page."""
    different: Counter[str] = Counter()
    for seed, (url, body) in enumerate(pages().items()):
        before, after = read(body, url), read(renamed(body, seed), url)
        assert before is not None
        for name in ("title", "lead", "publisher", "published", "source_url", "images"):
            different[name] += after is None or getattr(after, name) != getattr(before, name)
    assert {name: n for name, n in different.items() if n > 0.05 * len(pages())} == {}


LISTS = ["category", "author", "search"]


def listing(kind: str, language: str, draw: random.Random) -> bytes:
    """A page of the site's that is no article: cards with headlines and summaries under a heading."""
    stories = [story for code in (language, "vi") for story in STORIES[code]]
    cards = "".join(
        f'<div class="card"><a href="/{language}/{draw.choice(SLUGS)}"><h3>{story.title}</h3></a>'
        + (f"<p>{story.lead}</p>" if kind != "search" else "")
        + f"<span>2{n % 10}/10/2025</span></div>"
        for n, story in enumerate(draw.choices(stories, k=draw.randint(3, 20)))
    )
    head = f"<title>{kind}</title>"
    html = replica.opening(language) + head + replica.middle(language, LANGUAGES) + f"<h1>{kind}</h1>{cards}"
    return renamed((html + replica.closing(language)).encode(), draw.randint(0, 9999))


def test_pages_that_are_no_articles_are_refused() -> None:
    """At least 95 % of category, author and search pages, at an address that says nothing."""
    draw = random.Random(1)
    refused = [
        read(listing(kind, language, draw), f"{BASE}/{language}/mot-trang") is None
        for kind in LISTS
        for language in LANGUAGES
        for _ in range(3)
    ]
    assert sum(refused) >= 0.95 * len(refused)


def test_saved_pages_of_the_site_are_read_without_their_layout() -> None:
    """The saved pages that are articles, renamed: none is refused, and the mean F1 of their text is at least .9."""
    scores = []
    for path in sorted((TESTS / "pages" / "post-detail-body").glob("*/page.html")):
        body = path.read_bytes()
        url = json.loads((path.parent / "meta.json").read_bytes())["url"]
        before = read(body, url)
        try:
            changed = renamed(body, 1)
        except UnicodeDecodeError:
            continue
        assert before is not None
        scores.append(words_f1(read(changed, url), before))
    assert len(scores) > 10
    assert sum(scores) / len(scores) >= 0.9
