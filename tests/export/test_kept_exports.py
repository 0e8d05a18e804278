# ruff: noqa: E501 # options read best on one line
"""The files of exports of one store are kept: rows, splits, samples, cards, changes, whatever the options.

``export_outputs.json`` has a hash for each folder. After a change that is meant:
``python tests/export/test_kept_exports.py`` writes the file anew; the changelog says what changed.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from making_articles import TEXTS, make_article

from pipelines.models import Image, Stripped
from pipelines.rights import Rights, Signal
from pipelines.storage import open_store
from pipelines.version import package_version
from scraper.cli import main

KEPT = Path(__file__).with_name("export_outputs.json")
HOW = f"python {Path(__file__).relative_to(Path(__file__).parents[2])}"
EXPORTS = {
    "plain": "jsonl",
    "files of a few rows": "jsonl --rows-per-file 4",
    "every column": "jsonl --columns +loop_share,figures_differ,unbalanced",
    "few columns": "csv --columns id,text,words,date",
    "all revisions": "csv --revisions all",
    "spreadsheet": "csv --excel",
    "database": "sqlite --revisions all",
    "splits": "jsonl --split train=0.6,dev=0.2,test=0.2 --seed 3",
    "splits of all": "sqlite --split a=0.5,b=0.5 --revisions all",
    "a sample": "jsonl --sample 12 --seed 1",
    "a sample by row": "csv --sample 9 --sample-by row --seed 2",
    "languages": "jsonl --lang vi,en,th --no-copies",
    "a period": "jsonl --since 2025-10-20 --until 2025-10-22 --min-words 8",
    "a publisher": "jsonl --publisher Báo --agreeing-only",
    "allowed": "jsonl --allowed train-ai,tdm",
    "allowed alone": "csv --allowed train-ai --rights-unsaid leave",
    "quality": "jsonl --quality digit_share<0.1 --quality truncated_end=false",
    "found": "jsonl --search 2025 --contact corpus@example.org",
    "nothing": "csv --publisher nobody",
}


def filled(place: Path) -> Path:
    """A store of composed articles, some with a second revision."""
    rng = random.Random("export")
    with open_store(place) as store:
        for number in range(60):
            language = rng.choice(tuple(TEXTS))
            text = (*TEXTS[language], f"{rng.choice(TEXTS[language])} {number // 2}")[rng.randrange(2) :]
            said = (
                Signal(
                    "meta robots",
                    f"said {number % 3}",
                    {"tdm": "disallowed"} if number % 2 else {"train-ai": "allowed"},
                ),
            )
            article = make_article(
                f"bai-{rng.randrange(12)}", language, paragraphs=text,
                kinds=tuple(rng.choice(("paragraph", "heading", "list_item", "table_row", "quote")) for _ in text),
                title=rng.choice(("Chợ nổi", '=1+1 "a, b"', "Dòng | hai", None)), lead=rng.choice((None, "Một\n\nhai", "+84")),
                publisher=rng.choice(("Báo", "Báo Cần Thơ", None)), author=rng.choice((None, "An")), category=rng.choice((None, "Văn hóa")),
                published=rng.choice(("2025-10-19", "2025-10-21T09:00:00+07:00", "2025-09-01T00:00:00+07:00", None)),
                language_agrees=rng.choice((True, True, False)), tags=tuple(rng.sample(("du lịch", "gốm", "biển"), rng.randrange(3))),
                images=(Image(src="https://vstatic.vietnam.vn/a.jpg", alt="=a", caption="b"),) * rng.randrange(3),
                stripped=(Stripped(text="No data", rule="x"),) * rng.randrange(3), rights=Rights(said) if number % 4 else Rights(()),
                untranslated=(0,) if rng.random() < 0.2 else (), fetched_at=f"2025-10-2{rng.randrange(5)}T01:00:00+00:00",
            )  # fmt: skip
            store.add(article, seen_at=f"2025-10-{20 + number // 10}T{number % 24:02}:00:00+00:00")
        store.mark_gone("bai-3", "fr", gone_at="2025-11-01T00:00:00+00:00")
    return place


def told(folder: Path) -> str:
    """A hash of all files of a folder; of a database, of its rows and tables; without the program's version."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().replace(package_version().encode(), b"VERSION")
        if content.startswith(b"SQLite format"):
            with closing(sqlite3.connect(path)) as opened:
                content = "\n".join(line for line in opened.iterdump() if "_fts" not in line).encode(
                    "utf-8", "surrogatepass"
                )
        elif path.name == "manifest.json":  # sizes and hashes of databases are those of SQLite's version
            manifest = json.loads(content)
            for file in manifest["files"]:
                if str(file.get("path", "")).endswith((".db", ".sqlite")):
                    file.pop("sha256", None)
                    file.pop("bytes", None)
            content = json.dumps(manifest, sort_keys=True).encode()
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


def run(name: str, store: Path, out: Path) -> str:
    """The hash of one export."""
    assert main(["export", *EXPORTS[name].split(" "), "--store", str(store), "--out", str(out), "-q"]) == 0
    return told(out)


def increments(store: Path, out: Path) -> dict[str, str]:
    """The same of what is new since an export, after a text changed and another went."""
    assert main(["export", "jsonl", "--store", str(store), "--out", str(out / "before"), "-q"]) == 0
    with open_store(store) as opened:
        opened.add(
            make_article("bai-1", "fr", paragraphs=("Un autre texte.", "En 2026.")), seen_at="2025-12-01T00:00:00+00:00"
        )
        opened.add(make_article("bai-99", "vi"), seen_at="2025-12-01T00:00:00+00:00")
    since = ["--since-export", str(out / "before")]
    assert main(["export", "jsonl", "--store", str(store), "--out", str(out / "new"), *since, "-q"]) == 0
    new = told(out / "new")
    assert main(["export", "jsonl", "--store", str(store), "--update", str(out / "before"), "-q"]) == 0
    return {"new since": new, "updated": told(out / "before")}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The composed store, for all exports."""
    return filled(tmp_path_factory.mktemp("kept") / "store.db")


@pytest.mark.parametrize("name", list(EXPORTS))
def test_an_export_has_the_bytes_that_it_had(name: str, store: Path, tmp_path: Path) -> None:
    """Whoever means a difference writes the hashes anew."""
    assert run(name, store, tmp_path / "out") == json.loads(KEPT.read_text())[name], f"if that is meant: {HOW}"


def test_increments_have_the_bytes_that_they_had(tmp_path: Path) -> None:
    """What is new since an export, and an export brought up to date."""
    kept = json.loads(KEPT.read_text())
    for name, found in increments(filled(tmp_path / "store.db"), tmp_path).items():
        assert found == kept[name], f"if that is meant: {HOW}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = filled(Path(folder, "store.db"))
        found = {name: run(name, made, Path(folder, str(number))) for number, name in enumerate(EXPORTS)}
        found |= increments(made, Path(folder))
    KEPT.write_text(json.dumps(found, indent=1) + "\n")
