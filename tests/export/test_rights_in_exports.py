"""What the site said of a text's use, in datasets: columns of every format, the filter, the card, croissant.json."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from databases import fresh_postgres_database
from hypothesis import given, settings
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.errors import UsageError
from pipelines.export import export
from pipelines.models import Article
from pipelines.record import COLUMNS
from pipelines.rights import USAGES, Rights, Signal
from pipelines.rights.choosing import ANSWERS, CLOSED
from pipelines.rights.dataset_columns import ANSWERED, column_of
from pipelines.storage import Selection, Store, open_store
from scraper.cli import main

SEEN = "2025-10-24T01:00:00Z"
NO = Rights(
    (
        Signal("robots.txt content-usage", "train-ai=n, search=y", {"train-ai": "disallowed", "search": "allowed"}),
        Signal("meta robots", "noarchive, <b>*x*</b>|\n- y", {"archive": "disallowed"}),
    )
)
ODD = Rights((Signal("header content-usage", "train-ai;", {"train-ai": "unknown", "search": "unknown"}),))
YES = Rights((Signal("header content-usage", "train-ai=y", {"train-ai": "allowed"}),))
TEXTS = {"no": NO, "odd": ODD, "yes": YES, "none": Rights()}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Four texts: disallowed, malformed, allowed, nothing said."""
    if request.param == "sqlite":
        with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
            yield fill(opened)
        return
    with fresh_postgres_database() as url, open_store(url) as opened:
        yield fill(opened)


def fill(opened: Store) -> Store:
    """One text for each of `TEXTS`."""
    for slug, said in TEXTS.items():
        opened.add(make_article(slug, "fr", rights=said), seen_at=SEEN)
    return opened


def slugs(opened: Store, **wanted: Any) -> set[str]:
    """What a selection gives."""
    return {text.slug for text in opened.select(Selection(**wanted))}


def test_the_filter_leaves_out_what_is_closed(store: Store) -> None:
    """Disallowed and malformed; what was not said is kept, or left where that is asked for."""
    assert slugs(store) == {*TEXTS}
    assert slugs(store, allowed=("train-ai",)) == {"yes", "none"}
    assert slugs(store, allowed=("train-ai",), rights_unsaid="leave") == {"yes"}
    assert slugs(store, allowed=("train-ai", "archive"), rights_unsaid="leave") == set()
    assert slugs(store, allowed=("search",)) == {"no", "yes", "none"}
    assert slugs(store, allowed=("archive",)) == {"odd", "yes", "none"}
    assert slugs(store, allowed=("train-ai",), revisions="all") == {"yes", "none"}
    with pytest.raises(UsageError, match="no usage training; the usages are: fetch"):
        slugs(store, allowed=("training",))


answers = st.dictionaries(st.sampled_from(USAGES), st.sampled_from(ANSWERS))
signals = st.builds(Signal, st.sampled_from(("meta robots", "tdmrep.json")), st.sampled_from("ab"), answers)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(signals, max_size=3), max_size=5),
    st.sets(st.sampled_from(USAGES), min_size=1),
    st.sampled_from(("keep", "leave")),
)
def test_the_filter_is_what_the_answers_say(said: list[list[Signal]], wanted: set[str], unsaid: Any) -> None:
    """SQL over the store and the answers of each text agree."""
    with TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/store.db") as opened:
        expected = set()
        for number, found in enumerate(said):
            rights = Rights(tuple(found))
            opened.add(make_article(f"bai-{number}", "fr", rights=rights), seen_at=SEEN)
            closed = (*CLOSED, "unsaid") if unsaid == "leave" else CLOSED
            if not any(rights.answers()[usage] in closed for usage in USAGES if usage in wanted):
                expected.add(f"bai-{number}")
        assert slugs(opened, allowed=tuple(wanted), rights_unsaid=unsaid) == expected


def lines(folder: Path) -> list[dict[str, Any]]:
    """The rows of JSON Lines."""
    return [json.loads(line) for path in sorted(folder.glob("data/*/*.jsonl")) for line in path.open(encoding="utf-8")]


def test_every_format_has_the_answers(store: Store, tmp_path: Path) -> None:
    """By default; and the signals themselves where a format has lists."""
    names = [name for name, _ in ANSWERED]
    assert names == [column_of(usage) for usage in USAGES]
    assert set(names) | {"rights"} <= set(COLUMNS)
    expected = {slug: {column_of(u): a for u, a in said.answers().items()} for slug, said in TEXTS.items()}
    made = {form: export(store, tmp_path / form, form=form) for form in ("jsonl", "csv", "sqlite", "parquet")}
    assert {made[form].rows for form in made} == {4}
    rows = {row["slug"]: row for row in lines(tmp_path / "jsonl")}
    assert {slug: {name: row[name] for name in names} for slug, row in rows.items()} == expected
    assert {slug: row["rights"] for slug, row in rows.items()} == {slug: said.plain() for slug, said in TEXTS.items()}
    (path,) = (tmp_path / "csv").glob("data/*/*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert {row["slug"]: {name: row[name] for name in names} for row in table} == expected
    with closing(sqlite3.connect(tmp_path / "sqlite/data/articles.sqlite")) as database:
        query = f"SELECT slug, {', '.join(names)} FROM articles"  # names of our own
        found = {slug: dict(zip(names, values, strict=True)) for slug, *values in database.execute(query)}
    assert found == expected
    parquet = pytest.importorskip("pyarrow.parquet")
    (path,) = (tmp_path / "parquet").glob("data/*/*.parquet")
    frame = {row["slug"]: row for row in parquet.read_table(path, partitioning=None).to_pylist()}
    assert {slug: {name: row[name] for name in names} for slug, row in frame.items()} == expected
    assert frame["no"]["rights"] == NO.plain()


def test_without_these_columns_the_bytes_do_not_know_of_rights(tmp_path: Path) -> None:
    """Data files of chosen columns are the same whatever was said."""
    written = []
    for number, said in enumerate((Rights(), NO)):
        with open_store(f"sqlite:///{tmp_path}/{number}.db") as opened:
            opened.add(make_article("a", "fr", rights=said), seen_at=SEEN)
            export(opened, tmp_path / str(number), form="jsonl", columns=("id", "text"))
        written.append([path.read_bytes() for path in sorted((tmp_path / str(number)).glob("data/*/*"))])
    assert written[0] == written[1]


def test_the_card_and_croissant_count_what_was_said(store: Store, tmp_path: Path) -> None:
    """Answers by use, signals with their words on one line and without markup; silence is no permission."""
    made = export(store, tmp_path / "out", form="jsonl", selection=Selection(allowed=("index",)))
    card = (tmp_path / "out/README.md").read_text(encoding="utf-8")
    assert "| use | disallowed | unknown | allowed | unsaid |" in card
    assert "| `train-ai` | 1 | 1 | 1 | 1 |" in card
    assert "| `fetch` | 0 | 0 | 0 | 4 |" in card
    assert "- meta robots: noarchive, \\<b\\>\\*x\\*\\</b\\>\\| - y: 1\n" in card
    assert "`unsaid` is no permission" in card
    assert "- usages that the site did not disallow when the text was fetched: index" in card
    told = json.loads((tmp_path / "out/croissant.json").read_text(encoding="utf-8"))["usageInfo"]
    assert [part["name"] for part in told] == list(USAGES)
    training = next(part["description"] for part in told if part["name"] == "train-ai")
    assert training.startswith("disallowed: 1 rows, unknown: 1 rows, allowed: 1 rows, unsaid: 1 rows.")
    assert made.filters == Selection(allowed=("index",))
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert (manifest["filters"]["allowed"], manifest["filters"]["rights_unsaid"]) == (["index"], "keep")


def test_an_increment_with_another_filter_is_refused(store: Store, tmp_path: Path) -> None:
    """The difference would mean nothing."""
    export(store, tmp_path / "one", form="jsonl", selection=Selection(allowed=("tdm",)))
    with pytest.raises(UsageError, match="other filters"):
        export(store, tmp_path / "two", form="jsonl", since=tmp_path / "one", selection=Selection(allowed=("index",)))


def test_the_command_and_search_have_the_filter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same option; a use that there is not is wrong usage, and so is half of the option."""
    address = f"sqlite:///{tmp_path}/store.db"
    with open_store(address) as opened:
        fill(opened)
        while opened.index():
            pass
    given = ["--store", address, "--allowed", "train-ai", "--rights-unsaid", "leave"]
    assert main(["export", "jsonl", "--out", str(tmp_path / "out"), *given]) == 0
    assert [row["slug"] for row in lines(tmp_path / "out")] == ["yes"]
    capsys.readouterr()
    assert main(["store", "search", "flottant", *given]) == 0
    assert "fr/yes" in capsys.readouterr().out.replace("https://www.vietnam.vn/", "")
    for wrong, said in ((["--allowed", "ai"], "no usage ai"), (["--rights-unsaid", "leave"], "goes with --allowed")):
        assert main(["export", "jsonl", "--out", str(tmp_path / "no"), "--store", address, *wrong]) == 2
        assert said in capsys.readouterr().err


def test_a_record_from_elsewhere_brings_its_rights(tmp_path: Path) -> None:
    """JSON Lines that are added to a store keep what was said."""
    article = make_article("a", "fr", rights=NO)
    assert Article.from_dict(json.loads(json.dumps(article.to_dict()))) == article
    (tmp_path / "a.jsonl").write_text(json.dumps(article.to_dict()) + "\n", encoding="utf-8")
    address = f"sqlite:///{tmp_path}/store.db"
    assert main(["store", "add", str(tmp_path / "a.jsonl"), "--store", address]) == 0
    with open_store(address) as opened:
        assert slugs(opened, allowed=("train-ai",)) == set()
