"""Measures in the store: made once for each record, the same whatever came first, and what is chosen by them."""

from __future__ import annotations

import random
import re
import sqlite3
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.errors import UsageError
from pipelines.quality import measured
from pipelines.record import COMPARED, FIELDS, QUALITY
from pipelines.storage import Selection, Store, open_store
from pipelines.storage.measures import condition
from scraper.cli import main

SEEN = "2025-11-01T00:00:00Z"
TEXTS = {
    "digits": ("In 2024 there were 31,800 guests, 12,450 more than in 2023.",),
    "loops": ("They came home. We know that they came, that they came, that they came, that they came.",),
    "brackets": ("He (the mayor) came [late, and “left.", "Nobody minded at all."),
    "cut": ("The boats lie close together and wait for the morning …",),
    "plain": ("The market is open.", "The market is open.", "Everyone buys a bowl of soup."),
}


@pytest.fixture(autouse=True)
def _texts(request: pytest.FixtureRequest) -> None:
    """The five texts, where a test asks for a store: on each database."""
    if "store" in request.fixturenames:
        opened: Store = request.getfixturevalue("store")
        for slug, paragraphs in TEXTS.items():
            opened.add(make_article(slug, "en", paragraphs=paragraphs, kinds=()), seen_at=SEEN)


def measure_all(store: Store) -> int:
    """How many texts were measured, two in a transaction."""
    return sum(store.measure(2))


def chosen(store: Store, *conditions: str) -> set[str]:
    """The slugs of the texts that are chosen."""
    return {stored.slug for stored in store.select(Selection(quality=tuple(sorted(map(condition, conditions)))))}


def test_each_measure_chooses_its_text(store: Store) -> None:
    """What is not measured is not chosen, whatever is asked."""
    assert store.unmeasured() == 5
    assert chosen(store, "words>=0") == set()
    assert measure_all(store) == 5
    assert store.unmeasured() == 0
    assert chosen(store, "digit_share>0.2") == {"digits"}
    assert chosen(store, "loop_share>.5") == {"loops"}
    assert chosen(store, "unbalanced>0") == {"brackets"}
    assert chosen(store, "truncated_end=true") == {"cut"}
    assert chosen(store, "repeated_line_share > 0.3") == {"plain"}
    assert chosen(store, "truncated_end!=true", "loop_share=0", "unbalanced<1", "digit_share<=0.1") == {"plain"}
    assert chosen(store, "words>=0") == set(TEXTS)


def test_only_what_changed_is_measured_again(store: Store) -> None:
    """A text that stays costs nothing; a record made anew, with the same text or another, is measured anew."""
    measure_all(store)
    store.add(make_article("plain", "en", paragraphs=TEXTS["plain"], kinds=()), seen_at="2025-11-02T00:00:00Z")
    assert store.unmeasured() == 0
    newer = make_article("plain", "en", paragraphs=TEXTS["plain"], kinds=(), extractor_version="2")
    store.add(newer, seen_at="2025-11-03T00:00:00Z")
    assert store.unmeasured() == 1
    assert "plain" not in chosen(store, "words>=0")
    assert measure_all(store) == 1
    store.add(make_article("cut", "en", paragraphs=("It is whole now.",), kinds=()), seen_at="2025-11-04T00:00:00Z")
    assert measure_all(store) == 1
    assert chosen(store, "truncated_end=true") == set()


def test_a_newer_program_measures_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the version of the measures is another one."""
    measure_all(store)
    monkeypatch.setattr("pipelines.storage.measures.VERSION", 2)
    assert store.unmeasured() == 5
    assert chosen(store, "words>=0") == set()
    assert measure_all(store) == 5
    assert chosen(store, "words>=0") == set(TEXTS)


def test_every_column_is_measured_and_typed() -> None:
    """One registry: what is measured is what can be asked for."""
    assert tuple(measured(make_article("a", "en"))) == QUALITY


def test_the_docs_have_every_measure() -> None:
    """In the registry's order, with what each is."""
    text = (Path(__file__).parents[2] / "docs" / "store.md").read_text(encoding="utf-8")
    section = text.partition("## Measures")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    assert tuple(name for name, _ in found) == (*QUALITY, *COMPARED)
    assert [meaning for name, meaning in found if name != "words"] == [
        FIELDS[name].meaning for name, _ in found if name != "words"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("digit_share<0.20", "digit_share<0.2"),
        (" digit_share == 1 ", "digit_share=1"),
        ("truncated_end=TRUE", "truncated_end=true"),
        ("mojibake>-3", "mojibake>-3"),
        ("truncated_end!=False", "truncated_end!=false"),
        ("digit_share<.5", "digit_share<0.5"),
        ("digit_share<5.", "digit_share<5"),
        ("words>=1000000", "words>=1000000"),
    ],
)
def test_a_condition_has_one_form(text: str, told: str) -> None:
    """However it is written; its form is one, too."""
    assert condition(text) == told == condition(told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("digitshare<0.2", "perhaps digit_share"),
        ("digit_share", "write COLUMN<VALUE"),
        ("digit_share<", "write COLUMN<VALUE"),
        ("digit_share<a fifth", "write COLUMN<VALUE"),
        ("digit_share<nan", "is no number"),
        ("digit_share<1e999", "is no number"),
        ("truncated_end>0", "true or false"),
        ("truncated_end<true", "true or false"),
        ("truncated_end=1", "true or false"),
        ("digit_share<-", "is no number"),
        ("digit_share<٣", "is no number"),
        ("words<1; DROP TABLE articles", "write COLUMN<VALUE"),
    ],
)
def test_what_is_no_condition_is_one_line(text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage, with the way to write it."""
    with pytest.raises(UsageError, match=said):
        condition(text)
    assert main(["export", "jsonl", "--store", "sqlite:///none.db", "--out", "none", "--quality", text]) == 2
    assert said in capsys.readouterr().err


def test_an_export_by_quality(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command measures what is not, says the condition in the card, and writes the columns that are asked for."""
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        for slug in random.Random(1).sample(sorted(TEXTS), len(TEXTS)):
            store.add(make_article(slug, "en", paragraphs=TEXTS[slug], kinds=()), seen_at=SEEN)
    export = ["export", "csv", "--store", url, "--quality", "digit_share<0.2", "--quality", "unbalanced=0"]
    columns = ["--columns", "id,words,digit_share,truncated_end"]
    assert main([*export, *columns, "--out", str(tmp_path / "out")]) == 0
    (file,) = (tmp_path / "out" / "data").glob("*/*.csv")
    assert file.read_text(encoding="utf-8").splitlines() == [
        "id,words,digit_share,truncated_end",
        "en/cut,10,0.0,true",
        "en/loops,17,0.0,false",
        "en/plain,14,0.0,false",
    ]
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "measures of the text: digit_share<0.2, unbalanced=0 (all of them)" in card
    assert "digits among the visible characters" in card
    update = ["export", "csv", "--store", url, "--update", str(tmp_path / "out"), "--quiet"]
    assert main(update) == 0
    capsys.readouterr()
    search = ["store", "search", "market", "--store", url, "--quality", "repeated_line_share>0", "--format", "jsonl"]
    assert main(search) == 0
    assert '"en/plain"' in capsys.readouterr().out


def test_a_damaged_text_is_tried_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told of, counts as measured, and is in no choice."""
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        for slug, paragraphs in TEXTS.items():
            store.add(make_article(slug, "en", paragraphs=paragraphs, kinds=()), seen_at=SEEN)
    with sqlite3.connect(tmp_path / "store.db") as database:
        database.execute("UPDATE records SET record = x'00' WHERE revision_id = 2")
    database.close()
    export = ["export", "jsonl", "--store", url, "--quality", "words>=0", "--out", str(tmp_path / "out")]
    assert main(export) == 3
    assert "passed over" in capsys.readouterr().err
    assert main(export) == 0
    with open_store(url, read_only=True) as store:
        assert store.unmeasured() == 0
