"""Conservation on every path: what independent readers of a page see is in its record, whatever the page is like.

The readers are those of `page_readers`. Every text node must stand in the record as it is, or cut in two where a source
line is glued to a paragraph, and the record must hold at least as many of each character as the page.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import hostile_pages
import pytest
import test_drift
import test_mutations
from page_readers import bare, seen_by_tags, seen_in_tree, told

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.extractor import ExtractionOptions
from pipelines.web.charsets import NoTextError, to_utf8

OPTIONS = ExtractionOptions(identify_language=False)
URL = "https://www.vietnam.vn/en/boats-in-the-bay"
_SHORT = 6  # characters; shorter nodes are told by the count of their characters


def lost(page: HtmlPage, *, by_tags: bool = True, debris: bool = True) -> str | None:
    """What a page loses, None where it is no article: the text nodes that are not in the record, and the characters.

    `by_tags`: what the reader of tags sees counts, not only what both readers see. Without `debris`, what looks like a
    piece of a broken tag does not count: where a tag ends that has no end is told differently by every parser.
    """
    found = extract(page, OPTIONS)
    if not isinstance(found, Article):
        return None
    text = to_utf8(page.body, page.content_type).decode("utf-8", "replace")
    here = "".join(told(found, text))
    nodes, tree = seen_by_tags(text), seen_in_tree(text)
    if not by_tags:
        nodes = list((Counter(nodes) & Counter(tree)).elements())
    if not debris:
        nodes = [node for node in nodes if not re.search('[<>="&]', node)]
    # A token in brackets may have been taken out of the middle of its line.
    missing = [node for node in nodes if len(node) >= _SHORT and not _stands(node, here) and "[" not in node]
    fewer = Counter("".join(nodes)) - Counter(here)
    return f"{missing[:3]} {''.join(fewer)[:80]}" if missing or fewer else ""


def _stands(node: str, here: str) -> bool:
    return node in here or any(node[:cut] in here and node[cut:] in here for cut in range(1, len(node)))


def check(pages: Sequence[tuple[object, HtmlPage]], **how: bool) -> int:
    """Assert that none of the pages loses anything; how many were articles. The failing page is named."""
    articles = 0
    for name, page in pages:
        what = lost(page, **how)
        assert not what, f"{name}: {what}"
        articles += what is not None
    return articles


# --- kinds of markup, by hand ---------------------------------------------------------------------------------

PROSE = "".join(
    f"<p>The boats of the bay came home with {n} full baskets before the sun stood over the old mole, and buyers were "
    f"waiting for them.</p>"
    for n in ("seven", "eight", "nine", "ten", "eleven")
)
# `SEEN1`, `SEEN2` ... are what a reader sees, once each; `UNSEEN` is what nobody does. `@` is the article.
KINDS = {
    "behind the end": "<html><body>@</body></html><div>SEEN1</div>SEEN2",
    "two ends": "<html><body>@</body></html><p>SEEN1</p></body></html><p>SEEN2</p>",
    "an end in a box": "<html><body><div>@</body></html><p>SEEN1</p></div>SEEN2</body></html>",
    "an end in a program": "<html><body>@<script>'</body></html>UNSEEN'</script><p>SEEN1</p>",
    "two bodies": "<html><body>@</body><body class=b><p>SEEN1</p></body></html>",
    "two pages": "<html><body>@</body></html><html><head><title>t</title></head><body><p>SEEN1</p></body></html>",
    "a head in the middle": "<html><body>@<head>SEEN1</head><p>SEEN2</p></body></html>",
    "text in the head": "<html><head>SEEN1<title>x</title></head><body>@</body></html>",
    "a template": "<body>@<template><p>UNSEEN</template>SEEN1",
    "a template whose box is open": "<body>@<template><li><div>UNSEEN</template><p>SEEN1</p>",
    "templates in one another": "<body>@<template><div><template>UNSEEN</template>UNSEEN</template><p>SEEN1</p>",
    "a template in a program": "<body>@<script>'<template>UNSEEN'</script><p>SEEN1</p><template>UNSEEN</template>",
    "a template in a comment": "<body>@<!-- <template> --><p>SEEN1</p><template>UNSEEN</template>SEEN2",
    "choices": "<body>@<select><option>UNSEEN<option>UNSEEN</select>SEEN1",
    "choices with a box": "<body>@<select><div>UNSEEN</select><p>SEEN1</p>",
    "choices in choices": "<body>@<select><option>UNSEEN<select><option>UNSEEN</select><p>SEEN1</p>",
    "a choice alone": "<body>@<option>SEEN1<p>SEEN2</p></option>SEEN3",
    "a list of data": "<body>@<datalist><option value=a>UNSEEN</datalist><p>SEEN1</p>",
    "values": "<body>@<form>SEEN1<textarea>UNSEEN</textarea><input value=UNSEEN><button>SEEN2</button></form>SEEN3",
    "unfolded": "<body>@<details><summary>SEEN1</summary>SEEN2<p>SEEN3</p></details>",
    "hidden": "<body>@<div hidden>SEEN1</div><p style='display:none'>SEEN2</p><dialog>SEEN3</dialog>",
    "without script": "<body>@<noscript>SEEN1<p>SEEN2</p></noscript>",
    "without script in the head": "<html><head><noscript><p>SEEN1</p></noscript></head><body>@</body></html>",
    "a drawing": "<body>@<svg><title>UNSEEN</title><desc>UNSEEN</desc><style>UNSEEN</style><text>SEEN1</text></svg>",
    "a page in a drawing": "<body>@<svg><foreignObject><p>SEEN1</p></foreignObject></svg>",
    "plain text": "<body>@<plaintext>SEEN1<p>SEEN2",
    "old elements": "<body>@<xmp>SEEN1</xmp><listing>SEEN2</listing><center>SEEN3</center><marquee>SEEN4</marquee>",
    "a frame": "<body>@<iframe src=a></iframe>SEEN1<object>SEEN2</object><video>SEEN3</video><canvas>SEEN4</canvas>",
    "empty elements with text": "<body>@<link>SEEN1</link><video><source>SEEN2<track>SEEN3</video><base>SEEN4",
    "tables in tables": "<body>@<table><tr><td>SEEN1<table><tr><td>SEEN2</table>SEEN3<th>SEEN4</table>",
    "text between rows": "<body>@<table>SEEN1<caption>SEEN2</caption><tr>SEEN3<td>SEEN4</td></tr><col>SEEN5</table>",
    "cells without rows": "<body>@<table><tbody><th>SEEN1<td>SEEN2<tr><td>SEEN3<td>SEEN4</tr><td>SEEN5</table>",
    "captions anywhere": "<body>@<table><tr><td>SEEN1<td>SEEN2</tr><tbody><caption>SEEN3</caption></tbody></table>",
    "lists without items": "<body>@<ul>SEEN1<div>SEEN2</div></ul><dl>SEEN3<dt>SEEN4</dl><li>SEEN5",
    "ruby": "<body>@<p><ruby>SEEN1<rp>(</rp><rt>SEEN2</rt><rp>)</rp></ruby> SEEN3</p>",
    "elements of no known name": "<body>@<x-y>SEEN1</x-y><slot>SEEN2</slot><a:b>SEEN3</a:b><o:p>SEEN4</o:p>",
    "closed twice": "<body>@<p><b>SEEN1</p></b></div></div></p>SEEN2<p>SEEN3",
    "crossed": "<body>@<b><p>SEEN1<i>SEEN2</b>SEEN3</p></i>SEEN4",
    "no end anywhere": "<body>@<div><ul><li><b><i>SEEN1<p>SEEN2<table><tr><td>SEEN3",
    "a comment with another end": "<body>@<!-- UNSEEN --!><p>SEEN1</p><!--><p>SEEN2</p>",
    "programs that close themselves": "<body>@<script src=a></script><p>SEEN1</p><svg><style/><text>SEEN2</text></svg>",
    "deep": "<body>@" + "<div>" * 400 + "SEEN1" + "</div>" * 400 + "SEEN2",
    "deep in a line": "<body>@<p>" + "<b>" * 400 + "SEEN1" + "</b>" * 400 + "SEEN2",
    "controls": "<body>@<p>SEEN1\x01\x0b<q>SEEN2\x0c</q>&#1;&#x1f;<img src='/a\x02' srcset='/b\x0c.jpg 2x'>SEEN3</p>",
    "names of scripts": "<body>@<p>SEEN1 is where boats <img src='/a.jpg' :src='b' v:c='d' f<g=1> of SEEN2 lie.</p>",
    "no characters": "<body>@<p>SEEN1\ufffe&#xffff;<span style='display:block'>SEEN2\U0001fffe</span>SEEN3\ufdd0</p>",
}  # fmt: skip
CONTAINERS = {"known": "post-detail-body", "whole": "post-detail-container", "unknown": "x"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_each_text_of_odd_markup_is_there_once(kind: str, container: str) -> None:
    """In the article's container, around it, and on a page of no known layout."""
    article = "<h1>Boats in the bay</h1>" + f'<div class="{CONTAINERS[container]}">{PROSE}</div>'
    if container == "whole":
        article = f'<div class="{CONTAINERS[container]}"><h1>Boats in the bay</h1>{PROSE}</div>'
    inside = article[: -len("</div>")]
    markup = KINDS[kind]
    pages = [markup.replace("@", article)]
    if "</body" not in markup:
        pages.append(markup.replace("@", inside))  # the container stays open
    for page in pages:
        found = extract(HtmlPage(body=page.encode(), url=URL), OPTIONS)
        assert isinstance(found, Article)
        record = "\n".join(told(found, page))
        seen = re.findall(r"SEEN\d", record)
        assert sorted(seen) == sorted(re.findall(r"(?<!UN)SEEN\d", markup)), page[-300:]
        assert "UNSEEN" not in record


def test_a_title_said_twice_in_one_part_of_the_page_is_there_twice() -> None:
    """Once as the title, once where it stands in the trail of links above it."""
    trail = '<div class="trail"><a href="/">Home</a> <a href="/b">Boats in the bay</a></div><h1>Boats in the bay</h1>'
    page = f'<html><body><div>{trail}</div><div class="post-detail-body">{PROSE}</div></body></html>'
    found = extract(HtmlPage(body=page.encode(), url=URL), OPTIONS)
    assert isinstance(found, Article)
    assert found.title == "Boats in the bay"
    assert [line.text.split("\n") for line in found.stripped] == [["Home", "Boats in the bay"]]


def test_a_lead_stays_where_more_stands_above_the_byline() -> None:
    """The page's own data has told the lead; the lines between it and the byline belong to it."""
    lead, more = "The boats are back.", "They had been away for a winter."
    page = (
        f'<html><head><meta property="og:description" content="{lead}"></head><body><div class="post-detail-container">'
        f"<h1>Boats in the bay</h1><p>{lead}</p><p>{more}</p><p>Báo Ví DụBáo Ví Dụ23/10/2025</p>{PROSE}</div></body>"
    )
    found = extract(HtmlPage(body=page.encode(), url=URL), OPTIONS)
    assert isinstance(found, Article)
    assert found.lead == f"{lead}\n\n{more}"


# --- pages ----------------------------------------------------------------------------------------------------


def test_the_replicas_pages_lose_nothing() -> None:
    """As they are, renamed, nested otherwise and split."""
    pages = [
        (f"{change} {url}", HtmlPage(body=made, url=url))
        for number, (url, body) in enumerate(test_drift.pages().items())
        for change, made in (
            ("as it is", body),
            ("renamed", test_drift.renamed(body, number)),
            ("nested", test_drift.nested(body, number)),
            ("split", test_drift.split(body, number)),
        )
    ]
    assert check(pages) >= 0.95 * len(pages) > 100


def mutated(seeds: range) -> list[tuple[object, HtmlPage]]:
    """The damaged pages of `test_mutations` that can be decoded."""
    found = []
    for seed in seeds:
        page = test_mutations.mutate(seed)
        if isinstance(page, HtmlPage):
            try:
                to_utf8(page.body, page.content_type)
            except NoTextError:
                continue
            found.append((seed, page))
    return found


def test_mutated_pages_lose_nothing_that_both_readers_see() -> None:
    """Where two parsers take damaged markup for the same text, so does the extractor."""
    assert check(mutated(range(250)), by_tags=False, debris=False) > 30


@pytest.mark.soak
def test_many_mutated_pages_lose_nothing_that_both_readers_see() -> None:
    """The same for 20,000."""
    articles = 0
    for first in range(0, 20_000, 500):
        articles += check(mutated(range(first, first + 500)), by_tags=False, debris=False)
    assert articles > 3_000


HOSTILE = {name: make(max(3, size // 2000)) for name, (make, size) in hostile_pages.HTML.items()}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_lose_nothing(name: str) -> None:
    """Small ones of their kinds; where each is an article it is whole."""
    check([(name, HtmlPage(body=HOSTILE[name], url=hostile_pages.URL))], by_tags=False)


def _check_shared(folder: Path, step: int) -> int:
    paths = sorted((folder / "pages").glob("*.html.gz"))
    articles = 0
    for path in paths[::step]:
        articles += check([(path.name, HtmlPage(body=gzip.decompress(path.read_bytes())))], by_tags=False)
    return articles


def test_some_real_pages_lose_nothing(shared_dir: Path) -> None:
    """Every twentieth of the real pages beside the project."""
    assert _check_shared(shared_dir, 20) > 40


@pytest.mark.soak
def test_all_real_pages_lose_nothing(shared_dir: Path) -> None:
    """All of them, articles and others."""
    assert _check_shared(shared_dir, 1) > 1000


def test_the_check_can_fail() -> None:
    """A text that is left out is told."""
    page = f"<html><body><h1>Boats</h1><div class='post-detail-body'>{PROSE}</div>A word more</body></html>"
    found = extract(HtmlPage(body=page.encode(), url=URL), OPTIONS)
    assert isinstance(found, Article)
    assert bare("A word more") in "".join(told(found, page))
    assert bare("A word less") not in "".join(told(found, page))
