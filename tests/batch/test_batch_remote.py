"""Input and output behind fsspec: an S3 server on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import samples
from buckets import served_bucket

from pipelines.batch import files

Clean = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket."""
    with served_bucket(monkeypatch) as address:
        yield address


def test_s3_in_and_out(bucket: str, tmp_path: Path, clean: Clean) -> None:
    """The same bytes as on a disk; a rerun finds all shards done; the format can change there too."""
    import fsspec

    folder = tmp_path / "in"
    samples.write_lines(folder / "a.jsonl", samples.fineweb(samples.texts()[:10]))
    samples.write_parquet(folder / "b.parquet", samples.hplt(samples.texts()[5:15]))
    (folder / "c.warc.gz").write_bytes(samples.crawl(range(6)))
    options = ("--drop-duplicates", "--shard-bytes", "10K")
    clean(folder, "--out", tmp_path / "out", *options)
    local = samples.content(tmp_path / "out")
    assert len(local) > 5

    s3 = fsspec.filesystem("s3")
    s3.put(str(folder), f"{bucket}/in", recursive=True)
    code, summary, _ = clean(f"{bucket}/in", "--out", f"{bucket}/out", *options)
    assert code == 0
    assert content(s3, bucket) == local
    _, _, err = clean(f"{bucket}/in", "--out", f"{bucket}/out", *options)
    assert f"{summary['shards']} of {summary['shards']} shards were done by an earlier run" in err
    assert content(s3, bucket) == local
    clean(f"{bucket}/in/*.parquet", "--out", f"{bucket}/out", *options, "--format", "parquet")
    assert {name.partition("/")[0] for name in content(s3, bucket)} == {
        "README.md",
        "croissant.json",
        "clean",
        "manifest.json",
    }


def test_s3_errors_are_one_line(bucket: str, tmp_path: Path, clean: Clean) -> None:
    """A bucket that is not there, as input and as output, and an address of no known kind."""
    import fsspec

    file = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:1])
    for arguments in (
        ("s3://nowhere/a.jsonl", "--out", tmp_path / "out"),
        (file, "--out", "s3://nowhere/out"),
        ("nothing-like-this://a/b.jsonl", "--out", tmp_path / "out"),
    ):
        code, _, err = clean(*arguments)
        assert code in (1, 2)
        assert "Traceback" not in err
        assert err.splitlines()[-1].startswith("vietnamvn: ")
        assert "nowhere" in err or "nothing-like-this" in err
    assert not fsspec.filesystem("s3").exists("nowhere")  # no bucket is made for a mistyped address


def test_other_file_systems(tmp_path: Path, clean: Clean) -> None:
    """Any file system that fsspec knows will do; folders are made where it has them."""
    fsspec = pytest.importorskip("fsspec", reason="the extra batch is not installed")
    file = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:2])
    memory = fsspec.filesystem("memory")
    memory.put(str(file), "/in/a.jsonl")
    code, summary, _ = clean("memory://in/a.jsonl", "--out", "memory://deep/down/out")
    assert (code, summary["clean"]) == (0, 2)
    assert len(memory.cat_file("/deep/down/out/clean/train-00000-of-00001.jsonl").splitlines()) == 2


def test_what_is_not_ours_stays_behind_fsspec(tmp_path: Path, clean: Clean) -> None:
    """As on a disk: others' files stay or are in the way, changed parts are asked for, the manifest comes last."""
    fsspec = pytest.importorskip("fsspec", reason="the extra batch is not installed")
    memory = fsspec.filesystem("memory")
    one = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:4])
    two = samples.write_lines(tmp_path / "b.jsonl", samples.texts()[:2])
    out, many = "memory://rules/out", ("--shard-bytes", "1K", "--duplicates", "none")

    memory.pipe("/rules/out/manifest.json", b"{}")
    code, _, err = clean(one, "--out", out)
    assert (code, "manifest.json: is of no earlier cleaned output" in err) == (1, True)
    memory.rm("/rules/out/manifest.json")
    memory.pipe("/rules/out/clean/train-00000-of-00001.jsonl", b"theirs")
    code, _, err = clean(one, "--out", out)
    assert (code, "clean/train-00000-of-00001.jsonl: in the way" in err) == (1, True)
    memory.rm("/rules/out/clean/train-00000-of-00001.jsonl")

    memory.pipe("/rules/out/clean/notes.txt", b"theirs")
    assert clean(one, "--out", out, *many)[0] == 0
    former = memory.find("/rules/out/clean")
    assert len(former) > 2
    memory.pipe(former[-1], b"changed")
    code, _, err = clean(two, "--out", out, "--duplicates", "none")
    assert (code, "--replace" in err) == (1, True)
    assert memory.cat_file(former[-1]) == b"changed"
    assert clean(two, "--out", out, "--duplicates", "none", "--replace")[0] == 0
    assert sorted(name.rpartition("/")[2] for name in memory.find("/rules/out/clean")) == [
        "notes.txt",
        "train-00000-of-00001.jsonl",
    ]


def test_a_kill_while_parts_move_behind_fsspec(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each move in turn: the old manifest does not fit what is there, and the same command completes it."""
    fsspec = pytest.importorskip("fsspec", reason="the extra batch is not installed")
    memory = fsspec.filesystem("memory")
    one = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:4])
    many = ("--shard-bytes", "1K", "--duplicates", "none")
    clean(one, "--out", tmp_path / "whole", *many)
    expected = samples.content(tmp_path / "whole")
    real, write_really = files.move, files.write_bytes
    for at in range(5):
        out = f"memory://moves/{at}"
        clean(samples.write_lines(tmp_path / "b.jsonl", samples.texts()[2:5]), "--out", out, *many)
        moves = iter(range(100))

        def move(source: str, target: str, at: int = at, moves: Iterator[int] = moves) -> None:
            if next(moves) == at:
                raise KeyboardInterrupt
            real(source, target)

        def write(uri: str, content: bytes, at: int = at) -> None:
            if uri.endswith(("croissant.json", "/manifest.json")[: max(0, at - 2)] or "none"):
                raise KeyboardInterrupt
            write_really(uri, content)

        with monkeypatch.context() as patch:
            patch.setattr(files, "move", move if at < 3 else real)
            patch.setattr(files, "write_bytes", write)
            assert clean(one, "--out", out, *many)[0] == 130
        assert clean(one, "--out", out, *many)[0] == 0
        base = f"/moves/{at}/"
        found = {n.removeprefix(base): memory.cat_file(n) for n in memory.find(base)}
        assert {n: data for n, data in found.items() if not n.startswith(".work/")} == expected


def content(s3: Any, bucket: str) -> dict[str, bytes]:
    """The files of the output, without those of the work folder."""
    s3.invalidate_cache()
    folder = f"{bucket.removeprefix('s3://')}/out/"
    names = [n.removeprefix(folder) for n in s3.find(folder)]
    return {n: s3.cat_file(folder + n) for n in names if not n.startswith(".work/")}


def test_a_remote_file_that_is_gone_is_named() -> None:
    """As the operating system names a local one: the command then tells it in a line."""
    with pytest.raises(FileNotFoundError) as raised:
        files.open_input("memory://gone/x.signatures")
    assert raised.value.filename == "memory://gone/x.signatures"


@pytest.mark.parametrize(
    "name", ["ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "last_modified", "updated"]
)
def test_the_stamp_of_a_remote_file_is_what_its_store_tells(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each store has a name of its own for it; a file of as many bytes that was written anew has another stamp."""
    import fsspec

    told: dict[str, Any] = {}
    memory = type(fsspec.filesystem("memory"))
    find = memory.find

    def found(self: Any, path: str, **more: Any) -> Any:
        return {file: {**info, **told} for file, info in find(self, path, **more).items()}

    monkeypatch.setattr(memory, "find", found)
    files.write_bytes("memory://stamps/a.jsonl", b"four")
    stamps = []
    for value in ("first", "second"):
        told[name] = value
        stamps += files.find("memory://stamps").files
    assert stamps == [("memory:///stamps/a.jsonl", 4, f"4-{value}") for value in ("first", "second")]
    told = dict.fromkeys(("created", name), None)
    assert [stamp for *_, stamp in files.find("memory://stamps").files] == ["4-"]
    told.clear()  # this store tells when a file was made
    stamps = [files.find("memory://stamps").files[0][2]]
    files.write_bytes("memory://stamps/a.jsonl", b"five")
    assert files.find("memory://stamps").files[0][2] not in ("4-", *stamps)
