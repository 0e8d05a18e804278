"""An export made by several processes."""

from __future__ import annotations

import errno
import importlib.util
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy
from databases import fresh_postgres_database
from making_articles import make_article

from pipelines.batch.engines import Lost, Task
from pipelines.errors import VietnamvnError
from pipelines.export import FORMATS, export, job, lines, preparing, update
from pipelines.record import COMPARED, COPIES
from pipelines.storage import Store, apart, open_store, reading, rows
from pipelines.type_rows import Lines
from scraper.cli import export as export_command
from scraper.cli import main

T = TypeVar("T")
SEEN = "2025-11-01T00:00:00Z"
LATER = "2025-11-02T00:00:00Z"
LANGUAGES = ("fr", "vi", "ja", "ar")
needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the extra ray is not installed")


@dataclass(frozen=True, slots=True)
class Odd:
    """An engine that gives the results in the wrong order, after something else happened; one can be lost.

    `first` are done before that; without `is_here` tasks have their rows with them.
    """

    meanwhile: Callable[[], object] = lambda: None
    lost: int | None = None
    first: int = 1
    is_here: bool = True

    def run(self, tasks: Iterable[Task[T]], *, ahead: int = 0) -> Iterator[tuple[int, T | Lost]]:
        """See `Engine.run`."""
        coming = enumerate(tasks)
        handed_out = list(islice(coming, 2))
        made = [(number, task()) for number, task in handed_out[: self.first]]
        self.meanwhile()
        made += [(number, task()) for number, task in (*handed_out[self.first :], *coming)]
        for number, result in reversed(made):
            yield number, Lost(detail="its worker died 3 times (signal SIGKILL)") if number == self.lost else result


class OneByOne:
    """An engine that hands a task out when the one before is taken."""

    is_here = True

    def run(self, tasks: Iterable[Task[T]], *, ahead: int = 0) -> Iterator[tuple[int, T | Lost]]:
        """See `Engine.run`."""
        for number, task in enumerate(tasks):
            yield number, task()


def fill(store: Store) -> None:
    """Articles in four languages and scripts; some columns have a value in one of the last rows alone."""
    with store.transaction():
        for number in range(30):
            for code in LANGUAGES[number % 3 == 0 :]:
                late = number in (11, 28)
                article = make_article(
                    f"bai-{number:02}",
                    code,
                    title=f"{code} \u2028 {number}",
                    lead="\ud800 chapeau" if late else None,
                    tags=("du lịch",) if late else (),
                    alternates={"ko": "https://www.vietnam.vn/ko/x"} if late else {},
                )
                store.add(article, seen_at=SEEN)


def change(store: Store) -> None:
    """A crawl that adds, changes, deletes and sees again."""
    with store.transaction():
        for number in range(0, 40, 4):
            store.add(make_article(f"bai-{number:02}", "fr", title="Autre"), seen_at=LATER)
            store.add(make_article(f"bai-{number + 1:02}", "vi"), seen_at=LATER)
        store.mark_gone("bai-29", "ja", gone_at=LATER)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of 110 texts."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'articles.db'}"
    with open_store(url) as store:
        fill(store)
    return url


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_CHUNK", 7)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def made(address: str, out: Path, **options: Any) -> dict[str, bytes]:
    """The files of an export."""
    with open_store(address, read_only=True) as store:
        export(store, out, **options)
    return files_of(out)


def test_what_is_handed_out_is_what_is_read() -> None:
    """Columns are told by their place."""
    assert rows.Raw._fields == tuple(column.key for column in reading.revision_columns().selected_columns)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("rows_per_file", [5, 1000])
def test_any_order_gives_the_same_bytes(form: str, rows_per_file: int, address: str, tmp_path: Path) -> None:
    """Of every file: data, state, manifest, card; wherever files and tasks end."""
    pytest.importorskip({"parquet": "pyarrow", "xlsx": "xlsxwriter"}.get(form, "json"))
    alone = made(address, tmp_path / "alone", form=form, rows_per_file=rows_per_file)
    assert made(address, tmp_path / "apart", form=form, rows_per_file=rows_per_file, engine=Odd()) == alone
    assert len(alone) > 4


def test_the_cut_of_tasks_does_not_count(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which rows show the types is found out over the whole file, not in a task."""
    alone = made(address, tmp_path / "alone", form="jsonl", rows_per_file=9)
    for size in (1, 7, 1000):
        monkeypatch.setattr(reading, "_CHUNK", size)
        for characters in (0, 10**6):
            monkeypatch.setattr(preparing, "_MOST_CHARACTERS", characters)
            out = tmp_path / f"{size}-{characters}"
            assert made(address, out, form="jsonl", rows_per_file=9, engine=Odd(first=0)) == alone


@pytest.mark.parametrize("split", [False, True])
def test_local_processes_give_the_same_bytes(split: bool, address: str, tmp_path: Path) -> None:
    """By the command; also of splits, with columns of every kind of measures."""
    options: dict[str, Any] = {}
    given: list[str] = []
    if split:
        pytest.importorskip("rensa")
        columns = "+words,odd_kinds,length_ratio,duplicate_cluster"
        options = {"split": {"train": 0.5, "test": 0.5}, "columns": columns.split(","), "rows_per_file": 9}
        given = ["--split", "train=0.5,test=0.5", "--columns", columns, "--rows-per-file", "9"]
        with open_store(address) as store:  # what a store has of its measures is no part of what it says
            list(store.measure(names=[*COMPARED, *COPIES]))
    alone = made(address, tmp_path / "alone", form="jsonl", **options)
    assert not split or b'"odd_kinds": 0' in b"".join(alone.values())
    for workers in ("1", "2") if split else ("1", "2", "3"):
        out = tmp_path / workers
        assert main(["export", "jsonl", "--store", address, "--out", str(out), "--workers", workers, *given]) == 0
        assert files_of(out) == alone


@needs_ray
def test_ray_gives_the_same_bytes(address: str, tmp_path: Path) -> None:
    """In a process of its own: Ray is started once in one."""
    alone = made(address, tmp_path / "alone", form="jsonl")
    out = tmp_path / "ray"
    command = [sys.executable, "-m", "scraper.cli", "export", "jsonl", "--store", address, "--out", str(out)]
    subprocess.run([*command, "--engine", "ray", "--workers", "2"], check=True, timeout=300)
    assert files_of(out) == alone


def test_processes_read_the_rows_by_themselves(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_tasks: None
) -> None:
    """As long as nothing is written, and it is the same file; this process reads what they cannot."""
    alone = made(address, tmp_path / "alone", form="jsonl")
    read = apart.RowsApart.read
    reads: list[int] = []

    def counted(rows: apart.RowsApart) -> Any:
        reads.append(len(rows.ids))
        return read(rows)

    monkeypatch.setattr(apart.RowsApart, "read", counted)
    assert made(address, tmp_path / "here", form="jsonl", engine=Odd()) == alone
    assert sum(reads) == 110
    assert made(address, tmp_path / "far", form="jsonl", engine=Odd(is_here=False)) == alone
    assert made(address, tmp_path / "asked", form="jsonl", engine=Odd(), split={"train": 1}) != alone
    assert sum(reads) == 110
    monkeypatch.setattr(apart, "file_of", lambda path: (id(path), 0))  # another file took its place
    assert made(address, tmp_path / "other", form="jsonl", engine=Odd()) == alone
    monkeypatch.setattr(apart.RowsApart, "read", lambda rows: None)
    assert made(address, tmp_path / "none", form="jsonl", engine=Odd()) == alone


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "parquet"])
@pytest.mark.parametrize("rows_per_file", [5, 1000])
@pytest.mark.parametrize("split", [None, {"train": 0.5, "test": 0.5}])
def test_what_others_put_aside_is_taken_and_gone(
    form: str,
    rows_per_file: int,
    split: dict[str, float] | None,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same bytes by way of files, of which none is left in what is published, nor when it is described."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    if split:
        pytest.importorskip("rensa")
    monkeypatch.setattr(preparing, "_LARGE", 2**40)
    alone = made(address, tmp_path / "alone", form=form, rows_per_file=rows_per_file, split=split, engine=Odd())
    monkeypatch.setattr(preparing, "_LARGE", 1)
    used: list[Path] = []
    put_aside = preparing.PrepareRows._put_aside

    def noted(task: preparing.PrepareRows, part: preparing.PlacedRows) -> preparing.PlacedRows:
        moved = put_aside(task, part)
        assert type(moved.content) is not type(part.content) or moved.content != part.content
        assert task.scratch is not None
        used.append(task.scratch)
        # As another process gives it: by its name.
        return pickle.loads(pickle.dumps(moved))

    monkeypatch.setattr(preparing.PrepareRows, "_put_aside", noted)
    described = job.describe_dataset

    def nothing_left(folder: Path, *rest: Any) -> None:
        assert {path.name for path in folder.iterdir()} == {"data", "state.bin.zst"}
        described(folder, *rest)

    monkeypatch.setattr(job, "describe_dataset", nothing_left)
    assert made(address, tmp_path / "aside", form=form, rows_per_file=rows_per_file, split=split, engine=Odd()) == alone
    assert len({*used}) == 1
    assert not used[0].exists()


def test_where_nothing_can_be_put_aside_it_goes_through_the_pipe(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told by who writes the data, in its words; what was begun is removed."""
    alone = made(address, tmp_path / "alone", form="jsonl")
    monkeypatch.setattr(preparing, "_LARGE", 1)

    def full(lines: Lines, file: Path) -> Lines:
        file.write_bytes(b"begun")
        tried.append(file)
        raise OSError(errno.ENOSPC, "No space left on device")

    tried: list[Path] = []
    monkeypatch.setattr(Lines, "put_aside", full)
    assert made(address, tmp_path / "aside", form="jsonl", engine=Odd(first=0)) == alone
    assert len(tried) > 10


def test_files_put_aside_go_as_they_are_read(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export of many files holds twice what one of them does, not twice all."""
    monkeypatch.setattr(preparing, "_LARGE", 1)
    most = []
    write = lines.write_lines

    def counted(out: Any, chunks: Any, *, scratch: Path) -> int:
        number = write(out, chunks, scratch=scratch)
        most.append(len([path for path in scratch.parent.parent.glob("tmp*/*") if path.is_file()]))
        return number

    monkeypatch.setattr(lines, "write_lines", counted)
    command = ["export", "jsonl", "--store", address, "--out", str(tmp_path / "out"), "--rows-per-file", "9"]
    monkeypatch.setattr(export_command, "engine_of", lambda options: OneByOne())
    assert main([*command, "--workers", "2"]) == 0
    assert len(most) > 8
    assert max(most) <= 2


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few articles are many tasks."""
    monkeypatch.setattr(reading, "_CHUNK", 10)


@pytest.mark.parametrize("first", [0, 1, 2])
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_all_rows_are_of_one_view_of_the_store(backend: str, first: int, tmp_path: Path, small_tasks: None) -> None:
    """What is written while the rows are made is in the next export; increments and updates see the same."""
    with fresh_postgres_database() if backend == "postgresql" else _File(tmp_path) as url:
        with open_store(url) as store:
            fill(store)
        before = made(url, tmp_path / "before", form="jsonl")
        made(url, tmp_path / "updated", form="jsonl")
        with open_store(url) as writer:
            odd = Odd(lambda: change(writer), first=first)
            assert made(url, tmp_path / "during", form="jsonl", engine=odd) == before
        after = made(url, tmp_path / "after", form="jsonl")
        assert after != before
        options: dict[str, Any] = {"form": "jsonl", "since": tmp_path / "before"}
        increment = made(url, tmp_path / "one", **options)
        assert made(url, tmp_path / "two", **options, engine=Odd()) == increment
        assert len(increment["changes.jsonl"].splitlines()) > 10
        with open_store(url, read_only=True) as store:
            update(store, tmp_path / "updated", engine=Odd())
        assert files_of(tmp_path / "updated") == after


def test_a_damaged_row_is_told_once(address: str, tmp_path: Path) -> None:
    """By the process that has the store, in the order of the rows."""
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        fill(store)
    with sqlalchemy.create_engine(url).begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE records SET record = x'00' WHERE revision_id IN (3, 50)"))
    told: list[list[str]] = []
    for engine in (None, Odd()):
        told.append([])
        with open_store(url, read_only=True, passed_over=told[-1].append) as store:
            assert export(store, tmp_path / "out", form="jsonl", engine=engine).rows == 108
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_a_part_that_is_lost_leaves_the_folder_as_it_was(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and an exit code: an export that lacks some rows would be another one."""
    before = made(address, tmp_path / "out", form="jsonl")
    with open_store(address) as store, pytest.raises(VietnamvnError, match="cannot be read: its worker died 3 times"):
        export(store, tmp_path / "out", form="jsonl", engine=Odd(lost=2))
    monkeypatch.setattr(export_command, "engine_of", lambda options: Odd(lost=2))
    command = ["export", "jsonl", "--store", address, "--out", str(tmp_path / "out"), "--workers", "2"]
    assert main(command) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("vietnamvn: a part of the store cannot be read")
    assert files_of(tmp_path / "out") == before


def test_ctrl_c_ends_cleanly(address: str, tmp_path: Path) -> None:
    """One line, exit code 130; the folder is what it was."""
    before = made(address, tmp_path / "out", form="jsonl")
    places = ["--store", address, "--out", str(tmp_path / "out")]
    code = f"""
import os, signal, threading
from scraper.cli import main
threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
if __name__ == "__main__":
    from pipelines.batch.engines import local
    local._give = lambda worker, following: worker.tasks.append(following)  # nothing comes back
    raise SystemExit(main(["export", "jsonl", "--workers", "2", *{places!r}]))
"""
    script = tmp_path / "job.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = time.monotonic()
    done = subprocess.run([sys.executable, str(script)], capture_output=True, timeout=300, env=environment, check=False)
    assert time.monotonic() - started < 30
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr.splitlines()[-1] == b"vietnamvn: interrupted"
    assert b"Traceback" not in done.stderr
    assert files_of(tmp_path / "out") == before


class _File:
    """The address of a database that is a file."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/store.db"

    def __enter__(self) -> str:
        return self.url

    def __exit__(self, *error: object) -> None:
        pass
