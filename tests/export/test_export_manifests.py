"""What an export remembers of itself: by which the next one goes on, or refuses to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from making_articles import make_article

from pipelines.errors import UsageError
from pipelines.export import ExportError, export
from pipelines.export.manifest import earlier, require_other_folder, require_same, selection_of
from pipelines.storage import Selection, open_store

SEEN = "2025-11-01T00:00:00Z"
CHOSEN = Selection(claimed=("fr",), min_words=1)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A whole export."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.add(make_article("a"), seen_at=SEEN)
        export(store, tmp_path / "out", form="jsonl", selection=CHOSEN, columns=("id", "text"), split={"train": 1.0})
    return tmp_path / "out"


def changed(made: Path, **changes: Any) -> str:
    """Its manifest with other values; None takes one away."""
    path = made / "manifest.json"
    content = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    path.write_text(json.dumps({name: value for name, value in content.items() if value is not ...}), encoding="utf-8")
    return str(path)


def test_an_export_is_known_by_its_manifest(made: Path) -> None:
    """How it was made, and its state."""
    found = earlier(str(made / "manifest.json"))
    assert (found.format, found.filters, found.columns) == ("jsonl", CHOSEN, ("id", "text"))
    assert (found.split, found.contact, found.is_increment) == ({"train": 1.0}, None, False)
    assert len(found.sha256) == 64
    assert earlier(changed(made, since_manifest="x", contact="a@b.vn", split=...)).is_increment
    again = earlier(str(made / "manifest.json"))
    assert (again.contact, again.split) == ("a@b.vn", {})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"files": [{"path": "data/x.jsonl", "sha256": "0"}]}, "it lists no state"),
        ({"files": ...}, "is no manifest"),
        ({"format": 7}, "7 is no text"),
        ({"columns": ["id", 7]}, "7 is no text"),
        ({"contact": 7}, "7 is no text"),
        ({"filters": {"languages": "fr"}}, "languages is 'fr'"),
        ({"filters": {"languages": [1]}}, "languages is"),
        ({"filters": {"min_words": "1"}}, "min_words is '1'"),
        ({"filters": {"sample": []}}, "sample is"),
        ({"filters": {"unknown": 1}}, "is no manifest"),
        ({"rows_per_file": "x"}, "is no manifest"),
        ({"files": [{"path": "state.json", "sha256": "0"}]}, "is no manifest|earlier vietnamvn"),
    ],
)
def test_what_is_no_manifest_is_named(changes: dict[str, Any], said: str, made: Path) -> None:
    """Of another program, another version, or damaged: one line."""
    path = changed(made, **changes)
    with pytest.raises(ExportError, match=said) as caught:
        earlier(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '"x"'])
def test_what_is_no_json_is_no_manifest(text: str, tmp_path: Path) -> None:
    """Nor is a file that is not there."""
    path = tmp_path / "manifest.json"
    with pytest.raises(ExportError, match="is no manifest of an earlier export"):
        earlier(str(path))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExportError, match="is no manifest of an earlier export"):
        earlier(str(path))


def test_filters_come_back_as_they_were() -> None:
    """Lists are tuples again."""
    wanted = Selection(search="a", languages=("fr", "en"), since="2025-01-01", sample=5, no_copies=True)
    content = json.loads(json.dumps({name: getattr(wanted, name) for name in Selection.__dataclass_fields__}))
    assert selection_of(content) == wanted


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"split": {}}, r"with other splits; repeat them \(--split train=1.0\)"),
        ({"split": {"train": 0.5, "test": 0.5}}, "with other splits"),
        ({"form": "parquet"}, "with another format or other filters"),
        ({"filters": Selection()}, "with another format or other filters"),
        ({"columns": ["id"]}, r"with other columns; repeat them \(--columns id,text\)"),
        ({"columns": ["text", "id"]}, "with other columns"),
    ],
)
def test_an_increment_is_made_as_what_it_follows(changes: dict[str, Any], said: str | None, made: Path) -> None:
    """Else it would mean nothing; the remedy is told."""
    given: dict[str, Any] = {
        "form": "jsonl",
        "filters": CHOSEN,
        "columns": ["id", "text"],
        "split": {"train": 1.0},
        **changes,
    }
    found = earlier(str(made / "manifest.json"))
    if said is None:
        require_same("out", found, **given)
    else:
        with pytest.raises(UsageError, match=said):
            require_same("out", found, **given)
    whole = earlier(changed(made, split=...))
    with pytest.raises(UsageError, match="with no splits; leave out --split"):
        require_same("out", whole, **{**given, "split": {"train": 1.0}})


def test_an_increment_replaces_no_whole_export(made: Path, tmp_path: Path) -> None:
    """Neither the one that it follows, wherever its manifest lies, nor another; an increment may be replaced."""
    manifest = str(made / "manifest.json")
    require_other_folder(manifest, tmp_path / "new")
    with pytest.raises(UsageError, match=r"would replace that very export; .*--out .*out-increment"):
        require_other_folder(manifest, made)
    kept = tmp_path / "kept.json"
    kept.write_bytes((made / "manifest.json").read_bytes())
    with pytest.raises(UsageError, match="would replace that very export"):
        require_other_folder(str(kept), made)  # a copy of the manifest
    kept.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="holds a whole export, which an increment would replace"):
        require_other_folder(str(kept), made)
    changed(made, since_manifest="0" * 64)
    require_other_folder(str(kept), made)
    with pytest.raises(UsageError, match="would replace that very export"):
        require_other_folder(manifest, made)  # the folder that it stands in
