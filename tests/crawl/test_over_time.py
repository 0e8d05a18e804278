"""Later runs over the same store: unchanged, re-translated, deleted and new pages, and the same record on every way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from forked import run_forked
from scenarios import Result, Scenario, run_scenarios

from pipelines.rights import PAGE_SOURCES
from pipelines.storage import open_store
from scraper.replica import Fault, ReplicaServer, ReplicaSite

SLUG = "cho-noi-luc-binh-minh"
ROOT = Path(__file__).resolve().parents[2]
# Noon, so that the replica's newest day is today or yesterday in Vietnam whatever the hour of the test.
TODAY = (datetime.now(timezone.utc) + timedelta(hours=7)).date()


def _new_language(site: ReplicaSite) -> None:
    site.posts[SLUG].languages = (*site.posts[SLUG].languages, "ja")


def _heal(site: ReplicaSite) -> None:
    site.faults.clear()


SCENARIOS = [
    Scenario(name="unchanged", changes=[lambda site: None]),
    Scenario(name="retranslated", changes=[lambda site: site.retranslate(SLUG, "fr")]),
    Scenario(name="deleted", changes=[lambda site: site.delete(SLUG, status=410)]),
    Scenario(name="delisted", changes=[lambda site: site.delete(SLUG, status=404, listed=False)]),
    Scenario(name="healed", faults=[Fault(kind="status", where="/fr/.*")], changes=[_heal]),
    Scenario(name="limited", arguments={"limit": "10"}, changes=[lambda site: None]),
    Scenario(name="two_languages", arguments={"lang": "en,fr"}, changes=[lambda site: None]),
    Scenario(
        name="no_alternates", site={"alternates": False}, settings={"VIETNAMVN_LANGUAGES": ["vi", "en", "fr", "de"]}
    ),
    Scenario(
        name="soft_404_of_a_guess",
        site={"alternates": False},
        faults=[Fault(kind="soft_404", where="/de/.*")],
        settings={"VIETNAMVN_LANGUAGES": ["vi", "en", "fr", "de"]},
    ),
    Scenario(name="robots_forbids", site={"robots": "User-agent: *\nDisallow: /fr/\n"}),
    Scenario(
        name="away",
        faults=[Fault(kind="reset", where="/[ct].*")],
        settings={"VIETNAMVN_STOP_AFTER_FAILURES": 5},
        changes=[_heal],
    ),
    Scenario(name="outside", arguments={"since": "2024-01-01", "until": "2024-02-01"}),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Result]]:
    """Every scenario in all its runs."""
    return run_scenarios(SCENARIOS, tmp_path_factory.mktemp("time"))


def _pages(result: Result) -> set[str]:
    return {path for path in result.fetches if not path.endswith((".xml", ".txt", ".json"))}


def test_second_run_fetches_only_sitemaps(results: dict[str, list[Result]]) -> None:
    """Over an unchanged site nothing but robots.txt, the index and the days' sitemaps is fetched; that is complete."""
    first, second = results["unchanged"]
    assert len(_pages(first)) == 36
    assert _pages(second) == set()
    assert second.fetches["/sitemap/sitemap-post/2025-10-23.xml"] == 1
    assert second.code == 0
    assert "nothing to do" in second.manifest["reasons"][0]
    assert second.manifest["totals"]["stored"] == 36


def test_retranslation_is_a_second_revision(results: dict[str, list[Result]]) -> None:
    """A redone translation becomes another revision; the article's other languages cost a 304 each."""
    second = results["retranslated"][1]
    assert second.code == 0
    assert second.manifest["tried"] == {"ok": 1, "unchanged": 2}
    with open_store(second.store, read_only=True) as store:
        revisions = store.revisions(SLUG, "fr")
        assert [r.current for r in revisions] == [False, True]
        assert len(revisions[1].article.paragraphs) == len(revisions[0].article.paragraphs) + 1
        assert len(store.revisions(SLUG, "en")) == 1


@pytest.mark.parametrize(("name", "outcome", "code"), [("deleted", "gone", 3), ("delisted", "not_found", 0)])
def test_deleted_keeps_its_text_and_is_marked(
    results: dict[str, list[Result]], name: str, outcome: str, code: int
) -> None:
    """What the site no longer has is marked and kept; one that it still lists is a failure, one it unlisted is not."""
    second = results[name][1]
    assert second.manifest["tried"] == {outcome: 1}
    assert second.code == code
    with open_store(second.store, read_only=True) as store:
        stored = store.get(SLUG, "vi")
        assert stored is not None
        assert stored.gone_at is not None
        assert stored.article.paragraphs


def test_failed_pages_are_tried_again(results: dict[str, list[Result]]) -> None:
    """What was blocked in one run is fetched by the next, and only that."""
    first, second = results["healed"]
    assert first.code == 4
    assert first.manifest["tried"] == {"ok": 24, "blocked": first.manifest["tried"]["blocked"]}
    assert second.code == 0
    assert second.manifest["tried"] == {"ok": 12}
    assert second.manifest["totals"]["stored"] == 36


def test_a_site_that_is_away_ends_the_run(results: dict[str, list[Result]]) -> None:
    """A series of pages without any answer stops the run; the next one, when the site is back, completes it."""
    first, second = results["away"]
    assert first.code == 3
    assert "brought no answer" in " ".join(first.manifest["reasons"])
    assert 5 <= first.manifest["tried"]["network_error"] < 12
    assert second.code == 0
    assert second.manifest["totals"]["stored"] == 36


def test_limit_leaves_the_rest_for_the_next_run(results: dict[str, list[Result]]) -> None:
    """`--limit` stops in order: what is left is counted, and the next run goes on there."""
    first, second = results["limited"]
    assert first.code == second.code == 3
    assert len(_pages(first)) == len(_pages(second)) == 10
    assert not _pages(first) & _pages(second)
    assert first.manifest["totals"]["left"] > 0


def test_languages_can_be_chosen(results: dict[str, list[Result]]) -> None:
    """With `--lang en,fr` nothing else is fetched, and a second run has nothing to do."""
    first, second = results["two_languages"]
    assert {path.split("/")[1] for path in _pages(first)} == {"en", "fr"}
    assert first.code == second.code == 0
    assert first.manifest["totals"]["stored"] == 24
    assert _pages(second) == set()


def test_slug_rule_where_pages_name_no_alternates(results: dict[str, list[Result]]) -> None:
    """Without alternates the configured languages are tried by the slug rule; a missing one is no failure."""
    [result] = results["no_alternates"]
    assert result.code == 0
    assert result.manifest["tried"] == {"ok": 36, "no_translation": 12}
    assert result.manifest["totals"]["listed"] == 36
    assert result.manifest["totals"]["no_translation"] == 12


def test_a_soft_404_at_a_guessed_address_is_no_failure(results: dict[str, list[Result]]) -> None:
    """The slug rule named it, the site never did: a page that says "not found" means what a 404 means there."""
    [result] = results["soft_404_of_a_guess"]
    assert result.code == 0
    assert result.manifest["tried"] == {"ok": 36, "no_translation": 12}
    assert result.manifest["totals"]["failed"] == {}


def test_robots_is_obeyed(results: dict[str, list[Result]]) -> None:
    """What robots.txt disallows is never fetched, and counted as such."""
    [result] = results["robots_forbids"]
    assert not [path for path in _pages(result) if path.startswith("/fr/")]
    assert result.manifest["tried"] == {"ok": 24, "robots": 12}
    assert result.code == 3


def test_days_that_the_site_does_not_list(results: dict[str, list[Result]]) -> None:
    """A window without any day is said, and is not success."""
    [result] = results["outside"]
    assert result.code == 3
    assert "lists no day from 2024-01-01" in result.manifest["reasons"][0]


def test_new_translations_of_recent_days_are_found(tmp_path: Path) -> None:
    """A language that appears later on a recent day is fetched by a later run."""
    site = ReplicaSite(articles=3, per_day=3, languages=("vi", "en", "ja"), last_day=TODAY)
    for post in site.posts.values():
        post.languages = ("vi", "en")
    with ReplicaServer(site) as server:
        command = [
            sys.executable,
            "-m",
            "scraper.cli",
            "crawl",
            "--base-url",
            server.base_url,
            "--delay",
            "0",
            "--json",
        ]
        command += ["--store", f"sqlite:///{tmp_path}/store.db"]
        first = json.loads(run_forked(command, folder=ROOT).stdout)
        _new_language(site)
        second = json.loads(run_forked(command, folder=ROOT).stdout)
    assert first["tried"] == {"ok": 6}
    # The three originals are asked again; the ETag of one has changed, and its page names a further language.
    assert second["tried"] == {"ok": 1, "unchanged": 3}
    assert second["texts"]["new"] == 1


# ---- the same record on every way


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ReplicaServer, Path]]:
    """A replica that has been crawled, store and archive in a folder."""
    folder = tmp_path_factory.mktemp("ways")
    with ReplicaServer(ReplicaSite(articles=4, languages=("vi", "en", "th", "ar"))) as server:
        done = _run("crawl", "--base-url", server.base_url, "--since", "2025-01-01", "--delay", "0",
                    "--store", f"sqlite:///{folder}/crawl.db", "--archive", str(folder / "archive"))  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield server, folder


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run_forked([sys.executable, "-m", "scraper.cli", *arguments], folder=ROOT)


def _records(store: Path) -> dict[str, dict[str, Any]]:
    with open_store(f"sqlite:///{store}", read_only=True) as opened:
        return {str(item.article.url): item.article.to_dict() for item in opened.articles()}


def _of_page(rights: list[dict[str, str]]) -> list[dict[str, str]]:
    return [signal for signal in rights if signal["source"] in PAGE_SOURCES]


def test_scrape_crawl_and_reextract_agree(crawled: tuple[ReplicaServer, Path]) -> None:
    """The same page through scrape, crawl and reextract gives the same record, but for the time of fetching."""
    server, folder = crawled
    by_crawl = _records(folder / "crawl.db")
    assert len(by_crawl) == 16
    done = _run("reextract", "--archive", str(folder / "archive"), "--store", f"sqlite:///{folder}/again.db")
    assert done.returncode == 0, done.stderr
    # What robots.txt said is in no page's record of the archive.
    of_pages = {url: {**record, "rights": _of_page(record["rights"])} for url, record in by_crawl.items()}
    assert _records(folder / "again.db") == of_pages
    done = _run("scrape", *by_crawl, "--base-url", server.base_url, "--delay", "0", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    scraped = {record["url"]: record for record in map(json.loads, done.stdout.splitlines())}
    for record in [*scraped.values(), *by_crawl.values()]:
        assert record.pop("fetched_at")
    assert scraped == by_crawl


def test_reextracting_twice_changes_nothing(crawled: tuple[ReplicaServer, Path]) -> None:
    """A re-extraction over the crawl's own store, and a second one, leave every row as it was."""
    _, folder = crawled

    def rows() -> list[Any]:
        with open_store(f"sqlite:///{folder}/crawl.db", read_only=True) as store:
            return [(s, s.article.to_dict()) for s in store.articles(revisions="all")]

    before = rows()
    for _ in range(2):
        done = _run("reextract", "--archive", str(folder / "archive"), "--store", f"sqlite:///{folder}/crawl.db")
        assert done.returncode == 0, done.stderr
        assert "0 new, 0 changed, 16 unchanged" in done.stdout
        assert rows() == before


def test_archive_is_warc_with_offsets(crawled: tuple[ReplicaServer, Path]) -> None:
    """Each stored text points at its response in a WARC 1.1 file, and warcio finds it there alone."""
    from warcio.archiveiterator import ArchiveIterator

    _, folder = crawled
    with open_store(f"sqlite:///{folder}/crawl.db", read_only=True) as store:
        items = list(store.articles())
    assert len(items) == 16
    for item in items:
        assert item.warc is not None
        with (folder / "archive" / item.warc.file).open("rb") as file:
            file.seek(item.warc.offset)
            record = next(iter(ArchiveIterator(file)))
            assert record.rec_headers.protocol == "WARC/1.1"
            assert record.rec_type == "response"
            assert record.rec_headers.get_header("WARC-Target-URI") == item.article.url
    kinds = [record.rec_type for path in (folder / "archive").iterdir() for record in ArchiveIterator(path.open("rb"))]
    assert kinds.count("response") == kinds.count("request") == 16
    assert kinds.count("warcinfo") == 1


def test_cut_off_archive_gives_what_is_whole(crawled: tuple[ReplicaServer, Path], tmp_path: Path) -> None:
    """An archive that a kill cut short is read up to the break, which is said; exit 3."""
    _, folder = crawled
    [whole] = (folder / "archive").iterdir()
    body = whole.read_bytes()
    (tmp_path / whole.name).write_bytes(body[: len(body) // 2])
    done = _run("reextract", "--archive", str(tmp_path), "--store", f"sqlite:///{tmp_path}/part.db")
    assert done.returncode == 3
    assert "the file ends within a gzip member" in done.stderr
    assert 0 < len(_records(tmp_path / "part.db")) < 16
