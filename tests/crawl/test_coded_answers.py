"""Bodies as servers send them: every coding whole and cut, codings that are none, charsets that are not as said."""

from __future__ import annotations

import gzip
import json
import zlib
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
import zstandard
from forked import CLEAN
from raw_site import DAY, ODD, PATHS, Answer, RawSite, answer, article
from scenarios import IMPATIENT, _crawl_all

from pipelines.storage import open_store
from scraper.cli import main

PAGE = article(ODD) + b"<p>" + " ".join(f"Cột gỗ {n * 7919 % 1000} m." for n in range(300)).encode() + b"</p>"
SENTENCE = "Xưởng mộc số 2 bên bờ sông"


def coded(body: bytes, coding: str, share: float = 1.0, status: str = "200 OK", *headers: str) -> bytes:
    """An answer with a part of a body, whose length is that of the part."""
    return answer(body[: int(len(body) * share)], f"Content-Encoding: {coding}", *headers, status=status)


def typed(body: bytes, content_type: str) -> bytes:
    """A page under another Content-Type."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


def bare(body: bytes) -> bytes:
    """Deflate without its header."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


PACKED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "Deflate": bare(PAGE),
    "br": brotli.compress(PAGE),
    "brotli": brotli.compress(PAGE),
    "ZSTD": zstandard.compress(PAGE),
}
BOMB = brotli.compress(bytes(200_000_000), quality=5)  # the best, which is the default, takes seconds
RUSSIAN = (
    '<html lang="ru"><h1>Столярная мастерская</h1><div class="post-detail-body"><p>Столярная мастерская у реки открыта '
    "с раннего утра и закрывается только тогда, когда солнце уходит за горы.</p><p>Хозяин говорит, что стульев хватит "
    "на всю деревню, если зима будет короткой.</p></div>"
)

CASES: dict[str, tuple[Answer, str]] = {
    **{f"{name} whole": (coded(body, name), "ok") for name, body in PACKED.items()},
    **{f"{name} cut to {share}": (coded(body, name, share), "parse_failed")
       for name, body in PACKED.items() if name not in ("x-gzip", "brotli") for share in (0.8, 0.02)},
    **{f"called {name}": (coded(PAGE, name), "ok")
       for name in ("none", "UTF-8", "text/html", "br", "gzip")},
    "gzip twice": (coded(gzip.compress(gzip.compress(PAGE)), "gzip, gzip"), "ok"),
    "two headers, packed once": (coded(gzip.compress(PAGE), "gzip", 1, "200 OK", "Content-Encoding: gzip"), "ok"),
    "br within gzip, the inner one cut": (coded(gzip.compress(brotli.compress(PAGE)[:-9]), "br, gzip"), "parse_failed"),
    "garbage behind gzip": (coded(gzip.compress(PAGE) + b"\r\n<!-- 0.3 s -->", "gzip"), "ok"),
    "two members": (coded(gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:]), "gzip"), "ok"),
    "a wrong checksum": (coded(gzip.compress(PAGE)[:-8] + bytes(4) + gzip.compress(PAGE)[-4:], "gzip"), "parse_failed"),
    "seven codings": (coded(PAGE, ",".join(["gzip"] * 7)), "parse_failed"),
    "a bomb": (coded(gzip.compress(bytes(40_000_000)), "gzip"), "too_large"),
    "a bomb within a bomb": (coded(gzip.compress(BOMB), "br, gzip"), "too_large"),
    "refused, with half a body": (coded(PACKED["gzip"], "gzip", 0.5, "403 Forbidden"), "blocked"),
    "gone, with half a body": (coded(PACKED["br"], "br", 0.5, "410 Gone"), "gone"),
    "UTF-8 called Latin-1": (typed(PAGE, "text/html; charset=ISO-8859-1"), "ok"),
    "a charset that is none": (typed(PAGE, "text/html; charset=utf8mb4_general_ci"), "ok"),
    "no charset": (typed(PAGE, "text/html"), "ok"),
    "KOI8-R in the header alone": (typed(RUSSIAN.encode("koi8-r"), 'text/html; Charset="KOI8-R"'), "ok"),
    "KOI8-R called UTF-8": (typed(RUSSIAN.encode("koi8-r"), "text/html; charset=utf-8"), "ok"),
    "UTF-16": (typed(PAGE.decode().encode("utf-16"), "text/html; charset=utf-8"), "ok"),
    "a picture": (typed(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "text/html"), "parse_failed"),
    "gzip that nothing names": (typed(gzip.compress(PAGE), "text/html"), "parse_failed"),
    "JSON": (typed(json.dumps({"body": f"<p>{SENTENCE}.</p>" * 9}).encode(), "text/html"), "not_article"),
}  # fmt: skip


def _options(site: RawSite, folder: Path, number: int) -> tuple[dict[str, str], dict[str, Any]]:
    arguments = {
        "base_url": site.base_url,
        "since": DAY,
        "until": DAY,
        "lang": "vi",
        "store": f"sqlite:///{folder}/{number}.db",
        "archive": str(folder / f"{number}.warc"),
    }
    return arguments, {**IMPATIENT, "RETRY_TIMES": 0}


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, dict[str, Any], Path]]:
    """Each case crawled, in one process; then those that failed once more, with the whole page: both accounts."""
    folder = tmp_path_factory.mktemp("coded")
    with ExitStack() as stack:
        sites = {name: stack.enter_context(RawSite({ODD: odd})) for name, (odd, _) in CASES.items()}
        options = {name: _options(site, folder, number) for number, (name, site) in enumerate(sites.items())}
        done = _crawled([(name, *options[name]) for name in sites])
        failed = [name for name, (_, outcome) in CASES.items() if outcome == "parse_failed"]
        for name in failed:
            sites[name].odd[ODD] = answer(PAGE)
        done |= _crawled([(f"{name}, healed", *options[name]) for name in failed])
    places = {name: folder / f"{number}.db" for number, name in enumerate(CASES)}
    return {name: (*account[:2], places[name.removesuffix(", healed")]) for name, account in done.items()}


def _crawled(jobs: list[tuple[str, dict[str, str], dict[str, Any]]]) -> dict[str, Any]:
    # A process each time: a reactor of Twisted cannot be started again.
    with ProcessPoolExecutor(1, mp_context=CLEAN) as pool:
        return pool.submit(_crawl_all, jobs).result(timeout=600)


@pytest.mark.parametrize("name", CASES)
def test_a_body_is_whole_or_no_article(name: str, crawls: dict[str, Any]) -> None:
    """The page ends with its outcome, the five others are stored, and what is stored is the whole text."""
    outcome = CASES[name][1]
    code, manifest, store = crawls[name]
    assert manifest["tried"] == ({"ok": len(PATHS)} if outcome == "ok" else {"ok": len(PATHS) - 1, outcome: 1})
    assert code == (0 if outcome == "ok" else 3)
    if outcome == "ok":
        with open_store(f"sqlite:///{store}", read_only=True) as opened:
            texts = {stored.slug: stored.article.text for stored in opened.articles()}
        assert len(texts) == len(PATHS)
        assert ("Столярная мастерская" if "KOI8" in name else SENTENCE) in texts[ODD.strip("/")]


@pytest.mark.parametrize("name", [name for name, (_, outcome) in CASES.items() if outcome == "parse_failed"])
def test_what_came_damaged_is_asked_for_again(name: str, crawls: dict[str, Any]) -> None:
    """The next run tries it, and only it, and stores the page that comes whole."""
    code, manifest, store = crawls[f"{name}, healed"]
    assert (code, manifest["tried"]) == (0, {"ok": 1})
    with open_store(f"sqlite:///{store}", read_only=True) as opened:
        assert len(list(opened.articles())) == len(PATHS)


@pytest.mark.parametrize("name", ["br cut to 0.8", "gzip cut to 0.02", "gzip whole", "ZSTD whole", "called none"])
def test_the_archive_says_the_same(name: str, crawls: dict[str, Any], tmp_path: Path) -> None:
    """`reextract` reads the archive of the crawl by the same rules: never a part of a page."""
    archive = crawls[name][2].with_suffix(".warc")
    expected = len(PATHS) if CASES[name][1] == "ok" else len(PATHS) - 1
    copy = tmp_path / "s.db"
    main(["reextract", "--archive", str(archive), "--store", str(copy)])
    with open_store(f"sqlite:///{copy}", read_only=True) as opened:
        found = list(opened.articles())
    assert len(found) in (expected, len(PATHS))  # the second run's page is there as well
    assert all("Xưởng mộc số 2" in stored.article.text for stored in found)
