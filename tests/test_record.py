"""The table of fields: code and docs follow it, every record of its form passes, every other costs itself alone."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from exported import csv_rows, data_of, json_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.batch.cleaned_rows import TIMES, added_names
from pipelines.batch.input_rows import CleanOptions
from pipelines.export.rows import FLAT
from pipelines.models import Article, Rejected
from pipelines.outcomes import REJECTED
from pipelines.quality import Quality
from pipelines.record import COLUMNS, DATASET, FIELDS, check_record, check_types, names
from pipelines.record_types import (
    BOOLEAN,
    BY_NAME,
    IMAGES,
    INTEGER,
    INTEGERS,
    NUMBER,
    RIGHTS,
    STRIPPED,
    TEXT,
    TEXTS,
    Kind,
)  # fmt: skip
from pipelines.rights import Rights
from pipelines.rights.judging import site_rights
from pipelines.rights.page_signals import header_rights
from pipelines.storage import Selection, open_store
from pipelines.web.addresses import MAX_LENGTH, NoAddressError, read_address
from scraper.cli import main
from scraper.inputs import record

ROOT = Path(__file__).parents[1]
READ = [name for name in names("record") if not FIELDS[name].derived]


# ---- the code and the docs follow the table


def test_the_article_has_the_fields_of_the_table() -> None:
    """Names and order are the table's, and the declared types fit."""
    annotations = {f.name: str(f.type) for f in fields(Article)}
    assert list(annotations) == READ
    told = {TEXT: "str", NUMBER: "float", INTEGER: "int", BOOLEAN: "bool", TEXTS: "tuple[", INTEGERS: "tuple[int, ...]"}
    told |= {
        IMAGES: "tuple[Image, ...]",
        STRIPPED: "tuple[Stripped, ...]",
        BY_NAME: "Mapping[str, str]",
        RIGHTS: "Rights",
    }
    for name, annotation in annotations.items():
        if name != "outcome":
            assert annotation.startswith(told[FIELDS[name].type]), name
            assert annotation.endswith(" | None") is FIELDS[name].nullable, name
    assert list(make_article().to_dict()) == list(names("record"))


def test_clean_has_the_fields_of_the_table() -> None:
    """The quality columns too, in their order and with their types."""
    found = [name for name in added_names(CleanOptions()) if name not in TIMES]
    assert found == [*names("record", "clean", "duplicates")]
    place = {"source", "position"}
    assert place <= {*names("clean")}
    assert [*Quality.__annotations__] == [n for n in names("clean") if n not in place]
    types = {"int": INTEGER, "float": NUMBER, "bool": BOOLEAN}
    for name, kind in Quality.__annotations__.items():
        assert FIELDS[name].type is types[getattr(kind, "__forward_arg__", kind)], name


def test_exports_have_the_fields_of_the_table() -> None:
    """The dataset's columns: FineWeb-2's first, no object whose keys are data, and all of the record in one form."""
    assert list(DATASET)[:7] == ["text", "id", "url", "date", "language", "language_score", "language_script"]
    assert all(f.type.card and f.type.croissant and f.type is not BY_NAME for f in DATASET.values())
    assert set(FLAT) == {name for name in COLUMNS if not DATASET[name].type.card.startswith("list")}
    split = {"published", "modified", "outcome"}  # day and instant in two columns; always "ok"
    assert {*names("store", "record", "dataset")} - split == {*COLUMNS}
    assert [*DATASET] == [*COLUMNS, *names("asked"), *names("quality"), *names("compared")]


def test_arrow_types_fit_what_the_card_says() -> None:
    """A card's name of a type is what Arrow calls it."""
    arrow = pytest.importorskip("pyarrow")
    for field in DATASET.values():
        made, card = field.type.arrow(arrow), field.type.card
        if field.type.parts:
            assert card == f"list of ({', '.join(field.type.parts)})"
            assert [made.value_type.field(i).name for i in range(made.value_type.num_fields)] == [*field.type.parts]
        elif card.startswith("list of "):
            assert made.value_type == arrow.type_for_alias(card.removeprefix("list of ")), field.name
        else:
            assert card == {"date32[day]": "date32", "double": "float64"}.get(str(made), str(made)), field.name


def table(path: str, header: str) -> list[list[str]]:
    """The cells of a table in the docs."""
    text = (ROOT / path).read_text(encoding="utf-8")
    rows = text.partition(header)[2].strip().split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip("|"))] for row in rows]


def test_the_docs_hold_the_table() -> None:
    """docs/record.md, docs/export.md and docs/batch.md say what the code does."""
    told = [[f"`{n}`", FIELDS[n].doc_type, FIELDS[n].meaning] for n in names("record")]
    assert len(told) > 30
    assert table("docs/record.md", "| field | type | meaning |") == told
    dataset = [[f"`{f.name}`", f.type.card, f.dataset_meaning] for f in DATASET.values()]
    assert table("docs/export.md", "| column | type | what it is |") == dataset
    quality = [[f"`vn_{n}`", FIELDS[n].meaning] for n in Quality.__annotations__]
    assert table("docs/batch.md", "| Column | What |") == quality
    sentence = next(x for x in (ROOT / "docs/record.md").read_text("utf-8").splitlines() if "is no article has" in x)
    assert set(re.findall(r"`(\w+)`", sentence)) == set(names("rejection"))


# ---- every record of this form passes

texts = st.text(max_size=30) | st.sampled_from(["\x00", "\ud800", "\u2028", "=1+1", "a\nb", "𝒳", "\x1b]0;x\x07"])
codes = st.sampled_from(["vi", "en", "fr", "zh-Hant", "fil", "xx", "zh-cn"])
days = st.dates(date(1971, 1, 1), date(2099, 12, 30)).map(str)
times = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 30)).map(lambda t: t.isoformat() + "+07:00")
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    TEXT: texts,
    NUMBER: st.floats(0, 1) | st.integers(0, 1),
    INTEGER: st.integers(0, 2**63 - 1),
    BOOLEAN: st.booleans(),
    TEXTS: st.lists(texts, max_size=3),
    IMAGES: st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(("src", "alt", "caption"), texts | st.none()))),
    STRIPPED: st.lists(st.fixed_dictionaries({"text": texts, "rule": texts}), max_size=2),
    BY_NAME: st.dictionaries(texts, texts, max_size=3),
    RIGHTS: st.builds(
        lambda robots, tag: Rights((*robots.signals, *header_rights([("X-Robots-Tag", tag)]).signals)).plain(),
        st.sampled_from([Rights(), site_rights("https://a.vn/b", agent="x", robots=b"")]),
        texts,
    ),
}
OF_FIELD: dict[str, st.SearchStrategy[Any]] = {
    "url": st.sampled_from(["https://www.vietnam.vn/fr/cho-noi", "http://a.example/y", "no", ""]),
    "slug": st.sampled_from(["cho-noi", "x" * 500, "a/b", "../a", "é"]),
    "url_language": codes,
    "language": codes,
    "language_script": st.sampled_from(["Latn", "Hant", "Thai"]),
    "published": days | times,
    "modified": days | times,
    "extractor": st.sampled_from(["test", "layout:x@2025", ""]),
    "extractor_version": st.sampled_from(["1", "1.10", "2a", ""]),
    "fetched_at": times,
    "outcome": st.just("ok"),
}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A record of any form that the table allows; fields that are not required may be missing, some null."""
    row: dict[str, Any] = {}
    paragraphs = draw(st.lists(texts, min_size=1, max_size=4))
    for name in READ:
        field = FIELDS[name]
        if not field.required and draw(st.integers(0, 3)) == 0:
            continue
        if field.nullable and draw(st.integers(0, 3)) == 0:
            row[name] = None
        elif name == "paragraphs":
            row[name] = paragraphs
        elif name == "kinds":
            row[name] = [draw(st.sampled_from(get_args(Kind))) for _ in paragraphs]
        elif name == "stripped_at":
            row[name] = [draw(st.integers(0, len(paragraphs))) for _ in row.get("stripped", ())]
        elif name == "untranslated":
            row[name] = draw(st.lists(st.integers(0, len(paragraphs) - 1), max_size=2))
        else:
            row[name] = draw(OF_FIELD[name] if name in OF_FIELD else OF_TYPE[field.type])
    return row


@given(records())
def test_a_record_comes_back_as_it_was(row: dict[str, Any]) -> None:
    """Through JSON, the article and back; the derived fields are made of the others."""
    row = json.loads(json.dumps(row))
    assert check_record(row) is None
    article = Article.from_dict(row)
    made = article.to_dict()
    assert {name: made[name] for name in row if name != "images"} == {n: v for n, v in row.items() if n != "images"}
    assert Article.from_dict(made) == article
    assert check_record(made) is None


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(records(), min_size=1, max_size=6))
def test_records_are_stored_and_exported(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    """Every one is stored by the command, found by the check, and in every export."""
    run = tmp_path_factory.mktemp("run")
    (run / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="ascii")
    store = f"sqlite:///{run}/store.db"
    assert main(["store", "add", str(run / "rows.jsonl"), "--store", store]) == 0
    assert main(["store", "check", "--store", store]) == 0
    with open_store(store) as opened:
        kept = sum(1 for _ in opened.select(Selection()))
    assert 1 <= kept <= len(rows)
    for form in ("jsonl", "csv", "parquet"):
        assert main(["export", form, "--store", store, "--out", str(run / form)]) == 0
    assert len(json_rows(run / "jsonl")) == len(csv_rows(run / "csv")) == kept
    assert not any(b"\x00" in data for data in data_of(run / "csv", "csv"))  # few readers take it


@pytest.mark.parametrize("outcome", sorted(REJECTED))
def test_every_rejection_comes_back(outcome: str) -> None:
    """Each reason of the table is one of a record."""
    made = Rejected(url="https://www.vietnam.vn/x", outcome=outcome, detail="why", fetched_at="2025-10-23T01:00:00Z")
    assert record(made.to_dict()) == made


# ---- every other costs itself alone

HOSTILE: list[Any] = [
    None, True, False, 0, 1, -1, 1.5, 1e308, -0.0, float("nan"), float("inf"), 2**63, 10**400, "", " ", "x", "0",
    "\x00", "\ud800", "../outside", "/etc/passwd", "2025-10-23", "2025-10-23T08:00:00", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z", "22/10/2025", "http://[evil/", "9" * 5000, "y" * 70_000, [],
    [1], [None], [""], [[]], [{}], ["a", 1], [{"src": 1}], [{"alt": "a", "x": "y"}], [{"text": "t"}],
    [{"text": None, "rule": "r"}],    [0, 99], [-1], [True], {}, {"en": 1}, {"en": None}, {"a": {"b": []}}, {"": ""},
]  # fmt: skip


def good(number: int) -> dict[str, Any]:
    """A sound record at an address of its own."""
    return make_article(f"bai-so-{number}").to_dict()


def test_one_wrong_field_is_one_reject(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every field takes every hostile value in turn: that is a reject, or a record that all commands can use."""
    rows = [good(0)]
    for name in names("record"):
        rows += [{**good(len(rows) + place), name: value} for place, value in enumerate(HOSTILE)]
        rows.append({key: value for key, value in good(len(rows)).items() if key != name})
    rows.append(good(len(rows)))
    wrong = {number for number, row in enumerate(rows, 1) if check_record(row) is not None}
    assert len(wrong) > 1000
    assert len(rows) - len(wrong) > 300
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="ascii")
    store = f"sqlite:///{tmp_path}/store.db"
    assert main(["store", "add", "rows.jsonl", "--store", store]) not in (0, 1, 2)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    with open_store(store) as opened:
        slugs = {stored.article.url for stored in opened.select(Selection(revisions="all"))}
    for number, row in enumerate(rows, 1):
        if number in wrong and isinstance(row.get("url"), str) and row["url"].startswith("https://www.vietnam.vn/fr/"):
            assert row["url"] not in slugs, row
    assert {good(0)["url"], good(len(rows) - 1)["url"]} <= slugs
    assert main(["store", "check", "--store", store]) == 0
    assert main(["store", "search", "marché", "--store", store]) == 0
    for form in ("jsonl", "csv", "parquet"):
        assert main(["export", form, "--store", store, "--out", f"out-{form}", "--revisions", "all"]) == 0
    assert main(["align", "--langs", "all", "--store", store, "--out", "aligned"]) in (0, 3)
    assert "Traceback" not in "".join(capsys.readouterr())
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith(("store.db", "."))) == [
        "aligned", "out-csv", "out-jsonl", "out-parquet", "rows.jsonl",
    ]  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*FIELDS, "x"]), inner, max_size=6),
    )
)
def test_any_json_is_a_record_or_has_a_problem(row: Any) -> None:
    """Never an error, and what is said to be a record is one."""
    problem = check_record(row)
    if problem is None:
        assert record(row) is not None
    else:
        assert "\n" not in problem
        with pytest.raises(ValueError, match=re.escape(problem)):
            record(row)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"extractor": None}, "extractor is no string"),
        ({"fetched_at": "2025-10-23"}, "fetched_at is no time with its offset, such as 2025-10-23T08:00:00+07:00"),
        ({"alternates": [1]}, "alternates is no object of strings"),
        ({"title": ["Chợ"]}, "title is no string"),
        ({"kinds": ["paragraph"]}, "kinds has 1 entries for 2 paragraphs"),
        ({"stripped_at": [0, 0]}, "stripped_at has 2 entries for 1 in stripped"),
        (
            {"stripped": [{"text": "Menu", "rule": "x"}], "stripped_at": [3]},
            "stripped_at names a place that is none beside the 2 paragraphs",
        ),
        ({"untranslated": [2]}, "untranslated names a paragraph that is none of the 2"),
        ({"language_score": 7}, "language_score is not between 0 and 1"),
        ({"paragraphs": []}, "no paragraphs; rows of corpora go through 'vietnamvn clean --store'"),
        ({"outcome": "fine"}, "unknown outcome 'fine'"),
        ({"kinds": ["paragraph", "table"]}, "kinds holds another kind than paragraph, heading"),
        ({"language": "../outside"}, "language '../outside' is no language code"),
        ({"url_language": "/etc"}, "url_language '/etc' is no language code"),
        ({"language_script": "latin"}, "language_script is no code of a script, such as Latn"),
        ({"comment_count": -1}, "comment_count is below 0"),
        ({"url": "https://www.vietnam.vn/" + "x" * 8_192}, "url has more than 8192 characters"),
        ({"slug": "x" * 8_193}, "slug has more than 8192 characters"),
        ({"extractor": "x" * 101}, "extractor has more than 100 characters"),
        ({"extractor_version": "1." * 50 + "1"}, "extractor_version has more than 100 characters"),
        ({"extractor": "a\nb"}, "extractor has characters that cannot be printed"),
        ({"language_score": 1.001}, "language_score is not between 0 and 1"),
        ({"language_score": -0.001}, "language_score is not between 0 and 1"),
        ({"language_score": True}, "language_score is no number"),
        ({"language_script": "LATN"}, "language_script is no code of a script"),
        ({"language_script": "Latin"}, "language_script is no code of a script"),
        ({"language_script": "Lat1"}, "language_script is no code of a script"),
        ({"language_script": "Ladé"}, "language_script is no code of a script"),
        ({"comment_count": 2**63}, "comment_count is no whole number"),
        ({"comment_count": 1.0}, "comment_count is no whole number"),
        ({"untranslated": [-1]}, "untranslated names a paragraph that is none of the 2"),
        ({"stripped_at": [-1]}, "stripped_at names a place that is none beside the 2 paragraphs"),
        ({"published": "2025-10-22T18:30:00"}, "published is no day"),
        ({"published": "9999-12-31"}, "published is no day (2025-10-23) and no time with its offset"),
    ],
)
def test_problems_name_the_field(changes: dict[str, Any], problem: str) -> None:
    """One line that says which field, and what would be right."""
    assert (check_record({**good(1), **changes}) or "").startswith(problem)


def test_an_address_that_the_crawl_takes_is_one_of_a_record() -> None:
    """One bound: what is read of the web is stored, exported and added again; a character more is neither."""
    for length, taken in ((MAX_LENGTH, True), (MAX_LENGTH + 1, False)):
        url = "https://www.vietnam.vn/fr/".ljust(length, "x")
        slug = url.rpartition("/")[2]
        assert (check_record({**good(1), "url": url, "slug": slug}) is None) == taken
        if taken:
            assert read_address(url).href == url
        else:
            with pytest.raises(NoAddressError):
                read_address(url)


@pytest.mark.parametrize(
    "changes",
    [
        {"extractor": "x" * 100}, {"extractor_version": "é" * 100}, {"language_score": 0}, {"language_score": 1},
        {"language_score": 0.5}, {"comment_count": 0}, {"comment_count": 2**63 - 1}, {"untranslated": [0, 1]},
        {"stripped": [{"text": "Menu", "rule": "x"}], "stripped_at": [2]}, {"kinds": []}, {"published": "2025-10-22"},
        {"stripped": [{"text": "Menu", "rule": "x"}], "stripped_at": [0]}, {"language_script": "Hans"},
        {"published": "2025-10-22T18:30:00+07:00"}, {"url": "https://www.vietnam.vn/".ljust(MAX_LENGTH, "x")},
    ],
)  # fmt: skip
def test_what_is_just_within_its_bounds_is_a_record(changes: dict[str, Any]) -> None:
    """The last value of each that is taken."""
    assert check_record({**good(1), **changes}) is None


# What is no entry of each list in a stored record.
_NO_TEXTS, _NO_NUMBERS, _NO_OBJECTS = (1, None, {}, []), ("a", None, {}, []), (1, "a", None, [], {"text": 1})
WRONG_ENTRIES: dict[str, tuple[Any, ...]] = {
    "paragraphs": _NO_TEXTS,
    "kinds": _NO_TEXTS,
    "tags": _NO_TEXTS,
    "untranslated": _NO_NUMBERS,
    "stripped_at": _NO_NUMBERS,
    "images": _NO_OBJECTS,
    "stripped": _NO_OBJECTS,
}


def stored() -> dict[str, Any]:
    """A record as the store has it: with every list, and each sound."""
    return {
        "paragraphs": ["Le four.", "Les bols."],
        "kinds": ["paragraph", "list"],
        "untranslated": [1],
        "images": [{"src": "https://x.vn/a.jpg", "alt": None, "caption": "Un bol"}],
        "tags": ["poterie"],
        "alternates": {"vi": "https://www.vietnam.vn/lo-gom"},
        "stripped": [{"text": "Menu", "rule": "menu"}],
        "stripped_at": [0],
        "extractor": "x",
        "extractor_version": "1",
    }


@pytest.mark.parametrize("name", WRONG_ENTRIES)
def test_a_wrong_entry_of_a_stored_list_is_told_and_never_an_error(name: str) -> None:
    """Whatever damage makes of an entry: a line that names the field, also for a shape that was seen before."""
    assert check_types(stored()) is None
    for wrong in WRONG_ENTRIES[name]:
        for entries in ([wrong], [*stored()[name], wrong]):
            assert (check_types({**stored(), name: entries}) or "").startswith(name), entries


@pytest.mark.parametrize("name", [name for name in WRONG_ENTRIES if name != "paragraphs"])
def test_an_empty_list_of_a_stored_record_is_sound(name: str) -> None:
    """Whatever it would hold."""
    assert check_types({**stored(), name: []}) is None


def test_null_is_sound_where_a_field_may_lack() -> None:
    """Of a record that another program wrote: nothing is damaged by a value that is not known."""
    for name in (field.name for field in fields(Article)):
        may_lack = FIELDS[name].nullable or FIELDS[name].derived
        assert (check_types({**stored(), name: None}) is None) == may_lack, name
