"""`export`, `align` and `verify` at addresses of fsspec: in memory, on S3, on a disk behind ``file://``."""

from __future__ import annotations

import errno
import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest
from buckets import served_bucket
from making_articles import make_article

from pipelines.batch import files
from pipelines.storage import open_store
from pipelines.verification import verify
from scraper.cli import main

Run = Callable[..., tuple[int, str, str]]
SEEN = ("2025-11-01T00:00:00Z", "2025-11-02T00:00:00Z")


def fill(store: str, slugs: range, seen_at: str) -> None:
    """Store articles in three languages, or see them again."""
    with open_store(store) as opened, opened.transaction():
        for number in slugs:
            for language in ("vi", "en", "fr"):
                opened.add(make_article(f"s{number}", language, alternates={}), seen_at=seen_at)


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store of a few articles in three languages."""
    url = f"sqlite:///{tmp_path}/articles.db"
    fill(url, range(4), SEEN[0])
    return url


@pytest.fixture
def memory() -> Iterator[str]:
    """An address in memory where nothing is."""
    name = uuid.uuid4().hex
    yield f"memory://{name}"
    files.remove_folder(f"memory://{name}")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket."""
    with served_bucket(monkeypatch) as address:
        yield address


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command; its exit code, and what it said."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return command


def on_disk(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def at(address: str) -> dict[str, bytes]:
    """All files at an address, hidden ones too."""
    return {name: files.read_bytes(f"{address}/{name}") or b"" for name in files.paths_below(address)}


COMMANDS = {
    "rows": ("export", "jsonl"),
    "table": ("export", "parquet", "--lang", "fr"),
    "corpus": ("align", "--langs", "en,fr", "--format", "tmx"),
}


def round_trip(base: str, run: Run, store: str, tmp_path: Path, *names: str) -> None:
    """Each command writes there what it writes to a disk, and `verify` reads it back."""
    for name in names:
        command = (*COMMANDS[name], "--store", store)
        assert run(*command, "--out", name)[0] == 0
        for _ in range(2 if name == "rows" else 1):  # the second takes the place of the first
            code, _, err = run(*command, "--out", f"{base}/{name}")
            assert (code, f"{base}/{name}: " in err) == (0, True)
            assert at(f"{base}/{name}") == on_disk(tmp_path / name)
        assert run("verify", f"{base}/{name}")[0] == 0


def broken(base: str, run: Run) -> None:
    """`verify` notices a data file that was changed, one that is strange, one that is gone."""
    data = next(name for name in at(f"{base}/rows") if name.endswith("00001.jsonl"))
    cut = (files.read_bytes(f"{base}/rows/{data}") or b"")[:-1]
    files.write_bytes(f"{base}/rows/{data}", cut + b"\t")
    files.write_bytes(f"{base}/rows/data/extra.jsonl", b"{}\n")
    code, out, _ = run("verify", f"{base}/rows")
    assert (code, data in out, "SHA-256" in out, "data/extra.jsonl: is strange here" in out) == (1, True, True, True)
    files.remove(f"{base}/rows/data/extra.jsonl")
    files.remove(f"{base}/rows/{data}")
    assert f"{data}: is not there" in run("verify", f"{base}/rows")[1]


def increments(base: str, run: Run, store: str, tmp_path: Path) -> None:
    """An increment to a remote export, and the export itself brought up to date, are those of a disk."""
    export = ("export", "jsonl", "--store", store, "--lang", "fr", "--rows-per-file", "3")
    for out in ("all", f"{base}/all"):
        assert run(*export, "--out", out)[0] == 0
    fill(store, range(3, 6), SEEN[1])
    assert run(*export, "--out", "week", "--since-export", "all")[0] == 0
    assert run(*export, "--out", f"{base}/week", "--since-export", f"{base}/all")[0] == 0
    assert at(f"{base}/week") == on_disk(tmp_path / "week")
    code, _, err = run(*export, "--out", f"{base}/all/", "--since-export", f"{base}/all")
    assert (code, "an increment would replace that very export" in err) == (2, True)
    assert run("export", "jsonl", "--store", store, "--update", "all")[0] == 0
    code, _, err = run("export", "jsonl", "--store", store, "--update", f"{base}/all")
    assert code == 0
    assert at(f"{base}/all") == on_disk(tmp_path / "all")
    assert "added 2" in err


def test_in_memory(memory: str, run: Run, store: str, tmp_path: Path) -> None:
    """Same bytes as on a disk, for each command."""
    round_trip(memory, run, store, tmp_path, *COMMANDS)
    broken(memory, run)


def test_on_s3(bucket: str, run: Run, store: str, tmp_path: Path) -> None:
    """The same on S3, increments too; a bucket that is not there is one line, and is not made."""
    round_trip(bucket, run, store, tmp_path, "corpus")
    increments(bucket, run, store, tmp_path)
    for command in (
        ("export", "jsonl", "--store", store, "--out", "s3://nowhere-at-all/out"),
        ("align", "--langs", "en,fr", "--store", store, "--out", "s3://nowhere-at-all/out"),
        ("verify", "s3://nowhere-at-all/out"),
        ("export", "jsonl", "--store", store, "--out", "nothing-like-this://a/b"),
    ):
        code, _, err = run(*command)
        assert (code in (1, 2), err.count("vietnamvn: "), "nowhere-at-all" in err or "nothing-like" in err) == (
            True,
            1,
            True,
        )
    assert not fsspec.filesystem("s3").exists("nowhere-at-all")


def test_increments_in_memory(memory: str, run: Run, store: str, tmp_path: Path) -> None:
    """`--since-export` and `--update` of what is not on a disk."""
    increments(memory, run, store, tmp_path)
    export = ("export", "jsonl", "--store", store, "--lang", "fr", "--rows-per-file", "3")
    assert run(*export, "--out", "here", "--since-export", f"{memory}/all/manifest.json")[0] == 0
    for options in (("--out", "x", "--since-export", f"{memory}/none"), ("--update", f"{memory}/none")):
        code, _, err = run("export", "jsonl", "--store", store, *options)
        assert (code, f"{memory}/none/manifest.json: no such file" in err) == (2, True)


def test_an_upload_that_fails(memory: str, run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of the data: one line, exit code 1, no manifest; of an earlier output every byte stands."""
    real = files.put

    def put(local: Path, uri: str) -> None:
        if "fra_Latn" in uri or "en-fr" in uri:
            raise files.StorageError(f"{uri}: OSError: connection reset")
        real(local, uri)

    for command in (("export", "jsonl"), ("align", "--langs", "en,fr")):
        out = f"{memory}/{command[0]}"
        for earlier in (False, True):
            if earlier:
                assert run(*command, "--store", store, "--out", out)[0] == 0
            before = at(out)
            assert bool(before) == earlier
            with monkeypatch.context() as patch:
                patch.setattr(files, "put", put)
                code, said, err = run(*command, "--store", store, "--out", out)
            assert (code, said, "connection reset" in err.splitlines()[-1]) == (1, "", True)
            assert at(out) == before
        verify(out)


def test_this_machine_has_no_room(memory: str, run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output is made here first: a full disk is one line that says which folder, and nothing is sent."""

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pipelines.export.job.describe_dataset", full)
    code, _, err = run("export", "jsonl", "--store", store, "--out", f"{memory}/out")
    assert (code, "No space left on device" in err, "TMPDIR" in err) == (1, True, True)
    assert at(f"{memory}/out") == {}


def test_a_reader_reads_an_address(memory: str, run: Run, store: str) -> None:
    """What takes a folder of fsspec takes the folder of the data there."""
    pandas = pytest.importorskip("pandas")
    run("export", "parquet", "--store", store, "--out", f"{memory}/out")
    assert sorted(pandas.read_parquet(f"{memory}/out/data")["id"]) == sorted(
        f"{code}/s{number}" for code in ("en", "fr", "vi") for number in range(4)
    )


def test_no_secret_of_an_address_is_shown(run: Run, store: str) -> None:
    """Neither where the address is repeated, nor in what its driver says."""
    for out in (
        "ftp://u:s3cret@127.0.0.1:1/out",
        "memory://u:s3cret@x/out",
        "no-such-kind://u:s3cret@x/out",
        "no-such-kind://x/out?X-Amz-Signature=s3cret&sig=s3cret",
    ):
        for command in (("export", "jsonl", "--store", store), ("align", "--langs", "en,fr", "--store", store)):
            _, said, err = run(*command, "--out", out)
            assert "s3cret" not in said + err
            assert "out" in err
        _, said, err = run("verify", out)
        assert "s3cret" not in said + err
        with pytest.raises(files.StorageError) as raised:
            files.read_bytes(out.replace("memory", "no-such-kind"))
        assert "s3cret" not in str(raised.value)
    files.remove_folder("memory://u:s3cret@x")


def test_a_strange_journal_is_one_line(memory: str, run: Run, store: str) -> None:
    """What somebody else wrote under its name is told, not followed."""
    files.write_bytes(f"{memory}/out/.vietnamvn-journal.json", json.dumps({"new": "/etc"}).encode())
    code, _, err = run("export", "jsonl", "--store", store, "--out", f"{memory}/out")
    assert (code, "remove this file" in err) == (1, True)
