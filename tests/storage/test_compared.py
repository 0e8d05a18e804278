"""Measures beside an article's other languages, and of copies: kept, held to what they were made of, in any order."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from making_articles import TEXTS, make_article
from sqlalchemy import text

from pipelines.export import export, job
from pipelines.models import Article
from pipelines.record import COMPARED, COPIES
from pipelines.storage import Selection, Store, StoreError, compared, copies, open_store
from pipelines.storage.measures import condition
from pipelines.storage.schema import duplicates, signatures
from pipelines.translations.lens import compared as columns_of
from pipelines.translations.lens import lens
from pipelines.translations.stored_lens import lenses
from scraper.cli import export as export_command
from scraper.cli import main

SEEN, LATER = "2025-11-01T00:00:00Z", "2025-11-02T00:00:00Z"
LONG = (
    "Bến mở cửa từ sáng sớm và người bán hàng đến từ bốn tỉnh gần đó, mang theo trái cây và cá tươi, {} ghe một ngày."
)
WRONG = ("The Cái Răng floating market opens at dawn.", "In 2025, 1,300 boats moor there every day.")


def article(slug: str, language: str, *paragraphs: str, **more: object) -> Article:
    """An article that no source and no alternates join to another."""
    said = paragraphs or TEXTS[language]
    return make_article(slug, language, paragraphs=said, kinds=(), **{"source_url": None, "alternates": {}, **more})


ARTICLES = (
    *(article("cho", language) for language in ("vi", "fr", "ja")),
    article("cho", "en", *WRONG),
    *(article("ben", language) for language in ("vi", "en")),
    article("ben-2", "fr", *TEXTS["fr"][:1], alternates={"vi": "https://www.vietnam.vn/ben"}),
    article("ben-2", "en", "No figure."),  # a second English text of the article
    article("alone", "vi", LONG.format(7)),
    article("copy", "vi", LONG.format(8), title="Khác"),
)


def fill(store: Store, order: random.Random | None = None) -> None:
    """The articles, in some order."""
    found = list(ARTICLES)
    if order is not None:
        order.shuffle(found)
    for made in found:
        store.add(made, seen_at=SEEN)


def compare(store: Store) -> int:
    """Compare what is to be compared, an article and more in a transaction; how many texts it was."""
    return sum(store.measure(2, names=COMPARED))


def kept(store: Store) -> dict[str, dict[str, int | float | None]]:
    """What is kept of each text, by language and slug."""
    ids = {stored.revision_id: f"{stored.language}/{stored.slug}" for stored in store.select(Selection())}
    return {ids[number]: dict(values) for number, values in store.compared(list(ids)).items()}


def chosen(store: Store, *conditions: str) -> set[str]:
    """The ids of the texts that are chosen."""
    asked = Selection(quality=tuple(sorted(map(condition, conditions))))
    return {f"{stored.language}/{stored.slug}" for stored in store.select(asked)}


def test_the_columns_are_those_of_the_lens(store: Store) -> None:
    """As `groups --lens` sees them; a second text of a language is seen in the place of the first."""
    fill(store)
    assert compare(store) == len(ARTICLES)
    found = kept(store)
    seen = {
        f"{group.versions[code].language}/{group.versions[code].slug}": columns_of(of, len(versions))
        for group, versions in lenses(store)
        for code, of in versions.items()
    }
    assert {name: values for name, values in found.items() if name != "en/ben-2"} == seen
    said = {"vi": TEXTS["vi"], "fr": TEXTS["fr"][:1], "en": ("No figure.",)}
    assert found["en/ben-2"] == columns_of(lens(said)["en"], 3)
    assert tuple(found["en/cho"]) == COMPARED
    assert (found["en/cho"]["numbers_differ"], found["en/cho"]["figures_differ"]) == (2, 2)
    assert found["fr/cho"]["figures_differ"] == 0
    assert (found["en/ben"]["group_languages"], found["vi/alone"]["group_languages"]) == (3, 1)
    assert found["vi/alone"]["length_ratio"] is None


def test_each_chooses_its_text(store: Store) -> None:
    """What was not compared is not chosen, nor is a text that has no value."""
    fill(store)
    assert chosen(store, "numbers_differ>=0") == set()
    compare(store)
    assert chosen(store, "numbers_differ>0") == {"en/cho", "fr/ben-2"}
    assert chosen(store, "group_languages=1") == {"vi/alone", "vi/copy"}
    assert chosen(store, "group_languages=4", "odd_kinds=0") == {"vi/cho", "fr/cho", "ja/cho"}
    assert "vi/alone" not in chosen(store, "length_ratio<100")


def test_the_order_of_storing_does_not_count(store_url: str) -> None:
    """All in one step, or with comparing in between."""
    with open_store(store_url) as store:
        for made in ARTICLES:
            store.add(made, seen_at=SEEN)
            compare(store)
        assert store.unmeasured(COMPARED) == 0
        found = kept(store)
    with open_store(_other(store_url)) as other:
        fill(other, random.Random(3))
        compare(other)
        assert kept(other) == found


def _other(url: str) -> str:
    return url if url.startswith("postgres") else url.replace("store.db", "other.db")


def test_only_the_article_that_changed_is_compared_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a new language, another text, a record told anew, a slug that joins: all its texts, and no other's."""
    fill(store)
    compare(store)
    steps = (
        (article("alone", "en", "It is.", fetched_at=LATER), {"vi/alone", "en/alone"}),
        (article("cho", "en", *TEXTS["en"]), {"vi/cho", "fr/cho", "ja/cho", "en/cho"}),
        (article("cho", "fr", extractor_version="2"), {"vi/cho", "fr/cho", "ja/cho", "en/cho"}),
        (
            article("alone-2", "fr", "Oui.", alternates={"vi": "https://www.vietnam.vn/alone"}),
            {"vi/alone", "en/alone", "fr/alone-2"},
        ),
        (article("ben-2", "fr", *TEXTS["fr"][:1]), {"vi/ben", "en/ben", "fr/ben-2", "en/ben-2"}),  # apart now
    )
    for number, (made, around) in enumerate(steps):
        before = kept(store)
        store.add(made, seen_at=f"2025-11-0{number + 2}T00:00:00Z")
        assert chosen(store, "numbers_differ>=0") == set(before) - around
        assert compare(store) == len(around)
        assert chosen(store, "numbers_differ>=0") == set(before) | around
    assert kept(store)["en/cho"]["figures_differ"] == 0
    store.add(article("cho", "ja"), seen_at="2025-11-09T00:00:00Z")  # seen again
    store.mark_gone("cho", "vi", gone_at="2025-11-10T00:00:00Z")
    assert compare(store) == 0
    monkeypatch.setattr(compared, "VERSION", 0)
    assert chosen(store, "numbers_differ>=0") == set()
    assert compare(store) == len(kept(store))


def test_a_version_that_comes_while_an_export_begins_costs_no_text(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stored between measuring and the view of the store is measured, too; not for ever."""
    coming, measure = ["ja", "ru"], job._measure

    def meanwhile(store: Store, *asked: Any) -> None:
        measure(store, *asked)
        if coming:
            with open_store(store_url) as other:
                other.add(make_article("ben", coming.pop()), seen_at=SEEN)

    monkeypatch.setattr(job, "_measure", meanwhile)
    with open_store(store_url) as store:
        for language in ("vi", "fr"):
            store.add(make_article("ben", language), seen_at=SEEN)
        asked = Selection(quality=("group_languages>=2",))
        assert export(store, tmp_path / "few", form="jsonl", selection=asked).rows == 4
        coming += ["th", "ar", "hi", "en"]
        monkeypatch.setattr(job, "_VIEWS", 2)
        assert export(store, tmp_path / "fast", form="jsonl", selection=asked).rows == 0
        assert coming == ["th", "ar"]


def test_the_command_measures_what_comes_while_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A crawl goes on storing texts, between the command's measuring and the view that it exports from."""
    place, told = f"{tmp_path}/a.db", export_command.report_missing
    with open_store(place) as store:
        fill(store)

    def meanwhile(reading: Store, asked: Selection) -> None:
        with open_store(place) as other:
            other.add(make_article("ben", "ru"), seen_at=SEEN)
        told(reading, asked)

    monkeypatch.setattr(export_command, "report_missing", meanwhile)
    out = tmp_path / "out"
    assert main(["export", "jsonl", "--store", place, "--columns", "id,odd_kinds", "--out", str(out)]) == 0
    assert "cannot be written" not in capsys.readouterr().err
    rows = [json.loads(line) for file in out.glob("data/*/*.jsonl") for line in file.read_text().splitlines()]
    assert len(rows) == len(ARTICLES) + 1
    assert all(row["odd_kinds"] is not None for row in rows if row["id"].endswith("/ben"))


def test_earlier_texts_have_no_value(store: Store) -> None:
    """Only current ones are seen beside each other."""
    fill(store)
    store.add(article("cho", "en", *TEXTS["en"]), seen_at=LATER)
    compare(store)
    asked = Selection(revisions="all", quality=("group_languages=4",))
    assert {stored.current for stored in store.select(asked)} == {True}


def test_a_text_that_cannot_be_read_is_tried_once(store_url: str) -> None:
    """It has no values and no copies, and its article's others are compared without it."""
    told: list[str] = []
    with open_store(store_url) as store:
        fill(store)
        number = next(stored.revision_id for stored in store.select(Selection(ids=("en/cho",))))
        store.write(lambda connection: connection.execute(_damage, {"id": number}))
    with open_store(store_url, passed_over=told.append) as store:
        assert compare(store) == len(ARTICLES)
        list(store.measure(names=COPIES))
        assert {fault.partition(",")[0] for fault in told} == {"en/cho"}
        assert (store.unmeasured(COMPARED), store.unmeasured(COPIES)) == (0, 0)
        assert kept(store)["fr/cho"]["group_languages"] == 3
        assert len(chosen(store, "numbers_differ>=0")) == len(chosen(store, "duplicate_size>0")) == len(ARTICLES) - 1


def test_a_store_of_which_nothing_can_be_read_has_no_copies(store_url: str) -> None:
    """Each text is tried once, and is in no cluster."""
    with open_store(store_url) as store:
        fill(store)
        for stored in list(store.select(Selection())):
            number = stored.revision_id
            store.write(lambda connection, number=number: connection.execute(_damage, {"id": number}))
    with open_store(store_url, passed_over=lambda fault: None) as store:
        list(store.measure(names=COPIES))
        assert store.unmeasured(COPIES) == 0
        assert store.read(lambda connection: connection.execute(_clusters).all()) == [(len(ARTICLES), 0)]


_clusters = text("SELECT count(*), count(cluster) FROM duplicates")
_damage = text("UPDATE records SET record = '\\x00' WHERE revision_id = :id")


# ---- copies


def copied(store: Store) -> int:
    """Sign and cluster what is not; how many texts were signed."""
    pytest.importorskip("rensa")
    return sum(store.measure(3, names=["duplicate_size"]))


def clusters(store: Store) -> dict[str, tuple[str, int] | None]:
    """The cluster of each text, by id."""
    found = store.duplicates()
    return {
        f"{stored.language}/{stored.slug}#{stored.content_sha256}": found.of(stored.revision_id)
        for stored in store.select(Selection(revisions="all"))
    }


def test_copies_are_chosen_by_their_number(store: Store) -> None:
    """Over the whole store, in any language; what was not looked at is not chosen."""
    fill(store)
    assert chosen(store, "duplicate_size>0") == set()
    assert copied(store) == len(ARTICLES)
    assert chosen(store, "duplicate_size=2") == {"vi/alone", "vi/copy", "vi/cho", "vi/ben"}
    assert chosen(store, "duplicate_size<2") == {"fr/cho", "ja/cho", "en/cho", "en/ben", "fr/ben-2", "en/ben-2"}


def test_what_is_kept_is_what_is_found_anew(store_url: str) -> None:
    """After each of many changes, whatever was clustered before; and every text is signed once."""
    pytest.importorskip("rensa")
    chance = random.Random(5)
    signed: list[str] = []
    real = copies.sign
    with open_store(store_url) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "sign", lambda said: signed.append(said) or real(said))
        for step in range(12):
            for _ in range(3):
                slug, number = f"bai-{chance.randrange(6)}", chance.randrange(3)
                said = " ".join(f"{'abc'[number]}{place}" for place in range(chance.choice((4, 40))))
                made = article(slug, chance.choice(("vi", "fr")), f"{said} {chance.randrange(2)}")
                store.add(made, seen_at=f"2025-11-{step + 1:02}T00:00:00Z")
            anew = clusters(store)  # signs what is not signed, and keeps nothing
            signed.clear()
            expected = store.unmeasured(COPIES)
            assert copied(store) == len(signed) <= expected
            assert clusters(store) == anew
            assert len(signed) <= 3
            rows = store.read(lambda connection: connection.execute(duplicates.select()).all())
            assert len(rows) == len(anew)
    assert len({cluster for cluster in anew.values() if cluster}) > 2


def test_a_record_that_is_told_anew_keeps_its_cluster(store: Store) -> None:
    """Its text is the same; and a program that signs otherwise signs all."""
    fill(store)
    copied(store)
    store.add(article("alone", "vi", LONG.format(7), extractor_version="2"), seen_at=LATER)
    assert store.unmeasured(COPIES) == 1
    assert "vi/alone" in chosen(store, "duplicate_size=2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "duplicates_of", None)  # nothing is clustered anew
        assert copied(store) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "_version", lambda: 1)
        assert store.unmeasured(COPIES) == len(ARTICLES)
        assert copied(store) == len(ARTICLES)


def test_a_text_that_is_gone_is_in_no_cluster(store: Store) -> None:
    """Where a text was deleted, the sizes of the others are found anew."""
    fill(store)
    copied(store)
    (number,) = (stored.revision_id for stored in store.select(Selection(ids=("vi/copy",))))
    for table in ("duplicates", "signatures", "claims", "records", "revisions"):
        key = "id" if table == "revisions" else "revision_id"
        statement = text(f"DELETE FROM {table} WHERE {key} = :id")
        store.write(lambda connection, statement=statement: connection.execute(statement, {"id": number}))  # type: ignore[misc]
    assert store.unmeasured(COPIES) == len(ARTICLES) - 1
    assert copied(store) == 0
    assert store.unmeasured(COPIES) == 0
    assert "vi/alone" in chosen(store, "duplicate_size=1")


def test_another_process_may_cluster_meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it kept is not overwritten with what was found before."""
    fill(store)
    real, done = copies.duplicates_of, []

    def meanwhile(connection: object, read: object) -> copies.Duplicates:
        found = real(connection, read)  # type: ignore[arg-type]
        if not done:
            done.append(True)
            with open_store(store._address) as other:
                other.add(article("third", "vi", LONG.format(9)), seen_at=LATER)
                list(other.measure(names=COPIES))
        return found

    monkeypatch.setattr(copies, "duplicates_of", meanwhile)
    copied(store)
    assert chosen(store, "duplicate_size=3") == {"vi/alone", "vi/copy", "vi/third"}


# ---- commands


def test_the_command_measures_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For conditions and for columns, of the whole store; an update measures what is new; the card says it."""
    pytest.importorskip("rensa")
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        fill(store)
    export = ["export", "jsonl", "--store", url, "--lang", "ja,th", "--quality", "duplicate_size<2"]
    export += ["--quality", "numbers_differ=0"]
    columns = ["--columns", "id,odd_kinds,length_ratio,duplicate_size"]
    assert main([*export, *columns, "--out", str(tmp_path / "out")]) == 0
    rows = [json.loads(line) for path in sorted((tmp_path / "out" / "data").rglob("*.jsonl")) for line in path.open()]
    assert rows == [{"id": "ja/cho", "odd_kinds": 0, "length_ratio": None, "duplicate_size": 1}]
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "measures of the text: duplicate_size<2, numbers_differ=0 (all of them)" in card
    assert "kinds of what is odd in it" in card
    with open_store(url) as store:
        store.add(article("cho", "th"), seen_at=LATER)
    assert main(["export", "jsonl", "--store", url, "--update", str(tmp_path / "out")]) == 0
    ids = {json.loads(line)["id"] for path in (tmp_path / "out" / "data").rglob("*.jsonl") for line in path.open()}
    assert ids == {"ja/cho", "th/cho"}
    capsys.readouterr()
    search = ["store", "search", "boats", "--store", url, "--quality", "numbers_differ>0", "--format", "jsonl"]
    assert main(search) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["en/cho"]


def test_a_store_that_cannot_be_written_has_what_it_has(tmp_path: Path) -> None:
    """Conditions and columns of it are refused where texts would be missing; duplicates of a split are found anew."""
    pytest.importorskip("rensa")
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        fill(store)
    halves = {"train": 0.5, "test": 0.5}
    with open_store(url, read_only=True) as store:
        with pytest.raises(StoreError, match="10 texts are not measured"):
            export(store, tmp_path / "out", form="jsonl", columns=["id", "odd_kinds"])
        with pytest.raises(StoreError, match="10 texts are not measured"):
            export(store, tmp_path / "out", form="jsonl", selection=Selection(quality=("duplicate_size<2",)))
        export(store, tmp_path / "before", form="jsonl", split=halves, columns=["+duplicate_size"])
    with open_store(url) as store:
        export(store, tmp_path / "values", form="jsonl", columns=["id", "odd_kinds"])
        assert store.unmeasured(COMPARED) == 0
        export(store, tmp_path / "after", form="jsonl", split=halves, columns=["+duplicate_size"])
        assert store.unmeasured(COPIES) == 0
    before, after = ({p.name: p.read_bytes() for p in (tmp_path / n).rglob("*.*")} for n in ("before", "after"))
    assert before == after


def test_a_store_of_version_6_is_brought_up_to_date(store_url: str) -> None:
    """It has the new tables, empty."""
    with open_store(store_url) as store:
        fill(store)
        for table in ("compared", "duplicates", "signatures"):
            store.write(lambda connection, table=table: connection.execute(text(f"DROP TABLE {table}")))  # type: ignore[misc]
        store.write(lambda connection: connection.execute(text("DROP INDEX revisions_by_publication")))
        renamed = text("ALTER TABLE revisions RENAME COLUMN rights_id TO of_tomorrow")
        store.write(lambda connection: connection.execute(renamed))
        old = text("UPDATE vietnamvn_store SET value = '6' WHERE name = 'schema_version'")
        store.write(lambda connection: connection.execute(old))
    with open_store(store_url) as store:
        assert store.unmeasured(COMPARED) == len(ARTICLES)
        assert compare(store) == len(ARTICLES)
        assert store.read(lambda connection: connection.execute(signatures.select()).all()) == []
