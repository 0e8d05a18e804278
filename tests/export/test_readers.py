"""Each format by each reader, with the reader's own defaults: what is read equals the store, whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import readers
from exported import EVERY_READER
from making_articles import TEXTS, make_article

from pipelines.export import export
from pipelines.export.dataset import Config, Dataset
from pipelines.export.describing import describe_dataset
from pipelines.export.formats import FORMATS
from pipelines.export.manifest import describe
from pipelines.export.rows import row_maker
from pipelines.export.shards import RowPlace
from pipelines.export.splitting import split_of
from pipelines.models import Article
from pipelines.record import DATASET
from pipelines.rights import Rights, Signal
from pipelines.storage import Selection, open_store

pytestmark = EVERY_READER
ROOT = Path(__file__).parents[2]
SEEN = "2025-10-24T01:00:00Z"
MORE = {
    "es": ("Latn", "El mercado flotante de Cái Răng abre al amanecer."),
    "de": ("Latn", "Der schwimmende Markt von Cái Răng öffnet bei Tagesanbruch."),
    "ko": ("Hang", "까이랑 수상 시장은 새벽에 문을 엽니다."),
    "zh-Hant": ("Hant", "丐冷水上市場在黎明時分開市。"),
    "fa": ("Arab", "بازار شناور کای رانگ در سپیده‌دم باز می‌شود."),
    "el": ("Grek", "Η πλωτή αγορά του Κάι Ρανγκ ανοίγει την αυγή."),
}
ODD = [
    "", " ", "a\x00b", "\ud800", "a\u2028b\u2029c\x85d", "a\nb\r\nc", "a\rb", 'say "a", then', "=1+1", "-5", "@x",
    "\tx", "NA", "null", "None", "nan", "true", "0", "1e5", "2025-10-23", "2025-10-23T08:00:00Z", "  both  ",
    "👩‍👩‍👧 𝒳", "\ufffe\uffff", "\ufeffBOM", "\u202eabc", "\\N", "_x000D_", '{"a": 1}', "[1, 2]", "é", "e\u0301",
    "\x1b[2J", "a,b;c\td|e", "'x'", "''", '"', "#",
]  # fmt: skip


def ordinary() -> Iterator[Article]:
    """Some of everything that an article can have, in three languages."""
    yield make_article("a", "vi", published="2025-10-23T06:00:00+07:00", lead="Đầu bài", origins={"title": "layout"})
    said = (
        Signal("robots.txt content-usage", "train-ai=n, search=y", {"train-ai": "disallowed", "search": "allowed"}),
        Signal("meta robots", "noarchive", {"archive": "disallowed"}),
    )
    yield make_article("c", "vi", rights=Rights(said))
    yield make_article("a", "fr", alternates={"vi": "https://www.vietnam.vn/a", "x-default": "https://www.vietnam.vn/"})
    yield make_article("a", "ja", confidence=1, language_agrees=None, modified="2025-10-24", author="A")
    yield make_article("b", "ja", images=(), tags=(), alternates={}, stripped=(), comment_count=None, untranslated=(1,))


def many_languages() -> Iterator[Article]:
    """Fourteen, of which the first by name lacks what others have."""
    for language in TEXTS:
        yield make_article("a", language, **({} if language == "ar" else {"lead": "…", "confidence": 0.5}))
    for language, (script, text) in MORE.items():
        yield replace(
            make_article("a", "fr", paragraphs=(text,), kinds=("paragraph",)),
            url=f"https://www.vietnam.vn/{language}/a",
            url_language=language,
            language=language,
            language_script=script,
        )


def odd() -> Iterator[Article]:
    """Characters and words that readers take for something else, in every column of text."""
    for number, text in enumerate(ODD):
        yield make_article(
            f"bai-{number:02}", "vi", title=text, lead=ODD[-number], publisher=text,
            paragraphs=(text, "Chợ nổi.", text),
            author=text, category=text, tags=(text, ""), alternates={"vi": text}, origins={"title": text},
            html_language=text, kinds=("paragraph",) * 3,
            rights=Rights((Signal("meta robots", text, {"tdm": "unknown"}),)),
        )  # fmt: skip
    yield make_article("bai-x", "vi", title="Chợ nổi", lead=None, publisher=None, author="x", category=None)


def families() -> Iterator[Article]:
    """Twelve articles in two languages, each of its own words, with a value in every column of a cell."""
    for slug in (f"bai-{number:02}" for number in range(12)):
        for language in ("fr", "ja"):
            words = " ".join(f"{slug.replace('-', '')}{language}{number}" for number in range(40))
            yield make_article(
                slug, language, paragraphs=(words,), kinds=("paragraph",), lead="…", author="A", category="C",
                canonical_url=f"https://www.vietnam.vn/{slug}", confidence=0.5,
                published="2025-10-23T06:00:00+07:00", modified="2025-10-24T06:00:00+07:00",
            )  # fmt: skip


SPLIT = "two splits"
CASES: dict[str, Callable[[], Iterator[Article]]] = {
    "ordinary": ordinary,
    "one article": lambda: iter([make_article("a", "fr")]),
    "none": lambda: iter(()),
    "odd characters": odd,
    "14 languages": many_languages,
    SPLIT: families,
}
READERS: dict[str, dict[str, readers.Reader]] = {
    "parquet": {
        "datasets": readers.datasets_default,
        "datasets, a configuration": readers.datasets_configs,
        "datasets, streaming": readers.datasets_stream,
        "pandas": readers.pandas,
        "polars": readers.polars,
        "polars, lazily": readers.polars_lazy,
        "pyarrow": readers.arrow,
        "DuckDB": readers.duckdb,
        "datatrove": readers.datatrove,
        "mlcroissant": readers.mlcroissant,
    },
}
READERS["jsonl"] = READERS["csv"] = READERS["parquet"]
READERS["jsonl.gz"] = {name: READERS["jsonl"][name] for name in ("datasets", "pandas", "polars", "DuckDB", "datatrove")}
READERS["jsonl.zst"] = {name: READERS["jsonl"][name] for name in ("datasets", "pandas", "polars", "DuckDB")}
READERS["xlsx"] = {"pandas": readers.pandas, "openpyxl": readers.openpyxl}
READERS["sqlite"] = {"sqlite3": readers.sqlite, "sqlite-utils": readers.sqlite_utils, "pandas": readers.pandas_sql}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Path, list[dict[str, Any]]]]:
    """The dataset of a format and a case, and the rows that are in it as JSON has them."""
    kept: dict[tuple[str, str], tuple[Path, list[dict[str, Any]]]] = {}

    def make(form: str, case: str) -> tuple[Path, list[dict[str, Any]]]:
        if (form, case) not in kept:
            folder = tmp_path_factory.mktemp("made") / "dataset"
            kept[form, case] = folder, (_many if case == MANY else _export)(folder, form, case)
        return kept[form, case]

    return make


def _export(folder: Path, form: str, case: str) -> list[dict[str, Any]]:
    with open_store(f"sqlite:///{folder.parent}/store.db") as store:
        for article in CASES[case]():
            store.add(article, seen_at=SEEN)
        shares = {"train": 0.5, "test": 0.5} if case == SPLIT else {}
        made = export(store, folder, form=form, selection=Selection(), version="1.2.3", split=shares or None)
        assert all(rows > 0 for rows in made.split_rows.values())
        # Each article is a family of its own.
        row_of = row_maker(made.columns, all_revisions=False)
        texts = store.select(Selection())
        return [row_of(stored, {"split": split_of(stored.slug, made.split, 0)} if shares else {}) for stored in texts]


MANY = "first 20,000 rows null"
# What a reader cannot do with a format, as docs/export.md tells it: it fails or gives other values, which is tested.
LIMITS: dict[str, set[tuple[str, str, str]]] = {
    "`datasets` loads no dataset without a row": {
        (form, reader, "none")
        for form in ("parquet", "jsonl", "jsonl.gz", "jsonl.zst", "csv")
        for reader in READERS[form]
        if reader == "datasets"
    },
    "polars and pyarrow read no empty file of JSON Lines": {
        (form, reader, "none")
        for form in ("jsonl", "jsonl.gz", "jsonl.zst")
        for reader in READERS[form]
        if reader in ("polars", "polars, lazily", "pyarrow")
    },
    "pandas, and what reads CSV with it (`datasets`, mlcroissant), takes `NA`, `null`, `None` and `nan` for null": {
        ("csv", reader, "odd characters")
        for reader in ("pandas", "datasets", "datasets, a configuration", "datasets, streaming", "mlcroissant")
    },
    "the `default` of CSV does not load in `datasets` where a column has values in some languages alone": {
        ("csv", "datasets", "14 languages")
    },
    "pyarrow takes a column of CSV without a value in the first file for one of nulls": {
        ("csv", "pyarrow", "ordinary"),
        ("csv", "pyarrow", "14 languages"),
    },
    "pyarrow reads a long file of CSV only where it is told of ends of lines in cells": {("csv", "pyarrow", MANY)},
    "datatrove makes a line feed of a carriage return in CSV": {("csv", "datatrove", "odd characters")},
    "openpyxl and pandas give `_x005F_x000D_` for the text `_x000D_` in a workbook": {
        ("xlsx", "openpyxl", "odd characters"),
        ("xlsx", "pandas", "odd characters"),
    },
}
_ALWAYS = ("text", "id", "url", "language", "language_score", "language_agrees", "revision", "first_seen")
_LATE = (
    "lead",
    "confidence",
    "comment_count",
    "published_day",
    "published_at",
    "untranslated",
    "tags",
    "images",
    "alternates",
)


def _many(folder: Path, form: str, case: str) -> list[dict[str, Any]]:
    """Straight through the writer: of some columns the first 20,000 rows have nothing, the last hundred have all."""
    writing = FORMATS[form]
    columns = [name for name in (*_ALWAYS, *_LATE) if name in writing.columns]
    with open_store(f"sqlite:///{folder.parent}/store.db") as store:
        article = make_article(
            "a", "fr", lead="…", confidence=0.5, published="2025-10-23T06:00:00+07:00", untranslated=(1,)
        )
        store.add(article, seen_at=SEEN)
        row = row_maker(columns, all_revisions=False)(next(store.select(Selection())), {})
    empty = {**row, **{name: None if DATASET[name].flat else [] for name in columns if name in _LATE}}
    rows = [{**(empty if number < 20_000 else row), "id": f"fr/a{number}"} for number in range(20_100)]
    folder.mkdir()
    some = (writing.prepare(rows[at : at + 200], columns)[0] for at in range(0, len(rows), 200))
    written = writing.write(folder, ((RowPlace("fra_Latn"), chunk) for chunk in some), columns, 200_000)
    dataset = Dataset(
        title="Many",
        about=(),
        ending=writing.ending,
        version="1",
        columns=tuple(DATASET[name] for name in columns),
        configs=(Config(name="fra_Latn", languages=("fr",), rows=len(rows)),),
        selection=(),
    )
    describe_dataset(folder, dataset, [describe(path, folder, number) for path, number in written])
    return rows


@pytest.mark.parametrize("case", [*CASES, MANY])
@pytest.mark.parametrize(("form", "reader"), [(form, reader) for form in READERS for reader in READERS[form]])
def test_a_reader_reads_what_is_in_the_store(
    form: str, reader: str, case: str, made: Callable[[str, str], tuple[Path, list[dict[str, Any]]]]
) -> None:
    """Every row and every value; where the docs say that it cannot, it does not."""
    folder, rows = made(form, case)
    ending = FORMATS[form].ending
    of_text = ending in ("csv", "xlsx", "sqlite")
    if any((form, reader, case) in limits for limits in LIMITS.values()):
        try:
            _compare(form, reader, case, folder, ending, rows, of_text)
        except Exception:  # whatever a reader raises, and other values
            return
        pytest.fail("it can: docs/export.md and LIMITS are out of date")
    _compare(form, reader, case, folder, ending, rows, of_text)


def test_the_docs_tell_what_readers_cannot() -> None:
    """In one table, a row for each limit."""
    text = " ".join((ROOT / "docs/export.md").read_text(encoding="utf-8").split())
    for limit in LIMITS:
        assert f"| {limit} |" in text


def _compare(
    form: str, reader: str, case: str, folder: Path, ending: str, rows: list[dict[str, Any]], of_text: bool
) -> None:
    found = sorted(READERS[form][reader](folder, ending), key=lambda row: _text(row["id"]))
    if of_text:
        rows = [{name: _held(value, ending) for name, value in row.items()} for row in rows]
    expected = sorted(rows, key=lambda row: row["id"])
    assert [_text(row["id"]) for row in found] == [row["id"] for row in expected]
    for number, (one, other) in enumerate(zip(found, expected, strict=True)):
        if case != MANY or number % 97 == 0 or other["lead"] is not None:
            assert readers.plain(one, of_text=of_text) == readers.plain(other, of_text=of_text)


def _held(value: Any, ending: str) -> Any:
    """What a cell of these files can hold."""
    if not isinstance(value, str):
        return value
    if ending == "xlsx":
        value = re.sub(
            "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", value.replace("\r\n", "\n").replace("\r", "\n")
        )
    return value.replace("\x00", "\ufffd")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else value
