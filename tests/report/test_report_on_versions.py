"""The report on language versions beside each other: planted oddities are told, with their ids, of a bounded sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html
from making_articles import make_article
from making_reports import SEEN, fill, odd_versions

from pipelines.report.versions import versions_section
from pipelines.storage import Selection, Store, open_store
from pipelines.translations.stored_lens import sampled_lenses

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")
pytestmark = pytest.mark.usefixtures("undrawn")


def test_what_is_odd_is_told_by_language_by_kind_and_with_its_id(store: Store) -> None:
    """A number in French, a bracket in Arabic, nothing in the other two."""
    from pipelines.report import report

    odd_versions(store)
    page = report(store)
    assert "Seen for this: 1 article (1 of 1 slug selected), with all current versions: 4." in page
    assert "Something is odd in 2 versions of 4 (50 %)." in page
    rows = {
        row[0].text_content(): [cell.text_content() for cell in row[1:]]
        for table in lxml_html.fromstring(page).iter("table")
        if table.findtext("caption").startswith(("Versions by language", "The worst articles"))
        for row in table.iter("tr")
    }
    assert rows["language"] == ["versions", "odd", "odd, share", "number", "brackets"]
    assert rows["fr"] == ["1", "1", "100 %", "1", "0"]
    assert rows["ar"] == ["1", "1", "100 %", "0", "1"]
    assert rows["vi"] == ["1", "0", "0 %", "0", "0"]
    assert rows["fr/le-thuoc"][1].startswith("number: lacks ")
    assert rows["fr/le-thuoc"][1].endswith("alone with 1 350")
    assert rows["ar/le-thuoc"][1] == "brackets: “(”"


def test_the_sample_is_bounded_and_the_same_whatever_the_order(tmp_path: Path) -> None:
    """So many articles, and none is begun after so many versions; another order of coming changes nothing."""
    sampled = []
    for name, slugs in (("a", range(40)), ("b", range(39, -1, -1))):
        with open_store(str(tmp_path / f"{name}.db")) as opened:
            for slug in slugs:
                for language in ("vi", "fr"):
                    opened.add(make_article(f"s{slug}", language), seen_at=SEEN)
            wanted = Selection(claimed=("fr",))
            few = [g.slug for g, *_ in sampled_lenses(opened, wanted, slugs=7, versions=1000)]
            short = [g.slug for g, *_ in sampled_lenses(opened, wanted, slugs=30, versions=5)]
            sampled.append((few, short))
    assert sampled[0] == sampled[1]
    few, short = sampled[0]
    assert len(few) == 7
    assert few[:3] == short  # two versions each, seen whole though one alone was selected
    assert few != sorted(few)


def test_an_article_under_two_slugs_is_seen_once(store: Store) -> None:
    """Both slugs may be drawn."""
    store.add(make_article("mot", "vi", alternates={"fr": "https://www.vietnam.vn/fr/hai"}), seen_at=SEEN)
    store.add(make_article("hai", "fr", source_url=None), seen_at=SEEN)
    found = list(sampled_lenses(store, Selection(), slugs=10, versions=10))
    assert [(sorted(versions), drawn) for _, versions, drawn in found] == [(["fr", "vi"], 2)]
    said = versions_section(found, of=2, most=500).parts[0]
    assert said == "Seen for this: 1 article (2 of 2 slugs selected), with all current versions: 2."


def test_a_store_without_an_index_of_claims_is_read_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One made by an older version: not once for each article."""
    from pipelines.translations import stored_lens

    fill(store, languages=("vi", "fr"))
    read, real = [], stored_lens.read_links
    monkeypatch.setattr(Store, "unindexed", lambda _: 1)
    monkeypatch.setattr(stored_lens, "read_links", lambda asked: read.append(1) or real(asked))
    assert len(list(sampled_lenses(store, Selection(), slugs=10, versions=100))) == 10
    assert read == [1]


def test_no_article_has_its_sentence() -> None:
    """An empty store."""
    section = versions_section([], of=0, most=500)
    assert section.parts == ("Seen for this: 0 articles (0 of 0 slugs selected), with all current versions: 0.",)
