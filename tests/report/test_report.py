"""The report: what it says is what the store holds; one page without script, the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from databases import fresh_postgres_database
from lxml import html as lxml_html
from making_articles import make_article
from making_reports import SEEN, captured, crawl, fill, odd_versions, runs, tables

from pipelines.export.selection_text import selection_words
from pipelines.report import report
from pipelines.report.crawled import crawl_section
from pipelines.report.model import Chart
from pipelines.rights import Rights, Signal
from pipelines.storage import ListedAddress, Selection, Store, open_store
from scraper.cli import main

ROOT = Path(__file__).parents[2]
pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")


def test_the_sum_of_the_crawl_and_its_days_are_those_of_the_ledger(store: Store) -> None:
    """Listed = stored + failed + left, in a sentence and by language and day."""
    crawl(store, days=3, failed=1)
    page = report(store)
    assert "9 listed = 8 stored + 0 unchanged + 1 failed (1 timeout) + 0 left." in page
    found = tables(page)
    days = found["Stored of listed, by language and day"]
    assert days[0] == ["day", "en", "fr", "vi"]
    assert sorted(cell for row in days[1:] for cell in row[1:]) == ["0/1"] + ["1/1"] * 8
    assert found["Addresses by outcome and day"][0] == ["day", "stored", "timeout"]


@pytest.mark.parametrize(
    ("days", "failed", "told"),
    [
        (3, 0, "3 languages, 3 days; everything is stored."),
        (3, 4, "3 languages, 3 days; least in en, 2025-09-01: 0 %."),
        (1, 0, "3 languages, 1 day; everything is stored."),
    ],
)
def test_the_drawing_of_the_crawl_is_told_in_words(store: Store, days: int, failed: int, told: str) -> None:
    """Of how many languages and days it is, and where least of what is listed is stored."""
    crawl(store, days=days, failed=failed)
    charts = [part for part in crawl_section(store.counts(), [], []).parts if isinstance(part, Chart)]
    assert [chart.alternative for chart in charts if "Share" in chart.title] == [told]


@pytest.mark.usefixtures("undrawn")
def test_long_times_are_drawn_by_weeks_months_and_years(store: Store) -> None:
    """Never more columns than a page is wide; every address stays counted."""
    for unit, days in (("week (from its Monday)", 200), ("month", 1500), ("year", 6000)):
        first, start = 10_000 * days, date(2000, 1, 3)
        entries = [
            ListedAddress(
                f"https://www.vietnam.vn/x{first + n}", f"x{first + n}", "vi", day=str(start + timedelta(days=n))
            )
            for n in range(0, days + 1, 50)
        ]
        store.enqueue(entries, now=SEEN)
        rows = tables(report(store))[f"Stored of listed, by language and {unit}"][1:]
        assert len(rows) <= 90
        assert any(rows[0][1:])
        assert any(rows[-1][1:])
        listed = sum(int(cell.partition("/")[2]) for row in rows for cell in row[1:] if cell)
        assert listed == sum(count.addresses for count in store.counts())


@pytest.mark.usefixtures("undrawn")
def test_what_is_unusual_about_the_last_run_is_said(store: Store) -> None:
    """Against the runs before it; few runs say nothing, and a usual one says so."""
    runs(store, 100, 104, 98)
    assert "Unusual" not in report(store)
    runs(store, 101, 99, 102)
    assert "Unusual about the last finished run, beside 5 before it: nothing." in report(store)
    runs(store, 3)
    assert "pages 3 (usually 100)" in report(store)


@pytest.mark.usefixtures("undrawn")
def test_lines_that_survived_and_lines_that_were_lost_are_shown(store: Store) -> None:
    """A paragraph that all articles of a language share, and stripped sentences, each on one page alone."""
    fill(store, languages=("en", "ja"))
    page = report(store)
    shown = [(item.findtext("p"), item.findtext("small")) for item in lxml_html.fromstring(page).iter("li")]
    part = "in 12 articles of the sample (100 %)"
    assert ("Hotline en", f"en: {part}, at the end; near what tail took") in shown
    lost = {said for _, said in shown if said and said.endswith("; rule tail")}
    assert lost == {f"{code}: {part}; rule tail" for code in ("en", "ja")}
    assert ("No data", "no-data: 24 times") in shown
    assert not any(text and text.startswith("C. ") for text, _ in shown)  # a paragraph of one article alone


def test_the_same_store_gives_the_same_bytes_and_another_order_too(tmp_path: Path) -> None:
    """Whatever the order in which languages came, and however often it is asked."""
    pages = []
    for number, languages in enumerate((("en", "ar", "th"), ("th", "en", "ar"))):
        with open_store(str(tmp_path / f"{number}s.db")) as opened:
            fill(opened, languages=languages)
            pages += [re.sub(r"/\d+s\.db|\d+s\.db", "s.db", report(opened)) for _ in range(2)]
    assert len(set(pages)) == 1


@pytest.mark.usefixtures("undrawn")
def test_both_databases_give_the_same_page(tmp_path: Path) -> None:
    """But for the store's name, measured or not."""
    pages = []
    with fresh_postgres_database() as address:
        for url in (str(tmp_path / "s.db"), address):
            with open_store(url) as opened:
                fill(opened, languages=("vi", "en", "ar"))
                odd_versions(opened)
                crawl(opened, days=9, failed=5)
                captured(opened)
                runs(opened, 5, 5, 5, 5, 900)
                for slug in ("copy", "another"):
                    opened.add(make_article(slug, "vi"), seen_at=SEEN)
                for _ in range(2):
                    pages.append(report(opened).replace(opened.name, "NAME"))
                    sum(opened.measure())
    assert len(set(pages)) == 1


def test_nothing_in_the_page_asks_for_anything_or_runs(store: Store) -> None:
    """No script, no address beside its own places and the picture of the heat map, a policy that forbids the rest."""
    fill(store)
    crawl(store)
    tree = lxml_html.fromstring(report(store))
    assert not list(tree.iter("script", "link", "iframe", "object", "embed", "form"))
    addresses = [
        value for e in tree.iter() for name, value in e.attrib.items() if name.split("}")[-1] in ("href", "src")
    ]
    assert addresses
    assert all(value.startswith(("#", "data:image/png;base64,")) for value in addresses)
    assert not [name for e in tree.iter() for name in e.attrib if name.startswith("on")]
    ids = [value for e in tree.iter() for name, value in e.attrib.items() if name == "id"]
    assert len(ids) == len(set(ids))


def test_an_empty_store_has_a_report(store: Store) -> None:
    """It says that there is nothing."""
    page = report(store)
    assert "No text is selected." in page
    assert "nothing was crawled" in page


def test_the_command_writes_the_page_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With an account beside it; wrong ones are refused in one line, and nothing is left behind."""
    path = tmp_path / "store.db"
    with open_store(str(path)) as opened:
        fill(opened, languages=("en",))
    account = tmp_path / "account.json"
    account.write_text(
        json.dumps({"result": "blocked", "reasons": ["robots.txt: no"], "started_at": SEEN, "totals": None})
    )
    out = tmp_path / "report.html"
    assert main(["report", "--store", str(path), "--manifest", str(account), "--out", str(out)]) == 0
    assert "was blocked. Reasons: robots.txt: no" in out.read_text()
    with open_store(str(path), read_only=True) as opened:
        assert report(opened, Selection(), manifests=[json.loads(account.read_text())]) == out.read_text()
    capsys.readouterr()
    for wrong in (["--manifest", str(path)], ["--manifest", str(tmp_path / "none.json")], ["--lang", "qq"]):
        assert main(["report", "--store", str(path), "--out", str(tmp_path / "no.html"), *wrong]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["report", "--store", str(path), "--out", str(path)]) == 2
    assert main(["report", "--store", str(path), "--out", str(tmp_path / "none" / "r.html")]) == 1
    assert sorted(p.name for p in tmp_path.iterdir() if "html" in p.name) == ["report.html"]


def test_the_report_is_of_a_selection_by_the_options_of_export(tmp_path: Path) -> None:
    """The numbers are those of the selected texts, and the page says by what they were chosen, as every card does."""
    path = tmp_path / "store.db"
    with open_store(str(path)) as opened:
        fill(opened, languages=("en", "ja"))
        opened.add(make_article("khac", "fr", publisher="Báo Khác"), seen_at=SEEN)
    out = tmp_path / "report.html"
    options = ["--publisher", "Báo Khác", "--min-words", "3", "--quality", "digit_share<0.5", "--search", "barques"]
    assert main(["report", "--store", str(path), "--out", str(out), *options]) == 0
    page = out.read_text(encoding="utf-8")
    assert "1 text under 1 slug in 1 language" in page
    wanted = Selection(publishers=("Báo Khác",), min_words=3, quality=("digit_share<0.5",), search="barques")
    told = [item.text for item in lxml_html.fromstring(page).xpath("//header//li")]
    assert told == list(selection_words(wanted)[1])
    with open_store(str(path), read_only=True) as opened:
        assert report(opened, wanted) == page
        assert "No filter was set." in report(opened)


def test_what_was_said_of_the_use_of_texts_is_counted(store: Store) -> None:
    """Answers by use, the signals with their words; nothing that was said is markup; silence is told."""
    store.add(make_article("khac", "fr"), seen_at=SEEN)
    assert "Nothing was recorded of 1 text of 1, which is no permission." in report(store)
    said = Signal("meta robots", "noai <script>", {"train-ai": "disallowed"})
    store.add(make_article("khac", "vi", rights=Rights((said,))), seen_at=SEEN)
    page = report(store)
    assert "Nothing was recorded of 1 text of 2, which is no permission." in page
    rows = tables(page)
    answers = rows["Texts by what was said of each use when they were fetched"]
    assert answers[0] == ["use", "disallowed", "unknown", "allowed", "unsaid"]
    assert ["train-ai", "1", "0", "0", "1"] in answers
    assert ["tdm", "0", "0", "0", "2"] in answers
    assert rows["Signals"][1:] == [["meta robots", "noai <script>", "1"]]
    assert "noai <script>" not in page
    assert "1 text under 1 slug in 1 language" in report(store, Selection(allowed=("train-ai",)))


def test_the_demo_ends_with_its_report(tmp_path: Path) -> None:
    """Crawled over real HTTP, then drawn; the last lines say how to read it."""
    command = [sys.executable, "-m", "scraper.cli", "demo", "--out", "shown"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "  shown/report.html   # the report on this crawl" in done.stdout
    page = (tmp_path / "shown" / "report.html").read_text(encoding="utf-8")
    assert "168 listed = 168 stored" in page
    assert len(tables(page)["Stored of listed, by language and day"]) == 1 + 3


@pytest.mark.parametrize("module", ["jinja2", "matplotlib"])
@pytest.mark.parametrize(
    "command",
    [("crawl",), ("backfill", "--from", "commoncrawl"), ("clean", "in.jsonl", "--out", "out"), ("report",)],
    ids=lambda command: command[0],
)
def test_what_cannot_be_drawn_is_not_begun(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    module: str,
) -> None:
    """One line that names the extra, exit code 2, and nothing is made; nor is a store replaced by its report."""
    monkeypatch.chdir(tmp_path)
    option = "--out" if command == ("report",) else "--report"
    call = [*command, *(() if command[0] == "clean" else ("--store", "store.db"))]
    if command[0] != "clean":
        assert main([*call, option, "store.db"]) == 2
        capsys.readouterr()
    monkeypatch.setitem(sys.modules, module, None)
    assert main([*call, option, "r.html"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "vietnamvn[view]" in line
    assert list(tmp_path.iterdir()) == []
