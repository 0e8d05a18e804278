"""Every field says where it comes from; what a reader sees wins, and what the page says otherwise is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipelines import Article, HtmlPage, TextPage, extract
from pipelines.extraction.origins import ORIGINS
from pipelines.record import check_record, check_types

BODY = (
    "<div class='post-detail-body'><p>Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại hôm qua.</p>"
    "<p>Ba mươi người khiêng gỗ từ sáng, và đến chiều thì lũ trẻ đã chạy qua chạy lại trên cầu.</p>{}</div>"
)
BYLINE = "<div>Báo Suối NhỏBáo Suối Nhỏ22/10/2025</div>"


def read(head: str = "", byline: str = "", inner: str = "", **fields: Any) -> Article:
    """The article of a page of the site with this in its head, as JSON-LD, below its title and at its end."""
    data = json.dumps({"@type": "NewsArticle", "headline": "Cầu gỗ", **fields})
    script = f"<script type='application/ld+json'>{data}</script>" if fields else ""
    page = f"<html><head>{head}{script}</head><body><h1>Cầu gỗ</h1>{byline}{BODY.format(inner)}</body></html>"
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/cau-go"))
    assert isinstance(found, Article)
    return found


def test_a_field_names_the_part_of_the_page_that_told_it() -> None:
    """One after the other; a field that the record lacks has no origin."""
    assert read().origins == {"title": "visible"}
    assert read(datePublished="2025-10-22", dateModified="2025-10-23", author="An").origins == {
        "title": "visible",
        "published": "json-ld",
        "modified": "json-ld",
        "author": "json-ld",
    }
    head = "<meta property='article:published_time' content='2025-10-22'><meta property='article:tag' content='cầu'>"
    assert read(head).origins == {"title": "visible", "published": "meta", "tags": "meta"}
    assert read(byline=BYLINE).origins == {"title": "visible", "publisher": "layout", "published": "layout"}
    sourced = read(inner="<img src='/a.jpg'><p>Nguồn: https://example.vn/cau-go</p>")
    assert sourced.origins == {"title": "visible", "images": "layout", "source_url": "layout"}


def test_what_a_reader_sees_wins_and_the_other_is_kept() -> None:
    """Day and publisher of the byline against the page's data."""
    found = read("<meta name='author' content='Báo Khác'>", BYLINE, datePublished="2019-01-02T08:00:00+07:00")
    assert (found.publisher, found.published) == ("Báo Suối Nhỏ", "2025-10-22")
    assert found.origins == {
        "title": "visible",
        "publisher": "layout",
        "publisher:meta": "Báo Khác",
        "published": "layout",
        "published:json-ld": "2019-01-02T08:00:00+07:00",
    }


def test_the_same_day_is_no_other_day_and_its_time_is_taken() -> None:
    """18:30 UTC of the day before is the byline's day in Vietnam."""
    found = read(byline=BYLINE, datePublished="2025-10-21T18:30:00Z")
    assert found.published == "2025-10-22T01:30:00+07:00"
    assert found.origins["published"] == "json-ld"
    assert not [name for name in found.origins if ":" in name]


@pytest.mark.parametrize(
    ("day", "kept"),
    [("2025-03-01", True), ("2025-03-02", True), ("2025-03-03", False), ("2025-03-05", False), ("2025-03-06", True)],
)
def test_a_time_on_the_page_is_kept_where_it_is_of_another_day(day: str, kept: bool) -> None:
    """A day before or after the one in the page's data, it can be the same moment in another zone."""
    seen = "2025-03-04T08:00:00+07:00"
    byline = f"<div><time datetime='{seen}'>4/3/2025</time></div>"
    found = read(f"<meta property='article:published_time' content='{day}'>", byline)
    assert found.published == day
    assert found.origins.get("published:visible") == (seen if kept else None)


def test_a_title_elsewhere_is_kept_where_it_says_something_else() -> None:
    """Not for the site's name behind it, nor for marks and capitals."""
    other = read("<meta property='og:title' content='Cầu tre'>")
    assert (other.title, other.origins["title:meta"]) == ("Cầu gỗ", "Cầu tre")
    assert read("<meta property='og:title' content='CẦU GỖ! - Vietnam.vn'>").origins == {"title": "visible"}


@pytest.mark.parametrize("url", ["https://www.vietnam.vn/cau-go", None])
def test_a_text_tells_everything_visibly(url: str | None) -> None:
    """Rows of corpora have no other part."""
    text = (
        "Vietnam.vn - Nền tảng quảng bá Việt Nam\n\nCầu gỗ bắc qua suối\n\nBáo Suối NhỏBáo Suối Nhỏ22/10/2025\n\n"
        "Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại hôm qua.\n\n"
        "Ba mươi người khiêng gỗ từ sáng, đến chiều thì lũ trẻ đã chạy qua chạy lại trên cầu.\n\nNguồn: https://example.vn/a"
    )
    found = extract(TextPage(text=text, url=url))
    assert isinstance(found, Article)
    assert set(found.origins) == {"title", "publisher", "published", "source_url"}
    assert set(found.origins.values()) == {"visible"}


def test_every_field_of_every_saved_page_has_an_origin_that_is_documented() -> None:
    """Exactly the fields that are there, by the names of the docs."""
    root = Path(__file__).parents[1]
    docs = (root / "docs" / "record.md").read_text("utf-8")
    told = dict(
        re.findall(
            r"^\| `([a-z-]+)` \| (.*) \|$", docs.split("## Where a field comes from")[1].split("\n\n## ")[0], re.M
        )
    )
    assert {name: told.get(name) for name in ORIGINS} == dict(ORIGINS)
    fields = ("title", "lead", "publisher", "author", "published", "modified", "source_url", "tags", "images")
    seen = 0
    for page in sorted((root / "tests" / "pages").glob("*/*/page.html")):
        meta = json.loads(page.with_name("meta.json").read_bytes())
        found = extract(HtmlPage(body=page.read_bytes(), **meta))
        if isinstance(found, Article):
            seen += 1
            record = found.to_dict()
            assert {name for name in found.origins if ":" not in name} == {name for name in fields if record[name]}, (
                page
            )
            assert {name.partition(":")[2] for name in found.origins if ":" in name} <= set(ORIGINS)
            assert {value for name, value in found.origins.items() if ":" not in name} <= set(ORIGINS)
    assert seen >= 20


def test_the_source_under_a_bare_link_is_found_on_any_page() -> None:
    """A line of its own that only says so, to another host; the last one."""

    def source(link: str) -> str | None:
        long = "Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại hôm qua, sau ba tuần mưa. Ai cũng vui. "
        body = f"<main><h1>Cầu gỗ</h1>{f'<p>{long * 3}</p>' * 4}{link}</main>"
        page = f"<html><head><meta property='og:type' content='article'></head><body>{body}</body></html>"
        found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/cau-go"))
        assert isinstance(found, Article)
        return found.source_url

    assert source("<p><a href='https://example.vn/a'>Nguồn</a></p>") == "https://example.vn/a"
    assert source("<div><a href='https://example.vn/a'>Quelle:</a></div>") == "https://example.vn/a"
    assert source("<p><a href='https://example.vn/a'>Nguồn sáng mới của xóm nhỏ bên suối</a></p>") is None


def test_a_record_from_before_there_were_origins_is_read() -> None:
    """Stores and files of older versions have none."""
    record = read(byline=BYLINE).to_dict()
    del record["origins"]
    assert Article.from_dict(record).origins == {}
    assert check_record(record) is None
    assert check_types(record) is None
