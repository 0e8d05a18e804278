"""The history of runs, and what of a run is far from those before it."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from watched_crawls import ROOT, Crawl

from pipelines.audit import audit, text_of
from pipelines.baseline import LEAST_RUNS, compare, figures
from pipelines.storage import open_store
from pipelines.storage.values import RunRecord, Selection
from scraper.cli import main
from scraper.replica import ReplicaServer, ReplicaSite

LANGUAGES = ("vi", "en", "fr", "de", "ja", "th", "ar", "lo")
FIELDS = {"title": 1.0, "publisher": 0.9, "published": 1.0, "source_url": 0.8, "images": 0.97}
MONDAY = datetime(2025, 9, 1, 5, tzinfo=timezone.utc)


def poisson(random_: random.Random, mean: float) -> int:
    """How often something happens that happens `mean` times on average."""
    count, chance = 0, random_.random()
    while chance > math.exp(-mean):
        count, chance = count + 1, chance * random_.random()
    return count


def summary(random_: random.Random, *, weekend: bool = False) -> dict[str, Any]:
    """An ordinary run: fewer articles at weekends, each language with a chance of its own, each field too."""
    articles = {code: poisson(random_, (60 if weekend else 140) / (1 + n)) for n, code in enumerate(LANGUAGES)}
    total = sum(articles.values())
    fields = {name: total - poisson(random_, total * (1 - chance)) for name, chance in FIELDS.items()}
    return {
        "exit_code": 0,
        "result": "complete",
        "reasons": [],
        "tried": {"ok": total, "not_found": poisson(random_, 4), "timeout": poisson(random_, 2)},
        "texts": {"new": total, "revision": poisson(random_, 5), "unchanged": 0},
        "articles": articles,
        "fields": fields,
        "totals": {"listed": total},
    }


def history(days: int, seed: int = 7) -> list[RunRecord]:
    """A run a day."""
    random_ = random.Random(seed)
    found = []
    for number in range(days):
        began = MONDAY + timedelta(days=number)
        told = summary(random_, weekend=began.weekday() >= 5)
        ended = began + timedelta(seconds=poisson(random_, sum(told["tried"].values())))
        found.append(finished(number + 1, began, ended, told))
    return found


def finished(number: int, began: datetime, ended: datetime, told: dict[str, Any], command: str = "crawl") -> RunRecord:
    """A run that has come to its end."""
    return RunRecord(
        id=number,
        command=command,
        holder="h",
        started_at=began.isoformat(),
        finished_at=ended.isoformat(),
        outcome=str(told.get("result")),
        options={},
        summary=told,
    )


def changed(run: RunRecord, change: Callable[[dict[str, Any]], None], seconds: float | None = None) -> RunRecord:
    """The same run, but for its account or its time."""
    told = json.loads(json.dumps(run.summary))
    change(told)
    began = datetime.fromisoformat(run.started_at)
    ended = datetime.fromisoformat(run.finished_at or "") if seconds is None else began + timedelta(seconds=seconds)
    return finished(run.id, began, ended, told, run.command)


def found(run: RunRecord, before: list[RunRecord]) -> set[str]:
    """What is unusual about a run, by kind and name."""
    compared = compare(run, before)
    assert compared is not None
    return {f"{unusual.kind} {unusual.name}" for unusual in compared.unusual}


def test_a_quiet_year_is_quiet() -> None:
    """Of 400 ordinary days, weekends with half as many articles among them, hardly one is called unusual."""
    runs = history(400)
    called = [n for n in range(LEAST_RUNS * 7, len(runs)) if found(runs[n], runs[:n])]
    assert len(called) <= 3, called


def _half(told: dict[str, Any]) -> None:
    told["fields"] = {name: value - sum(told["articles"].values()) * 2 // 3 for name, value in told["fields"].items()}
    for name in ("articles", "tried", "texts"):
        told[name] = {key: value // 3 for key, value in told[name].items()}


def _none(told: dict[str, Any]) -> None:
    told.update(articles={}, tried={}, texts={"new": 0, "revision": 0, "unchanged": 0}, fields={})


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "nothing in it": (_none, "run articles"),
    "a third of the articles": (_half, "run articles"),
    "a language is gone": (lambda told: told["articles"].pop("lo"), "language lo"),
    "another language instead": (lambda told: told["articles"].update(ja=0, th=told["articles"]["ja"]), "language ja"),
    "no publisher is found": (lambda told: told["fields"].update(publisher=0), "missing publisher"),
    "images are lost": (lambda told: told["fields"].update(images=told["fields"]["images"] // 2), "missing images"),
    "pages refused": (lambda told: told["tried"].update(blocked=60), "pages blocked"),
    "many re-done": (lambda told: told["texts"].update(revision=90), "texts revision"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_planted_is_found(name: str) -> None:
    """In any of 20 histories."""
    change, expected = FAULTS[name]
    for seed in range(20):
        runs = history(40, seed)
        assert expected in found(changed(runs[-1], change), runs[:-1]), seed


def test_a_run_that_takes_much_longer_is_found() -> None:
    """Four times as long, with the same pages."""
    runs = history(40)
    assert "run seconds" in found(changed(runs[-1], lambda told: None, seconds=4 * 400), runs[:-1])


def test_the_same_weekday_is_the_baseline_where_it_is_there() -> None:
    """A Saturday with a Saturday's articles is usual, a Monday with them is not."""
    runs = history(40)
    saturday, monday = runs[33], runs[35]
    assert compare(saturday, runs[:33]) is not None
    assert not found(saturday, runs[:33])
    as_monday = changed(monday, lambda told: told.update(json.loads(json.dumps(saturday.summary))))
    assert "run articles" in found(as_monday, runs[:35])
    compared = compare(runs[6], runs[:6])
    assert compared is not None
    assert not compared.weekday  # no four Sundays yet
    compared = compare(monday, runs[:35])
    assert compared is not None
    assert (compared.weekday, compared.runs) == (True, 5)


def test_no_baseline_of_what_was_refused_or_of_another_command() -> None:
    """Interrupted, blocked and failed runs, and a backfill, say nothing of a crawl."""
    runs = history(LEAST_RUNS + 1)
    for code in (1, 2, 4, 130):
        broken = [changed(run, lambda told, code=code: told.update(exit_code=code)) for run in runs[:-1]]  # type: ignore[misc]
        assert compare(runs[-1], broken) is None
    others = [finished(r.id, MONDAY, MONDAY, dict(r.summary), "backfill") for r in runs[:-1]]
    assert compare(runs[-1], others) is None
    assert compare(runs[-1], runs[:-1]) is not None


def test_runs_that_did_not_count_articles_say_nothing_of_them() -> None:
    """Those of an earlier version: neither as a baseline nor as the run that is compared."""
    runs = history(30)

    def older(told: dict[str, Any]) -> None:
        told.pop("articles")
        told.pop("fields")

    assert not found(runs[-1], [changed(run, older) for run in runs[:-1]])
    assert not found(changed(runs[-1], older), runs[:-1])


def fill(store: Path, runs: list[RunRecord]) -> str:
    """A store in which these ran."""
    with open_store(f"sqlite:///{store}") as opened:
        for run in runs:
            number = opened.start_run(run.command, holder="h", now=run.started_at, options={"days": 2})
            if run.finished_at is not None:
                opened.finish_run(number, now=run.finished_at, outcome=run.outcome or "", summary=run.summary)
    return f"sqlite:///{store}"


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def called(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in this process: exit code, standard output and error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["runs", *arguments])
        return code, *capsys.readouterr()

    return run


def test_the_command_tells_the_history_and_judges_the_last_run(tmp_path: Path, called: Command) -> None:
    """As a table, as objects, and as an exit code."""
    runs = history(29)
    store = fill(tmp_path / "quiet.db", runs)
    code, out, error = called("--store", store, "--last", "3", "--fail-on", "unusual")
    assert code == 0, error
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[0] for row in rows] == ["run", "29", "28", "27"]
    assert rows[1][4:9] == [
        f"{figures(runs[-1])['run', 'seconds']:.0f}",
        str(sum(runs[-1].summary["tried"].values())),
        str(sum(runs[-1].summary["articles"].values())),
        str(runs[-1].summary["texts"]["new"]),
        str(runs[-1].summary["texts"]["revision"]),
    ]
    store = fill(tmp_path / "gone.db", [*runs[:-1], changed(runs[-1], FAULTS["a language is gone"][0])])
    code, out, error = called("--store", store, "--fail-on", "unusual", "--format", "jsonl")
    assert code == 1
    assert "run 29: articles in lo 0 (usually" in error
    records = [json.loads(line) for line in out.splitlines()]
    assert len(records) == 20
    assert records[0]["compared_with"] == {"runs": 4, "same_weekday": True}
    assert "lo" in {unusual["name"] for unusual in records[0]["unusual"]}
    assert records[0]["account"]["totals"] == dict(runs[-1].summary["totals"])
    assert records[-1]["options"] == {"days": 2}


def test_a_store_without_runs_and_one_whose_run_was_killed(tmp_path: Path, called: Command) -> None:
    """Said in a line; no verdict is a good one."""
    code, out, error = called("--store", fill(tmp_path / "empty.db", []), "--fail-on", "unusual")
    assert (code, out.count("\n")) == (0, 1)
    assert "no run yet" in error
    runs = history(3)
    killed = replace(finished(4, MONDAY, MONDAY, {}), finished_at=None, outcome=None)
    code, out, error = called("--store", fill(tmp_path / "killed.db", [*runs, killed]), "--fail-on", "unusual")
    assert code == 0
    assert "run 4 has not ended" in error
    assert "too few runs" in error
    assert Counter(line.split("\t")[3] for line in out.splitlines()[1:]) == {"complete": 3, "not ended": 1}


def test_a_crawl_counts_its_articles_and_their_fields(crawl: Crawl, tmp_path: Path) -> None:
    """In the manifest and in the store: by language, and those that have each field."""
    assert crawl().returncode == 0
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        last = store.runs()[-1]
        stored = [one.article for one in store.articles()]
    assert last.summary["articles"] == dict(Counter(article.url_language for article in stored))
    for name in FIELDS:
        assert last.summary["fields"][name] == sum(bool(getattr(article, name)) for article in stored), name
    assert last.summary["totals"]["listed"] == len(stored)


def test_a_crawl_looks_through_its_new_texts(tmp_path: Path) -> None:
    """As the audit does, where there are enough of a language; the replica's articles have paragraphs in common."""
    site = ReplicaSite(articles=24, per_day=12, languages=("vi", "en"), last_day=date(2025, 10, 23))
    with ReplicaServer(site) as server:
        for least, expected in (("24", True), ("25", False)):
            place = tmp_path / f"{least}.db"
            asked = {
                "base_url": server.base_url,
                "since": "2025-10-20",
                "until": "2025-10-23",
                "store": f"sqlite:///{place}",
            }
            given = [part for name, value in asked.items() for part in ("-a", f"{name}={value}")]
            settings = ["-s", "DOWNLOAD_DELAY=0", "-s", f"VIETNAMVN_AUDIT_ARTICLES={least}"]
            command = [sys.executable, "-m", "scrapy", "crawl", "articles", *given, *settings]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            account = json.loads(place.with_suffix(".manifest.json").read_text(encoding="utf-8"))
            with open_store(f"sqlite:///{place}") as store:
                alarms = [alarm.to_dict() for alarm in audit(map(text_of, store.select(Selection()))).alarms]
            assert alarms
            assert account["audit"] == (json.loads(json.dumps(alarms)) if expected else [])
            assert ("warning: new texts: " in done.stderr) == expected
