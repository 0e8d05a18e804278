"""`clean --report`: the page says what the output and its rejects hold, the same whatever the workers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples
from lxml import html as lxml_html

from pipelines.quality.thresholds import THRESHOLDS

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")
Clean = Callable[..., tuple[int, dict[str, Any], str]]


def tables(page: Path) -> dict[str, list[list[str]]]:
    """Caption -> rows of texts, the head first."""
    return {
        table.findtext("caption"): [[cell.text_content().replace(",", "") for cell in row] for row in table.iter("tr")]
        for table in lxml_html.fromstring(page.read_text(encoding="utf-8")).iter("table")
    }


def test_the_page_is_that_of_the_output_whatever_the_workers(tmp_path: Path, clean: Clean) -> None:
    """Rules by language, languages, outcomes and thresholds, counted in the rows that were written; with one process
    and with two, into JSON Lines and Parquet, and again where finished shards are not done anew."""
    samples.write_lines(tmp_path / "in.jsonl", [*samples.fineweb(samples.texts()), {"url": "https://www.vietnam.vn/x"}])
    pages = {}
    for name, more in {"one": (), "two": ("--workers", 2), "again": (), "parquet": ("--format", "parquet")}.items():
        out = tmp_path / ("one" if name == "again" else name)
        page = tmp_path / f"{name}.html"
        given = (tmp_path / "in.jsonl", "--out", out, "--shard-bytes", "16K", "--drop-duplicates", "--report", page)
        code, summary, told = clean(*given, *more)
        assert code == 3
        assert f"{page}: written; open it in a browser" in told
        pages[name] = page.read_text(encoding="utf-8").replace(f"{out}:", "OUT:")
    assert len(set(pages.values())) == 1
    found = tables(tmp_path / "one.html")
    rows = samples.rows_of(tmp_path / "one")
    lines = Counter((line["rule"], row["vn_language"] or "-") for row in rows for line in row["vn_stripped"])
    assert len(lines) > 10
    head, *rules = found["Lines by rule and language"]
    assert {
        (rule, code): int(n) for rule, *cells in rules for code, n in zip(head[1:], cells, strict=True) if n != "0"
    } == lines
    by_rule: Counter[str] = Counter()
    for (rule, _), number in lines.items():
        by_rule[rule] += number
    assert summary["stripped_by_rule"] == dict(sorted(by_rule.items()))
    languages = Counter(row["vn_language"] for row in rows if row["vn_language"])
    (shown,) = [rows[1:] for caption, rows in found.items() if caption.startswith("Articles by language found")]
    assert len(shown) == min(30, len(languages))
    assert all(languages[code] == int(number) for code, number, _ in shown)
    became = {row[0]: int(row[1]) for row in found["Rows by what became of them"][1:]}
    assert became == {"clean": len(rows), "rejected": summary["rejected"], "passed over": 0,
                      "duplicates": summary["duplicates"]}  # fmt: skip
    head, *kept = found["Texts that each filter would throw away, by language (a filter is called by what it keeps)"]
    limits = {limit.condition: limit for limit in THRESHOLDS}
    for at, name in enumerate(head[2:-1], 2):
        removed = sum(limits[name].removes(row[f"vn_{limits[name].measure}"]) for row in rows)
        assert kept[-1][at].partition(" ")[0] == str(removed)
    assert "1 row could not be read" in pages["one"]


def test_a_job_whose_report_cannot_be_drawn_is_not_begun(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that names the extra, and nothing is made; one that cannot be written in the end costs nothing."""
    (tmp_path / "in.jsonl").write_text(json.dumps({"url": "https://www.vietnam.vn/x", "text": "x"}) + "\n")
    given = (tmp_path / "in.jsonl", "--out", tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "jinja2", None)
        code, _, told = clean(*given, "--report", tmp_path / "r.html")
    assert (code, len(told.splitlines())) == (2, 1)
    assert "vietnamvn[view]" in told
    assert not (tmp_path / "out").exists()
    code, _, told = clean(*given, "--report", tmp_path / "none" / "r.html")
    assert code == 0
    assert "--report: " in told
