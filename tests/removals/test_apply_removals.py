"""`vietnamvn apply-removals`: an older dataset loses what was taken down, whatever its format, without a store."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from making_articles import make_article
from processes import fork, wait
from pyarrow import parquet

from pipelines import folders
from pipelines.errors import UsageError, VietnamvnError
from pipelines.export import FORMATS
from pipelines.export.state import STATE
from pipelines.manifests import MANIFEST
from pipelines.models import Article
from pipelines.removal_list import REMOVALS, Entry, lines_of, read_list, sha256_of_id
from pipelines.removals import file_forms
from pipelines.removals.applying import apply_removals
from pipelines.rights import USAGES
from pipelines.storage import open_store
from pipelines.verification import verify
from scraper.cli import main

SEEN = "2025-11-01T00:00:00Z"
SECRET = "Reiher im Mondlicht"
LANGUAGES = ("vi", "en", "fr")
GONE = ("b", "d")
EXPORTS = (*FORMATS, "csv --excel")
OUTPUTS = {
    **{f"export {form}": ("export", *form.split()) for form in EXPORTS},
    "export all revisions": ("export", "jsonl", "--revisions", "all"),
    "export splits": ("export", "parquet", "--split", "train=0.6,test=0.4"),
    "export splits sqlite": ("export", "sqlite", "--split", "train=0.6,test=0.4"),
    "export no id": ("export", "csv", "--columns", "title,text,content_sha256"),
    "export slug": ("export", "csv", "--columns", "slug,url_language,text"),
    "export url": ("export", "jsonl", "--columns", "url,text"),
    "export many files": ("export", "jsonl", "--rows-per-file", "2"),
    **{f"align {form}": ("align", "--langs", "en,fr", "--format", form)
       for form in ("tmx", "tsv", "moses", "jsonl", "jsonl.zst", "parquet")},
    "align documents": ("align", "--langs", "en,fr", "--unit", "document", "--format", "parquet"),
    "align side by side": ("align", "--langs", "en,fr,vi", "--multiway", "--format", "jsonl"),
    "align tmx of many": ("align", "--langs", "en,fr,vi", "--multiway", "--format", "tmx"),
    "align tsv of many": ("align", "--langs", "en,fr,vi", "--multiway", "--format", "tsv"),
    "align documents of many": ("align", "--langs", "en,fr,vi", "--multiway", "--unit", "document", "--format",
                                "jsonl"),
    "clean jsonl": ("clean", "rows.jsonl", "--workers", "1"),
    "clean parquet": ("clean", "rows.jsonl", "--workers", "1", "--format", "parquet"),
}  # fmt: skip


def article(slug: str, language: str, **changes: Any) -> Article:
    """An article whose text is its own; of what goes, each text holds what nobody may find any more."""
    dice = random.Random(f"{slug}")
    number = dice.randrange(1000, 9999)
    secret = f" {SECRET}." if slug in GONE else ""
    texts = {
        "vi": f"Sáng nay {number} chiếc thuyền rời bến sông, trời còn tối và gió thổi nhẹ.{secret}",
        "en": f"This morning {number} boats left the river pier while it was dark and windy.{secret}",
        "fr": f"Ce matin {number} barques ont quitté le quai du fleuve dans la nuit et le vent.{secret}",
    }
    more = {
        "vi": f"Chợ họp đến {number} giờ.",
        "en": f"The market ends at {number}.",
        "fr": f"Le marché ferme à {number}.",
    }
    values = {"paragraphs": (texts[language], more[language]), "publisher": f"Báo {slug.upper()}", "alternates": {}}
    return make_article(slug, language, **{**values, **changes})


def build(folder: Path, name: str, slugs: Sequence[str], outputs: Mapping[str, Sequence[str]] = OUTPUTS) -> Path:
    """Outputs of each kind, of a store with these articles."""
    store = f"sqlite:///{folder}/{name}.db"
    with open_store(store) as opened:
        for slug in slugs:
            for language in LANGUAGES:
                opened.add(article(slug, language), seen_at=SEEN)
    rows = [{"text": article(slug, "fr").text * 3, "url": f"https://www.vietnam.vn/fr/{slug}"} for slug in slugs]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for output, (command, *arguments) in outputs.items():
        words = [str(folder / word) if word == "rows.jsonl" else word for word in arguments]
        given = [] if command == "clean" else ["--store", store]
        assert main([command, *words, *given, "--out", str(folder / name / output), "--quiet"]) == 0
    return folder / name


def entries(*ids: str, content: str = "0" * 64) -> list[Entry]:
    """Lines of a list."""
    return [Entry(sha256_of_id(one), content, "2026-11-29", "request") for one in ids]


def whole_list(slugs: Sequence[str] = GONE) -> list[Entry]:
    """What a store tells of articles that were taken down: of each text its id and its hash."""
    return [
        Entry(sha256_of_id(f"{language}/{slug}"), article(slug, language).content_sha256, "2026-11-29", "request")
        for slug in slugs
        for language in LANGUAGES
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Outputs of before, outputs of a store that never had what goes, and the list."""
    folder = tmp_path_factory.mktemp("made")
    found = {"old": build(folder, "old", "abcdef"), "new": build(folder, "new", "acef")}
    (folder / REMOVALS).write_bytes(lines_of(whole_list()))
    return {**found, "list": folder / REMOVALS}


@pytest.fixture
def copied(made: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of an output of before."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(made["old"] / name, tmp_path / "copy"))

    return copy


def whole(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpacked(path: Path) -> Iterator[bytes]:
    """A file's bytes, and what is packed in it, by the readers of others."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".gz":
        yield gzip.decompress(content)
    elif path.suffix == ".zst":
        yield zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True).read()
    elif path.suffix == ".parquet":
        yield json.dumps(parquet.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode()
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            yield from (book.read(name) for name in book.namelist())
    elif path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as database:
            yield "\n".join(database.iterdump()).encode("utf-8", "surrogateescape")


def is_there(folder: Path, text: str = SECRET) -> list[str]:
    """The files in which a text can be read."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.name for path in files if any(text.encode() in content for content in unpacked(path))]


def rows_of(folder: Path) -> list[Any]:
    """The rows of all data files, by file."""
    found = []
    for path in sorted([*folder.glob("data/**/*"), *folder.glob("clean/*")]):
        if not path.is_file():
            continue
        (*_, content) = unpacked(path)
        if path.suffix == ".csv":
            rows: Any = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        elif path.suffix == ".xlsx":
            import openpyxl

            rows = [[tuple(row) for row in sheet.values] for sheet in openpyxl.load_workbook(path)]
        elif path.suffix == ".sqlite":
            with closing(sqlite3.connect(path)) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                names = ("articles", "groups", "articles_fts")
                have = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
                rows = [sorted(database.execute(f"SELECT * FROM {name}"), key=str) for name in names if name in have]
        else:
            rows = sorted(content.decode("utf-8", "replace").splitlines()) if path.suffix != ".parquet" else content
        found.append(rows)
    return found


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_kind_of_output(
    name: str, made: dict[str, Path], copied: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows go from every byte; `verify` is content; a dry run says the same before; a second time nothing goes."""
    folder = copied(name)
    assert is_there(folder)
    before = whole(folder)
    assert main(["apply-removals", str(made["list"]), str(folder), "--dry-run"]) == 0
    dry = capsys.readouterr()
    assert whole(folder) == before
    assert main(["apply-removals", str(made["list"]), str(folder)]) == 0
    done = capsys.readouterr()
    assert (done.out, done.err.splitlines()[-1]) == (dry.out, dry.err.splitlines()[-1].replace("would go", "went"))
    assert is_there(folder) == []
    assert verify(folder).findings == ()
    assert verify(folder).rows < verify(made["old"] / name).rows
    gone = {path: int(rows) for path, rows in (line.split("\t") for line in done.out.splitlines())}
    told, was = (json.loads((where / MANIFEST).read_bytes()) for where in (folder, made["old"] / name))
    names, key = ("outputs", "name") if name.startswith("clean") else ("files", "path")
    of_files = {row[key]: row.get("rows") for row in was[names]}
    of_files |= {} if names == "outputs" or "export" not in name else {REMOVALS: 0}
    assert {row[key]: row.get("rows") for row in told[names]} == {
        path: rows - gone.get(path, 0) for path, rows in of_files.items()
    }
    assert (folder / REMOVALS).read_bytes() == made["list"].read_bytes()
    if name.startswith("export"):
        state = [
            zstandard.ZstdDecompressor().stream_reader((where / STATE).read_bytes()).read()
            for where in (folder, made["old"] / name)
        ]
        assert [b"\x04fr/b" in one or b"fr/b#" in one for one in state] == [False, True]
    # Splits depend on what else is there, and rows of `clean` have their places in the input.
    if not name.startswith("clean") and name != "export many files" and "splits" not in name:
        assert rows_of(folder) == rows_of(made["new"] / name)
        new = json.loads((made["new"] / name / MANIFEST).read_bytes())
        assert told.get("rows") == new.get("rows")
        # A row of many languages does not tell of which pairs it was counted.
        pairs = new.get("pairs") if "many" not in name and "side by side" not in name else None
        pairs = pairs if isinstance(pairs, dict) else {}
        assert [told["pairs"][pair].get("written") for pair in pairs] == [pairs[pair].get("written") for pair in pairs]
    after = whole(folder)
    assert main(["apply-removals", str(made["list"]), str(folder)]) == 0
    assert (capsys.readouterr().out, whole(folder)) == ("", after)


FIGURES = ("export parquet", "export jsonl", "align documents", "align side by side", "clean jsonl", "clean parquet")


@pytest.mark.parametrize("name", FIGURES)
def test_card_and_croissant_tell_what_a_new_one_would(
    name: str, made: dict[str, Path], copied: Callable[[str], Path]
) -> None:
    """Line by line, but for the note, and for what depends on hashes or on what the rows do not tell."""
    folder = copied(name)
    apply_removals(made["list"], folder)
    lines = [(where / "README.md").read_text(encoding="utf-8").splitlines() for where in (folder, made["new"] / name)]
    said = tuple(f"| `{usage}` |" for usage in USAGES)  # which the rows do not tell
    other = [line for line in lines[0] if line not in lines[1] and not line.startswith(said)]
    note = 5
    hashes = sum("the last sighting, and the beginning" in line or line.startswith("@misc") for line in other)
    rules = sum(line.startswith("- `test` ") for line in other)
    table = sum(line.startswith("| en-fr |") or line.startswith("| vi-") for line in other)
    publishers = sum(line.startswith(("Who published", "- www.vietnam.vn:")) for line in other)
    assert len(other) <= note + hashes + rules + table + publishers, other
    assert table == 0 or "align" in name
    if name.startswith("export"):
        assert not [line for line in other if line.startswith(("Who published", "|", "  "))], other
        croissants = [json.loads((where / "croissant.json").read_bytes()) for where in (folder, made["new"] / name)]
        sets = [[(one["@id"], one["description"]) for one in told["recordSet"]] for told in croissants]
        assert sets[0] == sets[1]
        assert croissants[0]["version"] != json.loads((made["old"] / name / "croissant.json").read_bytes())["version"]
        data = sorted(
            (path, hashlib.sha256(content).hexdigest()) for path, content in whole(folder).items() if "data/" in path
        )
        whole_hash = hashlib.sha256("".join(f"{sha}  {path}\n" for path, sha in data).encode()).hexdigest()
        assert croissants[0]["identifier"] == f"sha256:{whole_hash}"
        assert croissants[0]["version"].endswith(f"+{whole_hash[:12]}")
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert croissants[0]["version"] in text


def test_figures_of_splits(made: dict[str, Path], copied: Callable[[str], Path]) -> None:
    """Each split's rows are those of its files, in the manifest, the card's head and its tables."""
    folder = copied("export splits")
    apply_removals(made["list"], folder)
    told = json.loads((folder / MANIFEST).read_bytes())
    by_split: dict[str, int] = {"train": 0, "test": 0}
    for path in (folder / "data").rglob("*.parquet"):
        by_split[path.name.partition("-")[0]] += parquet.read_metadata(path).num_rows
    assert told["split_rows"] == by_split
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert f"Rows: train {by_split['train']}, test {by_split['test']}." in text
    import datasets

    found = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))
    assert {split: len(rows) for split, rows in found.items()} == by_split


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "sqlite", "xlsx"])
def test_any_rows_and_any_list(form: str, tmp_path: Path) -> None:
    """An older export without what a list names is, row for row, the export of a store without it."""
    dice = random.Random(form)
    for round_ in range(6):
        folder = tmp_path / str(round_)
        folder.mkdir()
        known = [
            (f"s{n}", language) for n in range(dice.randint(1, 7)) for language in LANGUAGES if dice.random() < 0.7
        ]
        gone = {key for key in known if dice.random() < 0.4}
        outs = []
        for name, keys in (("old", known), ("new", [key for key in known if key not in gone])):
            store = f"sqlite:///{folder}/{name}.db"
            with open_store(store) as opened:
                for slug, language in keys:
                    odd = random.Random(f"{form}{round_}{slug}{language}")
                    title = odd.choice(
                        ["=1+1", '"', "a\r\nb", "", "x" * 40_000, "_x000D_", "\u2028", None, "1.0", "é\n\n"]
                    )
                    opened.add(article(slug, language, title=title, lead=title), seen_at=SEEN)
            outs.append(folder / name)
            assert main(["export", form, "--store", store, "--out", str(outs[-1]), "--quiet"]) == 0
        strangers = entries(*(f"xx/{n}" for n in range(dice.randint(0, 4))))
        (folder / "list").write_bytes(lines_of([*entries(*(f"{lang}/{slug}" for slug, lang in gone)), *strangers]))
        made = apply_removals(folder / "list", outs[0])
        assert made.rows == len(gone)
        assert verify(outs[0]).findings == ()
        ours, theirs = ([row for rows in rows_of(out) for row in _flat(rows, form)] for out in outs)
        assert ours == theirs


def _flat(rows: Any, form: str) -> list[Any]:
    """Rows without what is there once a file: a file that has no row any more stays with its columns."""
    if form == "csv":
        return list(rows[1:])
    if form == "xlsx":
        return [*rows[0][1:], *rows[1][1:]]
    return list(json.loads(rows)) if form == "parquet" else list(rows)


def test_ids_in_every_form(tmp_path: Path) -> None:
    """The id of an article names its revisions too; that of a revision names the row with this very text."""
    content = article("b", "fr").content_sha256
    whole_article = read(tmp_path, entries("fr/b"))
    one_revision = read(tmp_path, entries(f"fr/b#{content[:16]}", content=content))
    assert whole_article.has("fr/b", "1" * 64)
    assert whole_article.has(f"fr/b#{'0' * 16}", None)
    assert one_revision.has("fr/b", content)
    assert not one_revision.has("fr/b", "1" * 64)
    assert not one_revision.has(f"fr/b#{'0' * 16}", None)
    assert one_revision.has(None, content)
    assert not whole_article.has("en/b", None)
    assert not whole_article.has(None, None)


def read(folder: Path, given: Sequence[Entry]) -> Any:
    """A list, written and read."""
    (folder / "list").write_bytes(lines_of(given))
    return read_list(folder / "list")


GOOD = lines_of(entries("fr/b"))
BAD: dict[str, bytes] = {
    "no json": GOOD + b"{\n",
    "cut off": GOOD[:-20],
    "another list": b'{"id": "fr/b", "change": "removed", "reason": "not-in-store"}\n',
    "a number": b"1\n",
    "an empty line": GOOD + b"\n" + GOOD,
    "a short hash": GOOD.replace(b'"id_sha256": "', b'"id_sha256": "f'),
    "no date": GOOD.replace(b"2026-11-29", b"tomorrow"),
    "no UTF-8": GOOD.replace(b"request", b"\xff"),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a key twice": GOOD.replace(b'"date"', b'"date": "2026-11-28", "date"'),
    "deep": b"[" * 100_000 + b"\n",
    "a long line": GOOD.rstrip(b"\n") + b" " * 5_000 + b"\n",
    "binary": os.urandom(5000),
}


@pytest.mark.parametrize("case", BAD)
def test_a_damaged_list_changes_nothing(
    case: str, made: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error, exit code 2."""
    (tmp_path / "list").write_bytes(BAD[case])
    folder = made["old"] / "export jsonl"
    before = whole(folder)
    assert main(["apply-removals", str(tmp_path / "list"), str(folder)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), whole(folder) == before) == ("", 1, True)
    assert "Traceback" not in err


def test_what_is_no_dataset(made: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No list, no folder, no manifest, another's manifest, an address elsewhere: one line, 2, nothing is made."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / MANIFEST).write_text("{}")
    (tmp_path / "empty").mkdir()
    for words in (
        (tmp_path / "none", made["old"] / "export jsonl"), (made["list"], tmp_path / "no folder"),
        (made["list"], tmp_path / "empty"), (made["list"], tmp_path / "other"), (made["list"], "memory://x"),
        (made["list"], made["list"]),
    ):  # fmt: skip
        assert main(["apply-removals", *map(str, words)]) == 2, words
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
    assert not (tmp_path / "no folder").exists()
    assert [path.name for path in (tmp_path / "empty").iterdir()] == []


@pytest.mark.parametrize("name", ["export jsonl.gz", "export parquet", "export sqlite", "export csv", "align tmx"])
def test_a_damaged_file_changes_nothing(
    name: str, made: dict[str, Path], copied: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Changed since: refused; with --replace it is read, and what cannot be read is one line."""
    folder = copied(name)
    path = next(path for path in sorted((folder / "data").rglob("*")) if path.is_file())
    content = path.read_bytes()
    wrong = content[:-40] + b'<tu "' + b"\xff" * 30
    path.write_bytes(wrong if path.suffix != ".sqlite" else b"x" * 200 + content[200:])
    before = whole(folder)
    for more in ((), ("--replace",)):
        assert main(["apply-removals", str(made["list"]), str(folder), *more, "--quiet"]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1), err
        assert "internal error" not in err
        assert whole(folder) == before


def test_a_card_edited_by_hand(made: dict[str, Path], copied: Callable[[str], Path]) -> None:
    """It stays as it is, and so does all else, unless --replace says that it may change; then its words stay."""
    folder = copied("export jsonl")
    with (folder / "README.md").open("a", encoding="utf-8") as card:
        card.write("\nAsk Thu Trang.\n")
    with pytest.raises(VietnamvnError, match="not as the earlier export wrote it"):
        apply_removals(made["list"], folder)
    assert is_there(folder)
    apply_removals(made["list"], folder, replace_changed=True)
    assert (folder / "README.md").read_text(encoding="utf-8").endswith("\nAsk Thu Trang.\n")
    assert is_there(folder) == []
    assert verify(folder).findings == ()


def test_lists_add_up(made: dict[str, Path], copied: Callable[[str], Path], tmp_path: Path) -> None:
    """One list after the other leaves what both together leave, and a list that names nothing here changes nothing."""
    folder = copied("export csv")
    for slugs in (["b"], ["x"], ["d"]):
        (tmp_path / "list").write_bytes(lines_of(whole_list(slugs) if slugs != ["x"] else entries("fr/x")))
        apply_removals(tmp_path / "list", folder)
    both = tmp_path / "both"
    shutil.copytree(made["old"] / "export csv", both)
    apply_removals(made["list"], both)
    assert whole(folder) == whole(both)


def test_the_work_folder_of_clean_goes(made: dict[str, Path], copied: Callable[[str], Path]) -> None:
    """What finished shards left holds the texts as they came in."""
    folder = copied("clean jsonl")
    assert any((folder / ".work").iterdir())
    (folder / ".work" / "mine.txt").write_text("stays")
    apply_removals(made["list"], folder)
    assert [path.name for path in (folder / ".work").rglob("*") if path.is_file()] == ["mine.txt"]


STEPS: dict[str, tuple[Any, str]] = {
    "looking": (file_forms, "shape_of"),
    "files on the disk": (folders, "_sync"),
    "journal": (folders, "_write"),
    "names on the disk": (folders, "sync_folder"),
    "moving": (Path, "replace"),
    "removing": (Path, "unlink"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [0, 1, 2, 4])
@pytest.mark.parametrize("when", ["before", "behind"])
def test_kills(step: str, number: int, when: str, made: dict[str, Path], copied: Callable[[str], Path]) -> None:
    """Killed at any moment it is what it was, or the next start completes it; no leftover has the text."""
    folder = copied("export jsonl")
    before = whole(folder)
    owner, name = STEPS[step]
    count = iter(range(1000))

    def child() -> None:
        work = getattr(owner, name)

        def killing(*given: Any, **more: Any) -> Any:
            is_it = next(count) == number
            if is_it and when == "before":
                os._exit(9)
            found = work(*given, **more)
            if is_it:
                os._exit(9)
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, killing)
            apply_removals(made["list"], folder)
        os._exit(0)

    code = wait(fork(child))
    assert code in (0, 9)
    standing = {path: content for path, content in whole(folder).items() if not path.startswith(".")}
    if MANIFEST in standing and json.loads(standing[MANIFEST]) == json.loads(before[MANIFEST]):
        assert standing == before
    apply_removals(made["list"], folder)
    assert is_there(folder) == []
    assert verify(folder).findings == ()
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    again = folder.parent / "undisturbed"
    shutil.copytree(made["old"] / "export jsonl", again)
    apply_removals(made["list"], again)
    assert whole(folder) == whole(again)


def test_packed_bytes_are_looked_into() -> None:
    """The search of this module finds what is packed, so that it can fail."""
    assert zlib.decompress(zlib.compress(SECRET.encode())) == SECRET.encode()
    with pytest.raises(UsageError):
        apply_removals(Path("none"), Path())


def test_files_that_nothing_reads_are_no_success(
    made: dict[str, Path], copied: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dataset of another version may have a format that this one does not know: it says so, and changes nothing."""
    folder = copied("export csv")
    before = whole(folder)
    monkeypatch.delitem(file_forms._FORMS, ".csv")
    with pytest.raises(VietnamvnError, match=r"\.csv: this version cannot take rows out of files that end so"):
        apply_removals(made["list"], folder)
    assert whole(folder) == before


def test_a_row_of_a_table_of_many_languages_has_those_whose_cells_are_full(tmp_path: Path) -> None:
    """Its slug and its score are no languages, and what one lacks cannot be taken out of it."""
    table = tmp_path / "train-00000-of-00001.tsv"
    table.write_text("slug\tscore\ten\tfr\tvi\nb\t0.9\tOne\t\tMột\n", encoding="utf-8")
    form = file_forms.form_of(table.name)
    assert form is not None
    assert list(form.rows(table)) == [{"slug": "b", "texts": [{"language": "en"}, {"language": "vi"}]}]
