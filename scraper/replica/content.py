"""The replica's content and answers: articles by day, their languages and versions, and faults.

Everything follows from the arguments: two replicas made alike serve the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from pipelines.times import VIETNAM
from pipelines.web.addresses import decoded
from scraper.replica import pages
from scraper.replica.faults import Fault
from scraper.replica.texts import COUNTED, PUBLISHERS, SLUGS, STORIES

LANGUAGES = tuple(STORIES)
_NON_ARTICLE_SITEMAPS = ("page", "author", "organization", "category", "tag")


@dataclass(slots=True, kw_only=True)
class Post:
    """One article of the replica. `versions` counts a language's re-translations; `gone` is a status (200: soft)."""

    number: int
    slug: str
    day: date
    lastmod: datetime
    languages: tuple[str, ...]
    versions: dict[str, int] = field(default_factory=dict)
    gone: int | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as bytes; `fault` names what the server must do wrong in sending it.

    `part` is (file, offset, number of bytes) in place of a body.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    fault: str | None = None
    part: tuple[Path, int, int] | None = None


class ReplicaSite:
    """A replica's content.

    It has `articles` articles, `per_day` on each day back from `last_day` (on one day in `every`), each in all
    `languages`. The first three are written by hand; the others combine their sentences with a numbered one.
    `padding` is the number of additional bytes of scripts at the end of each page.
    """

    def __init__(
        self,
        *,
        articles: int = len(SLUGS),
        languages: Sequence[str] = LANGUAGES,
        last_day: date = date(2025, 10, 23),
        per_day: int = 50,
        every: int = 1,
        alternates: bool = True,
        robots: str | None = None,
        padding: int = 0,
    ) -> None:
        unknown = sorted(set(languages) - set(STORIES))
        if unknown or "vi" not in languages:
            raise ValueError(
                f"the replica speaks {', '.join(STORIES)}, always with vi; asked for: {', '.join(languages)}"
            )
        self.base = ""  # the server sets it once it knows its port
        self.languages = tuple(languages)
        self.alternates = alternates
        self.robots = robots
        self._padding = "<script>" + "/* a bundle */" * (padding // 14) + "</script>" if padding else ""
        self.faults: list[Fault] = []
        # What it says about the use of its pages: tdmrep.json, and by slug ("" for all) headers and `meta` elements.
        self.tdmrep: str | None = None
        self.headers: dict[str, tuple[tuple[str, str], ...]] = {}
        self.metas: dict[str, tuple[tuple[str, str], ...]] = {}
        self.posts: dict[str, Post] = {}
        self.by_day: dict[date, list[Post]] = {}
        for number in range(articles):
            day = last_day - timedelta(days=number // per_day * every)
            slug = SLUGS[number] if number < len(SLUGS) else f"{SLUGS[number % len(SLUGS)]}-{number}"
            lastmod = datetime.combine(day, time(4, 0), timezone.utc) + timedelta(
                seconds=number % 3600, milliseconds=339
            )
            post = Post(number=number, slug=slug, day=day, lastmod=lastmod, languages=self.languages)
            self.posts[slug] = post
            self.by_day.setdefault(day, []).append(post)

    # ---- changes over time

    def retranslate(self, slug: str, language: str) -> None:
        """Redo the machine translation of one page: a new text at the same address, a new lastmod."""
        post = self.posts[slug]
        post.versions[language] = post.versions.get(language, 0) + 1
        post.lastmod += timedelta(hours=1)

    def delete(self, slug: str, *, status: int = 410, listed: bool = True) -> None:
        """Delete an article: `status` 404 or 410, or 200 for a soft 404; its sitemap entry changes, or goes too."""
        post = self.posts[slug]
        post.gone, post.listed = status, listed
        post.lastmod += timedelta(hours=1)

    # ---- answers

    def page(self, post: Post, language: str, version: int) -> bytes:
        """The page of an article in one language and version."""
        return self._article(replace(post, versions={language: version}), language, {}, ()).body

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET of `path` (with its query); header names in lower case."""
        for fault in self.faults:
            if fault.strikes(path):
                return self._faulty(fault, path, headers)
        return self._healthy(path, headers)

    def _healthy(self, path: str, headers: dict[str, str]) -> Reply:
        segments = [decoded(part) for part in path.partition("?")[0].split("/") if part]
        if segments == ["robots.txt"]:
            text = self.robots if self.robots is not None else "User-agent: *\nDisallow: /api/\n"
            return _text(f"{text}\nSitemap: {self.base}/sitemap.xml\n", "text/plain; charset=utf-8")
        if segments == [".well-known", "tdmrep.json"] and self.tdmrep is not None:
            return _text(self.tdmrep, "application/json")
        if segments == ["sitemap.xml"]:
            return _text("".join(self._index()), "application/xml")
        if segments[:2] == ["sitemap", "sitemap-post"] and len(segments) == 3:
            return self._day_sitemap(segments[2].removesuffix(".xml"))
        if segments == ["news-sitemap.xml"]:
            return self._news()
        if segments and segments[-1].endswith(".xml"):
            return _text(_urlset([]), "application/xml")
        return self._page(segments, path, headers)

    def _index(self) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        for name in _NON_ARTICLE_SITEMAPS:
            yield f"<sitemap><loc>{self.base}/sitemap/sitemap-{name}.xml</loc></sitemap>"
        yield f"<sitemap><loc>{self.base}/sitemap/sitemap-tag/1.xml</loc></sitemap>"
        yield f"<sitemap><loc>{self.base}/news-sitemap.xml</loc></sitemap>"
        for day, posts in sorted(self.by_day.items(), reverse=True):
            newest = max(post.lastmod for post in posts)
            url = f"{self.base}/sitemap/sitemap-post/{day}.xml"
            yield f"<sitemap><loc>{url}</loc><lastmod>{_stamp(newest)}</lastmod></sitemap>"
        yield "</sitemapindex>"

    def _day_sitemap(self, day: str) -> Reply:
        try:
            posts = self.by_day[date.fromisoformat(day)]
        except (KeyError, ValueError):
            return _text("not found", "text/plain", status=404)
        return _text(_urlset([(f"{self.base}/{p.slug}", p.lastmod) for p in posts if p.listed]), "application/xml")

    def _news(self) -> Reply:
        posts = self.by_day[max(self.by_day)] if self.by_day else []
        return _text(_urlset([(f"{self.base}/{p.slug}", p.lastmod) for p in posts if p.listed]), "application/xml")

    def _page(self, segments: list[str], path: str, headers: dict[str, str]) -> Reply:
        language = "vi"
        if segments and segments[0] in self.languages and segments[0] != "vi":
            language = segments.pop(0)
        if not segments or segments[0] in ("tag", "category", "events"):
            return _html(pages.list_page(language, self.languages, " ".join(segments) or "Vietnam.vn"), headers)
        post = self.posts.get(segments[0])
        if post is None or len(segments) > 1 or language not in post.languages:
            return _html(pages.not_found_page(language, self.languages), headers, status=404)
        if post.gone is not None:
            return _html(pages.not_found_page(language, self.languages), headers, status=post.gone)
        etag = f'"{post.number}-{language}-{post.versions.get(language, 0)}-{len(post.languages)}"'
        validators = (
            ("ETag", etag),
            ("Last-Modified", format_datetime(post.lastmod.replace(microsecond=0), usegmt=True)),
        )
        if headers.get("if-none-match") == etag:
            return Reply(status=304, headers=validators)
        return self._article(post, language, headers, validators)

    def _article(
        self, post: Post, language: str, headers: dict[str, str], validators: tuple[tuple[str, str], ...]
    ) -> Reply:
        title, lead, paragraphs = content(post.number, language, post.versions.get(language, 0))
        local = datetime.combine(post.day, time(6 + post.number % 12, post.number % 60), VIETNAM)
        codes = post.languages if self.alternates else ()
        head, body = pages.article_head_and_body(
            base=self.base,
            path=article_path(post.slug, language),
            language=language,
            title=title,
            lead=lead,
            paragraphs=paragraphs,
            publisher=PUBLISHERS[post.number % len(PUBLISHERS)],
            published=local.isoformat(),
            day=post.day.strftime("%d/%m/%Y"),
            source=f"https://bao.example/{post.slug}.html",
            alternates=[(code, self.base + article_path(post.slug, code)) for code in codes],
            number=post.number,
        )
        validators += self.headers.get(post.slug, self.headers.get("", ()))
        head += pages.metas(self.metas.get(post.slug, self.metas.get("", ())))
        closing = pages.closing(language) + self._padding
        plain = (pages.opening(language), head, pages.middle(language, self.languages), body, closing)
        if "gzip" not in headers.get("accept-encoding", ""):
            return Reply(status=200, body="".join(plain).encode(), headers=(*validators, _HTML))
        # A gzip file may have several members: the frame, most of the page, is compressed once per language.
        packed = b"".join(
            _packed_once(text) if position in (0, 2, 4) else gzip.compress(text.encode(), 1, mtime=0)
            for position, text in enumerate(plain)
        )
        return Reply(status=200, body=packed, headers=(*validators, _HTML, ("Content-Encoding", "gzip")))

    # ---- faults

    def _faulty(self, fault: Fault, path: str, headers: dict[str, str]) -> Reply:
        kind = fault.kind
        xml, html = ("Content-Type", "application/xml"), _HTML
        if kind == "status":
            extra = (("Retry-After", fault.retry_after),) if fault.retry_after is not None else ()
            return Reply(status=fault.status, body=b"<html><body>Access denied</body></html>", headers=(html, *extra))
        if kind == "challenge":
            return Reply(status=200, body=pages.CHALLENGE_PAGE.encode(), headers=(html,))
        if kind == "empty":
            return Reply(status=200, headers=(xml if path.endswith(".xml") else html,))
        if kind == "soft_404":
            return Reply(status=200, body=pages.not_found_page("vi", self.languages).encode(), headers=(html,))
        if kind == "redirect":
            return Reply(status=302, headers=(("Location", fault.to),))
        if kind == "redirect_loop":
            bare, _, count = path.partition("?loop=")
            return Reply(status=302, headers=(("Location", f"{self.base}{bare}?loop={int(count or 0) + 1}"),))
        if kind == "billion_laughs":
            return Reply(status=200, body=_billion_laughs(self.base), headers=(xml,))
        if kind == "external_entity":
            return Reply(status=200, body=_external_entity(self.base), headers=(xml,))
        if kind == "gzip_bomb":
            return Reply(status=200, body=_gzip_bomb(), headers=(html, ("Content-Encoding", "gzip")))
        normal = self._healthy(path, {**headers, "accept-encoding": ""})
        if kind == "truncated":
            return Reply(status=normal.status, body=normal.body[: len(normal.body) // 2], headers=normal.headers)
        if kind == "relabelled":
            return Reply(status=fault.status, body=normal.body, headers=normal.headers)
        if kind == "wrong_charset":
            others = tuple(h for h in normal.headers if h[0] != "Content-Type")
            return Reply(
                status=200, body=normal.body, headers=(*others, ("Content-Type", "text/html; charset=ISO-8859-1"))
            )
        return Reply(status=normal.status, body=normal.body, headers=normal.headers, fault=kind)


def content(number: int, language: str, version: int = 0) -> tuple[str, str, tuple[str, ...]]:
    """Title, lead and paragraphs of one article; paragraph i of one language translates paragraph i of another.

    A hand-written article is its story; a generated one mixes the stories' paragraphs. A re-translation (`version`
    above 0) ends with the counting sentence with other numbers.
    """
    stories = STORIES[language]
    story = stories[number % len(stories)]
    paragraphs = list(story.paragraphs)
    title = story.title
    if number >= len(stories):
        seed = hashlib.sha256(str(number).encode()).digest()
        others = [p for other in stories if other is not story for p in other.paragraphs]
        paragraphs += [others[byte % len(others)] for byte in seed[:2]]
        paragraphs.insert(1 + seed[2] % 4, COUNTED[language].format(n=number, m=seed[3] + 2))
        title = f"{title} ({number})"
    if version:
        paragraphs.append(COUNTED[language].format(n=number + 1, m=version + 1))
    return title, story.lead, tuple(dict.fromkeys(paragraphs))


_HTML = ("Content-Type", "text/html; charset=utf-8")


def article_path(slug: str, language: str) -> str:
    """The path of an article in one of its languages."""
    return f"/{slug}" if language == "vi" else f"/{language}/{slug}"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _urlset(entries: Sequence[tuple[str, datetime]]) -> str:
    rows = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{_stamp(at)}</lastmod></url>" for url, at in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def _text(text: str, content_type: str, *, status: int = 200) -> Reply:
    return Reply(status=status, body=text.encode(), headers=(("Content-Type", content_type),))


def _html(text: str, headers: dict[str, str], *, status: int = 200) -> Reply:
    if "gzip" in headers.get("accept-encoding", ""):
        return Reply(status=status, body=_packed_once(text), headers=(_HTML, ("Content-Encoding", "gzip")))
    return Reply(status=status, body=text.encode(), headers=(_HTML,))


@lru_cache(maxsize=512)
def _packed_once(text: str) -> bytes:
    return gzip.compress(text.encode(), 6, mtime=0)


@lru_cache(maxsize=1)
def _gzip_bomb() -> bytes:
    # One 16 MB member of zeros, 128 times: 2 GB for clients that do not limit it.
    return gzip.compress(bytes(16 * 1024 * 1024), 9, mtime=0) * 128


def _billion_laughs(base: str) -> bytes:
    entities = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE urlset [{entities}]><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{base}/&l9;</loc></url></urlset>"
    ).encode()


def _external_entity(base: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY file SYSTEM "file:///etc/hostname">'
        f'<!ENTITY web SYSTEM "{base}/stolen">]><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{base}/&file;&web;</loc></url></urlset>"
    ).encode()
