"""`removals.jsonl` of an export: what the store has taken down, for those who have an older one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.manifests import MANIFEST
from pipelines.removal_list import REMOVALS, read_list
from pipelines.removals.applying import apply_removals
from pipelines.storage import open_store
from pipelines.storage.removing import Wanted, lift, take_down
from pipelines.verification import verify
from scraper.cli import main

AT = "2026-11-29T10:11:12Z"
SEEN = "2025-11-01T00:00:00Z"
FORMS = ("jsonl", "jsonl.zst", "csv", "xlsx", "sqlite", "parquet")


def export(store: Path, out: Path, *words: str, form: str = "jsonl") -> None:
    """Run the command."""
    assert main(["export", form, "--out", str(out), "--store", str(store), "--quiet", *words]) == 0


@pytest.fixture
def stores(tmp_path: Path) -> Callable[[str], Path]:
    """A store as it was, and one that two of its texts were taken out of."""

    def made(name: str) -> Path:
        path = tmp_path / f"{name}.db"
        with open_store(path) as store:
            for slug in "abc":
                for language in ("vi", "en", "fr"):
                    store.add(make_article(slug, language, alternates={}), seen_at=SEEN)
            if name == "new":
                take_down(
                    store, Wanted(versions=frozenset({("b", "fr"), ("b", "en")})), removed_at=AT, reason="request"
                )
        return path

    return made


@pytest.mark.parametrize("form", FORMS)
def test_a_holder_of_an_older_export_applies_it(form: str, stores: Callable[[str], Path], tmp_path: Path) -> None:
    """The list of the new one makes of the older one the rows of the new one; both are sound."""
    export(stores("old"), tmp_path / "before", form=form)
    export(stores("new"), tmp_path / "after", form=form)
    assert not (tmp_path / "before" / REMOVALS).exists()
    told = json.loads((tmp_path / "after" / MANIFEST).read_bytes())
    assert [file["path"] for file in told["files"] if file["path"] == REMOVALS] == [REMOVALS]
    assert verify(tmp_path / "after").findings == ()
    listed = (tmp_path / "after" / REMOVALS).read_bytes()
    lines = listed.splitlines()
    assert lines == sorted(lines)
    assert [sorted(json.loads(line)) for line in lines] == [["content_sha256", "date", "id_sha256", "reason"]] * 2
    assert {json.loads(line)["date"] for line in lines} == {"2026-11-29"}
    assert apply_removals(tmp_path / "after" / REMOVALS, tmp_path / "before").rows == 2
    assert verify(tmp_path / "before").findings == ()
    assert (tmp_path / "before" / REMOVALS).read_bytes() == listed
    names = [
        path.relative_to(tmp_path / "after") for path in (tmp_path / "after" / "data").rglob("*") if path.is_file()
    ]
    assert names
    if form in ("jsonl", "jsonl.zst", "csv", "xlsx", "sqlite"):
        for name in names:
            assert (tmp_path / "before" / name).read_bytes() == (tmp_path / "after" / name).read_bytes(), name
    card = (tmp_path / "after" / "README.md").read_text(encoding="utf-8")
    assert "lists that by hashes (2 texts)" in card
    assert apply_removals(tmp_path / "after" / REMOVALS, tmp_path / "after").gone == {}


def test_all_revisions(stores: Callable[[str], Path], tmp_path: Path) -> None:
    """The ids of revisions are in the list too; each applies to both kinds of exports."""
    old, new = stores("old"), stores("new")
    for name, words in (("current", ()), ("all", ("--revisions", "all"))):
        export(new, tmp_path / f"new {name}", *words)
    assert len(read_list(tmp_path / "new all" / REMOVALS).entries) == 4
    assert len(read_list(tmp_path / "new current" / REMOVALS).entries) == 2
    for name, words in (("current", ()), ("all", ("--revisions", "all"))):
        for of in ("current", "all"):
            out = tmp_path / f"old {name} {of}"
            export(old, out, *words)
            assert apply_removals(tmp_path / f"new {of}" / REMOVALS, out).rows == 2
            data = sorted(path.relative_to(out) for path in (out / "data").rglob("*.jsonl"))
            assert [(out / one).read_bytes() for one in data] == [
                (tmp_path / f"new {name}" / one).read_bytes() for one in data
            ]


def test_increments_and_updates(stores: Callable[[str], Path], tmp_path: Path) -> None:
    """An increment names the rows as removed, and the list; an update is a fresh export; a lifted text is in none."""
    path = stores("old")
    export(path, tmp_path / "whole")
    export(path, tmp_path / "updated")
    with open_store(path) as store:
        take_down(store, Wanted(slugs=frozenset({"b"})), removed_at=AT, reason="law")
    export(path, tmp_path / "increment", "--since-export", str(tmp_path / "whole"))
    assert verify(tmp_path / "increment").findings == ()
    changes = [json.loads(line) for line in (tmp_path / "increment" / "changes.jsonl").read_text().splitlines()]
    assert sorted((one["id"], one["change"], one["reason"]) for one in changes) == [
        (f"{language}/b", "removed", "not-in-store") for language in ("en", "fr", "vi")
    ]
    assert len(read_list(tmp_path / "increment" / REMOVALS).entries) == 3
    assert main(["export", "jsonl", "--update", str(tmp_path / "updated"), "--store", str(path), "--quiet"]) == 0
    export(path, tmp_path / "fresh")
    names = sorted(one.relative_to(tmp_path / "fresh") for one in (tmp_path / "fresh").rglob("*") if one.is_file())
    assert Path(REMOVALS) in names
    assert (
        sorted(o.relative_to(tmp_path / "updated") for o in (tmp_path / "updated").rglob("*") if o.is_file()) == names
    )
    assert [(tmp_path / "updated" / n).read_bytes() for n in names] == [
        (tmp_path / "fresh" / n).read_bytes() for n in names
    ]
    with open_store(path) as store:
        lift(store, Wanted(slugs=frozenset({"b"})), lifted_at=AT)
    assert main(["export", "jsonl", "--update", str(tmp_path / "updated"), "--store", str(path), "--quiet"]) == 0
    assert not (tmp_path / "updated" / REMOVALS).exists()
    assert verify(tmp_path / "updated").findings == ()


def test_readers_take_the_data_alone(stores: Callable[[str], Path], tmp_path: Path) -> None:
    """Those that are given the folder by its card, or `data`, read no line of the list as a row."""
    import datasets
    import duckdb
    import polars

    out = tmp_path / "out"
    export(stores("new"), out)
    assert (out / REMOVALS).exists()
    loaded = datasets.load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache"))
    assert (len(loaded), "id_sha256" in loaded.column_names) == (7, False)
    assert polars.read_ndjson(str(out / "data" / "*" / "*.jsonl")).height == 7
    files = str(out / "data" / "*" / "*.jsonl").replace("'", "''")
    assert duckdb.sql(f"SELECT count(*) FROM read_json_auto('{files}')").fetchall() == [(7,)]
