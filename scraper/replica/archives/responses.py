"""The bytes of a capture: what the site (or another one) answered at that time."""

from __future__ import annotations

from datetime import datetime, time
from email.utils import format_datetime
from html import escape

from pipelines.times import VIETNAM
from scraper.replica import pages, wordpress
from scraper.replica.archives.holdings import HeldCapture
from scraper.replica.content import ReplicaSite
from scraper.replica.texts import PUBLISHERS

Headers = tuple[tuple[str, str], ...]
_JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def response(site: ReplicaSite, capture: HeldCapture) -> tuple[Headers, bytes]:
    """Headers and body of the page as sent; `site` must have the public addresses."""
    if capture.kind == "revisit" and capture.original is None:
        return _headers(capture), b""
    body = _body(site, capture)
    if capture.kind == "truncated":
        body = body[: len(body) * 2 // 5]  # cut in or before the text
    return _headers(capture), body


def _headers(capture: HeldCapture) -> Headers:
    kind = "text/html; charset=UTF-8" if capture.mime == "text/html" else capture.mime
    headers = [
        ("Date", format_datetime(capture.moment, usegmt=True)),
        ("Server", "nginx" if capture.form != "wordpress" else "LiteSpeed"),
        ("Content-Type", kind),
    ]
    if capture.location:
        headers.append(("Location", capture.location))
    if capture.form == "wordpress":
        headers.append(("X-Powered-By", "PHP/8.1"))
    elif capture.number is not None and capture.number % 8 == 3:
        headers.append(("X-Robots-Tag", "noai, noimageai"))
    return tuple(headers)


def _body(site: ReplicaSite, capture: HeldCapture) -> bytes:
    language = capture.language or "vi"
    if capture.kind == "redirect":
        return f'<html><body><a href="{escape(capture.location)}">Moved</a></body></html>\n'.encode()
    if capture.kind in ("error", "soft_404"):
        return pages.not_found_page(language, site.languages).encode()
    if capture.kind == "challenge":
        return pages.CHALLENGE_PAGE.encode()
    if capture.kind == "list":
        return pages.list_page("en" if "/en" in capture.url else "vi", site.languages, "Vietnam.vn").encode()
    if capture.kind == "elsewhere":
        text = escape(f"{capture.url} at {capture.timestamp}")
        return f"<html><head><title>Elsewhere</title></head><body><p>{text}</p></body></html>".encode()
    if capture.kind == "other":
        if capture.mime == "image/jpeg":
            return _JPEG
        path = capture.url.removeprefix(site.base)
        return site.respond(path, {}).body
    return _article(site, capture)


def _article(site: ReplicaSite, capture: HeldCapture) -> bytes:
    post = site.posts[capture.slug or ""]
    language = capture.language or "vi"
    if capture.form == "today":
        return site.page(post, language, capture.version)
    title, lead, paragraphs = capture.content
    return wordpress.article_page(
        base=site.base,
        slug=post.slug,
        language=language,
        languages=post.languages,
        title=title,
        lead=lead,
        paragraphs=paragraphs,
        publisher=PUBLISHERS[post.number % len(PUBLISHERS)],
        published=datetime.combine(post.day, time(6 + post.number % 12, post.number % 60), VIETNAM),
        number=post.number,
    )
