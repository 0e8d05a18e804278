"""The report on quality and copies: the same numbers whether the store was measured or a sample of it is."""

from __future__ import annotations

import re

import pytest
from making_articles import TEXTS, make_article
from making_reports import SEEN, fill, tables

from pipelines.quality.thresholds import THRESHOLDS
from pipelines.record import COPIES, QUALITY
from pipelines.storage import Selection, Store

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")
pytestmark = pytest.mark.usefixtures("undrawn")

FILTERS = "Texts that each filter would throw away, by language (a filter is called by what it keeps)"


def test_what_each_filter_would_throw_away_by_language(store: Store) -> None:
    """As an export with the same condition says; before the texts are measured, and after."""
    from pipelines.report import report

    fill(store, languages=("en", "ja"))
    store.add(make_article("long", "en", paragraphs=TEXTS["en"] * 9, kinds=("paragraph",) * 18), seen_at=SEEN)
    before = report(store)
    sum(store.measure())
    after = report(store)
    assert before == after
    rows = {row[0]: row for row in tables(after)[FILTERS]}
    names = rows["language"][2:-1]
    assert names == [limit.condition for limit in THRESHOLDS]
    for code in ("en", "ja"):
        for name, cell in zip(names, rows[code][2:], strict=False):
            left = len(list(store.select(Selection(claimed=(code,), quality=(name,)))))
            assert int(cell.partition(" ")[0]) == int(rows[code][1]) - left, name
    assert rows["all"][1] == "25"
    assert rows["en"][2].startswith("12 ")  # all but the long one have fewer than 50 words
    assert set(QUALITY) <= {caption.partition(":")[0] for caption in tables(after)}


def test_a_sample_is_measured_and_called_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says how many; texts beyond it are not measured."""
    import pipelines.report as module

    monkeypatch.setattr(module, "MEASURED", 7)
    fill(store, languages=("en",))
    page = module.report(store)
    assert "Measured for this: 7 texts of 12, those with the lowest hashes" in page
    assert tables(page)[FILTERS][-1][1] == "7"
    sum(store.measure())
    page = module.report(store)
    assert "Measured for this: 12 texts of 12." in page
    assert tables(page)[FILTERS][-1][1] == "12"


def test_exact_copies_are_told_with_their_slugs(store: Store) -> None:
    """Three slugs with one Vietnamese text, one of them under a French address too."""
    from pipelines.report import report

    fill(store, languages=("vi",))
    for slug in ("mot", "hai", "ba"):
        store.add(make_article(slug, "vi"), seen_at=SEEN)
    original = make_article("mot", "vi")
    store.add(make_article("mot", "fr", title=original.title, paragraphs=original.paragraphs), seen_at=SEEN)
    page = report(store)
    assert re.search(r"2 texts that another slug of the same language has too; 1 text at addresses", page)
    found = tables(page)
    assert found["Vietnamese texts that several slugs have; the 1 with most slugs"][1:] == [["3", "ba, hai, mot"]]
    rows = {row[0]: row[1:] for row in found["Exact copies by language of the address"]}
    assert rows["vi"] == ["15", "2", "13 %", "0", "0 %"]
    assert rows["fr"] == ["1", "0", "0 %", "1", "100 %"]


def test_clusters_of_near_duplicates_are_told_where_the_store_knows_them(store: Store) -> None:
    """Else the page says how they are found; a text more, and they are not known any longer."""
    pytest.importorskip("rensa", reason="the extra batch is not installed")
    from pipelines.report import report

    fill(store, languages=("en",))
    assert "Near duplicates: the store has not looked for them" in report(store)
    sum(store.measure(names=COPIES))
    page = report(store)
    assert "Near duplicates: 12 texts of 12 (100 %) have one at another address; 1 cluster." in page
    found = tables(page)
    assert found["The largest clusters of near duplicates, up to 1"][1:] == [
        ["12", "en/s0, en/s1, en/s10, en/s11, en/s2"]
    ]
    assert found["Clusters of near duplicates by the number of their addresses"][1:] == [["12", "1"]]
    store.add(make_article("another", "en"), seen_at=SEEN)
    assert "Near duplicates: the store has not looked for them, or has other texts since." in report(store)
