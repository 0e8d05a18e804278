"""The columns of the output: one set of names and types whatever came in, which every reader reads as they are."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.batch.types import ColumnTypes, conformed, merged, settled, type_of
from pipelines.times import instant
from pipelines.type_rows import TypesShown, shape_of
from scraper.cli import main

Clean = Callable[..., tuple[int, dict[str, Any], str]]
FORMS = pytest.mark.parametrize("form", ["jsonl", "parquet"])

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def parts(out: Path, form: str) -> list[Path]:
    """The files of data, in their order."""
    return sorted((out / "clean").rglob(f"*.{form}"))


@FORMS
@pytest.mark.parametrize("source", ["in.jsonl", "in.parquet"])
def test_the_clean_text_where_readers_look(source: str, form: str, tmp_path: Path, clean: Clean) -> None:
    """`--text-into text`: the clean text is `text`, the raw one aside; kept rows are as they were."""
    rows = samples.fineweb(samples.texts()[:6])
    other = {**rows[0], "url": samples.OTHER_SITE, "text": "Rain all day."}
    write = samples.write_lines if source.endswith("jsonl") else samples.write_parquet
    file = write(tmp_path / source, [*rows[:3], other, *rows[3:]])
    common = ("--format", form, "--keep-others")
    clean(file, "--out", tmp_path / "without", *common)
    code, summary, _ = clean(file, "--out", tmp_path / "out", *common, "--text-into", "text")
    assert (code, summary["clean"], summary["passed_over_kept"]) == (0, 6, 1)
    wanted = {row["url"]: row["vn_text"] for row in samples.rows_of(tmp_path / "without")}
    out = {row["url"]: row for row in samples.rows_of(tmp_path / "out")}
    for row in rows:
        assert out[row["url"]]["text"] == wanted[row["url"]] != row["text"]
        assert out[row["url"]]["vn_raw_text"] == row["text"]
        assert "vn_text" not in out[row["url"]]
    assert out[samples.OTHER_SITE]["text"] == "Rain all day."
    assert out[samples.OTHER_SITE]["vn_raw_text"] is None


@FORMS
@pytest.mark.parametrize("source", ["in.jsonl", "in.parquet"])
def test_the_text_column_has_another_name(source: str, form: str, tmp_path: Path, clean: Clean) -> None:
    """The text moves to the name that was asked for, also of kept rows; what stood there is aside with its type."""
    rows = [{"url": r["url"], "content": r["text"], "text": number} for number, r in enumerate(samples.texts()[:3])]
    rows.append({"url": samples.OTHER_SITE, "content": "Rain all day.", "text": 9})
    write = samples.write_lines if source.endswith("jsonl") else samples.write_parquet
    options = ("--format", form, "--keep-others", "--text-column", "content", "--text-into", "text")
    clean(write(tmp_path / source, rows), "--out", tmp_path / "out", *options)
    out = {row["url"]: row for row in samples.rows_of(tmp_path / "out")}
    assert [out[row["url"]]["vn_raw_text"] for row in rows] == [0, 1, 2, 9]
    assert [out[row["url"]]["content"] for row in rows] == [row["content"] for row in rows]
    assert out[samples.OTHER_SITE]["text"] == "Rain all day."
    assert all(isinstance(row["text"], str) for row in out.values())


def test_archives_have_the_column_too(tmp_path: Path, clean: Clean) -> None:
    """A page that came without text has no raw one; a name with our prefix is refused."""
    (tmp_path / "a.warc.gz").write_bytes(samples.crawl(range(3)))
    clean(tmp_path / "a.warc.gz", "--out", tmp_path / "out", "--text-into", "text")
    out = samples.rows_of(tmp_path / "out")
    assert [row["vn_raw_text"] for row in out] == [None] * 3
    assert all(row["text"] and row["text"] == "\n\n".join(row["vn_paragraphs"]) for row in out)
    code, _, err = clean(tmp_path / "a.warc.gz", "--out", tmp_path / "out", "--text-into", "vn_x")
    assert (code, "--text-into vn_x" in err) == (2, True)


@FORMS
def test_two_corpora_have_one_set_of_columns(form: str, tmp_path: Path, clean: Clean) -> None:
    """Each row of each part has the columns of both, null where its corpus has none; types are one."""
    texts = samples.texts()
    samples.write_lines(tmp_path / "in" / "a.jsonl", [{**r, "score": 1} for r in samples.fineweb(texts[:4])])
    samples.write_lines(tmp_path / "in" / "b.jsonl", [{**r, "score": "high"} for r in samples.hplt(texts[4:8])])
    (tmp_path / "in" / "c.warc.gz").write_bytes(samples.crawl(range(3)))
    _, summary, err = clean(tmp_path / "in", "--out", tmp_path / "out", "--format", form)
    assert summary["clean"] == 11
    rows = samples.rows_of(tmp_path / "out")
    assert len(parts(tmp_path / "out", form)) == 3
    assert len({tuple(row) for row in rows}) == 1
    assert {"text", "dump", "u", "doc_scores", "warc_record_id"} < {*rows[0]}
    assert [row["score"] for row in rows] == ["1"] * 4 + ["high"] * 4 + [None] * 3
    assert "column score came in several types: integer, text" in err
    told = {c["name"]: c for c in json.loads((tmp_path / "out" / "manifest.json").read_bytes())["columns"]}
    assert told["score"]["came_in_as"] == ["integer", "text"]
    assert told["dump"]["came_in_as"] == []


def late_rows(number: int) -> list[dict[str, Any]]:
    """Rows of which one in the middle has values where all others have null, an empty list or an empty object."""
    rows = []
    for place, row in enumerate((samples.fineweb(samples.texts()[:12]) * (number // 12 + 1))[:number]):
        late = place == number - 3
        rows.append(
            {
                **row,
                "tags": ["late"] if late else [],
                "score": 0.5 if late else (None if place % 2 else 1),
                "about": {"who": ["x"], "n": 2.5} if late else {"who": [], "n": None},
                "objects": [{"a": "x"}] if late else [],
            }
        )
    return rows


@FORMS
def test_the_first_rows_do_not_bend_a_reader(form: str, tmp_path: Path, clean: Clean) -> None:
    """Values that come late are there in every reader, with their type, as others have them."""
    polars, duckdb, pandas = (pytest.importorskip(name) for name in ("polars", "duckdb", "pandas"))
    datasets = pytest.importorskip("datasets")
    rows = late_rows(600)
    samples.write_lines(tmp_path / "in.jsonl", rows)
    clean(tmp_path / "in.jsonl", "--out", tmp_path / "out", "--format", form, "--duplicates", "none")
    files = [str(p) for p in parts(tmp_path / "out", form)]
    wanted = {"tags": ["late"], "score": 0.5, "about": {"who": ["x"], "n": 2.5}, "objects": [{"a": "x"}]}

    cache = str(tmp_path / "cache")

    def check(found: list[dict[str, Any]]) -> None:
        assert len(found) == 600
        (late,) = [row for row in found if row["score"] == 0.5]
        assert {name: late[name] for name in wanted} == wanted
        assert {"field": "title", "origin": "visible"} in [item for row in found for item in row["vn_origins"]]

    if form == "jsonl":
        check(pandas.concat(pandas.read_json(f, lines=True) for f in files).to_dict("records"))
        check(polars.read_ndjson(files[0]).to_dicts())
        check(duckdb.read_json(files).to_arrow_table().to_pylist())
        check(datasets.load_dataset("json", data_files=files, split="train", cache_dir=cache).to_list())
    else:
        check(polars.read_parquet(files).to_dicts())
        check(duckdb.read_parquet(files).to_arrow_table().to_pylist())
        check(datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=cache).to_list())


def corpora(folder: Path) -> Path:
    """Inputs of three kinds with columns of their own."""
    texts = samples.texts()
    nested = {"deep": [[1], []], "about": {"who": [{"name": "x"}]}, "big": 2**70}
    samples.write_lines(folder / "a.jsonl", [{**row, **nested} for row in samples.fineweb(texts[:9])])
    samples.write_parquet(folder / "b.parquet", samples.hplt(texts[9:16]))
    (folder / "c.warc.gz").write_bytes(samples.crawl(range(4)))
    return folder


@FORMS
@pytest.mark.parametrize("into", [None, "text"])
def test_the_output_is_a_dataset_folder(into: str | None, form: str, tmp_path: Path, clean: Clean) -> None:
    """`datasets`, mlcroissant and pandas read the folder as it is; the card names the trap; verify finds it whole."""
    datasets, pandas = pytest.importorskip("datasets"), pytest.importorskip("pandas")
    hub = pytest.importorskip("huggingface_hub")
    options = ("--format", form, "--keep-others", *([] if into is None else ["--text-into", into]))
    _, summary, _ = clean(corpora(tmp_path / "in"), "--out", tmp_path / "out", *options)
    assert summary["clean"] == 20
    out = tmp_path / "out"
    wanted = {row["vn_url"]: row for row in samples.rows_of(out)}
    loaded = datasets.load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache"))
    times = {name for name, feature in loaded.features.items() if str(getattr(feature, "dtype", "")).startswith("time")}
    assert "vn_published_at" in times
    for row in map(samples.plain, loaded.to_list()):
        want = wanted[row["vn_url"]]
        want = {n: v if v is None or n not in times else instant(v) for n, v in want.items()}
        # As text it is a day or a time: `datasets` writes one of JSON Lines its own way. It has two columns beside it.
        assert row | {"vn_published": None} == want | {"vn_published": None}
    read = pandas.read_parquet if form == "parquet" else lambda path: pandas.read_json(path, lines=True)
    assert sum(len(read(path)) for path in (out / "clean").iterdir()) == 20
    card = hub.DatasetCard.load(out / "README.md")
    assert [c["config_name"] for c in card.data.to_dict()["configs"]] == ["default", "clean"]
    trap = "is the clean text" if into else "is what came in, raw"
    assert f"**Mind the column**: `text` {trap}" in card.text
    assert json.loads((out / "croissant.json").read_bytes())["recordSet"][0]["name"] == "clean"
    assert main(["verify", str(out)]) == 0


@FORMS
def test_an_output_without_a_row_keeps_its_columns(form: str, tmp_path: Path, clean: Clean) -> None:
    """A file without rows and a card that says the columns; the next job with rows takes its place."""
    datasets = pytest.importorskip("datasets")
    rows = [{"url": samples.OTHER_SITE, "text": "Rain all day."}]
    out = tmp_path / "out"
    clean(samples.write_lines(tmp_path / "a.jsonl", rows), "--out", out, "--format", form)
    (part,) = (out / "clean").iterdir()
    assert part.name == f"train-00000-of-00001.{form}"
    assert samples.rows_of(out) == []
    # Without streaming `datasets` takes no split of no rows, whatever the files.
    loaded = datasets.load_dataset(str(out), split="train", streaming=True)
    assert list(loaded) == []
    assert {"vn_text", "vn_alternates"} < {*loaded.column_names}
    clean(samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:2]), "--out", out, "--format", form)
    assert len(samples.rows_of(out)) == 2


def test_an_output_of_before_gives_way(tmp_path: Path, clean: Clean) -> None:
    """The files that a manifest of 0.1.0 lists go when the new ones are there; what else is in their folder stays."""
    out = tmp_path / "out"
    old = {"clean/part-00000.jsonl": b'{"vn_outcome":"ok"}\n', "rejects/part-00001.jsonl": b"{}\n"}
    for name, data in old.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    (out / "clean" / "mine.txt").write_text("mine", encoding="utf-8")
    told: dict[str, Any] = {name: {} for name in ("inputs", "options", "versions", "summary")}
    listed = [
        {"name": name, "rows": 1, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in old.items()
    ]
    (out / "manifest.json").write_text(json.dumps({**told, "outputs": listed}), encoding="utf-8")
    assert clean(samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:2]), "--out", out)[0] == 0
    names = sorted(samples.content(out))
    data_file = "clean/train-00000-of-00001.jsonl"
    assert names == ["README.md", "clean/mine.txt", data_file, "croissant.json", "manifest.json"]


def test_maps_of_parquet_become_lists(tmp_path: Path, clean: Clean) -> None:
    """A map is a list of (key, value) in both formats; the values of JSON Lines are those of Parquet."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = samples.texts()[:3]
    maps = [[("a", 1)], None, [("b", 2), ("c", None)]]
    table = pa.table(
        {
            "text": [row["text"] for row in rows],
            "url": [row["url"] for row in rows],
            "map": pa.array(maps, pa.map_(pa.string(), pa.int64())),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    wanted = [None if m is None else [{"key": k, "value": v} for k, v in m] for m in maps]
    for form in ("parquet", "jsonl"):
        clean(tmp_path / "a.parquet", "--out", tmp_path / form, "--format", form)
        assert [row["map"] for row in samples.rows_of(tmp_path / form)] == wanted


@FORMS
def test_objects_beside_texts_become_json(form: str, tmp_path: Path, clean: Clean) -> None:
    """Where a column of Parquet has objects, lists or numbers in one file and texts in another, all are texts."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    first, second = samples.texts()[:2]
    given = {"object": {"a": 1, "b": "é"}, "list": ["x", "y"], "number": 7}
    for name, row, more in (("a", first, given), ("b", second, dict.fromkeys(given, "said"))):
        pq.write_table(pa.Table.from_pylist([{**row, **more}]), tmp_path / f"{name}.parquet")
    inputs = (tmp_path / "a.parquet", tmp_path / "b.parquet")
    assert clean(*inputs, "--out", tmp_path / "out", "--format", form)[0] == 0
    rows = {row["url"]: row for row in samples.rows_of(tmp_path / "out")}
    assert {name: rows[second["url"]][name] for name in given} == dict.fromkeys(given, "said")
    assert {name: json.loads(rows[first["url"]][name]) for name in given} == given


@settings(deadline=None)
@given(st.lists(json_values, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_types_do_not_depend_on_the_order(values: list[Any], randomness: random.Random) -> None:
    """However rows are shuffled and cut into shards, a column has one type, and every value goes into it."""
    pa = pytest.importorskip("pyarrow")
    from pipelines.batch.arrow_columns import arrow_value
    from pipelines.batch.schema import of_columns, readable

    found = []
    for _ in range(2):
        shuffled = randomness.sample(values, len(values))
        cut = randomness.randrange(len(values) + 1)
        learned = ColumnTypes()
        for shard in (shuffled[:cut], shuffled[cut:]):
            columns = ColumnTypes()
            for value in shard:
                columns.add({"x": value})
            learned.extend(json.loads(json.dumps(columns.to_json())))
        found.append(learned.types["x"])
    assert _unordered(found[0]) == _unordered(found[1])
    kind = settled(found[0])
    conforming = [conformed(value, kind, json.dumps) for value in values]
    for value in conforming:
        assert merged(type_of(value), kind) == kind or kind == "JSON"
    arrow = readable(of_columns({"x": found[0]})).field("x").type
    assert len(pa.array([arrow_value(value, arrow) for value in values], arrow)) == len(values)


def _unordered(kind: Any) -> Any:
    if isinstance(kind, list):
        return [_unordered(kind[1])]
    return {name: _unordered(kind[name]) for name in sorted(kind)} if isinstance(kind, dict) else kind


@given(st.lists(st.dictionaries(st.text("ab", max_size=1), json_values, max_size=3), max_size=12))
def test_the_rows_in_front_show_all_that_there_is(rows: list[dict[str, Any]]) -> None:
    """Behind them no row has a value in a place that was empty before."""
    shown = TypesShown()
    front = [row for row in rows if shown.shows_more(shape_of(row))]
    again = TypesShown()
    for row in front:
        again.shows_more(shape_of(row))
    assert not any(again.shows_more(shape_of(row)) for row in rows)
