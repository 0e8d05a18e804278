"""The holdings of the stand-in's archives: which page was captured when, and what is true of it.

Everything follows from the site and the seed. A page's translation is redone now and then; the archives have the
earlier texts, the site has the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Literal

from pipelines.archives.surts import surt
from scraper.replica import wordpress
from scraper.replica.content import Post, ReplicaSite, article_path, content

Archive = Literal["commoncrawl", "internetarchive", "ccnews"]
Form = Literal["wordpress", "today"]
Kind = Literal[
    "article",  # 200: an article's text
    "revisit",  # an unchanged page: no payload in the record
    "truncated",  # the archive kept only the first part
    "redirect",  # 301 to `location`
    "error",  # 403, 404, 410, 500 or 503
    "soft_404",  # "not found" with status 200
    "challenge",  # a firewall's page with status 200
    "list",  # a home, tag or category page
    "other",  # a picture, a sitemap, robots.txt
    "elsewhere",  # of another site
]

WORDPRESS_UNTIL = date(2025, 1, 1)
BASE = "https://www.vietnam.vn"
NO_PAYLOAD = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
"""The digest (SHA-1, Base 32) of no bytes, which Common Crawl gives for pages that it did not fetch again."""
_ODD: tuple[Kind, ...] = (
    "revisit", "truncated", "redirect", "redirect", "error", "error", "error", "soft_404", "challenge",
)  # fmt: skip
_ROUND: tuple[Kind, ...] = (*_ODD, *("article",) * 21)  # the mixture of kinds
_STATUSES = (404, 410, 403, 500, 503)
_ELSEWHERE = (
    "https://bao.example",
    "https://www.vietnam.vn.example",
    "https://evilvietnam.vn",
    "http://vietnam.example",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCrawl:
    """One of Common Crawl's crawls, with its days."""

    id: str
    name: str
    first: date
    last: date


CRAWLS = (
    HeldCrawl(id="CC-MAIN-2025-43", name="October 2025 Index", first=date(2025, 10, 5), last=date(2025, 10, 19)),
    HeldCrawl(id="CC-MAIN-2025-08", name="February 2025 Index", first=date(2025, 2, 6), last=date(2025, 2, 19)),
    HeldCrawl(id="CC-MAIN-2024-33", name="August 2024 Index", first=date(2024, 8, 2), last=date(2024, 8, 16)),
    HeldCrawl(
        id="CC-MAIN-2023-40", name="September/October 2023 Index", first=date(2023, 9, 21), last=date(2023, 10, 5)
    ),
)
"""The crawls of the stand-in, newest first."""


@dataclass(slots=True, kw_only=True)
class HeldCapture:
    """One capture, what is true of it, and (from `filename` on, once it is written) where it is stored.

    `timestamp` has 14 digits, UTC. `crawl` is Common Crawl's or the month of CC-NEWS (``2024/08``), else empty.
    `version` counts a text's re-translations backwards: 0 is what the site shows today. `length` and `offset` are
    bytes of the compressed record in its file; `digest` is SHA-1 in Base 32 without a prefix.
    """

    archive: Archive
    crawl: str
    url: str
    timestamp: str
    kind: Kind
    status: int = 200
    mime: str = "text/html"
    number: int | None = None
    slug: str | None = None
    language: str | None = None
    version: int = 0
    form: Form | None = None
    location: str = ""
    filename: str = ""
    offset: int = 0
    length: int = 0
    digest: str = ""
    original: HeldCapture | None = None
    """For a revisit of the Internet Archive: the earlier capture with the same bytes."""

    @property
    def urlkey(self) -> str:
        """The key of its address (SURT)."""
        return surt(self.url)

    @property
    def moment(self) -> datetime:
        """The time of the capture."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)

    @property
    def text(self) -> str | None:
        """A key of its text: two captures have the same key only if title, lead and paragraphs are the same."""
        if self.kind not in ("article", "revisit"):
            return None
        return f"{self.slug}/{self.language}/{self.version}"

    @property
    def content(self) -> tuple[str, str, tuple[str, ...]]:
        """Title, lead and paragraphs of an article's capture."""
        if self.number is None or self.language is None:
            raise ValueError(f"{self.url} at {self.timestamp} is not an article")
        return content(self.number, self.language, self.version)


def common_crawl(
    site: ReplicaSite, crawl: HeldCrawl, *, seed: int, share: float, oddities: bool
) -> Iterator[HeldCapture]:
    """The captures of one crawl: articles that were on the site by then, each with the probability `share`."""
    kinds = _kinds(_draw(seed, crawl.id), oddities=oddities)
    seconds = ((crawl.last - crawl.first).days + 1) * 86_400

    def drawn_time(draw: Random) -> datetime:
        return _midnight(crawl.first) + timedelta(seconds=draw.randrange(seconds))

    for post, language in _pages(site):
        draw = _draw(seed, crawl.id, post.slug, language)
        if post.day >= crawl.first or draw.random() >= share:
            continue
        moment = drawn_time(draw)
        yield _capture(site, "commoncrawl", crawl.id, post, language, moment, next(kinds), seed)
        if oddities and draw.random() < 0.1:  # found under another spelling of its address in the same crawl
            again = _capture(site, "commoncrawl", crawl.id, post, language, drawn_time(draw), "article", seed)
            again.url = _spelling(again.url, draw)
            yield again
        if oddities and moment.date() >= WORDPRESS_UNTIL > post.day and draw.random() < 0.3:
            yield _old_address("commoncrawl", crawl.id, post, language, drawn_time(draw))
    if oddities:
        draw = _draw(seed, crawl.id, "around")
        yield from _around(site, "commoncrawl", crawl.id, lambda: drawn_time(draw))


def tag_pages(crawl: HeldCrawl, count: int) -> Iterator[HeldCapture]:
    """Captures of `count` tag pages, which no file holds, for an index that takes long to read."""
    for number in range(count):
        yield HeldCapture(
            archive="commoncrawl",
            crawl=crawl.id,
            url=f"{BASE}/en/tag/replica-{number:07}",
            timestamp=_stamp(_midnight(crawl.first) + timedelta(seconds=number)),
            kind="list",
            filename=f"crawl-data/{crawl.id}/segments/0/warc/none.warc.gz",
            length=1,
            digest=NO_PAYLOAD,
        )


def internet_archive(
    site: ReplicaSite, *, until: datetime, seed: int, share: float, oddities: bool
) -> Iterator[HeldCapture]:
    """The captures of the Internet Archive: up to four of a page between its first day and `until`, in time order."""
    kinds = _kinds(_draw(seed, "internetarchive"), oddities=oddities)
    for post, language in _pages(site):
        draw = _draw(seed, "internetarchive", post.slug, language)
        first = _midnight(post.day) + timedelta(hours=20)
        span = int((until - first).total_seconds())
        if span <= 0 or draw.random() >= share:
            continue
        last: HeldCapture | None = None
        for second in sorted(draw.sample(range(span), min(span, draw.randint(1, 4)))):
            moment = first + timedelta(seconds=second)
            kind = next(kinds)
            if kind in ("truncated", "revisit"):
                kind = "article"  # it truncates nothing, and equal bytes decide what is a revisit
            capture = _capture(site, "internetarchive", "", post, language, moment, kind, seed)
            if kind == "article":
                same = last is not None and (last.version, last.form, last.url) == (
                    capture.version, capture.form, capture.url,
                )  # fmt: skip
                if oddities and same and draw.random() < 0.7:
                    capture.kind, capture.original = "revisit", last
                else:
                    if oddities and moment.date() < WORDPRESS_UNTIL and draw.random() < 0.2:
                        capture.url = capture.url.replace("https://www.vietnam.vn/", "http://www.vietnam.vn:80/")
                    last = capture
            yield capture
    if oddities:
        draw = _draw(seed, "internetarchive", "around")
        days = [post.day for post in site.posts.values()]
        start = _midnight(min(days, default=until.date()))
        span = max(1, int((until - start).total_seconds()))
        yield from _around(site, "internetarchive", "", lambda: start + timedelta(seconds=draw.randrange(span)))


def cc_news(site: ReplicaSite, month: str, *, seed: int, share: float, oddities: bool) -> Iterator[HeldCapture]:
    """The captures of one month (``2024/08``) of CC-NEWS: new articles within hours, among many of other sites."""
    kinds = _kinds(_draw(seed, month), oddities=oddities)
    for post, language in _pages(site):
        draw = _draw(seed, "ccnews", post.slug, language)
        if post.day.strftime("%Y/%m") != month or draw.random() >= share:
            continue
        moment = _midnight(post.day) + timedelta(seconds=draw.randrange(20 * 3600, 24 * 3600))
        kind = next(kinds)
        yield _capture(site, "ccnews", month, post, language, moment, "article" if kind == "revisit" else kind, seed)
        for number in range(6 if oddities else 0):
            yield HeldCapture(
                archive="ccnews",
                crawl=month,
                url=f"{draw.choice(_ELSEWHERE)}/{language}/{post.slug}-{number}",
                timestamp=_stamp(moment + timedelta(seconds=number)),
                kind="elsewhere",
            )


def months_of(site: ReplicaSite) -> tuple[str, ...]:
    """First, middle and last of the months in which the site has articles."""
    months = sorted({post.day.strftime("%Y/%m") for post in site.posts.values()})
    return tuple(dict.fromkeys((months[0], months[len(months) // 2], months[-1]))) if months else ()


def version_at(site: ReplicaSite, post: Post, language: str, moment: datetime, seed: int) -> int:
    """The version of a translation at a moment: how often it has been redone since."""
    draw = _draw(seed, "versions", post.slug, language)
    span = max(1, (date(2025, 10, 1) - post.day).days)
    changes = (_midnight(post.day) + timedelta(days=draw.randrange(span)) for _ in range(draw.choice((0, 0, 1, 2))))
    return post.versions.get(language, 0) + sum(change > moment for change in changes)


def _capture(
    site: ReplicaSite, archive: Archive, crawl: str, post: Post, language: str, moment: datetime, kind: Kind, seed: int
) -> HeldCapture:
    form: Form = "wordpress" if moment.date() < WORDPRESS_UNTIL else "today"
    path = (wordpress.article_path if form == "wordpress" else article_path)(post.slug, language)
    capture = HeldCapture(
        archive=archive,
        crawl=crawl,
        url=BASE + path,
        timestamp=_stamp(moment),
        kind=kind,
        number=post.number,
        slug=post.slug,
        language=language,
        version=version_at(site, post, language, moment, seed),
        form=form,
    )
    if kind == "error":
        capture.status = _STATUSES[post.number % len(_STATUSES)]
    elif kind == "redirect":
        capture.status, capture.location = 301, capture.url
        capture.url = capture.url.replace("https://www.vietnam.vn/", "http://vietnam.vn/")
    return capture


def _old_address(archive: Archive, crawl: str, post: Post, language: str, moment: datetime) -> HeldCapture:
    return HeldCapture(
        archive=archive,
        crawl=crawl,
        url=BASE + wordpress.article_path(post.slug, language),
        timestamp=_stamp(moment),
        kind="redirect",
        status=301,
        number=post.number,
        slug=post.slug,
        language=language,
        form="today",
        location=BASE + article_path(post.slug, language),
    )


def _around(
    site: ReplicaSite, archive: Archive, crawl: str, draw_time: Callable[[], datetime]
) -> Iterator[HeldCapture]:
    """What is captured besides articles: list pages, pictures, other sites."""
    plain: list[tuple[str, Kind, str]] = [
        (f"{BASE}/", "list", "text/html"),
        (f"{BASE}/en", "list", "text/html"),
        (f"{BASE}/en/tag/song-nuoc", "list", "text/html"),
        (f"{BASE}/tag/s%C3%B4ng-n%C6%B0%E1%BB%9Bc/", "list", "text/html"),
        (f"{BASE}/robots.txt", "other", "text/plain"),
        (f"{BASE}/sitemap.xml", "other", "application/xml"),
        ("https://vstatic.vietnam.vn/vietnam/resource/IMAGE/2025/1/18/replica.jpg", "other", "image/jpeg"),
    ]
    plain += [(f"{host}/{post.slug}", "elsewhere", "text/html") for post in site.posts.values() for host in _ELSEWHERE]
    for url, kind, mime in plain:
        yield HeldCapture(archive=archive, crawl=crawl, url=url, timestamp=_stamp(draw_time()), kind=kind, mime=mime)


def _spelling(url: str, draw: Random) -> str:
    return draw.choice(
        (
            url + "?utm_source=zalo&utm_medium=social",
            url.replace("https://www.", "https://"),
            url.replace("www.", "vjs."),
        )
    )


def _kinds(draw: Random, *, oddities: bool) -> Iterator[Kind]:
    while True:
        kinds = list(_ROUND if oddities else ("article",))
        draw.shuffle(kinds)
        yield from kinds


def _pages(site: ReplicaSite) -> Iterator[tuple[Post, str]]:
    posts: Sequence[Post] = sorted(site.posts.values(), key=lambda post: post.number)
    return ((post, language) for post in posts for language in post.languages)


def _draw(*parts: object) -> Random:
    return Random("/".join(map(str, parts)))  # noqa: S311 - not a secret


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S")
