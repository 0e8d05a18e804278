"""`vietnamvn verify`: sound output of every kind is sound, and each fault that is put into it is named."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.errors import UnreadableError, UsageError, VietnamvnError
from pipelines.export import FORMATS
from pipelines.manifests import MANIFEST, MARK
from pipelines.row_counts import count_rows
from pipelines.storage import open_store
from pipelines.verification import EXPORT, FileProblem, verify
from scraper.cli import main

SEEN = "2025-11-01T00:00:00Z"
OUTPUTS = {
    **{f"export {form}": ("export", form) for form in FORMATS},
    "align tmx": ("align", "--langs", "en,fr", "--format", "tmx"),
    "align tsv": ("align", "--langs", "en,fr", "--format", "tsv"),
    "align moses": ("align", "--langs", "en,fr", "--format", "moses"),
    "align jsonl": ("align", "--langs", "en,fr", "--format", "jsonl"),
    "align parquet": ("align", "--langs", "en,fr,vi", "--format", "parquet"),
    "align documents": ("align", "--langs", "en,fr", "--unit", "document", "--format", "jsonl.gz"),
    "align side by side": ("align", "--langs", "en,fr,vi", "--multiway", "--format", "jsonl.zst"),
    "clean jsonl": ("clean", "rows.jsonl", "--workers", "1"),
    "clean parquet": ("clean", "rows.jsonl", "--workers", "1", "--format", "parquet"),
}
Break = Callable[[Path, Path], None]
"""Breaks a copy of an output, given its folder and one of its data files."""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An output of each kind, made by its command."""
    folder = tmp_path_factory.mktemp("outputs")
    store = f"sqlite:///{folder}/store.db"
    with open_store(store) as opened:
        for slug in ("a", "b", "c"):
            for language in ("vi", "en", "fr"):
                opened.add(make_article(slug, language, alternates={}), seen_at=SEEN)
    texts = [make_article(f"r{n}", "fr").text + f" Et {n}." for n in range(6)]
    rows = [{"text": text, "url": f"https://www.vietnam.vn/fr/r{n}"} for n, text in enumerate(texts)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    made = {}
    for name, (command, *arguments) in OUTPUTS.items():
        given_store = [] if command == "clean" else ["--store", store]
        words = [str(folder / word) if word == "rows.jsonl" else word for word in arguments]
        made[name] = folder / name
        assert main([command, *words, *given_store, "--out", str(made[name])]) == 0
    return made


@pytest.fixture
def copy(outputs: dict[str, Path], tmp_path: Path) -> Callable[[str], tuple[Path, list[Path]]]:
    """A copy of an output that may be broken, and its data files."""

    def copied(name: str) -> tuple[Path, list[Path]]:
        folder = tmp_path / "copy"
        shutil.copytree(outputs[name], folder)
        told = json.loads((folder / MANIFEST).read_bytes())
        names = [file.get("path", file.get("name")) for file in told.get("files", told.get("outputs"))]
        data = [folder / name for name in names if "/" in name]
        assert data, names
        return folder, data

    return copied


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_the_commands_write_is_sound(
    name: str, outputs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is found, the rows are said, the exit code is 0, nothing comes on standard output."""
    assert verify(outputs[name]).rows > 0
    assert main(["verify", str(outputs[name])]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "all as the manifest says" in err


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_address_is_looked_at_as_a_folder(name: str, copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """Behind fsspec the same is found as on the disk, sound and with faults, and nothing stays on this machine."""
    folder, data = copy(name)
    assert verify(f"file://{folder}") == verify(folder)
    _flip(folder, data[0])
    (folder / "README.md").unlink()
    (data[0].parent / "strange").write_bytes(b"")
    found = verify(folder)
    assert len(found.findings) == 3
    assert verify(f"file://{folder}") == found


def _flip(folder: Path, file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _truncate(folder: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _link_to_another(folder: Path, file: Path) -> None:
    (folder / "elsewhere").write_bytes(b"x" * file.stat().st_size)
    file.unlink()
    file.symlink_to(folder / "elsewhere")


def _link_to_nowhere(folder: Path, file: Path) -> None:
    file.unlink()
    file.symlink_to(folder / "nowhere")


def _device(folder: Path, file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def _folder(folder: Path, file: Path) -> None:
    file.unlink()
    file.mkdir()


FAULTS: dict[str, tuple[Break, str]] = {
    "changed byte": (_flip, "was changed"),
    "truncated": (_truncate, "bytes, not"),
    "longer": (lambda folder, file: file.write_bytes(file.read_bytes() + b"\n") and None, "bytes, not"),
    "empty": (lambda folder, file: file.write_bytes(b"") and None, "has 0 bytes"),
    "missing": (lambda folder, file: file.unlink(), "is not there"),
    "link to another": (_link_to_another, "was changed"),
    "link to nowhere": (_link_to_nowhere, "leads nowhere"),
    "device": (_device, "is no file"),
    "folder": (_folder, "is no file"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["export parquet", "align parquet", "clean jsonl", "clean parquet"])
def test_a_fault_is_named(
    name: str, fault: str, copy: Callable[[str], tuple[Path, list[Path]]], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the file and what is wrong with it, and exit code 1."""
    folder, data = copy(name)
    breaking, said = FAULTS[fault]
    breaking(folder, data[0])
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{data[0].relative_to(folder).as_posix()}: ")
    assert said in out
    assert out.count("\n") == 1
    assert "1 problems" in err


def test_swapped_files_are_named(copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """Each of the two, with the one that it holds."""
    folder, (one, two, *_) = copy("export parquet")
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    names = [path.relative_to(folder).as_posix() for path in (one, two)]
    assert verify(folder).findings == (
        FileProblem(names[0], f"holds what {names[1]} should hold"),
        FileProblem(names[1], f"holds what {names[0]} should hold"),
    )


@pytest.mark.parametrize("place", ["beside", "below", "hidden", "link", "folder link"])
def test_strange_files_among_the_data_are_named(place: str, copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """Wherever a reader of whole folders would meet them."""
    folder, data = copy("export parquet")
    there = data[0].parent
    strange = {"beside": there / "more.parquet", "below": there / "a" / "b" / "x", "hidden": there / ".x"}.get(
        place, there / "link"
    )
    strange.parent.mkdir(parents=True, exist_ok=True)
    if place == "link":
        strange.symlink_to(data[0])
    elif place == "folder link":
        strange.symlink_to(folder, target_is_directory=True)
    else:
        strange.write_bytes(b"")
    (found,) = verify(folder).findings
    assert found.path == strange.relative_to(folder).as_posix()
    assert "strange" in found.problem


def test_notes_of_ones_own_are_no_concern(copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """The folder may hold other things: only what lies among the data matters."""
    folder, _ = copy("export parquet")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x", encoding="utf-8")
    (folder / "notes.md").write_text("x", encoding="utf-8")
    assert verify(folder).findings == ()


def test_links_to_the_same_bytes_are_sound(copy: Callable[[str], tuple[Path, list[Path]]], tmp_path: Path) -> None:
    """As in the cache of the hub, where every file is a link to a blob."""
    folder, data = copy("export parquet")
    for number, file in enumerate([*data, folder / "README.md", folder / MANIFEST]):
        blob = tmp_path / f"blob-{number}"
        file.rename(blob)
        file.symlink_to(blob)
    assert verify(folder).findings == ()


def _rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads((folder / MANIFEST).read_bytes())
    change(told)
    (folder / MANIFEST).write_text(json.dumps(told), encoding="utf-8")


def _retell(folder: Path, name: str, content: bytes) -> None:
    """Write a file and let the manifest tell of it as it is now."""
    (folder / name).write_bytes(content)

    def tell(told: dict[str, Any]) -> None:
        (file,) = [file for file in told["files"] if file["path"] == name]
        file.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    _rewrite(folder, tell)


@pytest.mark.parametrize(
    "path",
    ["../secret", "/etc/passwd", "a/../../x", ".ssh/id", "data/a\0b", "data/\x1b[2Jx", MANIFEST, 3, None, ["data"]],
)
def test_a_hostile_manifest_is_refused(
    path: object, copy: Callable[[str], tuple[Path, list[Path]]], capsys: pytest.CaptureFixture[str]
) -> None:
    """No path leads out of the folder: nothing is looked at, one line, exit code 1."""
    folder, _ = copy("export parquet")
    _rewrite(folder, lambda told: told["files"].append({"path": path, "rows": 0, "bytes": 0, "sha256": "0" * 64}))
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "no file was looked at" in err
    assert err.count("\n") == 1
    assert "\x1b" not in err


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b'{"manifest": "vietnamvn export 1"}'])
def test_what_is_no_manifest_is_refused(content: bytes, tmp_path: Path) -> None:
    """Of another program, or broken: said in one line."""
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(VietnamvnError, match="no manifest of export, align or clean") as raised:
        verify(tmp_path)
    assert type(raised.value) is VietnamvnError


def test_nothing_to_look_at_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No folder, a file, a folder without a manifest: exit code 2."""
    (tmp_path / "file").write_bytes(b"")
    for name in ("none", "file", "."):
        with pytest.raises(UsageError, match="no such"):
            verify(tmp_path / name)
    assert main(["verify", str(tmp_path)]) == 2
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(UnreadableError, match="cannot be read"):
        verify(tmp_path)


def test_a_manifest_that_is_replaced_meanwhile_is_told(copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """Another job came in between: what was seen is of neither output."""
    folder, _ = copy("export parquet")

    def come_in_between(done: int, total: int, rows: int) -> None:
        if done == total:
            (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes() + b"\n")

    with pytest.raises(UnreadableError, match="replaced in the meantime"):
        verify(folder, progress=come_in_between)


@pytest.mark.parametrize("rows", [7, -1, 2.0, "2", True])
def test_wrong_rows_are_named(rows: object, copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """The bytes are right, but the manifest tells of other rows: at the file, and in the sum."""
    folder, _ = copy("export parquet")

    def change(told: dict[str, Any]) -> None:
        next(file for file in told["files"] if "/" in file["path"])["rows"] = rows

    _rewrite(folder, change)
    found = verify(folder).findings
    assert "rows, and the manifest says" in next(f for f in found if f.path != MANIFEST).problem


def test_sums_of_the_manifest_are_looked_at(copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """Rows of all files, rows of all languages."""
    folder, _ = copy("export parquet")
    _rewrite(folder, lambda told: told.update(rows=1_000))
    assert {finding.path for finding in verify(folder).findings} == {MANIFEST}
    assert len(verify(folder).findings) == 2


@pytest.mark.parametrize("content", [b"", b"{}", b'{"distribution": 3}', b"[" * 100_000, b'{"distribution": [[]]}'])
def test_a_croissant_that_is_none_is_named(content: bytes, copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """The manifest lists it as it is, yet it describes nothing."""
    folder, _ = copy("export parquet")
    _retell(folder, "croissant.json", content)
    assert {finding.path for finding in verify(folder).findings} <= {"croissant.json"}


def test_a_croissant_of_other_files_is_named(copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """Another hash than the manifest's, and a file that is none of the data."""
    folder, _ = copy("export parquet")
    told = json.loads((folder / "croissant.json").read_bytes())
    files = [entry for entry in told["distribution"] if "sha256" in entry]
    files[0]["sha256"] = "0" * 64
    files[1]["contentUrl"] = "../../x"
    _retell(folder, "croissant.json", json.dumps(told).encode())
    problems = [finding.problem for finding in verify(folder).findings]
    assert any("has another SHA-256 of" in problem for problem in problems)
    assert any("'../../x', which the manifest does not list" in problem for problem in problems)


def test_a_card_that_names_no_file_is_named(copy: Callable[[str], tuple[Path, list[Path]]]) -> None:
    """A pattern of a configuration that finds nothing."""
    folder, _ = copy("export parquet")
    card = (folder / "README.md").read_text(encoding="utf-8")
    name = next(line for line in card.splitlines() if " path: " in line and "fra_Latn" in line)
    _retell(folder, "README.md", card.replace(name, name.replace("fra_Latn", "nowhere")).encode())
    assert any("nowhere" in finding.problem for finding in verify(folder).findings)
    _retell(folder, "README.md", b"no head")
    assert any("no head" in finding.problem for finding in verify(folder).findings)


CELLS = st.text(alphabet=st.sampled_from('a",\n\r \u2028'), max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8))
def test_rows_of_csv_are_counted_as_a_reader_counts_them(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Quotes and line breaks in cells change nothing."""
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["a", "b"], *rows])
    assert count_rows(path) == len(rows)


def test_rows_of_packed_lines_are_counted(tmp_path: Path) -> None:
    """Plain, gzip, zstd of several frames; what is none of them is an error, other formats are not counted."""
    lines = b'{"a": 1}\n' * 1000
    (tmp_path / "x.jsonl").write_bytes(lines)
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "x.jsonl.zst").write_bytes(zstandard.compress(lines[:900]) + zstandard.compress(lines[900:]))
    assert [count_rows(path) for path in sorted(tmp_path.iterdir())] == [1000] * 3
    for name in ("y.jsonl.gz", "y.jsonl.zst", "y.parquet"):
        (tmp_path / name).write_bytes(lines)
        with pytest.raises(ValueError, match=r"."):
            count_rows(tmp_path / name)
    assert count_rows(tmp_path / "y.xlsx") is None


def test_old_manifests_are_known(tmp_path: Path) -> None:
    """The mark of today and the keys of 0.1.0: both are an export."""
    told = {key: [] if key == "files" else None for key in EXPORT.unmarked} | {"rows": 0}
    (tmp_path / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    assert verify(tmp_path).kind == "export"
    (tmp_path / MANIFEST).write_text(json.dumps({MARK: EXPORT.mark, "files": []}), encoding="utf-8")
    assert verify(tmp_path).kind == "export"
