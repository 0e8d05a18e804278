# ruff: noqa: E501 # records read best on few lines
"""Composed histories of a store: both databases answer every question alike, and as they did before.

Pages are stored, seen again, refused and gone, addresses listed, leased, lost and ended, in any order; then everything
that can be asked is asked. ``history_outputs.json`` has a hash of the answers to each question. After a change that is
meant: ``python tests/storage/test_kept_histories.py`` writes the file anew; the changelog says what changed.
"""

from __future__ import annotations

import dataclasses
import json
import random
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from kept import hashed, plain
from making_articles import TEXTS, make_article

from pipelines.models import Article, Rejected, Stripped
from pipelines.rights import Rights, Signal
from pipelines.storage import Lease, ListedAddress, Selection, Store, Validators, WarcLocation, open_store
from pipelines.storage.browsing import RefusedSelection, page, refused, unanswered
from pipelines.storage.naming import Wanted
from pipelines.storage.overview import overview
from pipelines.storage.removing import preview, take_down

KEPT = Path(__file__).with_name("history_outputs.json")
HOW = f"python {Path(__file__).relative_to(Path(__file__).parents[2])}"
START = datetime(2025, 10, 20, tzinfo=timezone.utc)
SLUGS = ("cho-noi", "cho-noi-2", "lang-gom", "den-bien", "cau-go-thoi-dai", "mua-gat")
LANGUAGES = tuple(TEXTS)
SEEDS = range(4)


def _article(rng: random.Random) -> Article:
    slug, language = rng.choice(SLUGS), rng.choice(LANGUAGES)
    text = TEXTS[language][rng.randrange(2) :] + (
        (f"{rng.choice(TEXTS[language])} {rng.randrange(3)}",) * rng.randrange(3)
    )
    rights = ()
    if rng.random() < 0.4:
        said: dict[Any, Any] = {
            "train-ai": rng.choice(("allowed", "disallowed")),
            "tdm": rng.choice(("disallowed", "unknown")),
        }
        rights = (Signal(rng.choice(("meta robots", "tdmrep")), f"said {rng.randrange(3)}", said),)
    host = rng.choice(("www.vietnam.vn", "www.vietnam.vn", "vjs.vietnam.vn", "bao.example"))
    prefix = "" if language == "vi" else f"/{language}"
    return make_article(
        slug, language, url=f"https://{host}{prefix}/{slug}", host=host, paragraphs=text, kinds=("paragraph",) * len(text),
        title=f"{slug} {rng.randrange(2)}", publisher=rng.choice(("Báo Cần Thơ", "Báo Ví Dụ", None)),
        published=rng.choice(("2025-10-19", "2025-10-20T09:00:00+07:00", "2025-09-01", None)),
        language_agrees=rng.choice((True, True, False, None)),
        extractor_version=rng.choice(("1", "2")), stripped=(Stripped(text="No data", rule="x"),) * rng.randrange(3),
        alternates={code: f"https://www.vietnam.vn/{code}/{rng.choice(SLUGS)}" for code in ("en", "fr")[: rng.randrange(3)]},
        fetched_at=(START + timedelta(hours=rng.randrange(200))).isoformat(), rights=Rights(rights),
        tags=tuple(rng.sample(("du lịch", "gốm", "biển"), rng.randrange(3))),
    )  # fmt: skip


def _page(rng: random.Random) -> Article | Rejected:
    if rng.random() < 0.8:
        return _article(rng)
    url = f"https://www.vietnam.vn/{rng.choice(('fr/', 'en/', ''))}{rng.choice((*SLUGS, 'tag/x', 'a b'))}"
    outcome = rng.choice(("not_article", "challenge", "empty", "parse_failed"))
    return Rejected(url=url, outcome=outcome, detail=f"{outcome} {rng.randrange(2)}", fetched_at=None)


def _listed(rng: random.Random) -> ListedAddress:
    language = rng.choice(LANGUAGES)
    slug = rng.choice(SLUGS)
    url = f"https://www.vietnam.vn/{language}/{slug}" if language != "vi" else f"https://www.vietnam.vn/{slug}"
    day = (START + timedelta(days=rng.randrange(4))).date().isoformat()
    return ListedAddress(url, slug, language, day, rng.choice((None, "L1", "L2")), rng.randrange(3))


def live(store: Store, seed: int) -> list[Any]:
    """What each step of a history gave back."""
    rng = random.Random(f"history {seed}")
    now, leases, run = START, list[Lease](), 0
    told: list[Any] = []
    for _ in range(160):
        now += timedelta(minutes=rng.choice((0, 1, 30, 59, 60, 61, 600)))
        lease = leases.pop(rng.randrange(len(leases))) if leases and rng.random() < 0.7 else None
        step = rng.choice(
            ("add", "add", "add", "list", "lease", "end", "end", "touch", "gone", "run", "extend", "retry", "again")
        )
        if step == "add":
            warc = (
                WarcLocation(f"a-{rng.randrange(3)}.warc.gz", rng.randrange(9) * 100, 100)
                if rng.random() < 0.5
                else None
            )
            http = Validators(rng.choice(('"e1"', None)), rng.choice(("Mon, 20 Oct 2025 00:00:00 GMT", None)), 200)
            told.append(store.add(_page(rng), seen_at=now, lease=lease, run_id=run or None, http=http, warc=warc))
        elif step == "list":
            told.append(store.enqueue([_listed(rng) for _ in range(rng.randrange(1, 6))], now=now))
        elif step == "lease":
            leases += store.lease(rng.randrange(1, 4), holder=rng.choice(("a", "b")), now=now, seconds=3600)
            told.append([(one.slug, one.language, one.attempt, one.etag, one.day) for one in leases])
        elif step == "end" and lease is not None:
            outcome = rng.choice(("timeout", "http_error", "not_found", "redirected_away"))
            again = now + timedelta(minutes=rng.choice((1, 600))) if rng.random() < 0.5 else None
            told.append(
                store.complete(lease, outcome=outcome, now=now, detail="x") if rng.random() < 0.4
                else store.fail(lease, outcome, "slow", now, retry_at=again)
            )  # fmt: skip
        elif step == "touch" and lease is not None:
            told.append(store.touch(lease, seen_at=now, http=Validators('"e2"', None, 304)))
        elif step == "gone":
            told.append(store.mark_gone(rng.choice(SLUGS), rng.choice(LANGUAGES), gone_at=now))
        elif step == "run":
            if run:
                store.finish_run(
                    run, now=now, outcome=rng.choice(("finished", "interrupted")), summary={"n": len(told)}
                )
            run = 0 if run else store.start_run("crawl", holder="a", now=now, options={"seed": seed})
        elif step == "extend" and lease is not None:
            told.append(store.extend([lease], now=now, seconds=7200) if rng.random() < 0.5 else store.release([lease]))
        elif step == "retry":
            told.append(store.retry(rng.sample(("timeout", "http_error", "empty", "challenge"), 2), now=now))
        elif step == "again":
            told += [store.lease_holders(), store.release_holder(rng.choice(("a", "b")))]
        if rng.random() < 0.05:
            lock = store.acquire_lock("crawl", holder=rng.choice(("a", "b")), now=now, seconds=600)
            told.append(lock and (lock.holder, lock.expires_at))
    return told


SELECTIONS = {
    "all": Selection(),
    "revisions": Selection(revisions="all"),
    "found": Selection(languages=("vi", "en", "th")),
    "claimed": Selection(claimed=("fr", "vi", "ja")),
    "period": Selection(since="2025-10-19", until="2025-10-20"),
    "since": Selection(since="2025-10-20", revisions="all"),
    "publisher": Selection(publishers=("Báo Ví Dụ",)),
    "agreeing": Selection(agreeing_only=True),
    "words": Selection(min_words=9),
    "ids": Selection(ids=("fr/cho-noi", "vi/lang-gom", "en/khac")),
    "seen": Selection(first_seen_since="2025-10-21", first_seen_until="2025-10-23"),
    "no copies": Selection(no_copies=True),
    "allowed": Selection(allowed=("train-ai", "tdm")),
    "allowed alone": Selection(allowed=("tdm",), rights_unsaid="leave"),
    "sample": Selection(sample=5, seed=3),
    "sample by row": Selection(sample=4, sample_by="row", revisions="all"),
    "words asked": Selection(search="chợ nổi OR 2025"),
}


def asked(store: Store) -> dict[str, Any]:
    """The answers to every question."""
    found: dict[str, Any] = {}
    for name, selection in SELECTIONS.items():
        texts = [(one.language, one.slug, one.content_sha256, one.current) for one in store.select(selection)]
        counts = sorted((str(key), number) for key, number in store.tally(selection).items())
        found[f"selected: {name}"] = [texts, counts, store.extent(selection)]
        seen = page(store, selection)
        found[f"page: {name}"] = [seen.order, seen.counted, seen.more, seen.following, len(seen.texts)]
        found[f"overview: {name}"] = store.read(lambda connection, wanted=selection: overview(connection, wanted))
    found["texts"] = [store.revisions(slug, code) for slug in SLUGS for code in LANGUAGES]
    found["current"] = [[one.content_sha256 for one in store.languages_of(slug)] for slug in SLUGS]
    for revisions in ("current", "all"):
        groups = store.groups(revisions=revisions, lines=revisions == "all")  # type: ignore[arg-type] # one of the two
        found[f"groups: {revisions}"] = [(slug, len(versions)) for slug, versions in groups]
        joined = store.links(revisions=revisions)  # type: ignore[arg-type] # one of the two
        found[f"links: {revisions}"] = [(slug, joined.slugs_of(slug), joined.evidence(slug)) for slug in SLUGS]
    found["versions"] = [(slug, versions) for slug, versions in store.versions()]
    found["revised"] = [store.revised(), sorted(map(str, store.standing(SLUGS)))]
    for query in ("chợ", '"floating market"', "市場 OR наш", "2025 -dawn", "bar*", "(cái OR кайранг) AND 1200"):
        found[f"search: {query}"] = [(one.language, one.slug) for one in store.search(query, limit=5, offset=1)]
    found["ledger"] = [store.counts(), *(store.ledger(f"2025-10-{day}") for day in range(20, 24))]
    found["ledger"] = [
        [dataclasses.astuple(row) if dataclasses.is_dataclass(row) else row for row in part] for part in found["ledger"]
    ]  # type: ignore[arg-type]
    found["counts"] = [store.counts(since="2025-10-21"), store.counts(until="2025-10-21"), store.stats()]
    found["has"] = [
        store.has(slug, code, lastmod=mark) for slug in SLUGS for code in LANGUAGES for mark in (None, "L1")
    ]
    found["validators"] = [
        store.validators(f"https://www.vietnam.vn/{code}/{slug}") for slug in SLUGS for code in LANGUAGES
    ]
    found["refused"] = [part for wanted in (RefusedSelection(), RefusedSelection(outcome="empty"), RefusedSelection(languages=("fr",), since="2025-10-21"))
                        for part in (refused(store, wanted), unanswered(store, wanted))]  # fmt: skip
    found["archive"] = [list(store.archive_places()), store.archive_counts()]
    found["runs"] = store.runs()
    found["faults"] = list(store.check())
    return found


def removed(store: Store) -> list[Any]:
    """What is there after an article, single versions and another article were taken down."""
    told: list[Any] = []
    wants = (
        Wanted(slugs=frozenset({"cho-noi"})),
        Wanted(versions=frozenset({("lang-gom", "fr"), ("den-bien", "vi")})),
        Wanted(slugs=frozenset({"mua-gat", "not-there"})),
    )
    for number, wanted in enumerate(wants):
        found = preview(store, wanted)
        told.append([sorted(found.texts), found.revisions, found.rejects, found.addresses, found.places])
        take_down(store, wanted, removed_at=START + timedelta(days=30 + number), reason="request", has_archive=False)
        told.append([(one.language, one.slug) for one in store.select(Selection(revisions="all"))])
        told.append(store.add(make_article("cho-noi", "fr"), seen_at=START + timedelta(days=40)))
    return [*told, store.stats(), list(store.check()), len(list(store.removed()))]


def told(store: Store, seed: int) -> dict[str, str]:
    """A hash of the answers to each question."""
    steps = live(store, seed)
    store.index()
    return {
        "steps": hashed(plain(steps)),
        **{name: hashed(plain(answer)) for name, answer in asked(store).items()},
        "removed": hashed(plain(removed(store))),
    }


def test_histories_end_as_they_did(store: Store) -> None:
    """On both databases: whoever means a difference writes the file anew."""
    kept = json.loads(KEPT.read_text())
    assert told(store, 0) == kept["0"], f"if that is meant: {HOW}"


def test_more_histories(tmp_path: Path) -> None:
    """Of other steps, on SQLite."""
    kept = json.loads(KEPT.read_text())
    for seed in SEEDS[1:]:
        with open_store(tmp_path / f"{seed}.db") as store:
            assert told(store, seed) == kept[str(seed)], f"if that is meant: {HOW}"


if __name__ == "__main__":
    answers = {}
    for number in SEEDS:
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder, "store.db")) as opened:
            answers[str(number)] = told(opened, number)
    KEPT.write_text(json.dumps(answers, indent=1) + "\n")
