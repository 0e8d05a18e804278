"""`export`, `align` and `clean` as commands: what they leave alone, refuse, and say."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from making_articles import make_article
from toys import contents

from pipelines.storage import open_store
from scraper.cli import main

SEEN = "2025-11-01T00:00:00Z"
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of a few articles in three languages."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/articles.db"
    _fill(url, 4)
    return url


def _fill(url: str, number: int) -> None:
    with open_store(url) as store, store.transaction():
        for n in range(number):
            for language in ("vi", "en", "fr"):
                store.add(make_article(f"s{n}", language, alternates={}), seen_at=SEEN)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in a folder of its own; its exit code and what it said on standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr().err
        assert "Traceback" not in said
        return code, said

    return command


def _rows(path: Path, number: int = 6) -> Path:
    articles = [make_article(f"r{n}", "fr") for n in range(number)]
    rows = [{"text": article.text + f" Et {n}.", "url": article.url} for n, article in enumerate(articles)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


COMMANDS = {
    "export": ("export", "jsonl"),
    "export parquet": ("export", "parquet"),
    "align": ("align", "--langs", "en,fr"),
    "clean": ("clean", "rows.jsonl", "--duplicates", "none", "--workers", "1"),
}


def _do(run: Run, name: str, store: str, out: object, *more: object) -> tuple[int, str]:
    if name == "clean":
        _rows(Path("rows.jsonl"))
        return run(*COMMANDS[name], "--out", out, *more)
    return run(*COMMANDS[name], "--store", store, "--out", out, *more)


@pytest.mark.parametrize("name", COMMANDS)
def test_others_manifest_is_in_the_way(name: str, run: Run, store: str, tmp_path: Path) -> None:
    """A folder with somebody's manifest.json and work: exit code 1, the file is named, nothing is touched."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    code, said = _do(run, name, store, "theirs")
    assert code == 1
    assert "theirs/manifest.json: is of no earlier" in said
    assert said.count("\n") == 1
    assert contents(folder) == {"manifest.json": b"{}", "thesis.txt": b"years of work"}


def test_no_command_replaces_what_another_wrote(run: Run, store: str, tmp_path: Path) -> None:
    """Each of the three refuses the folders of the other two."""
    names = ("export", "align", "clean")
    for name in names:
        assert _do(run, name, store, name)[0] == 0
    before = {name: contents(tmp_path / name) for name in names}
    for name in names:
        for other in set(names) - {name}:
            assert _do(run, name, store, other)[0] == 1
    assert {name: contents(tmp_path / name) for name in names} == before


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_beside_stays_and_edits_are_asked_for(name: str, run: Run, store: str, tmp_path: Path) -> None:
    """Notes, a repository and another output in a sub-folder stay; an edited file goes with --replace alone."""
    folder = tmp_path / "out"
    assert _do(run, name, store, "out")[0] == 0
    made = {path: data for path, data in contents(folder).items() if not path.startswith(".work/")}
    _do(run, "export", store, "out/inner")
    (folder / ".git").mkdir()
    theirs = {".git/HEAD": b"ref", "notes.txt": b"n", "clean/notes.txt": b"m", ".work/mine": b"o", "eng_Latn/x": b"p"}
    for path, data in theirs.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
    theirs |= {path: data for path, data in contents(folder).items() if path.startswith("inner/")}
    assert _do(run, name, store, "out")[0] == 0
    now = contents(folder)
    assert {path: now[path] for path in made} == made
    assert {path: now[path] for path in theirs} == theirs

    edited = next(path for path in ("README.md", "clean/train-00000-of-00001.jsonl") if path in made)
    (folder / edited).write_bytes(made[edited] + b"by hand")
    code, said = _do(run, name, store, "out")
    assert code == 1
    assert edited in said
    assert "--replace" in said
    assert contents(folder)[edited] == made[edited] + b"by hand"
    assert _do(run, name, store, "out", "--replace")[0] == 0
    now = contents(folder)
    assert {path: now[path] for path in made} == made
    assert {path: now[path] for path in theirs} == theirs


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "align"])
def test_the_manifests_of_0_1_0_are_known(name: str, run: Run, store: str, tmp_path: Path) -> None:
    """They have no mark."""
    folder = tmp_path / "out"
    assert _do(run, name, store, "out")[0] == 0
    made = {path: data for path, data in contents(folder).items() if not path.startswith(".work/")}
    told = json.loads(made["manifest.json"])
    del told["manifest"]
    told.pop("beside", None)
    if name.startswith("export"):
        for later in ("rows_per_file", "changes", "split", "split_rows", "families", "contact"):
            told.pop(later, None)
        told["withdrawn"] = 0
    if name == "clean":  # which had no card then, and did not tell the columns
        del told["columns"]
        for path in ("README.md", "croissant.json"):
            (folder / path).unlink()
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert _do(run, name, store, "out")[0] == 0
    assert {path: contents(folder)[path] for path in made} == made
    (folder / "manifest.json").write_text(json.dumps({**told, "more": 1}), encoding="utf-8")
    assert _do(run, name, store, "out")[0] == 1


def test_a_corpus_of_0_1_0_is_replaced(run: Run, store: str, tmp_path: Path) -> None:
    """Its manifest has no mark and does not list the card, and its files lie in the folder itself."""
    folder, line = tmp_path / "out", b'{"score": 1.0}\n'
    counts = {"articles": 1, "refused": 0, "beads": {"1-1": 1}, "written": 1, "removed": {}, "units": {"paragraph": 1}}
    told = {
        "version": "0.1.0", "format": "jsonl", "unit": "paragraph", "multiway": False, "languages": ["en", "fr"],
        "filters": [], "groups": 1, "pairs": {"en-fr": counts},
        "files": [{"path": "en-fr.jsonl", "rows": 1, "bytes": len(line), "sha256": hashlib.sha256(line).hexdigest()}],
    }  # fmt: skip
    card = (
        '---\npretty_name: "Vietnam.vn, parallel"\nlicense: other\nlicense_name: no-licence-given\ntask_categories:\n'
        '- translation\nlanguage:\n- "en"\n- "fr"\n---\n\n# Vietnam.vn, parallel\n\n'
        "Passages that translate each other, of articles of [Vietnam.vn](https://www.vietnam.vn/), which translates\n"
        "them by machine. Every unit names the addresses, the paragraphs and the hashes of the texts it is from.\n\n"
        "Unit: paragraph; format: jsonl; multi-way: False.\nFilters: none.\n\n"
        "| pair | article pairs | refused | 1-1 | other beads | unaligned | units | removed |\n"
        "|---|---:|---:|---:|---:|---:|---:|---|\n| en-fr | 1 | 0 | 1 | 0 | 0 | 1 | - |\n"
    )
    former = {"en-fr.jsonl": line, "README.md": card.encode(), "manifest.json": json.dumps(told).encode()}
    folder.mkdir()
    for name, data in {**former, "notes.txt": b"mine"}.items():
        (folder / name).write_bytes(data)
    assert _do(run, "align", store, "out")[0] == 0
    assert {*contents(folder)} >= {"notes.txt", "README.md", "croissant.json", "manifest.json"}
    assert [path for path in contents(folder) if "en-fr" in path] == ["data/en-fr/train-00000-of-00001.jsonl"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_second_job_is_refused_at_once(name: str, run: Run, store: str, tmp_path: Path) -> None:
    """Exit code 3 and one line that names the process at work; the first is undisturbed."""
    holding = (
        "import sys, time; from pathlib import Path; from pipelines.locks import held\n"
        "from scraper.cli.folders import holder\n"
        "with held(Path('out'), holder()): print('ready', flush=True); sys.stdin.read()"
    )
    (tmp_path / "out").mkdir()
    first = subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "ready\n"
    code, said = _do(run, name, store, "out")
    first.kill()
    first.wait()
    assert code == 3
    assert f"process {first.pid} on" in said
    assert said.count("\n") == 1
    assert contents(tmp_path / "out") == {}
    assert _do(run, name, store, "out")[0] == 0


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_exports_at_once(form: str, tmp_path: Path) -> None:
    """Real processes, started some tenths of a second apart: every file has the hash that the manifest says."""
    url = f"sqlite:///{tmp_path}/store.db"
    _fill(url, 700)
    command = [sys.executable, "-m", "scraper.cli", "export", form, "--store", url, "--out", str(tmp_path / "out")]
    jobs = []
    for _ in range(4):
        jobs.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
        time.sleep(0.15)
    ends = [(job.communicate()[1], job.returncode) for job in jobs]
    assert {code for _, code in ends} <= {0, 3}
    assert any(code == 0 for _, code in ends)
    assert all("is at work in this folder" in said for said, code in ends if code == 3)
    found = contents(tmp_path / "out")
    files = json.loads(found.pop("manifest.json"))["files"]
    assert {f["path"]: f["sha256"] for f in files} == {p: hashlib.sha256(d).hexdigest() for p, d in found.items()}


def test_an_increment_never_takes_the_dataset_s_place(run: Run, store: str, tmp_path: Path) -> None:
    """The line that a timer would have is refused with what to write instead, under every name of the folder."""
    assert run("export", "jsonl", "--store", store, "--out", "d")[0] == 0
    before = contents(tmp_path / "d")
    Path("link").symlink_to("d")
    shutil.copytree("d", "copy")
    for since, out in (
        ("d/manifest.json", "d"),
        ("d", "d/"),
        ("link/manifest.json", "d"),
        ("d", "link"),
        ("copy", "d"),
    ):
        code, said = run("export", "jsonl", "--store", store, "--out", out, "--since-export", since)
        assert code == 2
        assert f"(--out {Path(out)}-increment)" in said
        assert contents(tmp_path / "d") == before
    code, said = run("export", "jsonl", "--store", store, "--out", "week", "--since-export", "not-there")
    assert code == 2
    assert "not-there: no such file" in said
    for _ in range(2):  # an increment may take an increment's place
        assert run("export", "jsonl", "--store", store, "--out", "week", "--since-export", "d")[0] == 0
    assert json.loads(Path("week/manifest.json").read_text(encoding="utf-8"))["rows"] == 0


def test_align_never_replaces_a_corpus_by_nothing(run: Run, store: str, tmp_path: Path) -> None:
    """A language that the store lacks, or a store that gives no unit: the corpus stays."""
    assert run("align", "--langs", "en,fr", "--store", store, "--out", "keep")[0] == 0
    before = contents(tmp_path / "keep")
    for langs in ("en,xx", "xx,yy", "zh-hant,vi"):
        code, said = run("align", "--langs", langs, "--store", store, "--out", "keep")
        assert code == 2
        assert "its languages are: en, fr, vi" in said
    with open_store("sqlite:///one.db") as one:
        one.add(make_article("a", "vi", alternates={}), seen_at=SEEN)
    code, said = run("align", "--langs", "all", "--store", "sqlite:///one.db", "--out", "keep")
    assert code == 1
    assert "the corpus there stays" in said
    assert contents(tmp_path / "keep") == before
    assert run("align", "--langs", "all", "--store", "sqlite:///one.db", "--out", "new")[0] == 0


BAD_CODES = [
    "../outside",
    "/tmp/outside",
    "a/b",
    "en/..",
    "e\x00n",
    "en\n",
    "x" * 300,
    ".",
    "..",
    "e",
    "e n",
    "ён",
    "-en",
]


@pytest.mark.parametrize("code", BAD_CODES, ids=ascii)
def test_no_language_becomes_a_path(code: str, run: Run, tmp_path: Path) -> None:
    """`store add` rejects the record with file and line; nothing is written outside, and the others are stored."""
    good, bad = (make_article("a", language, alternates={}).to_dict() for language in ("vi", "fr"))
    rows = [good, {**bad, "url_language": code}, {**bad, "url_language": "vi", "language": code, "slug": "b"}]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    status, said = run("store", "add", "rows.jsonl", "--store", "sqlite:///s.db")
    assert status == 3
    assert "rows.jsonl:2" in said
    assert "rows.jsonl:3" in said
    assert "is no language code" in said


@pytest.mark.parametrize("form", ["jsonl", "moses", "tsv", "tmx", "parquet"])
def test_a_store_with_such_languages_writes_nothing_outside(form: str, run: Run, tmp_path: Path) -> None:
    """Rows that an older version took in are left out, with one line."""
    inside = tmp_path / "deep" / "out"
    inside.parent.mkdir()
    codes = ("../outside", str(tmp_path / "absolute"), "a/b")
    with open_store("sqlite:///s.db") as store:
        for language in ("vi", "fr", "en"):
            store.add(make_article("a", language, alternates={}), seen_at=SEEN)
        for code in codes:
            store.add(make_article("a", "fr", url_language=code, url=None, alternates={}), seen_at=SEEN)
    before = {*tmp_path.rglob("*"), *(tmp_path / f"s.db-{end}" for end in ("wal", "shm"))}
    status, said = run("align", "--langs", "all", "--format", form, "--store", "sqlite:///s.db", "--out", inside)
    assert status == 0
    assert "3 texts are left out: their language is not a language code" in said
    new = {path for path in tmp_path.rglob("*") if path not in before}
    assert inside in new
    assert all(path == inside or inside in path.parents for path in new)
    assert any(path.name.startswith("en-fr") for path in new)
    assert run("export", "parquet", "--store", "sqlite:///s.db", "--out", "e")[0] == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_the_output_is_apart_from_what_is_read(name: str, run: Run, tmp_path: Path) -> None:
    """The store's file, its folder, a folder below it: exit code 2, and the store is as it was."""
    (tmp_path / "data").mkdir()
    _fill("sqlite:///data/s.db", 1)
    before = (tmp_path / "data" / "s.db").read_bytes()
    more = ("--store", "sqlite:///data/s.db") if name == "clean" else ()
    for out in ("data/s.db", "data/s.db/x", "data", "data/../data", "."):
        assert _do(run, name, "sqlite:///data/s.db", out, *more)[0] == 2
    assert (tmp_path / "data" / "s.db").read_bytes() == before
    assert _do(run, name, "sqlite:///data/s.db", "")[0] == 2


@pytest.mark.parametrize("out", ["in", "in/out", "in/a.jsonl", ".", "in/a.jsonl/x"])
@pytest.mark.parametrize("given", ["in", "in/a.jsonl", "in/*.jsonl"])
def test_clean_keeps_its_output_apart_from_its_input(given: str, out: str, run: Run, tmp_path: Path) -> None:
    """Equal to, above or inside an input: refused, but for a folder beside a file that is named."""
    (tmp_path / "in").mkdir()
    before = _rows(tmp_path / "in" / "a.jsonl").read_bytes()
    code, said = run("clean", given, "--out", out, "--duplicates", "none", "--workers", "1")
    beside = out == "in/out" and given != "in"
    assert code == (0 if beside else 1 if given == "in/*.jsonl" and out.startswith("in/a.jsonl") else 2)
    assert said
    assert (tmp_path / "in" / "a.jsonl").read_bytes() == before


def test_the_progress_line_ends(store: str, tmp_path: Path) -> None:
    """On a terminal of 36 columns: cut to its width, 100 % at the end, and the result on a line of its own."""
    for command in (["export", "jsonl"], ["align", "--langs", "en,fr"]):
        here, there = pty.openpty()
        import fcntl
        import struct
        import termios

        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 36, 0, 0))
        out = str(tmp_path / command[0])
        job = subprocess.Popen(
            [sys.executable, "-m", "scraper.cli", *command, "--store", store, "--out", out],
            stdout=subprocess.DEVNULL,
            stderr=there,
        )
        os.close(there)
        said = b""
        while True:
            try:
                block = os.read(here, 4096)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            said += block
        os.close(here)
        assert job.wait() == 0
        drawn, result = said.decode().replace("\r\n", "\n").rstrip("\n").split("\n")
        assert result.startswith(out)
        pieces = [piece.rstrip() for piece in drawn.split("\r") if piece.strip()]
        assert pieces[-1].startswith(("exporting 100%", "aligning 100%"))
        assert all(len(piece) < 36 for piece in drawn.split("\r"))


def test_an_unknown_format_is_an_error_everywhere(tmp_path: Path) -> None:
    """Never another format in its place."""
    from pipelines.batch.input_rows import CleanOptions
    from pipelines.errors import UsageError
    from pipelines.export.formats import format_named
    from pipelines.translations.exports import require_format

    options: dict[str, Any] = {"format": "xml"}
    for make in (
        lambda: format_named("xml"),
        lambda: require_format("xml", unit="paragraph", multiway=False),
        lambda: CleanOptions(**options),
    ):
        with pytest.raises(UsageError, match="no format 'xml'"):
            make()


def test_clean_sweeps_up_nothing_of_others(run: Run, tmp_path: Path) -> None:
    """Where its parts wait others may have files: they stay. A link there is refused, and nothing done through it."""
    _rows(tmp_path / "rows.jsonl")
    waiting = tmp_path / "out" / ".work" / "new"
    for path in (waiting / "notes.txt", waiting / "clean" / "mine.jsonl"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    (waiting / "clean" / "train-00042-of-00043.jsonl").write_text("of a job that came to no end", encoding="utf-8")
    assert run(*COMMANDS["clean"], "--out", "out")[0] == 0
    assert contents(waiting) == {"clean/mine.jsonl": b"mine", "notes.txt": b"mine"}
    for link in (".work", ".work/new", ".work/new/clean"):
        shutil.rmtree("linked", ignore_errors=True)
        place = tmp_path / "linked" / link
        place.parent.mkdir(parents=True)
        place.symlink_to(waiting)
        before = contents(waiting)
        code, said = run(*COMMANDS["clean"], "--out", "linked")
        assert code == 1
        assert f"linked/{link}: in the way" in said
        assert contents(waiting) == before
