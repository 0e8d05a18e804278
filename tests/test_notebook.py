"""Values in a notebook: one short line, and HTML in which everything of a page is text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html
from making_articles import make_article

import vietnamvn
from pipelines.errors import UsageError
from pipelines.models import Article
from pipelines.storage import Store
from pipelines.translations.align import align, document

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e\x1b[31m"


def only_text(shown: str) -> str:
    """The text of a fragment that holds nothing but tables, paragraphs and a title."""
    tree = lxml_html.fromstring(f"<div>{shown}</div>")
    assert {element.tag for element in tree.iter()} <= {"div", "table", "tr", "th", "td", "p", "h4", "tbody"}
    assert {name for element in tree.iter() for name in element.attrib} <= {"dir"}
    return str(tree.text_content())


def test_an_article(tmp_path: Path) -> None:
    """Its key, title and size; in HTML its first paragraphs."""
    assert repr(make_article()) == "<Article fr/cho-noi-cai-rang, Le marché flottant, 2 paragraphs>"
    assert repr(Article(url="https://example.org/x", extractor="x", extractor_version="1")).startswith(
        "<Article https://"
    )
    attacked = make_article(title=ATTACK, paragraphs=(ATTACK,) * 9, publisher=ATTACK, url=ATTACK)
    assert len(repr(attacked)) < 200
    assert "\x1b" not in repr(attacked)
    text = only_text(attacked._repr_html_())
    assert text.count("alert(1)</script>") == 1 + 2 + 5
    assert "\u202e" not in text


def test_a_page_is_its_address_and_size() -> None:
    """Whatever its bytes: they stand in no traceback, and no control character of an address does."""
    page = vietnamvn.HtmlPage(body=b"<p>" * 1_000_000, url="https://www.vietnam.vn/fr/a")
    assert repr(page) == "<HtmlPage https://www.vietnam.vn/fr/a, 3,000,000 bytes>"
    assert repr(vietnamvn.HtmlPage(body=b"", url="\x1b", status=404)) == "<HtmlPage \\x1b, status 404, 0 bytes>"
    assert repr(vietnamvn.TextPage(text="x" * 1_000)) == "<TextPage 1,000 characters>"


def test_what_a_job_gives_back(tmp_path: Path) -> None:
    """One line with the numbers that the command prints, and with what was lost."""
    row = json.dumps({"text": "", "url": "https://www.vietnam.vn/fr/a"})
    (tmp_path / "in.jsonl").write_text(f"{row}\n" * 3, encoding="utf-8")
    made = vietnamvn.clean(tmp_path / "in.jsonl", tmp_path / "clean")
    counted = "<Summary 3 rows = 0 clean + 3 rejected + 0 passed over + 0 duplicates"
    assert repr(made) == f"{counted}>"
    assert repr(replace(made, lost=(("in.jsonl", ""),))) == f"{counted}, 1 of 1 shards lost>"
    with vietnamvn.open_store(tmp_path / "a.db") as store:
        for language in ("fr", "en"):
            store.add(make_article("a", language), seen_at="2025-10-24T01:00:00Z")
        exported = vietnamvn.export(store, tmp_path / "out", form="jsonl")
        assert repr(exported) == "<Manifest jsonl, 2 rows, 2 languages, 5 files>"
        aligned = vietnamvn.align(store, tmp_path / "corpus", languages=["en", "fr"])
        rows = sum(aligned.files.values())
        assert rows > 0
        assert repr(aligned) == f"<AlignSummary 1 pairs, {rows} rows of 1 files>"


def test_a_store_its_groups_and_its_texts(tmp_path: Path) -> None:
    """One line each; texts come one after another, by language, days and publisher."""
    with vietnamvn.open_store(tmp_path / "a.db") as store:
        for number, language in enumerate(("fr", "en", "ja")):
            article = make_article("a", language, published=f"2025-10-{1 + number:02}", publisher=f"P{number % 2}")
            store.add(article, seen_at="2025-10-24T01:00:00Z")
        assert repr(store) == f"<Store {tmp_path / 'a.db'}>"
        assert "a.db" in only_text(store._repr_html_())
        (group,) = vietnamvn.groups(store)
        assert repr(group) == "<Group a, 3 languages: en fr ja>"
        assert "https://www.vietnam.vn/ja/a" in only_text(group._repr_html_())
        asked = store.articles(since="2025-10-02", publisher="P1")
        assert [stored.language for stored in asked] == ["en"]
        assert next(asked, None) is None
        assert repr(asked) == f"<Texts of {tmp_path / 'a.db'}, since 2025-10-02, publisher P1>"
        assert [stored.language for stored in store.articles(languages=["fr", "ja"], until="2025-10-01")] == ["fr"]


def test_texts_of_a_store_are_read_as_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing before the first one, then some at a time; what shows them takes none away and is text."""
    with vietnamvn.open_store(tmp_path / "a.db") as store:
        with store.transaction():
            for number in range(30):
                article = make_article(f"s{number:02}", "en", title=ATTACK, published=f"2025-10-{1 + number:02}")
                store.add(article, seen_at="2025-10-24T01:00:00Z")
        read: list[int] = []
        real = Store._read_row
        monkeypatch.setattr(Store, "_read_row", lambda self, row: read.append(1) or real(self, row))
        monkeypatch.setattr("pipelines.storage.reading._CHUNK", 5)
        for texts, first in ((store.articles(languages=["en"]), "s00"), (store.search("boats"), "s29")):
            assert not read
            shown = only_text(texts._repr_html_())
            assert shown.count("2025-10-") == 10
            assert shown.endswith("…")
            assert len(read) < 30
            read.clear()
            assert next(texts).slug == first
            assert len(read) < 30
            assert len(list(texts)) == 29
            assert list(texts) == []
            assert len(repr(texts)) < 150
            read.clear()
        assert [stored.slug for stored in store.search("boats", limit=2, offset=1)] == ["s28", "s27"]
        with pytest.raises(UsageError):
            store.search("(" * 500 + "a")


@pytest.mark.parametrize("paragraphs", [2, 40])
def test_an_alignment(paragraphs: int) -> None:
    """How many beads of which shape; in HTML the first of them."""
    texts = [
        f"In {number} there were {number * 7} boats at berth {number * 3}." for number in range(20, 20 + paragraphs)
    ]
    found = align(document(texts, "en"), document(texts, "fr"))
    assert repr(found).startswith(f"<Alignment {paragraphs} beads: {paragraphs} 1-1, evidence ")
    text = only_text(found._repr_html_())
    assert text.startswith("shapesourcetargetscore1-100")
    assert ("and 10 more" in text) is (paragraphs == 40)
