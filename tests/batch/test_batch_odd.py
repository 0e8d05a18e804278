"""Odd rows, odd files, odd folders: each costs itself only, and is named."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import samples
import zstandard

from pipelines.batch.readers import lines
from pipelines.listing import list_folder
from scraper.cli import main

Clean = Callable[..., tuple[int, dict[str, Any], str]]


def with_column(path: Path, column: str, values: Any, *, rows: int = 6) -> Path:
    """A Parquet file of corpus rows with one column put in, or in the place of the one there is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(samples.fineweb(samples.texts()[:rows]))
    there = table.schema.get_field_index(column)
    table = table.append_column(column, values) if there < 0 else table.set_column(there, column, values)
    pq.write_table(table, path, row_group_size=4)
    return path


def unchecked(values: list[bytes]) -> Any:
    """Text of Arrow whose bytes nobody has checked, as other writers leave it."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.string(), len(values), pa.array(values, pa.binary()).buffers())


@pytest.mark.parametrize("output", ["jsonl", "parquet"])
@pytest.mark.parametrize(
    "place", ["text", "url", "dump", "note", "nested", "listed", "dictionary", "time"]
)  # where the value stands
def test_a_value_of_parquet_that_cannot_be_read(place: str, output: str, tmp_path: Path, clean: Clean) -> None:
    """Text that is not UTF-8, in a column that is used or not, or a time beyond the calendar: that row is broken."""
    import pyarrow as pa

    rows = samples.texts()[:6]
    texts = [str(row.get(place, "x")).encode() for row in rows]
    texts[4] = b"\xc3(" + texts[4]
    values = unchecked(texts)
    if place == "nested":
        values = pa.StructArray.from_arrays([values], ["inner"])
    elif place == "listed":
        values = pa.ListArray.from_arrays(list(range(7)), values)
    elif place == "dictionary":
        values = values.dictionary_encode()
    elif place == "time":
        values = pa.array([0, 1, 2, 3, 2**62, 5], pa.timestamp("us"))
    file = with_column(tmp_path / "a.parquet", place, values)
    good = samples.write_lines(tmp_path / "b.jsonl", samples.texts()[6:9])
    code, summary, err = clean(file, good, "--out", tmp_path / "out", "--format", output)
    assert (code, summary["clean"], summary["broken"]) == (3, 8, 1)
    [broken] = summary["broken_at"]
    assert (broken["source"], broken["position"]) == ("a.parquet", 4)
    assert f"column '{place}' cannot be read" in broken["detail"]
    assert "a.parquet at 4" in err
    [reject] = samples.rows_of(tmp_path / "out", "rejects")
    assert place not in reject
    assert len(samples.rows_of(tmp_path / "out")) == 8


def test_such_a_value_of_another_site_is_passed_over(tmp_path: Path, clean: Clean) -> None:
    """Where the address can be read, a row of another site is none of ours."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"url": [samples.OTHER_SITE] * 2, "text": unchecked([b"fine", b"\xff"])})
    pq.write_table(table, tmp_path / "a.parquet")
    code, summary, _ = clean(tmp_path / "a.parquet", "--out", tmp_path / "out")
    assert (code, summary["passed_over"], summary["broken"]) == (0, 2, 0)


def nested(depth: int, inner: Any) -> Any:
    """A value within so many objects and lists."""
    for level in range(depth):
        inner = {"in": inner} if level % 2 else [inner]
    return inner


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"x": {}},
        [{}],
        [[], [{}]],
        {"a": {"b": []}, "c": [{"d": {}}]},
        {"": {}},
        {"": 1},
        {"\ud800": 1},
        nested(18, {}),
        nested(19, {"x": 1}),
        nested(300, {}),
    ],
    ids=lambda value: json.dumps(value)[:30],
)
@pytest.mark.parametrize("others", [None, {"x": {"y": 1}}, [1], "text"], ids=str)
def test_values_without_a_type_of_arrow(value: Any, others: Any, tmp_path: Path, clean: Clean) -> None:
    """An object without keys, anywhere in a row: all rows come out, in a file that other readers read."""
    import duckdb
    import polars

    rows = samples.fineweb(samples.texts()[:3])
    given = [{**row, "metadata": value if number == 1 else others} for number, row in enumerate(rows)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, given)), encoding="utf-8")
    code, summary, _ = clean(tmp_path / "a.jsonl", "--out", tmp_path / "out", "--format", "parquet")
    assert (code, summary["clean"]) == (0, 3)
    [part] = (tmp_path / "out" / "clean").iterdir()
    assert len(polars.read_parquet(part)) == 3
    assert duckdb.sql(f"select count(metadata) from '{part}'").fetchall() == [(1 if others is None else 3,)]


def test_the_name_of_a_column_that_is_no_text(tmp_path: Path, clean: Clean) -> None:
    """A lone surrogate in a name, which no file can hold: that row is broken, in either format."""
    rows = [json.dumps({**row, **({"\udcff": 1} if n == 1 else {})}) for n, row in enumerate(samples.texts()[:3])]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    for output in ("jsonl", "parquet"):
        code, summary, _ = clean(tmp_path / "a.jsonl", "--out", tmp_path / output, "--format", output)
        assert (code, summary["clean"], summary["broken"]) == (3, 2, 1)


@pytest.mark.parametrize("option", ["--url-column", "--text-column"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet"])
def test_a_column_that_is_not_there(option: str, name: str, tmp_path: Path, clean: Clean) -> None:
    """Wrong usage, with the columns there are, before anything is written; one that a later file has is there."""
    rows = samples.fineweb(samples.texts()[:3])
    (samples.write_parquet if name.endswith("parquet") else samples.write_lines)(tmp_path / name, rows)
    code, _, err = clean(tmp_path / name, "--out", tmp_path / "out", option, "TYPO")
    assert code == 2
    assert err.count("\n") == 1
    assert "no column TYPO" in err
    assert "text, id, dump, url, date, language_score" in err
    assert not (tmp_path / "out").exists()
    samples.write_lines(tmp_path / "b.jsonl", [{**row, "TYPO": row["text"]} for row in rows])
    code, summary, _ = clean(tmp_path / name, tmp_path / "b.jsonl", "--out", tmp_path / "out", option, "TYPO")
    assert summary["rows"] == 6


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Paths that the system refuses to list, as it does without permission (root may list everything)."""
    refused: set[str] = set()
    scandir = os.scandir

    def refusing(path: Any = ".") -> Any:
        if path in refused:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    return refused


def test_a_folder_that_cannot_be_looked_into(tmp_path: Path, clean: Clean, closed: set[str]) -> None:
    """It is named on standard error and in the manifest, the rest is read; alone it is not called empty."""
    samples.write_lines(tmp_path / "in" / "a.jsonl", samples.texts()[:2])
    samples.write_lines(tmp_path / "in" / "sub" / "b.jsonl", samples.texts()[2:4])
    closed.add(str(tmp_path / "in" / "sub"))
    code, summary, err = clean(tmp_path / "in", "--out", tmp_path / "out")
    assert (code, summary["clean"], summary["broken"]) == (3, 2, 0)
    assert "cannot be read: sub: Permission denied" in err
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["summary"]["unreadable_folders"] == [{"name": "sub", "detail": "Permission denied"}]
    code, _, err = clean(tmp_path / "in" / "sub", "--out", tmp_path / "other")
    assert code == 3
    assert "cannot be read (Permission denied)" in err
    (tmp_path / "in" / "a.jsonl").unlink()
    code, _, err = clean(tmp_path / "in", "--out", tmp_path / "other")
    assert code == 3
    assert "Permission denied" in err


def test_such_a_folder_is_no_secret_of_store_add(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], closed: set[str]
) -> None:
    """The same for `store add`: a rejection that names it, and the rest is stored."""
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.html").write_bytes(samples.page(1)[1])
    closed.add(str(tmp_path / "in" / "sub"))
    store = f"sqlite:///{tmp_path}/s.db"
    assert main(["store", "add", str(tmp_path / "in"), "--store", store]) == 3
    assert "sub: this folder cannot be read: Permission denied" in capsys.readouterr().err


def test_what_a_listing_holds(tmp_path: Path) -> None:
    """Files of all folders but hidden ones, links to files; no pipes, no links in a circle or to nowhere."""
    (tmp_path / "b" / ".git").mkdir(parents=True)
    for name in ("z", "b/a", "b/.hidden", "b/.git/config"):
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to(tmp_path / "z")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "b" / "circle").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    found = list_folder(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found.files] == ["b/a", "link", "z"]
    assert found.unreadable == ()
    [(path, why)] = list_folder(tmp_path / "gone").unreadable
    assert (path, why) == (tmp_path / "gone", "No such file or directory")


@pytest.mark.parametrize("suffix", [".gz", ".zst", ""])
@pytest.mark.parametrize("piece", [b"\n", b" \r\n", b"\0", b"7\n", b'{"text":"'], ids=repr)
def test_files_that_expand_beyond_measure(
    piece: bytes, suffix: str, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a few kB that holds millions of line ends, or a line without end, is given up where that is clear;
    what came before is clean, and so are the other files. Plain files of the same are read to their end."""
    monkeypatch.setattr(lines, "_ALWAYS_READ", 200_000)
    first = json.dumps(samples.texts()[0]).encode() + b"\n"
    content = first + piece * (2_000_000 // len(piece))
    packed = {".gz": gzip.compress, ".zst": zstandard.compress, "": bytes}[suffix](content)
    (tmp_path / f"a.jsonl{suffix}").write_bytes(packed)
    good = samples.write_lines(tmp_path / "b.jsonl", samples.texts()[1:3])
    if piece == b"7\n" and not suffix:
        return  # so many broken lines of a plain file are as many rejects
    options = ("--out", tmp_path / "out", "--max-row-bytes", "20K")
    code, summary, err = clean(tmp_path / f"a.jsonl{suffix}", good, *options)
    assert summary["clean"] == 3
    if suffix:
        assert code == 3
        last = samples.rows_of(tmp_path / "out", "rejects")[-1]
        assert "expands to more than 200 times its size" in last["vn_detail"]
    else:
        assert code == (0 if piece.isspace() else 3)
        assert "expands" not in err


def test_ordinary_files_are_read_whole(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that repeat themselves compress well, and are no bomb."""
    monkeypatch.setattr(lines, "_ALWAYS_READ", 0)
    words = ["rain", "sun", "wind", "fog", "hail", "snow", "storm", "thunder", "drizzle", "cloud"]
    draw = random.Random(1)
    rows = [{"url": samples.OTHER_SITE, "text": " ".join(draw.choices(words, k=9)) * 4} for _ in range(3_000)]
    file = samples.write_lines(tmp_path / "a.jsonl.gz", rows)
    assert clean(file, "--out", tmp_path / "out")[1]["passed_over"] == 3_000


def test_files_are_read_as_their_bytes_say(tmp_path: Path, clean: Clean) -> None:
    """Whatever the name: gzip called .jsonl, JSON Lines called .gz, split or not."""
    rows = samples.texts()[:6]
    packed = samples.write_lines(tmp_path / "x.jsonl.gz", rows).read_bytes()
    (tmp_path / "a.jsonl").write_bytes(packed)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.decompress(packed))
    (tmp_path / "c.jsonl").write_bytes(zstandard.compress(gzip.decompress(packed)))
    for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl"):
        for size in (300, 10**9):
            code, summary, _ = clean(tmp_path / name, "--out", tmp_path / f"{name}{size}", "--shard-bytes", size)
            assert (code, summary["clean"]) == (0, 6)


def test_a_missing_input_leaves_no_store(tmp_path: Path, clean: Clean) -> None:
    """Nothing is made for a job that cannot start."""
    code, _, err = clean(tmp_path / "no", "--out", tmp_path / "out", "--store", f"sqlite:///{tmp_path}/s.db")
    assert code == 2
    assert "no such file" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="processes start in another way")
@pytest.mark.parametrize("kill", ["SIGKILL", "SIGTERM"])
def test_a_driver_that_dies_while_it_starts_a_worker(kill: str, tmp_path: Path) -> None:
    """The worker, which has been told nothing yet, ends without a word."""
    code = (
        "import os, signal\n"
        "from multiprocessing import util\n"
        "from pipelines.batch.engines.local import LocalEngine\n"
        "spawn = util.spawnv_passfds\n"
        "def dying(path, *rest):\n"
        "    spawn(path, *rest)\n"
        f"    if b'--multiprocessing-fork' in rest[0] or '--multiprocessing-fork' in rest[0]:\n"
        f"        os.kill(os.getpid(), signal.{kill})\n"
        "    return 0\n"
        "util.spawnv_passfds = dying\n"
        "list(LocalEngine(workers=1).run([print]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300)
    assert done.returncode == -getattr(signal, kill)
    assert done.stderr == b""


def test_a_worker_has_its_standard_error_once_it_works(tmp_path: Path) -> None:
    """What a task says reaches the terminal; where none can start, the first says how a job is to be started."""
    code = (
        "import os\n"
        "from pathlib import Path\n"
        "from pipelines.batch.engines.local import LocalEngine\n"
        "with Path('imported').open('a') as file:\n"
        "    file.write('x')\n"
        "class Task:\n"
        "    def __call__(self):\n"
        "        os.write(2, b'said by a task')\n"
        "if __name__ == '__main__':\n"
        "    print(list(LocalEngine(workers=1).run([Task(), Task()])))\n"
    )
    script = tmp_path / "script.py"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = []
    for text in (code, code.replace("if __name__ == '__main__':", "if True:")):
        script.write_text(text)
        done = subprocess.run(
            [sys.executable, str(script)], capture_output=True, timeout=120, env=environment, cwd=tmp_path
        )
        said.append((done.stdout, done.stderr, (tmp_path / "imported").read_text()))
        (tmp_path / "imported").unlink()
    assert said[0] == (b"[(0, None), (1, None)]\n", b"said by a task" * 2, "xx")
    assert said[1][0] == b""
    last = said[1][1].decode().splitlines()[-1]
    assert last.startswith("pipelines.errors.VietnamvnError: the processes of this job cannot start")
    assert "a script has to start a job under 'if __name__ == \"__main__\":'" in last
    assert said[1][2] == "xx"  # the script, and one worker: nothing is tried again
