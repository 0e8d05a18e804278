"""A spider of somebody's own among our settings: Scrapy's rules for its requests, our politeness and pipelines."""

from __future__ import annotations

import json
from pathlib import Path

from projects import OURS, QUICK, scrapy, write_files
from raw_site import Answer, RawSite, answer, article, redirect

from pipelines.storage import open_store

SPIDER = """
import scrapy
from pipelines import HtmlPage, extract


class OwnSpider(scrapy.Spider):
    name = "own"

    async def start(self):
        yield scrapy.Request(self.settings["VIETNAMVN_BASE_URL"] + "/hom-nay", self.parse, errback=self.failed)

    def parse(self, response):
        print(response.status, response.url, flush=True)
        if response.status == 200:
            yield extract(HtmlPage(body=response.body, url=response.url))
        for link in response.css("a::attr(href)").getall():
            meta = {"handle_httpstatus_list": [404]} if link == "/khong-con" else {}
            yield response.follow(link, self.parse, errback=self.failed, meta=meta)

    def failed(self, failure):
        print(type(failure.value).__name__, failure.request.url, flush=True)
"""


def page(path: str, *links: str) -> bytes:
    """An article with links."""
    return answer(
        article(path).replace(b"</div>", b"</div>" + b"".join(b"<a href='%s'>x</a>" % x.encode() for x in links))
    )


def test_a_spider_of_ones_own(tmp_path: Path) -> None:
    """It follows each link once, gets the statuses that it handles and errors for others; its articles are stored."""
    odd: dict[str, Answer] = {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /cam\n"),
        "/hom-nay": page(
            "/hom-nay", "/ngay-mai", "/khong-con", "/da-xoa", "/cam", "/hom-nay", "https://elsewhere.example/"
        ),
        "/ngay-mai": page("/ngay-mai", "/hom-nay", "/ngay-mai", "/ngay-kia"),
        "/ngay-kia": redirect(b"/ngay-kia/"),
        "/ngay-kia/": page("/ngay-kia", "/hom-nay"),
        "/khong-con": answer(b"<p>Nothing</p>", status="404 Not Found"),
        "/da-xoa": answer(b"<p>Nothing</p>", status="404 Not Found"),
    }
    with RawSite(odd) as site:
        folder = write_files(tmp_path, {**OURS, "own.py": SPIDER})
        settings = ("-s", f"VIETNAMVN_BASE_URL={site.base_url}", "-s", "VIETNAMVN_STORE=own.db")
        ended = scrapy(folder, "runspider", "own.py", *settings, *QUICK, "-o", "records.jsonl", within=40)
    assert ended.code == 0, ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr
    said = sorted(line.replace(site.base_url, "") for line in ended.stdout.splitlines())
    assert said == [
        "200 /hom-nay",
        "200 /ngay-kia/",
        "200 /ngay-mai",
        "404 /khong-con",
        "HttpError /da-xoa",
        "RefusedError /cam",
        "RefusedError https://elsewhere.example/",
    ]
    assert dict(site.asked) == dict.fromkeys(odd, 1)
    with open_store(f"sqlite:///{folder / 'own.db'}", read_only=True) as store:
        assert {one.slug for one in store.articles()} == {"hom-nay", "ngay-mai", "ngay-kia"}
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all("mở cửa từ sáng sớm" in record["text"] for record in records)
    assert len(records) == 3
