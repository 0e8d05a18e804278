"""Increments add up: whatever happened, an export and its increments are the export of today, row for row."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from databases import fresh_postgres_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making_articles import make_article
from processes import fork, kill_after
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.engine import make_url

from pipelines.export import ExportError, export
from pipelines.export import update as update_export
from pipelines.export.changes import CHANGES, REASONS
from pipelines.export.shards import RowPlace
from pipelines.export.state import STATE, Earlier, RowState, entry_of, packed, unpacked, writing
from pipelines.rights import Rights, Signal
from pipelines.storage import Selection, Store, open_store
from pipelines.storage.schema import articles, compared, duplicates, measures, records, revisions, signatures, unindexed

SLUGS, LANGUAGES = ("a", "b", "d"), ("fr", "vi")
SELECTIONS = (
    Selection(),
    Selection(revisions="all"),
    Selection(languages=("fr",), agreeing_only=True),
    Selection(revisions="all", publishers=("P",), until="2025-10-01"),
    Selection(no_copies=True, sample=3),
    Selection(sample=3, sample_by="row", seed=1),
    Selection(quality=("digit_share<0.4",)),
    Selection(revisions="all", quality=("digit_share>=0.4", "words<99"), sample=4),
    Selection(quality=("duplicate_size<2", "group_languages>1")),
    Selection(allowed=("train-ai",)),
    Selection(allowed=("train-ai", "index"), rights_unsaid="leave", revisions="all"),
)
COLUMNS: tuple[tuple[str, ...] | None, ...] = (
    None,
    ("id", "title", "url"),
    ("id", "last_seen", "gone_at", "revision"),
    ("id", "digit_share"),
    ("id", "odd_kinds", "length_ratio", "duplicate_size"),
    ("id", "rights_train_ai"),
)
SAID = {
    "": Rights(),
    "noai": Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),)),
    "all": Rights((Signal("header content-usage", "train-ai=y", {"train-ai": "allowed", "index": "allowed"}),)),
}
SPLITS: tuple[dict[str, float] | None, ...] = (None, {"train": 0.5, "test": 0.5})


class Seen(NamedTuple):
    """A page is seen, or read again by another extractor where it was archived."""

    slug: str
    language: str
    title: str
    publisher: str
    found: str
    version: str
    second: int
    archived: bool
    said: str = ""


class Gone(NamedTuple):
    """The site has deleted an article."""

    slug: str
    language: str
    second: int


class Dropped(NamedTuple):
    """The store does not hold an article any more, or its rows are damaged."""

    slug: str
    language: str
    damaged: bool


Event = Seen | Gone | Dropped
slugs, languages, seconds = st.sampled_from(SLUGS), st.sampled_from(LANGUAGES), st.integers(1, 6)
seen = st.builds(
    Seen,
    slugs,
    languages,
    st.sampled_from(("Un", "Deux")),
    st.sampled_from(("P", "Q")),
    st.sampled_from(LANGUAGES),
    st.sampled_from(("1.9", "1.10")),
    seconds,
    st.booleans(),
    st.sampled_from(tuple(SAID)),
)
events = st.one_of(
    seen, seen, seen, st.builds(Gone, slugs, languages, seconds), st.builds(Dropped, slugs, languages, st.booleans())
)
histories = st.lists(st.lists(events, max_size=6), min_size=2, max_size=4)
"""What happened before each export."""


def happen(store: Store, url: str, event: Event) -> None:
    """Let one thing happen to a store."""
    if isinstance(event, Gone):
        store.mark_gone(event.slug, event.language, gone_at=moment(event.second))
    elif isinstance(event, Dropped):
        drop(url, event)
    else:
        article = make_article(
            event.slug,
            event.language,
            title=event.title,
            paragraphs=(text_of(event),),
            kinds=("paragraph",),
            publisher=event.publisher,
            language_agrees=event.found == event.language,
            published="2025-10-01" if event.publisher == "P" else "2025-10-02",
            extractor_version=event.version,
            rights=SAID[event.said],
        )
        place = ("archive.warc.gz", event.second, 100) if event.archived else None
        fetched = replace(article, language=event.found, fetched_at=moment(event.second))
        store.add(fetched, seen_at=moment(event.second), warc=place)


def text_of(event: Seen) -> str:
    """A text: all that are called Deux are alike, those called Un are of their slug."""
    return " ".join(f"{event.language}{event.slug if event.title == 'Un' else ''}{number}" for number in range(40))


def moment(second: int) -> str:
    """A time of the history."""
    return f"2025-10-24T01:00:0{second}+00:00"


def drop(url: str, event: Dropped) -> None:
    """Delete an article behind the store's back, or damage the records of its texts."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg") if url.startswith("postgres") else url)
    with engine.begin() as connection:
        of_article = (articles.c.slug == event.slug) & (articles.c.language == event.language)
        texts = select(revisions.c.id).join(articles).where(of_article).scalar_subquery()
        if event.damaged:
            connection.execute(update(records).where(records.c.revision_id.in_(texts)).values(record=b"damaged"))
        else:
            connection.execute(delete(records).where(records.c.revision_id.in_(texts)))
            for table in (measures, compared, signatures, duplicates):
                connection.execute(delete(table).where(table.c.revision_id.in_(texts)))
            connection.execute(delete(unindexed).where(unindexed.c.revision_id.in_(texts)))
            of_texts = select(articles.c.id).where(of_article).scalar_subquery()
            connection.execute(delete(revisions).where(revisions.c.article_id.in_(of_texts)))
            connection.execute(delete(articles).where(of_article))
    engine.dispose()


def rows_of(folder: Path) -> dict[str, Any]:
    """The rows of an export by id, each with the folder that it is in where there is one for each language."""
    found: list[Any] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            parquet = pytest.importorskip("pyarrow.parquet")
            place = path.relative_to(folder).as_posix().partition("-")[0]
            found += [{**row, "in": place} for row in parquet.read_table(path, partitioning=None).to_pylist()]
        elif path.suffix == ".csv":
            found += csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))
        elif path.suffix == ".jsonl" and path.name != CHANGES:
            found += map(json.loads, path.read_text(encoding="utf-8").splitlines())
    by_id = {row["id"]: row for row in found}
    assert len(by_id) == len(found)
    return by_id


def merged(rows: dict[str, Any], increment: Path) -> dict[str, Any]:
    """The rows with an increment, as the docs say; whatever it tells must be so."""
    told = [json.loads(line) for line in (increment / CHANGES).read_text(encoding="utf-8").splitlines()]
    mine = rows_of(increment)
    assert len({change["id"] for change in told}) == len(told)
    for change in told:
        assert change["reason"] in REASONS[change["change"]]
        assert (change["id"] in mine) == (change["change"] != "removed")
        assert (change["id"] in rows) == (change["change"] != "added")
    gone = {change["id"] for change in told}
    assert set(mine) <= gone
    return {name: row for name, row in rows.items() if name not in gone} | mine


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def check_history(
    url: str,
    history: Sequence[Sequence[Event]],
    form: str,
    selection: Selection,
    columns: tuple[str, ...] | None,
    split: dict[str, float] | None = None,
) -> None:
    """Play a history; at every export the increments must add up, and the updated folder be a new one."""
    options: dict[str, Any] = {
        "form": form,
        "selection": selection,
        "columns": columns,
        "rows_per_file": 2,
        "split": split,
    }
    with TemporaryDirectory() as folder, open_store(url, passed_over=lambda fault: None) as store:
        at, rows = Path(folder), dict[str, Any]()
        for number, happened in enumerate(history):
            for event in happened:
                happen(store, url, event)
            export(store, at / f"fresh{number}", **options)
            if number == 0:
                export(store, at / "updated", **options)
                rows, since = rows_of(at / "updated"), at / "fresh0"
            else:
                increment = at / f"increment{number}"
                made = export(store, increment, since=since, **options)
                rows, since = merged(rows, increment), increment
                done = update_export(store, at / "updated")
                assert (done.unchanged, done.changes) == (made.unchanged, made.changes)
            assert rows == rows_of(at / f"fresh{number}")
            assert contents(at / "updated") == contents(at / f"fresh{number}")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of an empty database."""
    with ExitStack() as stack:
        if kind == "postgresql":
            yield stack.enter_context(fresh_postgres_database())
        else:
            yield f"sqlite:///{stack.enter_context(TemporaryDirectory())}/store.db"


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories, st.sampled_from(SELECTIONS), st.sampled_from(COLUMNS), st.sampled_from(SPLITS))
def test_increments_add_up(
    form: str,
    history: list[list[Event]],
    selection: Selection,
    columns: tuple[str, ...] | None,
    split: dict[str, float] | None,
) -> None:
    """Any history, any points of export, any columns: the increments are the difference, an update is a new export."""
    with database("sqlite") as url:
        check_history(url, history, form, selection, columns, split)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories, st.sampled_from(SELECTIONS), st.sampled_from(["jsonl", "parquet"]))
def test_increments_add_up_on_postgresql(history: list[list[Event]], selection: Selection, form: str) -> None:
    """The same on the other database."""
    with database("postgresql") as url:
        check_history(url, history, form, selection, None)


def test_a_row_that_goes_to_another_split_is_a_change(tmp_path: Path) -> None:
    """Articles that a copy joins go where the first of them is; the increment has them, and tells that they changed."""
    url, options = f"sqlite:///{tmp_path}/store.db", {"form": "jsonl", "split": SPLITS[1], "columns": ("id",)}
    with open_store(url) as store:
        for slug in "abcdefgh":
            happen(store, url, Seen(slug, "fr", "Un", "P", "fr", "1.9", 1, archived=False))
        export(store, tmp_path / "one", **options)  # type: ignore[arg-type]
        for slug in "abcdefgh":
            happen(store, url, Seen(slug, "vi", "Deux", "P", "vi", "1.9", 1, archived=False))
        found = told(store, tmp_path / "two", tmp_path / "one", **options)
    former = {row["id"] for path in (tmp_path / "one/data").glob("*/test-*") for row in map(json.loads, path.open())}
    moved = {name for name, what in found.items() if what == ("changed", "columns")}
    kept = {f"fr/{slug}" for slug in "abcdefgh"} - moved
    assert moved
    assert moved in (former, {f"fr/{slug}" for slug in "abcdefgh"} - former)
    assert kept


HISTORY: tuple[tuple[Event, ...], ...] = (
    (
        Seen("a", "fr", "Un", "P", "fr", "1.9", 1, True),
        Seen("b", "fr", "Un", "P", "fr", "1.9", 1, True),
        Seen("d", "fr", "Un", "P", "fr", "1.9", 1, True),
        Seen("a", "vi", "Un", "P", "fr", "1.9", 1, True),
    ),
    (
        Seen("a", "fr", "Un", "P", "fr", "1.9", 2, False),
        Seen("b", "fr", "Un", "P", "vi", "1.10", 1, True),
        Dropped("d", "fr", damaged=False),
        Gone("a", "vi", 3),
        Seen("d", "vi", "Un", "P", "vi", "1.10", 2, True),
    ),
)
"""Seen again, in another language by a newer extractor, dropped, deleted by the site, new."""


def _nothing(*arguments: object, **named: object) -> None:
    return None


def _without(**parts: bytes) -> Any:
    return lambda stored, place, told: entry_of(stored, place, told)._replace(**parts)


@pytest.mark.parametrize(
    ("rule", "name", "broken"),
    [
        ("what is gone is told", "changes.ExportComparison.finish", _nothing),
        ("a row is compared", "preparing.entry_of", _without(row=b"=" * 16)),
        (
            "its folder too",
            "preparing.entry_of",
            lambda stored, place, told: entry_of(stored, RowPlace(""), told),
        ),
        ("what came by is not gone", "changes.Earlier.left", lambda self: iter([("fr/a", RowState(*[b""] * 7))])),
    ],
)
def test_each_rule_is_needed(rule: str, name: str, broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one of them a small history does not add up; with all it does."""
    with database("sqlite") as url:
        check_history(url, HISTORY, "parquet", Selection(), ("id", "text"))
    monkeypatch.setattr(f"pipelines.export.{name}", broken)
    with database("sqlite") as url, pytest.raises(AssertionError):
        check_history(url, HISTORY, "parquet", Selection(), ("id", "text"))


def told(store: Store, folder: Path, since: Path, **options: Any) -> dict[str, tuple[str, str]]:
    """What an increment says of every id."""
    export(store, folder, since=since, **options)
    lines = (folder / CHANGES).read_text(encoding="utf-8").splitlines()
    return {change["id"]: (change["change"], change["reason"]) for change in map(json.loads, lines)}


def test_every_change_has_its_reason(tmp_path: Path) -> None:
    """One article for each; a deleted one is told although no column of the export says so."""
    url = f"sqlite:///{tmp_path}/store.db"
    options: dict[str, Any] = {"form": "jsonl", "selection": Selection(languages=("fr",))}

    def see(slug: str, second: int, **changed: Any) -> None:
        what = Seen(slug, "fr", "Un", "P", "fr", "1.9", second, archived=True)._replace(**changed)
        happen(store, url, what)

    with open_store(url, passed_over=lambda fault: None) as store:
        for slug in ("gone", "text", "again", "name", "twice", "other", "left", "lost", "torn", "same", "said"):
            see(slug, 1)
        see("late", 1, found="vi")
        happen(store, url, Gone("back", "fr", 2))
        see("back", 1)
        happen(store, url, Gone("back", "fr", 2))
        columns = ("id", "title", "publisher", "extractor_version")
        export(store, tmp_path / "one", **options)
        export(store, tmp_path / "few", **options, columns=columns)
        happen(store, url, Gone("gone", "fr", 3))
        see("back", 4)
        see("text", 4, title="Deux")
        see("again", 1, title="Deux", version="1.10")
        see("name", 4, publisher="Q")
        see("twice", 4)
        see("said", 4, said="noai")
        see("other", 4, title="Deux", found="vi")
        see("left", 4, found="vi")
        happen(store, url, Dropped("lost", "fr", damaged=False))
        happen(store, url, Dropped("torn", "fr", damaged=True))
        see("new", 4)
        see("late", 4)
        all_told = told(store, tmp_path / "two", tmp_path / "one", **options)
        few_told = told(store, tmp_path / "three", tmp_path / "few", **options, columns=columns)
    expected = {
        "fr/gone": ("changed", "deleted-by-site"),
        "fr/back": ("changed", "back-on-site"),
        "fr/text": ("changed", "superseded"),
        "fr/again": ("changed", "re-extracted"),
        "fr/name": ("changed", "metadata"),
        "fr/twice": ("changed", "sighting"),
        "fr/said": ("changed", "metadata"),
        "fr/other": ("removed", "superseded"),
        "fr/left": ("removed", "not-selected"),
        "fr/lost": ("removed", "not-in-store"),
        "fr/torn": ("removed", "unreadable"),
        "fr/new": ("added", "new"),
        "fr/late": ("added", "selected"),
    }
    assert all_told == expected
    assert few_told == {name: what for name, what in expected.items() if name not in ("fr/twice", "fr/said")}


@pytest.mark.parametrize("unsaid", ["keep", "leave"])
def test_a_text_whose_site_says_no_falls_out(unsaid: Any, tmp_path: Path) -> None:
    """The same text, fetched again: the increment names it as removed, and as added where the site allows it again."""
    url = f"sqlite:///{tmp_path}/store.db"
    options: dict[str, Any] = {"form": "jsonl", "selection": Selection(allowed=("train-ai",), rights_unsaid=unsaid)}

    def see(second: int, **said: str) -> None:
        for slug, words in said.items():
            happen(store, url, Seen(slug, "fr", "Un", "P", "fr", "1.9", second, archived=False, said=words))

    with open_store(url) as store:
        see(1, a="all", b="noai", d="", e="all")
        export(store, tmp_path / "one", **options)
        export(store, tmp_path / "up", **options)
        see(2, a="noai", b="all", d="noai", e="all")
        found = told(store, tmp_path / "two", tmp_path / "one", **options)
        done = update_export(store, tmp_path / "up")
        export(store, tmp_path / "fresh", **options)
    left = {"fr/d": ("removed", "not-selected")} if unsaid == "keep" else {}
    kept = {"fr/e": ("changed", "sighting")}
    assert found == {"fr/a": ("removed", "not-selected"), "fr/b": ("added", "selected"), **left, **kept}
    assert done.changes["removed"] == {"not-selected": 1 + len(left)}
    assert contents(tmp_path / "up") == contents(tmp_path / "fresh")


def test_a_killed_update_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """`kill -9` at random moments: where there is a manifest all is old or all is new; the next start completes it."""
    url, out = f"sqlite:///{tmp_path}/store.db", tmp_path / "out"
    with open_store(url) as store:
        with store.transaction():
            for number in range(400):
                store.add(make_article(f"s{number:05}", LANGUAGES[number % 2]), seen_at=moment(1))
        export(store, tmp_path / "old", form="parquet", rows_per_file=50)
        store.add(make_article("s00000", "fr", title="Deux"), seen_at=moment(2))
        export(store, tmp_path / "new", form="parquet", rows_per_file=50)
    old, new = contents(tmp_path / "old"), contents(tmp_path / "new")

    def work() -> None:
        with open_store(url, read_only=True) as reading:
            update_export(reading, out)

    chance = random.Random(7)
    for _ in range(6):
        shutil.copytree(tmp_path / "old", out)
        kill_after(fork(work), chance.uniform(0.05, 1.0))
        if (out / "manifest.json").exists():
            found = {path: data for path, data in contents(out).items() if not path.startswith(".vietnamvn")}
            assert found in (old, new)
        with open_store(url, read_only=True) as store:
            update_export(store, out)
        assert contents(out) == new
        shutil.rmtree(out)


def test_a_state_is_small_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Odd ids too; what is cut off, of another version or longer than ids are is refused in one line."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.add(make_article(), seen_at=moment(1))
        (stored,) = store.select(Selection())
    entry = entry_of(stored, RowPlace("fra_Latn"), b'{"id": "x"}')
    names = [f"fr/tin-tuc-{number}" for number in range(20_000)] + ["fr/\ud800", "fr/\n", "ü" * 9_000]
    path = tmp_path / STATE
    assert [*unpacked(b"".join(packed(name, entry) for name in names))] == [(name, entry) for name in names]
    with writing(path, "2025") as state:
        for name in names:
            state.add(packed(name, entry))
    earlier = Earlier(path)
    assert (len(earlier), earlier.newest) == (len(names), "2025")
    assert path.stat().st_size < 30 * len(names)
    assert earlier.take("fr/tin-tuc-20001") is None
    assert earlier.take(names[3]) == entry
    assert [name for name, _ in earlier.left()] == names[:3] + names[4:]
    whole = path.read_bytes()
    for damaged in (whole[:-9], b"", b"x" + whole, whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(ExportError, match="export everything"):
            Earlier(path)


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="no room can be asked for here")
def test_a_state_that_finds_no_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The room is taken before anything is written to it: a full disk would else end the process by a signal."""

    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with writing(tmp_path / STATE, "2025") as state:
        state.add(b"")
    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(ExportError, match=r"No space left on device; .*TMPDIR"):
        Earlier(tmp_path / STATE)


def test_the_recipes_of_the_docs_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pandas, polars and DuckDB as docs/export.md has them, over an increment in which nothing is and one with all."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    duckdb = pytest.importorskip("duckdb")
    docs = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8").partition("## Increments")[2]
    recipes = [block.partition("```")[0] for block in docs.split("```python\n")[1:3]]
    query = docs.partition("```sql\n")[2].partition("```")[0]
    url = f"sqlite:///{tmp_path}/store.db"
    monkeypatch.chdir(tmp_path)
    with open_store(url) as store:
        for event in HISTORY[0]:
            happen(store, url, event)
        export(store, "dataset", form="parquet")
        for weeks in ((), HISTORY[1]):
            for event in weeks:
                happen(store, url, event)
            shutil.rmtree("week", ignore_errors=True)
            export(store, "week", form="parquet", since="dataset")
            export(store, "today", form="parquet")
            today = pandas.read_parquet("today/data").sort_values("id", ignore_index=True)
            by_pandas: dict[str, Any] = {"rows": pandas.read_parquet("dataset/data")}
            exec(recipes[0], by_pandas)
            pandas.testing.assert_frame_equal(by_pandas["rows"].sort_values("id", ignore_index=True), today)
            by_polars: dict[str, Any] = {"rows": polars.read_parquet("dataset/data")}
            exec(recipes[1], by_polars)
            assert by_polars["rows"].sort("id").equals(polars.read_parquet("today/data").sort("id"))
            by_duckdb = duckdb.sql(query).fetchall()
            assert sorted(map(str, by_duckdb)) == sorted(
                map(str, duckdb.sql("SELECT * FROM 'today/data/*/*.parquet'").fetchall())
            )
