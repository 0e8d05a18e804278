"""What sites and machines do between runs and during one: they move, make things up, want cookies, sleep."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from breakages import Breakage, Told, call, crawling

from pipelines.models import Article
from pipelines.site import article_url
from pipelines.storage import Lease, open_store
from scraper.discovery import Discovery
from scraper.findings import Findings
from scraper.options import crawl_options
from scraper.replica import ReplicaServer, ReplicaSite
from scraper.replica.content import Reply

BASE = "https://www.vietnam.vn"
SLUG = "cho-noi-luc-binh-minh"
DAY = date(2025, 10, 23)


class ChangedSite(ReplicaSite):
    """A replica of which some answers are changed by `change`: (path, request headers, reply) -> reply."""

    change: Callable[[str, dict[str, str], Reply], Reply] | None = None

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """See `ReplicaSite.respond`."""
        reply = super().respond(path, {name: value for name, value in headers.items() if name != "accept-encoding"})
        return reply if self.change is None else self.change(path, headers, reply)


def _site(change: Callable[[str, dict[str, str], Reply], Reply] | None = None, **more: Any) -> ChangedSite:
    site = ChangedSite(articles=6, per_day=3, languages=("vi", "en"), last_day=DAY, **more)
    site.change = change
    return site


def _crawl(server: ReplicaServer, folder: Path, *more: str, breakage: Breakage | None = None) -> Told:
    return call(crawling(server, folder, *more), folder, *([breakage] if breakage else []))


def test_a_site_that_has_moved_is_gone_on_with(tmp_path: Path) -> None:
    """Another port in the second run: what the first one left is asked for there, and nothing is off-site for good."""
    with ReplicaServer(_site()) as first:
        told = _crawl(first, tmp_path, "--limit", "4")
        assert told.states["done"] == 4
    with ReplicaServer(_site()) as second:
        assert second.base_url != first.base_url
        told = _crawl(second, tmp_path)
        assert (told.code, told.states) == (0, {"done": 12}), told.stderr
        assert told.manifest is not None
        assert told.manifest["tried"] == {"ok": 8}


def test_made_up_languages_are_bounded_and_never_guessed_with(tmp_path: Path) -> None:
    """A page that names 5,000 language versions: known languages are followed, and no other article pays for it."""
    codes = [
        f"{a}{b}-{c}{d}" for a in "qx" for b in "abcdefghijkl" for c in "abcdefghijklmnop" for d in "abcdefghijklmn"
    ]

    def change(path: str, headers: dict[str, str], reply: Reply) -> Reply:
        if path != f"/{SLUG}":
            # The others name none at all, so that languages are guessed for them.
            return replace(reply, body=re.sub(rb"<link rel=.alternate[^>]*>", b"", reply.body))
        links = "".join(f'<link rel="alternate" hreflang="{c}" href="/{c}/{SLUG}">' for c in codes[:5000])
        return replace(reply, body=reply.body.replace(b"</head>", f"{links}</head>".encode(), 1))

    with ReplicaServer(_site(change)) as server:
        told = _crawl(server, tmp_path)
        asked = {path.split("/")[1] for path in server.fetches if path.count("/") == 2}
        assert sum(server.fetches.values()) < 300
        assert not asked & set(codes)
    assert told.code == 0, told.stderr
    assert told.manifest is not None
    assert "language versions" in " ".join(told.manifest["reasons"])
    assert told.states["done"] >= 7


def test_a_language_is_learned_when_it_answers() -> None:
    """Named by a page alone it is followed, and guessed with only when an article came in it."""
    settings = {"VIETNAMVN_BASE_URL": BASE, "VIETNAMVN_STORE": "store.db", "VIETNAMVN_ARCHIVE": ""}
    found = Discovery(crawl_options({}, settings, today=DAY), Findings(), ["vi", "en"])
    original = Article(url=f"{BASE}/a", extractor="x", extractor_version="1", alternates={"eo": f"{BASE}/eo/a"})
    silent = replace(original, url=f"{BASE}/b", alternates={})
    assert [entry.language for entry in found.translations(_lease("a", "vi"), original, f"{BASE}/a")] == ["eo"]
    assert [entry.language for entry in found.translations(_lease("b", "vi"), silent, f"{BASE}/b")] == ["en"]
    assert found.translations(_lease("a", "eo"), replace(original, url=f"{BASE}/eo/a"), f"{BASE}/eo/a") == []
    assert [entry.language for entry in found.translations(_lease("b", "vi"), silent, f"{BASE}/b")] == ["en", "eo"]


def _lease(slug: str, language: str) -> Lease:
    return Lease(
        id=1,
        token=1,
        url=article_url(slug, language, base=BASE),
        slug=slug,
        language=language,
        day=None,
        lastmod=None,
        priority=20,
        attempt=1,
        holder="x",
        expires_at="",
        etag=None,
        last_modified=None,
    )


@pytest.mark.parametrize("with_cookie", [True, False])
def test_a_redirect_to_itself_that_sets_a_cookie(tmp_path: Path, with_cookie: bool) -> None:
    """The cookie goes back within the redirect, and nowhere else; without one the loop is cut after few requests."""
    seen: list[tuple[str, str]] = []

    def change(path: str, headers: dict[str, str], reply: Reply) -> Reply:
        seen.append((path, headers.get("cookie", "")))
        if path == f"/en/{SLUG}" and "seen=1" not in headers.get("cookie", ""):
            cookie = (("Set-Cookie", "seen=1; Path=/"),) if with_cookie else ()
            return Reply(status=302, headers=(("Location", path), *cookie))
        return reply

    with ReplicaServer(_site(change)) as server:
        told = _crawl(server, tmp_path, "--archive", "archive")
    assert told.manifest is not None
    if with_cookie:
        assert (told.code, told.states) == (0, {"done": 12}), told.stderr
        assert {path for path, cookie in seen if cookie} == {f"/en/{SLUG}"}
    else:
        assert told.manifest["tried"] == {"ok": 11, "redirected_away": 1}
        assert sum(path == f"/en/{SLUG}" for path, _ in seen) < 7


def test_a_site_that_always_sets_a_cookie_and_redirects_is_given_up(tmp_path: Path) -> None:
    """A cookie makes the same address worth asking again, but not for ever."""

    def change(path: str, headers: dict[str, str], reply: Reply) -> Reply:
        if path == f"/en/{SLUG}":
            return Reply(status=302, headers=(("Location", path), ("Set-Cookie", "again=1; Path=/")))
        return reply

    with ReplicaServer(_site(change)) as server:
        told = _crawl(server, tmp_path)
        assert server.fetches[f"/en/{SLUG}"] < 8
    assert told.manifest is not None
    assert told.manifest["tried"] == {"ok": 11, "redirected_away": 1}


NOTATIONS = [
    lambda text: text.replace("+00:00", "Z"),
    lambda text: text.replace("+00:00", ".000Z"),
    lambda text: re.sub(r"T04:(\d\d:\d\d)\+00:00", r"T11:\1+07:00", text),
    lambda text: text,
]


def test_a_lastmod_in_another_notation_is_no_change(tmp_path: Path) -> None:
    """The same instant, written otherwise in each run: nothing is asked again."""
    written: list[Callable[[str], str]] = [NOTATIONS[-1]]

    def change(path: str, headers: dict[str, str], reply: Reply) -> Reply:
        if not path.startswith("/sitemap/sitemap-post"):
            return reply
        found = re.sub(
            r"(?<=<lastmod>)[^<]*",
            lambda match: written[0](re.sub(r"(\.\d+)?Z$", "+00:00", match[0])),
            reply.body.decode(),
        )
        return replace(reply, body=found.encode())

    with ReplicaServer(_site(change)) as server:
        assert _crawl(server, tmp_path).states == {"done": 12}
        for notation in NOTATIONS[:-1]:
            written[0] = notation
            server.fetches.clear()
            told = _crawl(server, tmp_path)
            assert told.code == 0
            assert not [path for path in server.fetches if not path.endswith((".xml", ".txt", ".json"))]


@pytest.mark.parametrize("seconds", ["600", "-600", "34560000", "-34560000"])
def test_a_clock_that_jumps_loses_and_doubles_nothing(tmp_path: Path, seconds: str) -> None:
    """A machine that slept, or was restored: every page is stored once, and asked for at most twice."""
    with ReplicaServer(_site()) as server:
        jump = Breakage(at="scraper.frontier:Frontier.settle", how="jump", path=seconds, after=3)
        told = _crawl(server, tmp_path, "--archive", "archive", breakage=jump)
        assert (told.code, told.states) == (0, {"done": 12}), told.stderr
        assert max(server.fetches.values()) <= 2
    with open_store(f"sqlite:///{tmp_path}/store.db", read_only=True) as store:
        assert len(list(store.articles(revisions="all"))) == 12


def test_addresses_that_are_no_ascii_are_stored_with_their_responses(tmp_path: Path) -> None:
    """A redirect to a query in raw letters is followed, archived, and the archive can be read again."""

    def change(path: str, headers: dict[str, str], reply: Reply) -> Reply:
        if path == f"/en/{SLUG}":
            return Reply(status=302, headers=(("Location", f"/en/{SLUG}?tu=tìm".encode().decode("latin-1")),))
        return reply

    with ReplicaServer(_site(change)) as server:
        told = _crawl(server, tmp_path, "--archive", "archive")
        assert (told.code, told.states) == (0, {"done": 12}), told.stderr
    again = call(["reextract", "--archive", "archive", "--store", f"sqlite:///{tmp_path}/again.db"], tmp_path)
    assert again.code == 0, again.stderr
