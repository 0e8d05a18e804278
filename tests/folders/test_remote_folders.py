"""Output folders behind fsspec, in memory: replaced as a whole, also where the job dies at any of its calls."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import fsspec
import pytest
from toys import OTHER, TOY, Killed, fill

from pipelines.batch import files
from pipelines.batch.files import StorageError
from pipelines.folders import FolderError
from pipelines.locks import FolderBusyError, Holder
from pipelines.manifests import MANIFEST, Kind
from pipelines.remote_folders import RemoteFolder, claimed_at, replacing_at

OLD = {"README.md": b"old card", "en/a.txt": b"old a", "en/b.txt": b"the same", "en/gone.txt": b"leaves"}
NEW = {"README.md": b"new card", "en/a.txt": b"new and longer", "en/b.txt": b"the same", "fr/c.txt": b"comes"}
CHANGING = ("put", "create", "move", "remove", "remove_folder", "write_bytes")


def process(name: str, *dead: str) -> Holder:
    """A process of this machine, which knows which others have died."""
    return Holder(name=f"here:{name}", is_dead=lambda other: other in {f"here:{one}" for one in dead})


@pytest.fixture
def out() -> Iterator[str]:
    """An address where nothing is."""
    name = uuid.uuid4().hex
    yield f"memory://{name}/out"
    with suppress(FileNotFoundError):
        fsspec.filesystem("memory").rm(f"/{name}", recursive=True)


def write(
    out: str,
    content: Mapping[str, bytes],
    kind: Kind = TOY,
    *,
    replace: bool = False,
    holder: Holder | None = None,
) -> None:
    """One whole output."""
    with replacing_at(out, kind, replace=replace, holder=holder) as folder:
        fill(folder, content, kind)


def everything(out: str) -> dict[str, bytes]:
    """All files at an address, hidden ones too."""
    return {name: files.read_bytes(f"{out}/{name}") or b"" for name in files.paths_below(out)}


def seen(out: str) -> dict[str, bytes]:
    """What a reader sees: nothing hidden, and not the manifest."""
    return {name: data for name, data in everything(out).items() if not name.startswith(".") and name != MANIFEST}


def as_a_reader_checks(out: str) -> dict[str, bytes] | None:
    """The files that the manifest lists, if there is one and each is as it says."""
    raw, found = files.read_bytes(f"{out}/{MANIFEST}"), seen(out)
    if raw is None:
        return None
    listed = {file["path"]: file["sha256"] for file in json.loads(raw)["files"]}
    assert {name: hashlib.sha256(found[name]).hexdigest() for name in listed} == listed
    return {name: found[name] for name in listed}


@contextmanager
def dying(at: int, error: Callable[[], BaseException], *, for_good: bool = True) -> Iterator[list[str]]:
    """Let the call number `at` (from 0) that changes what is at an address fail, and with `for_good` all after it too.

    Gives the names of the calls so far.
    """
    calls: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            calls.append(name)
            number = len(calls) - 1
            if number == at or (for_good and number > at):
                raise error()
            return real(*arguments)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CHANGING:
            patch.setattr(files, name, counted(name, getattr(files, name)))
        yield calls


def calls_of_a_job(out: str) -> list[str]:
    """The calls of a job that takes the place of another; nothing is left of it."""
    write(out, OLD)
    with dying(-1, Killed, for_good=False) as calls:
        write(out, NEW)
    fsspec.filesystem("memory").rm(out.removeprefix("memory:/"), recursive=True)
    return calls


def test_a_new_output_takes_the_place_of_the_old_one(out: str) -> None:
    """Nothing is left of the old one, nor of the work; what is nobody's stays."""
    write(out, OLD)
    files.write_bytes(f"{out}/notes.txt", b"theirs")
    write(out, NEW)
    assert seen(out) == {**NEW, "notes.txt": b"theirs"}
    assert as_a_reader_checks(out) == NEW
    assert set(everything(out)) == {*NEW, "notes.txt", MANIFEST}


def test_a_kill_at_any_call(out: str) -> None:
    """A manifest that is there speaks of files that are there; the next start completes, or the old output stands."""
    calls = calls_of_a_job(out)
    assert {"put", "create", "move", "remove"} <= {*calls}
    outcomes = set()
    for at in range(len(calls)):
        write(out, OLD, replace=True)
        with dying(at, Killed), pytest.raises(Killed):
            write(out, NEW, holder=process("first"))
        found = as_a_reader_checks(out)
        assert found in (OLD, NEW, None)
        with claimed_at(out, TOY, holder=process("second", "first")):
            pass
        assert as_a_reader_checks(out) in (OLD, NEW)
        assert seen(out) == as_a_reader_checks(out)
        assert set(everything(out)) == {*seen(out), MANIFEST}
        outcomes.add((found is None, as_a_reader_checks(out) == NEW))
        fsspec.filesystem("memory").rm(out.removeprefix("memory:/"), recursive=True)
    assert outcomes == {(False, False), (False, True), (True, True)}


def test_a_fault_at_any_call(out: str) -> None:
    """One call fails, say by the network: one clear line, and the old output or, from the journal on, the new one."""
    calls = calls_of_a_job(out)
    for at in range(len(calls)):
        write(out, OLD, replace=True)
        with dying(at, lambda: StorageError("no network"), for_good=False), suppress(StorageError):
            write(out, NEW, holder=process("first"))
        found = as_a_reader_checks(out)
        assert found in (OLD, NEW, None)
        write(out, NEW, holder=process("second", "first"))
        assert as_a_reader_checks(out) == seen(out) == NEW
        fsspec.filesystem("memory").rm(out.removeprefix("memory:/"), recursive=True)


def test_what_is_there_is_asked_for(out: str) -> None:
    """A manifest of something else, a file in the way, a card edited to the same length, a data file cut off."""
    write(out, OLD, OTHER)
    with pytest.raises(FolderError, match=r"manifest.json: is of no earlier toy"):
        write(out, NEW)
    write(out.replace("out", "two"), {"a.txt": b"a"})
    files.write_bytes(f"{out.replace('out', 'two')}/b.txt", b"theirs")
    with pytest.raises(FolderError, match=r"b.txt: in the way"):
        write(out.replace("out", "two"), {"b.txt": b"b"})
    three = out.replace("out", "three")
    write(three, OLD)
    for name, data in (("README.md", b"OLD CARD"), ("en/a.txt", b"old")):
        files.write_bytes(f"{three}/{name}", data)
        before = everything(three)
        with pytest.raises(FolderError, match=rf"{name}: not as the earlier toy wrote it.*--replace"):
            write(three, NEW)
        assert everything(three) == before
        write(three, OLD, replace=True)
        assert seen(three) == OLD


def test_of_two_at_once_the_second_ends(out: str) -> None:
    """Each works in its own place; who comes second to the moving finds another manifest, and changes nothing."""
    write(out, OLD)

    def slow() -> None:
        with replacing_at(out, TOY, holder=process("slow")) as folder:
            fill(folder, OLD)
            write(out, NEW, holder=process("quick"))

    with pytest.raises(FolderBusyError, match="was written by another job meanwhile"):
        slow()
    assert seen(out) == as_a_reader_checks(out) == NEW
    assert set(everything(out)) == {*NEW, MANIFEST}


def test_who_is_moving_is_waited_for(out: str) -> None:
    """A journal of a living process of this machine is left to it, one of another machine is completed."""
    write(out, OLD)
    with dying(calls_of_a_job(out.replace("out", "x")).index("move") + 1, Killed), pytest.raises(Killed):
        write(out, NEW, holder=process("first"))
    with pytest.raises(FolderBusyError, match="here:first is putting its files there"):
        write(out, OLD, holder=process("second"))
    with claimed_at(out, TOY, holder=Holder(name="there:1")):
        assert as_a_reader_checks(out) == NEW


def test_the_work_of_the_dead_alone_is_removed(out: str) -> None:
    """Of jobs that died before their move; what a living job makes stays, and what does not say whose it is."""
    staged = {owner: f"{out}/.vietnamvn-{letter * 32}" for owner, letter in (("dead", "a"), ("living", "b"), ("", "c"))}
    for owner, folder in staged.items():
        files.write_bytes(f"{folder}/new/a.txt", b"made so far")
        if owner:
            files.write_bytes(f"{folder}/holder", f"here:{owner}".encode())
    others = {"notes/holder": b"here:dead", f".vietnamvn-{'d' * 31}/holder": b"here:dead"}
    for name, data in others.items():
        files.write_bytes(f"{out}/{name}", data)
    with claimed_at(out, TOY, holder=process("second", "dead")):
        pass
    left = set(everything(out)) - {*others}
    assert left == {f"{staged[owner]}/{name}".removeprefix(f"{out}/") for owner, name in (
        ("living", "new/a.txt"), ("living", "holder"), ("", "new/a.txt"),
    )}  # fmt: skip
    assert others.items() <= everything(out).items()


def test_a_journal_leads_nowhere_else(out: str) -> None:
    """It may have come with a folder that others made."""
    for told in ({"new": "..", "place": {}}, {"new": f".vietnamvn-{'0' * 32}/new", "place": {"../x": [1]}}, []):
        journal = {"holder": "x", "manifest": "", "remove": {}, **told} if isinstance(told, dict) else told
        files.write_bytes(f"{out}/.vietnamvn-journal.json", json.dumps(journal).encode())
        with pytest.raises(FolderError, match=r"journal.json: cannot be read"):
            write(out, NEW)
    assert set(everything(out)) == {".vietnamvn-journal.json"}


def test_what_stays_the_same_is_not_sent_again(out: str) -> None:
    """`keep_same` of an update: one file is as it was, two come, and the bytes are those of a new output."""
    write(out, OLD)
    with claimed_at(out, TOY) as folder, folder.renewing() as new:
        assert isinstance(folder, RemoteFolder)
        fill(new, NEW)
        assert folder.keep_same(new) == 1
        assert not (new / "en/b.txt").exists()
    assert seen(out) == as_a_reader_checks(out) == NEW


def test_a_disk_behind_fsspec(tmp_path: Path) -> None:
    """`file://` has folders that stay: none of ours is left."""
    out = f"file://{tmp_path}/deep/out"
    write(out, OLD)
    write(out, NEW)
    found = {p.relative_to(tmp_path / "deep/out").as_posix(): p for p in (tmp_path / "deep/out").rglob("*")}
    assert {name: p.read_bytes() for name, p in found.items() if p.is_file() and name != MANIFEST} == NEW
    assert not [name for name in found if name.startswith(".")]


def test_a_journal_is_not_written_over_by_an_old_listing(out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers answer from listings that they keep: these are forgotten before it is asked who was first."""
    memory = fsspec.filesystem("memory")
    files.write_bytes(f"{out}/journal", b"the first")
    kept = [True]
    exists = type(memory).exists
    monkeypatch.setattr(type(memory), "invalidate_cache", lambda *_: kept.clear())
    monkeypatch.setattr(type(memory), "exists", lambda self, path, **more: not kept and exists(self, path, **more))
    monkeypatch.setattr(type(memory), "pipe_file", _without_modes(type(memory).pipe_file))
    assert not files.create(f"{out}/journal", b"the second")
    assert files.read_bytes(f"{out}/journal") == b"the first"


def _without_modes(pipe_file: Callable[..., None]) -> Callable[..., None]:
    return lambda self, path, value: pipe_file(self, path, value)


@pytest.mark.parametrize(
    ("place", "remove"), [([], {}), ({"a/b": "x"}, {}), ({"a/b": []}, {}), ({}, []), ({}, {"a": "1"})]
)
def test_a_journal_of_another_form_is_told(out: str, place: Any, remove: Any) -> None:
    """In one line that names the file."""
    told = {"new": ".work/new", "place": place, "remove": remove, "manifest": "", "holder": "there:1"}
    files.write_bytes(f"{out}/.vietnamvn-journal.json", json.dumps(told).encode())
    with pytest.raises(FolderError, match=r"journal\.json: cannot be read .*; remove this file"):
        write(out, NEW)


def test_a_scheme_alone_is_no_place() -> None:
    """Without its slashes it would be a folder of this machine."""
    with pytest.raises(StorageError, match="memory://: names no place"):
        write("memory://", NEW)
