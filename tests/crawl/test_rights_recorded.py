"""What the site says of the use of its pages, over real HTTP: with each text as it was said then, and respected."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from pipelines.archives import read_records
from pipelines.rights import Rights
from pipelines.storage import open_store
from pipelines.storage.rights_rows import files
from scraper.cli import main
from scraper.replica.content import ReplicaSite
from scraper.replica.faults import Fault
from scraper.replica.server import ReplicaServer

DAY = "2025-10-23"


def crawl(server: ReplicaServer, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """A crawl in a process of its own: exit code and manifest."""
    done = subprocess.run(
        [
            sys.executable, "-m", "scraper.cli", "crawl", "--base-url", server.base_url, "--since", DAY, "--until", DAY,
            "--lang", "vi,fr", "--delay", "0", "--store", str(folder / "store.db"), "--archive", str(folder / "warc"),
            *more,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads((folder / "store.manifest.json").read_text("utf-8"))


def rights_of(folder: Path) -> dict[tuple[str, str], Rights]:
    """By (slug, language) what is stored."""
    with open_store(str(folder / "store.db"), read_only=True) as store:
        return {(stored.slug, stored.language): stored.article.rights for stored in store.articles()}


def files_of(folder: Path) -> dict[str, list[bytes]]:
    """The files of the site as they were seen, by the end of their address."""
    found: dict[str, list[bytes]] = {}
    with open_store(str(folder / "store.db"), read_only=True) as store:
        for file in store.read(lambda connection: list(files(connection))):
            found.setdefault(file.url.rpartition("/")[2], []).append(file.body)
    return found


ROBOTS = "User-agent: *\nDisallow: /api/\nContent-Usage: train-ai=y\nContent-Usage: /fr/ search=n\n"


def test_each_signal_is_with_the_text(tmp_path: Path) -> None:
    """Of the site's files and of the page's own; the account counts them, and the files are kept by content."""
    site = ReplicaSite(articles=2, languages=("vi", "fr"), robots=ROBOTS)
    site.tdmrep = '[{"location": "/fr/", "tdm-reservation": 1}]'
    one, two = site.posts
    site.headers[one] = (
        ("X-Robots-Tag", "noarchive"), ("X-Robots-Tag", "otherbot: noindex"), ("Content-Usage", "train-ai=n"),
    )  # fmt: skip
    site.metas[two] = (("robots", "noimageai, index"), ("tdm-reservation", "2"))
    with ReplicaServer(site) as server:
        code, manifest = crawl(server, tmp_path)
        assert code == 0, manifest["reasons"]
        assert server.fetches["/.well-known/tdmrep.json"] == 1
    found = {
        key: {u: a for u, a in rights.answers().items() if a != "unsaid"} for key, rights in rights_of(tmp_path).items()
    }
    assert found == {
        (one, "vi"): {"fetch": "allowed", "train-ai": "disallowed", "archive": "disallowed"},
        (one, "fr"): {"fetch": "allowed", "train-ai": "disallowed", "search": "disallowed", "tdm": "disallowed",
                      "archive": "disallowed"},
        (two, "vi"): {"fetch": "allowed", "train-ai": "allowed", "tdm": "unknown", "index": "allowed",
                      "images": "disallowed"},
        (two, "fr"): {"fetch": "allowed", "search": "disallowed", "tdm": "disallowed", "index": "allowed",
                      "images": "disallowed"},
    }  # fmt: skip
    assert manifest["rights"]["tdm"] == {"disallowed": 2, "unknown": 1}
    assert manifest["rights"]["fetch"] == {"allowed": 4}
    assert manifest["tried"] == {"ok": 4}
    kept = files_of(tmp_path)
    assert kept["tdmrep.json"] == [site.tdmrep.encode()]
    assert kept["robots.txt"][0].decode().startswith(ROBOTS)


def test_the_day_counts(tmp_path: Path) -> None:
    """The site changes its mind: a text that is seen again has what was said then; both files are kept."""
    site = ReplicaSite(articles=1, languages=("vi",))
    (slug,) = site.posts
    with ReplicaServer(site) as server:
        assert crawl(server, tmp_path)[0] == 0
        assert rights_of(tmp_path)[slug, "vi"].answers()["tdm"] == "unsaid"
        site.tdmrep = '[{"location": "/", "tdm-reservation": 1}]'
        site.robots = "User-agent: *\nContent-Usage: train-ai=n\n"
        site.retranslate(slug, "vi")
        assert crawl(server, tmp_path)[0] == 0
    with open_store(str(tmp_path / "store.db"), read_only=True) as store:
        told = [stored.article.rights.of("tdm") for stored in store.revisions(slug, "vi")]
    assert told == ["unsaid", "disallowed"]
    kept = files_of(tmp_path)
    assert sorted(kept["tdmrep.json"]) == [b"", site.tdmrep.encode()]
    assert len(kept["robots.txt"]) == 2


def test_a_page_that_has_not_changed(tmp_path: Path) -> None:
    """A 304: the site's files are today's, the page's own word is that of the day when it came."""
    site = ReplicaSite(articles=1, languages=("vi",))
    (slug,) = site.posts
    site.metas[slug] = (("robots", "noarchive"),)
    with ReplicaServer(site) as server:
        assert crawl(server, tmp_path)[0] == 0
        site.tdmrep = '[{"location": "/", "tdm-reservation": 1}]'
        site.posts[slug].lastmod += timedelta(hours=1)
        code, manifest = crawl(server, tmp_path)
    assert (code, manifest["tried"]["unchanged"]) == (0, 1)
    found = rights_of(tmp_path)[slug, "vi"]
    assert (found.of("tdm"), found.of("archive"), found.of("fetch")) == ("disallowed", "disallowed", "allowed")


@pytest.mark.parametrize("kind", ["status", "silent", "challenge", "reset", "redirect"])
def test_a_tdmrep_that_cannot_be_had_fails_nothing(tmp_path: Path, kind: str) -> None:
    """It is asked for once; the pages are there, and what it said is unknown."""
    site = ReplicaSite(articles=2, languages=("vi",))
    fault = Fault(kind=kind, where=".*tdmrep.json", status=503, to="https://elsewhere.example/")  # type: ignore[arg-type]
    site.faults.append(fault)
    with ReplicaServer(site) as server:
        code, manifest = crawl(server, tmp_path)
        assert server.fetches["/.well-known/tdmrep.json"] == 1
    assert code == 0, manifest["reasons"]
    assert manifest["tried"]["ok"] == 2
    assert {rights.of("tdm") for rights in rights_of(tmp_path).values()} == {"unknown"}


def test_respect_leaves_out_what_is_reserved(tmp_path: Path) -> None:
    """By a page's own word after it was fetched, by the site's files before; neither text nor response is stored."""
    site = ReplicaSite(articles=3, languages=("vi", "fr"), robots="User-agent: *\nContent-Usage: /fr/ train-ai=n\n")
    one, two, three = site.posts
    site.metas[one] = (("robots", "noai"),)
    site.headers[two] = (("X-Robots-Tag", "noindex"),)
    site.metas[three] = (("tdm-reservation", "perhaps"),)
    with ReplicaServer(site) as server:
        code, manifest = crawl(server, tmp_path, "--rights", "respect")
        assert server.fetches[f"/fr/{two}"] == 0
    assert code == 3
    assert manifest["options"]["rights"] == "respect"
    assert manifest["tried"] == {"ok": 2, "reserved": 4}
    assert set(rights_of(tmp_path)) == {(two, "vi"), (three, "vi")}
    urls = set()
    for file in (tmp_path / "warc").glob("*.warc.gz"):
        with file.open("rb") as stream:
            urls |= {getattr(record, "url", None) for record in read_records(stream, limit=10**7)}
    assert {url.rpartition("/")[2] for url in urls if url} == {two, three}


def test_the_usages_are_the_users(tmp_path: Path) -> None:
    """`respect:index` leaves out what says noindex, and nothing else."""
    site = ReplicaSite(articles=2, languages=("vi",))
    one, two = site.posts
    site.metas[one] = (("robots", "noai"),)
    site.headers[two] = (("X-Robots-Tag", "noindex"),)
    with ReplicaServer(site) as server:
        assert crawl(server, tmp_path, "--rights", "respect:index")[0] == 3
    assert set(rights_of(tmp_path)) == {(one, "vi")}
    detail = "the site reserves index (header x-robots-tag: noindex)"
    query = text("SELECT detail FROM ledger WHERE outcome = 'reserved'")
    with open_store(str(tmp_path / "store.db"), read_only=True) as store:
        assert store.read(lambda connection: list(connection.execute(query).scalars())) == [detail]


def test_a_wrong_value_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, before anything is asked."""
    for words in (["crawl"], ["scrape", "https://www.vietnam.vn/a"], ["backfill", "--from", "commoncrawl"]):
        for value in ("no", "respect:", "respect:all", "record:tdm"):
            assert main([*words, "--rights", value]) == 2
            assert "give record, respect, or respect:" in capsys.readouterr().err
