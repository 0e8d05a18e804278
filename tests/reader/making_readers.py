"""Stores, requests and servers for tests of the reader."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from making_articles import TEXTS, make_article

from pipelines.models import Article, Image, Rejected, Stripped
from pipelines.storage import Store, open_store
from pipelines.store_address import address_of

SEEN = "2025-10-24T01:00:00+00:00"
MORE = {
    "he": ("Hebr", "שוק צף", ("השוק הצף של קאי ראנג נפתח עם שחר.", "בשנת 2025 עוגנות שם 1,200 סירות בכל יום.")),
    "km": ("Khmr", "ផ្សារបណ្តែតទឹក", ("ផ្សារបណ្តែតទឹកកាយរ៉ាងបើកនៅពេលព្រលឹម។", "នៅឆ្នាំ 2025 មានទូក 1,200 គ្រឿងចតរាល់ថ្ងៃ។")),
}
LANGUAGES = (*TEXTS, *MORE)


def made(slug: str, language: str, **changes: Any) -> Article:
    """An article in any of `LANGUAGES`, with lines that were stripped before, inside and behind it."""
    values: dict[str, Any] = {
        "stripped": (
            Stripped(text="Menu\nHome", rule="not-article: navigation"),
            Stripped(text="Read also", rule="related"),
            Stripped(text="Copyright", rule="not-article: footer"),
        ),
        "stripped_at": (0, 1, 2),
        "images": (Image(src="https://vstatic.vietnam.vn/a.jpg", alt="Chợ nổi", caption="Boats at dawn"),),
        "origins": {
            "title": "layout",
            "publisher": "visible",
            "published": "layout",
            "published:json-ld": "2019-01-02",
        },
        "kinds": ("paragraph", "paragraph"),
        **changes,
    }
    if language not in MORE:
        return make_article(slug, language, **values)
    script, title, texts = MORE[language]
    base = make_article(slug, "en", **{"paragraphs": texts, **values})
    return replace(
        base,
        url=f"https://www.vietnam.vn/{language}/{slug}",
        url_language=language,
        html_language=language,
        language=language,
        language_script=script,
        title=title,
    )


def fill(store: Store, articles: int = 3, languages: tuple[str, ...] = LANGUAGES) -> None:
    """So many articles in every language, and a page that was none."""
    for number in range(articles):
        for language in languages:
            store.add(made(f"cho-noi-{number}", language, published=f"2025-10-{1 + number:02}"), seen_at=SEEN)
    store.add(Rejected(url="https://www.vietnam.vn/fr/tag/x", outcome="not_article", detail="a tag page"), seen_at=SEEN)


@dataclass(frozen=True)
class Answer:
    """What a request got."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body, decoded."""
        return self.body.decode()


def application(path: str | Path, **options: Any) -> Any:
    """The reader of a store, without a server."""
    from scraper.reader.app import application as make
    from scraper.reader.stores import Stores

    return make(Stores(address_of(str(path))), host="127.0.0.1", **options)


def ask(app: Any, target: str, *, method: str = "GET", headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """One request of an ASGI application."""
    parts = urlsplit(target)
    sent = [(name.lower().encode(), value.encode()) for name, value in headers]
    if not any(name == b"host" for name, _ in sent):
        sent.append((b"host", b"127.0.0.1:8750"))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "",
        "headers": sent, "server": ("127.0.0.1", 8750), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    told: list[dict[str, Any]] = []

    heard = False

    async def receive() -> dict[str, Any]:
        nonlocal heard
        if heard:
            await asyncio.Event().wait()  # nobody goes away
        heard = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    asyncio.run(app(scope, receive, send))
    start = told[0]
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], found, b"".join(message.get("body", b"") for message in told[1:]))


@contextmanager
def served(path: str | Path, **options: Any) -> Iterator[str]:
    """A running server; its address without the last slash."""
    import uvicorn

    from scraper.reader.server import address_of as shown
    from scraper.reader.server import config, listening

    bound = listening("127.0.0.1", 0)
    server = uvicorn.Server(config(application(path, **options)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield shown(bound, "127.0.0.1").rstrip("/")
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


@contextmanager
def filled(path: Path) -> Iterator[Path]:
    """A file with a store in it."""
    with open_store(str(path)) as store:
        fill(store)
    yield path
