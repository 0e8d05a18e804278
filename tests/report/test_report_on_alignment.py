"""The report on parallel corpora: beads, units and what each filter removed are those of the manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from making_articles import TEXTS, make_article
from making_reports import SEEN, tables

from pipelines.report.alignment import alignment_section, read_corpus
from pipelines.report.model import Chart, ReportTable
from pipelines.storage import open_store
from scraper.cli import main

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `align` wrote, of six articles in three languages, some of whose units its filters remove."""
    folder = tmp_path_factory.mktemp("aligned")
    with open_store(str(folder / "store.db")) as store:
        for number in range(6):
            for language in ("vi", "en", "fr"):
                first, *rest = TEXTS[language]
                body = (f"{number + 100}. {first}", *rest, "2025")
                store.add(make_article(f"s{number}", language, paragraphs=body, kinds=("paragraph",) * 3), seen_at=SEEN)
    address = str(folder / "store.db")
    assert main(["align", "--store", address, "--langs", "vi,en,fr", "--out", str(folder / "corpus")]) == 0
    return folder


def test_numbers_are_those_of_the_manifest(corpus: Path) -> None:
    """Pairs by filters, and units = written + removed."""
    out = corpus / "report.html"
    store = str(corpus / "store.db")
    assert main(["report", "--store", store, "--corpus", str(corpus / "corpus"), "--out", str(out)]) == 0
    pairs = json.loads((corpus / "corpus" / "manifest.json").read_text())["pairs"]
    assert len(pairs) == 3
    page = out.read_text(encoding="utf-8")
    found = tables(page)
    head, *rows = found["What each filter removed, by pair: units (what several would remove is counted for the first)"]
    assert len(head) > 4
    for row in rows[:-1]:
        told = pairs[row[0]]
        removed = {name: int(number) for name, number in zip(head[4:], row[4:], strict=True) if number != "0"}
        assert removed == told["removed"]
        assert int(row[1]) == told["written"] + sum(told["removed"].values())
        assert int(row[2]) == told["written"]
    assert rows[-1][0] == "all"
    assert [int(rows[-1][at]) for at in (1, 2)] == [sum(int(row[at]) for row in rows[:-1]) for at in (1, 2)]
    beads = found["Beads by pair: paragraphs, one side to the other"]
    for row in beads[1:]:
        told = pairs[row[0]]
        assert sum(map(int, row[3:6])) == sum(told["beads"].values())
        assert int(row[3]) == told["beads"]["1-1"]


def test_what_is_no_corpus_is_refused(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, before anything is read: no folder, another manifest, one that somebody has changed."""
    changed = json.loads((corpus / "corpus" / "manifest.json").read_text())
    del changed["pairs"]["vi-en"]["written"]
    for name, content in (("none", None), ("other", {"manifest": "x"}), ("changed", changed)):
        folder = tmp_path / name
        if content is not None:
            folder.mkdir()
            (folder / "manifest.json").write_text(json.dumps(content))
        command = ["report", "--store", str(corpus / "store.db"), "--out", str(tmp_path / "r.html")]
        assert main([*command, "--corpus", str(folder)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "is no parallel corpus" in line
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("removed", "said"),
    [
        ({"length": 1, "own": 4, "script": 4}, "Most by script: 4 units of 109 (4 %)."),
        ({"length": 1}, "Most by length: 1 unit of 101 (1.0 %)."),
        ({"own": 3, "length": 0}, "Most by own: 3 units of 103 (3 %)."),
    ],
)
def test_the_filter_that_removed_most_is_told(corpus: Path, removed: dict[str, int], said: str) -> None:
    """With its part of all units; of two that removed as many, the later by its letters."""
    manifest = dict(read_corpus(corpus / "corpus"))
    pair = {**manifest["pairs"]["vi-en"], "written": 100, "removed": removed}
    section = alignment_section({"one": {**manifest, "pairs": {"vi-en": pair}}})
    (chart,) = [p for p in section.parts if isinstance(p, Chart) and p.title.startswith("Share that each filter")]
    assert chart.alternative == said
    assert chart.table is not None
    assert {str(row[0]): row[1] for row in chart.table.rows if row[1]} == {by: n for by, n in removed.items() if n}


def test_of_many_pairs_the_largest_are_shown_and_the_others_summed(corpus: Path) -> None:
    """435 pairs of 30 languages: the sums stay those of all."""
    manifest = dict(read_corpus(corpus / "corpus"))
    one = manifest["pairs"]["vi-en"]
    manifest["pairs"] = {f"p{number}-x": {**one, "written": number} for number in range(435)}
    (section,) = [alignment_section({"many": manifest})]
    (units,) = [p for p in section.parts if isinstance(p, ReportTable) and p.caption.startswith("What each filter")]
    assert len(units.rows) == 60 + 1 + 1
    assert units.rows[0][0] == "p434-x"
    assert units.rows[60][0] == "(375 other pairs)"
    assert sum(int(str(row[2])) for row in units.rows[:-1]) == units.rows[-1][2] == sum(range(435))
