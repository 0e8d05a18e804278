"""Exports: what readers read back, the same bytes every time, whole or not there."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import fresh_postgres_database
from exported import csv_rows, json_rows
from making_articles import TEXTS, make_article
from processes import fork, kill_after

from pipelines.errors import UsageError, VietnamvnError
from pipelines.export import FORMATS, ExportError, export, update
from pipelines.export.job import _thread_beside
from pipelines.export.manifest import Manifest
from pipelines.folders import FolderError
from pipelines.record import COLUMNS, DATASET
from pipelines.storage import Selection, Store, open_store

T1, T2 = "2025-10-24T01:00:00Z", "2025-10-25T01:00:00Z"
FOLDERS = ["arb_Arab", "eng_Latn", "fra_Latn", "hin_Deva", "jpn_Jpan", "rus_Cyrl", "tha_Thai", "vie_Latn"]


def fill(store: Store) -> None:
    """Two articles in every language, one re-translated, one in another language than its address says."""
    for language in reversed(TEXTS):
        for slug in ("b", "a"):
            store.add(make_article(slug, language), seen_at=T1)
    store.add(make_article("a", "fr", title="Un autre titre", publisher='"Q", x'), seen_at=T2)
    other = replace(make_article("c", "fr"), language="vi", language_agrees=False, published="2025-09-01")
    store.add(other, seen_at=T1)
    unknown = replace(make_article("d", "fr"), language=None, language_script=None, publisher="T\ud800")
    store.add(unknown, seen_at=T1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A filled store in a file."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
        fill(opened)
        yield opened


def run(store: Store, out: Path, form: str = "parquet", **options: Any) -> Manifest:
    """An export with the usual arguments."""
    return export(store, out, form=form, version="1.2.3", **{"selection": Selection(), **options})


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def whole(folder: Path) -> bool:
    """Whether there is a manifest, and every file has the hash that it says."""
    if not (folder / "manifest.json").exists():
        return False
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = contents(folder)
    return all(hashlib.sha256(found.get(f["path"], b"")).hexdigest() == f["sha256"] for f in files)


def test_parquet_has_a_folder_for_each_language_found(store: Store, tmp_path: Path) -> None:
    """Files are named as the hub names them, each language in its folder, what was not found in its own."""
    made = run(store, tmp_path / "out")
    assert list(made.languages) == sorted([*FOLDERS, "und_Zzzz"])
    assert made.languages["vie_Latn"] == 3
    assert made.rows == 18
    assert (tmp_path / "out" / "data" / "fra_Latn" / "train-00000-of-00001.parquet").is_file()


def test_big_languages_are_cut_into_files(store: Store, tmp_path: Path) -> None:
    """Every name tells its number and how many there are; no row is lost at a cut."""
    made = run(store, tmp_path / "out", rows_per_file=1)
    names = [file.path for file in made.files if file.path.startswith("data/vie_Latn/")]
    assert names == [f"data/vie_Latn/train-0000{i}-of-00003.parquet" for i in range(3)]
    assert sum(file.rows for file in made.files) == made.rows == 18


def test_hugging_face_datasets_reads_it(store: Store, tmp_path: Path) -> None:
    """`load_dataset(DIR, "fra_Latn")`, by the card alone; other languages are other configurations."""
    datasets = pytest.importorskip("datasets")
    run(store, tmp_path / "out")
    loaded = datasets.load_dataset(str(tmp_path / "out"), "fra_Latn", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["id"][:] == ["fr/a", "fr/b"]
    assert loaded[1]["text"] == make_article("b", "fr").text
    assert loaded[0]["title"] == "Un autre titre"
    configurations = datasets.get_dataset_config_names(str(tmp_path / "out"))
    assert sorted(configurations) == sorted(["default", *FOLDERS, "und_Zzzz"])


def test_pandas_reads_it(store: Store, tmp_path: Path) -> None:
    """Rows, a text in another script, and types."""
    pandas = pytest.importorskip("pandas")
    run(store, tmp_path / "out")
    frame = pandas.read_parquet(tmp_path / "out" / "data" / "jpn_Jpan")
    assert len(frame) == 2
    assert frame["text"].tolist() == [make_article(language="ja").text] * 2
    assert (frame["language"][0], frame["language_script"][0], bool(frame["language_agrees"][0])) == (
        "jpn",
        "Jpan",
        True,
    )


def test_polars_reads_it(store: Store, tmp_path: Path) -> None:
    """A lazy scan over all folders."""
    polars = pytest.importorskip("polars")
    run(store, tmp_path / "out")
    rows = (
        polars.scan_parquet(str(tmp_path / "out" / "data" / "*" / "*.parquet")).select("text", "url_language").collect()
    )
    assert rows.height == 18
    assert rows.filter(polars.col("url_language") == "th")["text"].to_list() == [make_article(language="th").text] * 2


def test_duckdb_reads_it(store: Store, tmp_path: Path) -> None:
    """SQL over all folders."""
    duckdb = pytest.importorskip("duckdb")
    run(store, tmp_path / "out")
    found = duckdb.sql(
        f"SELECT count(*), min(text) FILTER (language = 'rus') FROM read_parquet('{tmp_path}/out/data/*/*.parquet')"
    ).fetchall()
    assert found == [(18, make_article(language="ru").text)]


def test_croissant_is_valid_and_reads(store: Store, tmp_path: Path) -> None:
    """MLCommons' own reader takes the description without an error, and gives the rows."""
    mlcroissant = pytest.importorskip("mlcroissant")
    run(store, tmp_path / "out")
    dataset = mlcroissant.Dataset(jsonld=str(tmp_path / "out" / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    rows = list(dataset.records("fra_Latn"))
    assert len(rows) == 2
    assert rows[0]["fra_Latn/text"].decode() == make_article("a", "fr").text


def test_the_card_tells_what_it_holds(store: Store, tmp_path: Path) -> None:
    """Counts per language, filters, extractor versions and rights are in the card."""
    run(store, tmp_path / "out", selection=Selection(languages=("fr", "ja"), min_words=3))
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "| `fra_Latn` | French | 2 |" in text
    assert "- languages found: fr, ja" in text
    assert "- words at least: 3" in text
    assert "- `test` 1.0: 4" in text
    assert "copyright" in text
    assert '- config_name: "jpn_Jpan"' in text


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"languages": ("fr",)}, ["fr/a", "fr/b"]),
        ({"languages": ("vi",)}, ["vi/a", "vi/b", "fr/c"]),
        ({"languages": ("vi",), "agreeing_only": True}, ["vi/a", "vi/b"]),
        ({"until": "2025-09-01"}, ["fr/c"]),
        ({"since": "2025-09-02", "languages": ("vi",)}, ["vi/a", "vi/b"]),
        ({"publishers": ('"Q", x',)}, ["fr/a"]),
        ({"min_words": 10_000}, []),
    ],
)
def test_filters_choose(store: Store, tmp_path: Path, filters: dict[str, Any], ids: list[str]) -> None:
    """Each filter alone and with another: exactly these texts."""
    run(store, tmp_path / "out", "jsonl", selection=Selection(**filters))
    assert sorted(row["id"] for row in json_rows(tmp_path / "out")) == sorted(ids)


def test_all_revisions_are_all_texts(store: Store, tmp_path: Path) -> None:
    """With every revision, each text is a row with its number and an id of its own."""
    run(store, tmp_path / "out", "jsonl", selection=Selection(revisions="all", languages=("fr",)))
    rows = json_rows(tmp_path / "out")
    assert [(row["id"].split("#")[0], row["revision"]) for row in rows] == [("fr/a", 1), ("fr/a", 2), ("fr/b", 1)]
    assert len({row["id"] for row in rows}) == 3


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_json_lines_hold_the_whole_record(store: Store, tmp_path: Path, form: str) -> None:
    """Every field of the record comes back, from any compression; half a character becomes U+FFFD."""
    run(store, tmp_path / "out", form)
    rows = {row["id"]: row for row in json_rows(tmp_path / "out", form)}
    assert len(rows) == 18
    expected = make_article("b", "hi").to_dict()
    changed = {"language": "hin", "alternates": [{"language": "vi", "url": "https://www.vietnam.vn/b"}], "origins": []}
    changed |= {"extractor_version": "v1.0", "fetched_at": "2025-10-24T01:00:00.000000Z"}
    kept = {name: value for name, value in expected.items() if name in DATASET}
    assert {name: rows["hi/b"][name] for name in kept} == kept | changed
    assert rows["fr/d"]["publisher"] == "T�"
    assert tuple(rows["hi/b"]) == COLUMNS


def test_codes_days_and_instants(store: Store, tmp_path: Path) -> None:
    """One code a column, FineWeb-2's among them; a day stays that day in Vietnam, and a time is one of UTC."""
    for slug, language, script in (("x", "zh-Hant", "Hant"), ("y", "fa", "Arab"), ("z", "sr", "Latn")):
        changes = {"language": language, "language_script": script, "published": "2025-10-23T06:00:00+07:00"}
        store.add(replace(make_article(slug), **changes), seen_at=T1)
    run(store, tmp_path / "out", "jsonl")
    rows = {row["id"]: row for row in json_rows(tmp_path / "out")}
    names = ("language", "language_script", "language_iso", "language_fineweb2")
    codes = {key: tuple(rows[key][name] for name in names) for key in ("fr/x", "fr/y", "fr/z", "fr/d")}
    assert codes == {
        "fr/x": ("zho", "Hant", "zh-Hant", "cmn_Hani"),
        "fr/y": ("pes", "Arab", "fa", "fas_Arab"),
        "fr/z": ("srp", "Latn", "sr", "srp_Latn"),
        "fr/d": ("und", "Zzzz", None, None),
    }
    when = [tuple(rows[key][name] for name in ("published_day", "published_at")) for key in ("fr/x", "fr/a")]
    assert when == [("2025-10-23", "2025-10-22T23:00:00.000000Z"), ("2025-10-23", None)]


def test_csv_has_the_chosen_columns(store: Store, tmp_path: Path) -> None:
    """A reader gets texts with newlines and quotes back; lists are JSON; null is empty."""
    run(store, tmp_path / "out", "csv", columns=["id", "text", "publisher", "tags", "lead", "language_agrees"])
    table = csv_rows(tmp_path / "out")
    assert len(table) == 18
    row = next(row for row in table if row["id"] == "fr/a")
    assert row == {
        "id": "fr/a",
        "text": make_article("a", "fr").text,
        "publisher": '"Q", x',
        "tags": '["du lịch"]',
        "lead": "",
        "language_agrees": "true",
    }


def test_an_unknown_column_or_format_is_refused(store: Store, tmp_path: Path) -> None:
    """In words, before anything is written."""
    with pytest.raises(UsageError, match="no column wrong"):
        run(store, tmp_path / "out", "csv", columns=["id", "wrong"])
    with pytest.raises(UsageError, match="column id is named twice"):
        run(store, tmp_path / "out", "parquet", columns=["id", "text", "id"])
    with pytest.raises(UsageError, match="no format"):
        run(store, tmp_path / "out", "xml")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_store_gives_the_same_bytes(store: Store, tmp_path: Path, form: str) -> None:
    """Twice from one store, and from a PostgreSQL store that was filled in another order."""
    run(store, tmp_path / "one", form, rows_per_file=2)
    run(store, tmp_path / "two", form, rows_per_file=2)
    with fresh_postgres_database() as url, open_store(url) as other:
        other.add(make_article("z", "en"), seen_at=T1)  # other row numbers
        fill(other)
        run(other, tmp_path / "three", form, rows_per_file=2, selection=Selection(languages=("fr",)))
    run(store, tmp_path / "four", form, rows_per_file=2, selection=Selection(languages=("fr",)))
    assert len(contents(tmp_path / "one")) >= 3
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "three") == contents(tmp_path / "four")


def test_the_manifest_lists_every_file(store: Store, tmp_path: Path) -> None:
    """Rows, bytes and SHA-256 of every file but itself."""
    run(store, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    found = contents(tmp_path / "out")
    del found["manifest.json"]
    assert {f["path"]: f["sha256"] for f in told["files"]} == {
        p: hashlib.sha256(b).hexdigest() for p, b in found.items()
    }
    assert sum(f["rows"] for f in told["files"]) == told["rows"] == 18


def test_an_increment_holds_what_is_new_or_changed(store: Store, tmp_path: Path) -> None:
    """A new article, a re-translation, corrected metadata and a returned text; a sighting where a column tells it."""
    silent = [name for name in COLUMNS if name not in ("last_seen", "fetched_at")]
    run(store, tmp_path / "one", columns=silent)
    store.add(make_article("b", "fr"), seen_at=T2)
    with pytest.raises(UsageError, match="would replace that very export"):
        run(store, tmp_path / "one", since=tmp_path / "one" / "manifest.json", columns=silent)
    nothing = run(store, tmp_path / "none", since=tmp_path / "one" / "manifest.json", columns=silent)
    assert (nothing.rows, nothing.unchanged) == (0, 18)
    assert (tmp_path / "none" / "changes.jsonl").read_bytes() == b""
    store.add(make_article("new", "en"), seen_at="2025-01-01T00:00:00Z")
    store.add(make_article("b", "ja", title="別"), seen_at=T2)
    store.add(make_article("b", "th", publisher="Khác"), seen_at=T2)
    store.add(make_article("a", "fr"), seen_at="2025-10-26T00:00:00Z")
    made = run(store, tmp_path / "two", since=tmp_path / "one", columns=silent)
    assert made.languages == {"eng_Latn": 1, "fra_Latn": 1, "jpn_Jpan": 1, "tha_Thai": 1}
    assert made.unchanged == 15
    assert made.changes == {
        "added": {"selected": 1},
        "changed": {"superseded": 2, "metadata": 1},
        "removed": {},
    }
    store.add(make_article("b", "vi"), seen_at=T2)
    again = run(store, tmp_path / "three", since=tmp_path / "two" / "manifest.json", columns=silent)
    assert (again.rows, again.unchanged) == (0, 19)
    run(store, tmp_path / "all", "jsonl")
    store.add(make_article("b", "vi"), seen_at="2025-10-27T00:00:00Z")
    seen = run(store, tmp_path / "seen", "jsonl", since=tmp_path / "all")
    assert seen.changes["changed"] == {"sighting": 1}
    assert "This is an increment" in (tmp_path / "two" / "README.md").read_text(encoding="utf-8")


def test_an_update_is_a_new_export_in_place(store: Store, tmp_path: Path) -> None:
    """The same bytes as a new export with its choices; what did not change is not touched; others are refused."""
    selection = Selection(languages=("fr", "ja", "vi"))
    run(store, tmp_path / "one", selection=selection, rows_per_file=2)
    untouched = next((tmp_path / "one").rglob("jpn_Jpan/*.parquet"))
    before = untouched.stat()
    store.add(make_article("b", "fr", title="Encore un autre"), seen_at=T2)
    store.mark_gone("a", "fr", gone_at="2025-10-27T00:00:00Z")
    done = update(store, tmp_path / "one", version="1.2.3")
    assert done.unchanged == 5
    assert done.changes == {"added": {}, "changed": {"deleted-by-site": 1, "superseded": 1}, "removed": {}}
    run(store, tmp_path / "fresh", selection=selection, rows_per_file=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "fresh")
    assert (untouched.stat().st_ino, untouched.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    with pytest.raises(UsageError, match="as parquet"):
        update(store, tmp_path / "one", version="1.2.3", form="csv")
    run(store, tmp_path / "week", selection=selection, since=tmp_path / "one")
    with pytest.raises(UsageError, match="is an increment"):
        update(store, tmp_path / "week", version="1.2.3")
    with pytest.raises(UsageError, match="no such folder"):
        update(store, tmp_path / "nowhere", version="1.2.3")


def test_an_increment_needs_the_same_filters(store: Store, tmp_path: Path) -> None:
    """Other filters, another format, a lost or changed state are each refused in one line."""
    run(store, tmp_path / "one", "jsonl")
    with pytest.raises(UsageError, match="other filters"):
        run(store, tmp_path / "two", "jsonl", since=tmp_path / "one", selection=Selection(languages=("fr",)))
    with pytest.raises(UsageError, match="other filters"):
        run(store, tmp_path / "two", "csv", since=tmp_path / "one")
    with pytest.raises(UsageError, match="other columns"):
        run(store, tmp_path / "two", "jsonl", since=tmp_path / "one", columns=["id", "text"])
    with pytest.raises(UsageError, match="column id"):
        run(store, tmp_path / "two", "jsonl", since=tmp_path / "one", columns=["text"])
    (tmp_path / "one" / "state.bin.zst").write_bytes(b"x")
    with pytest.raises(ExportError, match="is not the state"):
        run(store, tmp_path / "two", "jsonl", since=tmp_path / "one")
    with pytest.raises(ExportError, match="no manifest"):
        run(store, tmp_path / "two", "jsonl", since=tmp_path / "store.db")


def test_a_new_export_takes_the_place_of_the_old(store: Store, tmp_path: Path) -> None:
    """No file of the earlier one is left; what somebody else put there stays."""
    run(store, tmp_path / "out", rows_per_file=1)
    (tmp_path / "out" / "ja").mkdir()
    (tmp_path / "out" / "ja" / "letter.txt").write_text("dear", encoding="utf-8")
    run(store, tmp_path / "out", selection=Selection(languages=("fr",)))
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if p.is_dir()) == ["data", "ja"]
    assert [p.name for p in (tmp_path / "out" / "data").iterdir()] == ["fra_Latn"]
    assert contents(tmp_path / "out" / "ja") == {"letter.txt": b"dear"}


def test_a_failed_export_leaves_the_old_one(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the middle: the earlier export is as it was, and nothing half is beside it."""
    run(store, tmp_path / "out")
    before = contents(tmp_path / "out")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.export.describing.card", full)
    with pytest.raises(FolderError, match="No space left"):
        run(store, tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_a_killed_export_is_whole_or_not_there(tmp_path: Path) -> None:
    """`kill -9` at random moments: a manifest that is there speaks of what is there, and the next run is whole."""
    url, out = f"sqlite:///{tmp_path}/store.db", tmp_path / "out"
    with open_store(url) as store:
        with store.transaction():
            for number in range(1500):
                store.add(make_article(f"s{number:05}", ("fr", "ja", "en")[number % 3]), seen_at=T1)
        run(store, tmp_path / "whole", "parquet", rows_per_file=100)
    expected = contents(tmp_path / "whole")

    def work() -> None:
        with open_store(url, read_only=True) as reading:
            while True:
                run(reading, out, "parquet", rows_per_file=100)

    chance, killed = random.Random(5), 0
    for _ in range(8):
        killed += kill_after(fork(work), chance.uniform(0.05, 1.2))
        assert not (out / "manifest.json").exists() or whole(out)
    assert killed == 8
    with open_store(url, read_only=True) as store:
        run(store, out, "parquet", rows_per_file=100)
    assert contents(out) == expected


def test_parquet_without_pyarrow_names_the_extra(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(VietnamvnError, match=r"pip install 'vietnamvn\[parquet\]'"):
        run(store, tmp_path / "out")


def test_an_empty_store_is_an_empty_dataset(tmp_path: Path) -> None:
    """No rows: a file with the columns, and a card and manifest that say so."""
    with open_store(f"sqlite:///{tmp_path}/empty.db") as empty:
        made = run(empty, tmp_path / "out")
    assert (made.rows, made.languages, made.seen_until) == (0, {}, None)
    beside = ["manifest.json", "state.bin.zst"]
    data = "data/none/train-00000-of-00001.parquet"
    assert sorted(contents(tmp_path / "out")) == ["README.md", "croissant.json", data, *beside]


def test_an_error_waits_for_no_hashes() -> None:
    """What the thread beside an export has begun is finished; what waits behind it is dropped."""
    begun, done = threading.Event(), []

    def one(number: int) -> None:
        begun.set()
        time.sleep(0.2)
        done.append(number)

    def interrupted() -> None:
        with _thread_beside() as thread:
            for number in range(5):
                thread.submit(one, number)
            begun.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == [0]
    with _thread_beside() as thread:
        thread.submit(one, 5)
    assert done == [0, 5]
