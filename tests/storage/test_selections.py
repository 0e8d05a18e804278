"""What a selection takes, on both databases: the same as a plain reading of its fields."""

from __future__ import annotations

import argparse
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from making_articles import TEXTS, make_article

from pipelines.export import export
from pipelines.export.manifest import earlier
from pipelines.models import Article
from pipelines.storage import Selection, Store, open_store
from scraper.cli import main
from scraper.cli.selecting import period

DAYS = ("2025-10-20T16:59:59Z", "2025-10-20T23:59:59.999999Z", "2025-10-21T00:00:00Z", "2025-10-23T12:00:00Z")


def articles() -> list[tuple[Article, str]]:
    """Texts with the time of their first sighting: translations, and originals left as they were."""
    made = []
    for number in range(8):
        seen = DAYS[number % len(DAYS)]
        for language in TEXTS:
            made.append((make_article(f"s{number}", language, title=f"{language} {number}"), seen))
        original = make_article(f"s{number}", "vi", title=f"vi {number}")
        for copy in ("lo", "my"):  # untranslated addresses
            url = f"https://www.vietnam.vn/{copy}/s{number}"
            made.append((replace(original, url=url, url_language=copy, language_agrees=False), seen))
    for copy in ("pt", "es"):  # the same text at two addresses, with no original beside them
        url = f"https://www.vietnam.vn/{copy}/alone"
        made.append((make_article("alone", "en", title="Alone", url=url, url_language=copy), DAYS[0]))
    return made


def filled(store: Store, seed: int = 0) -> Store:
    """The articles above, added in some order, indexed."""
    made = articles()
    random.Random(seed).shuffle(made)
    with store.transaction():
        for article, seen in made:
            store.add(article, seen_at=seen)
    while store.index():
        pass
    return store


def ids(store: Store, **fields: object) -> list[str]:
    """The ids of a selection, whose count is that of the tally."""
    selection = Selection(**fields)  # type: ignore[arg-type]  # fields of any type
    found = [f"{stored.language}/{stored.slug}" for stored in store.select(selection)]
    assert sum(store.tally(selection).values()) == len(found)
    return found


def test_a_copy_of_an_original_is_left_out(store: Store) -> None:
    """At the Vietnamese address the text stays; without one at the first address; translations stay all."""
    everything = set(ids(filled(store)))
    copies = {f"{language}/s{number}" for language in ("lo", "my") for number in range(8)} | {"pt/alone"}
    assert everything - set(ids(store, no_copies=True)) == copies
    # The original was rewritten: what was copied from it is a copy still.
    store.add(make_article("s0", "vi", title="Another"), seen_at="2025-10-25T00:00:00Z")
    assert everything - set(ids(store, no_copies=True)) == copies


def test_ids_of_any_number(store: Store) -> None:
    """Ids that are not there are none; of all revisions each is an id of its own."""
    everything = ids(filled(store))
    asked = ("fr/s1", "vi/s2", "fr/nothing", "x", "fr/s1#ffffffffffffffff", "\x00", "\ud800/a")
    assert sorted(ids(store, ids=asked)) == ["fr/s1", "vi/s2"]
    assert ids(store, ids=tuple(f"fr/x{number}" for number in range(70_000))) == []
    assert ids(store, ids=(*everything, *(f"fr/x{number}" for number in range(70_000)))) == everything
    (old,) = list(store.revisions("s1", "fr"))
    store.add(make_article("s1", "fr", title="New"), seen_at="2025-10-25T00:00:00Z")
    both = Selection(revisions="all", ids=("fr/s1",))
    assert len(list(store.select(both))) == 2
    one = replace(both, ids=(f"fr/s1#{old.content_sha256[:16]}",))
    assert [stored.content_sha256 for stored in store.select(one)] == [old.content_sha256]


@pytest.mark.parametrize(
    ("since", "until", "slugs"),
    [
        ("2025-10-20", "2025-10-20", {0, 1, 4, 5}),
        ("2025-10-21", None, {2, 3, 6, 7}),
        (None, "2025-10-20", {0, 1, 4, 5}),
        ("2025-10-20T23:59:59.999999Z", "2025-10-21T00:00:00.000000Z", {1, 2, 5, 6}),
        ("2025-10-22", "2025-10-22", set()),
    ],
)
def test_when_a_text_was_seen_first(store: Store, since: str | None, until: str | None, slugs: set[int]) -> None:
    """Days are of UTC, and both ends are in the period."""
    found = ids(filled(store), first_seen_since=since, first_seen_until=until, languages=("fr",))
    assert {int(identifier[-1]) for identifier in found} == slugs


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2025-10-20", ("2025-10-20", "2025-10-20")),
        ("2025-10-20..2025-10-20", ("2025-10-20", "2025-10-20")),
        ("2025-10-20..2025-10-21", ("2025-10-20", "2025-10-21")),
        ("2025-10-20..", ("2025-10-20", None)),
        ("..2025-10-20", (None, "2025-10-20")),
        ("2025-10-20..2025-10-20T08:00:00+07:00", ("2025-10-20", "2025-10-20T01:00:00.000000Z")),
        ("2025-10-20T08:00:00+07:00..2025-10-20", ("2025-10-20T01:00:00.000000Z", "2025-10-20")),
        ("2025-10-20T08:00:00Z", ("2025-10-20T08:00:00.000000Z", "2025-10-20T08:00:00.000000Z")),
        ("2025-10-21..2025-10-20", None),
        ("2025-10-21..2025-10-20T23:59:59Z", None),
        ("2025-10-21T00:00:00Z..2025-10-20", None),
        ("2025-10-20T08:00:01Z..2025-10-20T08:00:00Z", None),
    ],
)
def test_a_period_may_be_a_single_day_and_never_ends_before_it_begins(
    given: str, meant: tuple[str | None, str | None] | None
) -> None:
    """A day is all of it: it neither ends before a time within it nor begins after one."""
    if meant is None:
        with pytest.raises(argparse.ArgumentTypeError, match="ends before it begins"):
            period(given)
    else:
        assert period(given) == meant


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("soon", "'soon' is neither a day"),
        ("2025-10-20..2025-10-20T08:00:00", "'2025-10-20T08:00:00' is neither a day"),  # of which offset?
        ("2025-10-20..2025-10-32", "'2025-10-32' is neither a day"),
        ("..", "is not a period"),
        ("", "is not a period"),
    ],
)
def test_what_is_no_period_is_told_by_its_wrong_end(given: str, said: str) -> None:
    """With what it may be."""
    with pytest.raises(argparse.ArgumentTypeError, match=re.escape(said)):
        period(given)


def test_a_sample_is_the_same_in_any_order(store: Store, tmp_path: Path) -> None:
    """Drawn by id and seed: not by the order of adding, the database, or how many are drawn; not the head."""
    filled(store, seed=1)
    with open_store(f"sqlite:///{tmp_path}/other.db") as other:
        filled(other, seed=2)
        drawn = {number: ids(store, sample=number, seed=5) for number in (1, 7, 20, 10_000)}
        for number, sample in drawn.items():
            assert ids(other, sample=number, seed=5) == sample
            assert len(sample) == min(number, 82)
        assert set(drawn[1]) < set(drawn[7]) < set(drawn[20])
        assert drawn[20] != ids(store)[:20]
        assert drawn[20] != ids(store, sample=20, seed=6)
        narrowed = ids(store, sample=5, languages=("fr",))
        assert len(narrowed) == 5
        assert all(identifier.startswith("fr/") for identifier in narrowed)
    assert ids(store, sample=3, search="aube OR 水上市場") == ids(store, search="aube OR 水上市場", sample=3)


@pytest.mark.parametrize("tried", [0, 10, 50_000])
def test_a_sample_by_row_is_a_smaller_one_of_a_larger_one(
    store: Store, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same however many numbers were looked up before all rows were; with filters too."""
    filled(store, seed=1)
    every = {number: ids(store, sample=number, sample_by="row", seed=5) for number in (1, 7, 20, 10_000)}
    some = ids(store, sample=5, sample_by="row", languages=("fr",), search="aube")
    monkeypatch.setattr("pipelines.storage.selecting._TRIED", tried)
    for number, sample in every.items():
        assert ids(store, sample=number, sample_by="row", seed=5) == sample
        assert len(sample) == min(number, 82)
    assert set(every[1]) < set(every[7]) < set(every[20]) < set(every[10_000]) == set(ids(store))
    assert ids(store, sample=5, sample_by="row", languages=("fr",), search="aube") == some
    assert len(some) == 5
    assert every[7] != ids(store, sample=7, sample_by="row", seed=6)


def test_a_manifest_gives_the_selection_back(store: Store, tmp_path: Path) -> None:
    """Every field, whatever its type; an increment that is asked for with another selection is refused."""
    asked = Selection(
        search="aube -nothing",
        languages=("fr",),
        claimed=("fr", "lo"),
        ids=("fr/s1", "fr/s2"),
        first_seen_since="2025-10-20",
        first_seen_until="2025-10-30",
        no_copies=True,
        sample=1,
        seed=3,
        min_words=1,
    )
    made = export(filled(store), tmp_path / "out", form="jsonl", selection=asked)
    assert made.rows == 1
    assert earlier(str(tmp_path / "out" / "manifest.json")).filters == asked
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "aube -nothing" in card
    assert "a sample of 1" in card


def test_choosing_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options reach the selection; an increment repeats them; what is missing is told."""
    url = f"sqlite:///{tmp_path}/s.db"
    with open_store(url) as store:
        filled(store)
    with open_store(url) as store:
        store.add(make_article("s9", "fr"), seen_at="2025-10-26T00:00:00Z")  # not indexed
    (tmp_path / "ids").write_text("\ufefffr/s1\n\nhttps://www.vietnam.vn/ja/s2\r\nfr/s9\nfr/none\n", encoding="utf-8")
    asked = ["export", "jsonl", "--store", url, "--search", "aube OR 水上市場", "--ids", str(tmp_path / "ids")]
    assert main([*asked, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert out == "fra_Latn\t2\njpn_Jpan\t1\n"
    assert "--ids: 1 of 4 are not in the store" in err
    told = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["filters"]
    assert told["ids"] == ["fr/none", "fr/s1", "fr/s9", "ja/s2"]
    since = ["--since-export", str(tmp_path / "out"), "--out", str(tmp_path / "next")]
    assert main([*asked, *since]) == 0
    assert main([*asked, "--sample", "1", *since, "--replace"]) == 2
    capsys.readouterr()
    found = ["store", "search", "aube OR 水上市場", "--store", url, "--format", "jsonl", "--sample", "4", "--seed", "2"]
    assert main(found) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        ["--search", "!?"],
        ["--search", "(" * 300],
        ["--ids", "nothing-there"],
        ["--ids", "empty"],
        ["--ids", "latin1"],
        ["--ids", "."],
        ["--sample", "0"],
        ["--seed", "3"],
        ["--sample-by", "row"],
        ["--first-seen", ".."],
        ["--first-seen", "soon"],
        ["--first-seen", "2025-10-02..2025-10-01"],
        ["--first-seen", "2025-10-02T08:00:00..2025-10-03"],
    ],
)
def test_a_wrong_choice_is_one_line(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With exit code 2, and nothing written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "latin1").write_bytes(b"caf\xe9\n")
    with open_store(f"sqlite:///{tmp_path}/s.db"):
        pass
    assert main(["export", "csv", "--store", "s.db", "--out", "x", *wrong]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("vietnamvn: ")
    assert not (tmp_path / "x").exists()
