"""What an output folder may and may not do to what lies in it: one behaviour each."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from processes import fork, kill_after, wait
from toys import OTHER, TOY, Killed, as_a_reader_checks, contents, failing, fill, write

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.folders import FolderError, replacing, require_apart
from pipelines.locks import LOCK, FolderBusyError, Holder, held
from pipelines.manifests import MARK, files_of
from scraper.processes import is_dead, this_holder


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here outlives a power cut, and a disk may take its time."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


OLD = {"a.txt": b"old", "en/x.txt": b"old x"}
NEW = {"a.txt": b"new", "fr/x.txt": b"new x"}


def test_every_call_may_be_the_last(tmp_path: Path) -> None:
    """A kill at each call in turn: the reader finds the old, the new or nothing whole; the next start has the new."""
    at, seen, dead = 0, set(), True
    while dead:
        out = tmp_path / str(at)
        write(out, OLD)
        (out / "en" / "theirs.txt").write_bytes(b"theirs")
        try:
            with failing(at, Killed, for_good=True):
                write(out, NEW)
        except Killed:
            at += 1
        else:
            dead = False
        found = as_a_reader_checks(out)
        assert found in (None, OLD, NEW)
        seen.add(None if found is None else found["a.txt"])
        write(out, NEW)
        assert as_a_reader_checks(out) == NEW
        assert set(contents(out)) == {*NEW, "manifest.json", "en/theirs.txt"}
    assert at > 30
    assert seen == {None, b"old", b"new"}


def test_every_call_may_fail_once(tmp_path: Path) -> None:
    """A full disk at each call in turn: one line, exit code 1, and the next start has the new."""
    errors: list[FolderError] = []
    for at in range(60):
        out = tmp_path / str(at)
        write(out, OLD)
        try:
            with failing(at, lambda: OSError(28, "No space left on device"), for_good=False):
                write(out, NEW)
        except FolderError as error:
            errors.append(error)
        assert as_a_reader_checks(out) in (None, OLD, NEW)
        write(out, NEW)
        assert set(contents(out)) == {*NEW, "manifest.json"}
    assert len(errors) > 20
    assert all("No space left" in str(error) and error.exit_code == Exit.FAILED for error in errors)


def test_kill_9_at_any_moment(tmp_path: Path) -> None:
    """Real processes that are killed: a manifest speaks of what is there, or there is none; then all is whole."""
    out = tmp_path / "out"
    versions = [{f"{d}/{n}.txt": bytes([v]) * 20 for d in "ab" for n in range(20 + v)} for v in range(3)]

    def work() -> None:
        while True:
            for version in versions:
                write(out, version)

    for number in range(12):
        assert kill_after(fork(work), 0.02 * (number + 1))
        assert (out / "manifest.json").exists() is False or as_a_reader_checks(out) in versions
    write(out, OLD)
    assert set(contents(out)) == {*OLD, "manifest.json"}


@pytest.mark.parametrize(
    "manifest",
    [
        b"{}",
        b"[]",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"files": []}',
        json.dumps({MARK: TOY.mark}).encode(),
        json.dumps({MARK: TOY.mark, "files": [{"path": "a.txt"}]}).encode(),
        json.dumps({MARK: "vietnamvn toy 2", "files": []}).encode(),
        json.dumps({MARK: OTHER.mark, "files": []}).encode(),
        json.dumps({"files": [], "toys": 1, "more": 1}).encode(),
    ],
    ids=range(11),
)
def test_a_manifest_of_something_else_is_in_the_way(manifest: bytes, tmp_path: Path) -> None:
    """It is named, and nothing is touched."""
    (tmp_path / "manifest.json").write_bytes(manifest)
    (tmp_path / "a.txt").write_bytes(b"thesis")
    with pytest.raises(FolderError, match=r"manifest.json: is of no earlier toy"):
        write(tmp_path, NEW)
    assert contents(tmp_path) == {"manifest.json": manifest, "a.txt": b"thesis"}


@pytest.mark.parametrize(
    "path",
    ["../a.txt", "/etc/passwd", "en/../../a.txt", ".git/config", "en/.hidden", "manifest.json", "", "a\x00", "a//b", 7],
)
def test_a_manifest_that_leads_out_is_none(path: object, tmp_path: Path) -> None:
    """No path of a manifest, which anybody may have written, has a file outside or a hidden one replaced or removed."""
    out = tmp_path / "out"
    (out / ".git").mkdir(parents=True)
    (out / ".git" / "config").write_bytes(b"")
    (tmp_path / "a.txt").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    told = {MARK: TOY.mark, "files": [{"path": path, "bytes": 0, "sha256": empty}]}
    assert files_of(json.dumps(told).encode(), TOY) is None
    (out / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(FolderError):
        write(out, NEW)
    assert (out / ".git" / "config").exists()
    assert (tmp_path / "a.txt").exists()


def test_a_manifest_without_mark_is_known_by_its_keys(tmp_path: Path) -> None:
    """As 0.1.0 wrote them: exactly these keys."""
    write(tmp_path, OLD)
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    del told[MARK]
    (tmp_path / "manifest.json").write_text(json.dumps({**told, "toys": 0}), encoding="utf-8")
    write(tmp_path, NEW)
    assert as_a_reader_checks(tmp_path) == NEW


def test_an_edited_file_goes_only_with_replace(tmp_path: Path) -> None:
    """It is named, also where the new output has no such file; a missing one is no matter."""
    write(tmp_path, OLD)
    (tmp_path / "a.txt").unlink()
    (tmp_path / "en" / "x.txt").write_bytes(b"by hand")
    with pytest.raises(FolderError, match=r"en/x.txt: not as the earlier toy wrote it.*--replace"):
        write(tmp_path, NEW)
    assert (tmp_path / "en" / "x.txt").read_bytes() == b"by hand"
    write(tmp_path, NEW, replace=True)
    assert set(contents(tmp_path)) == {*NEW, "manifest.json"}


def test_an_edit_during_the_work_is_seen(tmp_path: Path) -> None:
    """A card that is edited while the job runs is not lost."""
    write(tmp_path, OLD)

    def edited() -> None:
        with replacing(tmp_path, TOY) as folder:
            fill(folder, NEW)
            (tmp_path / "a.txt").write_bytes(b"by hand")

    with pytest.raises(FolderError, match=r"a\.txt"):
        edited()
    assert contents(tmp_path)["a.txt"] == b"by hand"
    assert set(contents(tmp_path)) == {*OLD, "manifest.json"}


def test_a_file_of_somebody_else_s_is_not_taken_over(tmp_path: Path) -> None:
    """Even where it has the very bytes that would be written: the next output would remove it."""
    (tmp_path / "a.txt").write_bytes(NEW["a.txt"])
    with pytest.raises(FolderError, match=r"a\.txt: in the way of a new file"):
        write(tmp_path, NEW, replace=True)
    assert contents(tmp_path) == {"a.txt": NEW["a.txt"]}


@pytest.mark.parametrize("kind", ["folder", "link", "dangling", "pipe", "loop"])
def test_what_is_no_file_is_in_the_way(kind: str, tmp_path: Path) -> None:
    """A folder, a link, a pipe where a new file must go: named, and not followed, opened or replaced."""
    out, target = tmp_path / "out", tmp_path / "target"
    out.mkdir()
    target.write_bytes(b"theirs")
    path = out / "a.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"link": target, "dangling": tmp_path / "none", "loop": path}[kind])
    for replace in (False, True):
        with pytest.raises(FolderError, match=r"a\.txt"):
            write(out, NEW, replace=replace)
    assert target.read_bytes() == b"theirs"
    assert os.path.lexists(path)
    assert [p.name for p in out.iterdir()] == ["a.txt"]


def test_a_link_where_a_folder_must_go_is_not_followed(tmp_path: Path) -> None:
    """Else files would be written outside."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "fr").symlink_to(elsewhere)
    with pytest.raises(FolderError, match="/fr: in the way"):
        write(out, NEW)
    assert list(elsewhere.iterdir()) == []


def test_files_of_ours_may_have_become_links(tmp_path: Path) -> None:
    """A file kept elsewhere and linked to (by a cache, or hard): the name is replaced, the other one stays."""
    write(tmp_path / "out", OLD)
    kept = tmp_path / "kept.txt"
    (tmp_path / "out" / "a.txt").replace(kept)
    (tmp_path / "out" / "a.txt").symlink_to(kept)
    os.link(tmp_path / "out" / "en" / "x.txt", tmp_path / "hard.txt")
    write(tmp_path / "out", NEW)
    assert (kept.read_bytes(), (tmp_path / "hard.txt").read_bytes()) == (b"old", b"old x")
    assert as_a_reader_checks(tmp_path / "out") == NEW
    assert not (tmp_path / "out" / "a.txt").is_symlink()


def test_the_folder_itself_may_be_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays one; a trailing slash and `.` are the same folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(Path(f"{tmp_path}/link/"), OLD)
    assert (tmp_path / "link").is_symlink()
    monkeypatch.chdir(tmp_path / "real")
    write(Path(), NEW)
    assert as_a_reader_checks(tmp_path / "real") == NEW


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Nor is what lies below one."""
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(FolderError, match="is a file"):
        write(tmp_path / "file", NEW)
    with pytest.raises(FolderError, match="Not a directory"):
        write(tmp_path / "file" / "below", NEW)
    assert (tmp_path / "file").read_bytes() == b"x"


def test_a_failure_leaves_no_folder_behind(tmp_path: Path) -> None:
    """Where there was none; and none of those above it that were made."""
    with pytest.raises(RuntimeError), replacing(tmp_path / "one" / "two", TOY):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_removed_during_the_work(tmp_path: Path) -> None:
    """One line, not a traceback."""

    def removed() -> None:
        with replacing(tmp_path / "out", TOY) as folder:
            shutil.rmtree(tmp_path / "out")
            fill(folder, NEW)

    with pytest.raises(FolderError, match="was removed while"):
        removed()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    """One line."""
    tmp_path.chmod(0o500)
    with pytest.raises(FolderError, match="Permission denied"):
        write(tmp_path, NEW)


def test_a_conflict_that_came_after_a_kill(tmp_path: Path) -> None:
    """What somebody wrote between a kill and the next start is not overwritten when the journal is completed."""
    at = 0
    while not list(tmp_path.glob(".vietnamvn-*/journal.json")):
        write(tmp_path, OLD)
        with failing(at, Killed, for_good=True), pytest.raises(Killed):
            write(tmp_path, NEW)
        at += 1
    (tmp_path / "fr").mkdir(exist_ok=True)
    theirs = tmp_path / "fr" / "x.txt"
    theirs.write_bytes(b"theirs")
    with pytest.raises(FolderError, match=r"fr/x.txt"):
        write(tmp_path, NEW)
    assert theirs.read_bytes() == b"theirs"
    theirs.unlink()
    write(tmp_path, NEW)
    assert as_a_reader_checks(tmp_path) == NEW


def test_the_lock_names_its_holder(tmp_path: Path) -> None:
    """A second one ends at once, with exit code 3 and the first one's process."""
    mine = Holder(name=this_holder(), is_dead=is_dead)
    second = held(tmp_path, mine)
    with held(tmp_path, mine), pytest.raises(FolderBusyError, match=f"process {os.getpid()} on .* at work") as caught:
        second.__enter__()
    assert caught.value.exit_code == Exit.PARTIAL
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "gone:1:2\n\n", "process 1\n{kernel}\n"], ids=["empty", "dead", "unlocked"])
def test_a_stale_lock_is_taken_over(content: str, tmp_path: Path) -> None:
    """Of a process that is known to be dead, or that does not hold the system's lock on this running system."""
    with held(tmp_path):
        kernel = (tmp_path / LOCK).read_text(encoding="utf-8").splitlines()[1]
    if not kernel:
        pytest.skip("this system has no name for its run")
    (tmp_path / LOCK).write_text(content.format(kernel=kernel), encoding="utf-8")
    write_ours = Holder(name="me", is_dead=lambda name: name.startswith("gone:"))
    write(tmp_path, NEW, holder=write_ours)
    assert set(contents(tmp_path)) == {*NEW, "manifest.json"}
    assert not (tmp_path / LOCK).exists()


def test_a_lock_that_goes_while_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its holder was done between our opening it and our locking it: a lock on a removed file would hold nothing."""
    real = fcntl.flock

    def flock(descriptor: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", real)
        (tmp_path / LOCK).unlink()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with held(tmp_path) as is_held:
        assert is_held()
        assert (tmp_path / LOCK).exists()
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_the_name_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems over a network have none."""

    def flock(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    mine = Holder(name=this_holder(), is_dead=is_dead)
    second = held(tmp_path, mine)
    with held(tmp_path, mine), pytest.raises(FolderBusyError, match="at work"):
        second.__enter__()
    host = mine.name.partition(":")[0]
    (tmp_path / LOCK).write_text(f"{host}:{2**22 + 1}:1\n\n", encoding="utf-8")
    write(tmp_path, NEW, holder=mine)
    assert as_a_reader_checks(tmp_path) == NEW


def test_a_lock_of_another_machine_is_left(tmp_path: Path) -> None:
    """Whether its process lives cannot be known from here: the line says what to remove."""
    (tmp_path / LOCK).write_text("far.example:17:99\nanother kernel\n", encoding="utf-8")
    with pytest.raises(FolderBusyError, match=r"process 17 on far.example .*remove .vietnamvn.lock"):
        write(tmp_path, NEW, holder=Holder(name=this_holder(), is_dead=is_dead))
    assert [p.name for p in tmp_path.iterdir()] == [LOCK]


def test_many_writers_at_once(tmp_path: Path) -> None:
    """Of processes that start together some are refused, and every output that is there is whole."""
    out = tmp_path / "out"
    versions = [{f"{n}.txt": bytes([v]) * 100 for n in range(10)} for v in range(6)]

    def work(version: dict[str, bytes]) -> None:
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            try:
                write(out, version, holder=Holder(name=this_holder(), is_dead=is_dead))
            except FolderBusyError:
                continue

    children = [fork(lambda version=version: work(version)) for version in versions]  # type: ignore[misc]
    assert [wait(child) for child in children] == [0] * len(children)
    assert as_a_reader_checks(out) in versions
    assert set(contents(out)) == {*versions[0], "manifest.json"}


def test_a_stopped_writer_still_holds(tmp_path: Path) -> None:
    """A process that does not get on (stopped, or waiting for a disk) is not dead."""
    ready = tmp_path / "ready"

    def work() -> None:
        with replacing(tmp_path / "out", TOY, holder=Holder(name=this_holder(), is_dead=is_dead)):
            ready.touch()
            time.sleep(60)

    child = fork(work)
    while not ready.exists():
        time.sleep(0.01)
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(FolderBusyError, match=f"process {child} on"):
        write(tmp_path / "out", NEW, holder=Holder(name=this_holder(), is_dead=is_dead))
    os.kill(child, signal.SIGKILL)
    wait(child)
    write(tmp_path / "out", NEW, holder=Holder(name=this_holder(), is_dead=is_dead))
    assert as_a_reader_checks(tmp_path / "out") == NEW


@pytest.mark.parametrize(
    ("out", "how"),
    [
        ("store.db", "is"),
        ("store.db/below", "lies in"),
        (".", "holds"),
        ("data/..", "holds"),
        ("link", "is"),
        ("data", "is"),
        ("data/out", "lies in"),
        ("datalink/out", "lies in"),
        ("fresh", None),
        ("dat", None),
        ("store.db-out", None),
        ("s3://bucket/store.db", None),
    ],
)
def test_the_output_is_apart(out: str, how: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal to, above, or inside what a command reads is refused, by whatever name; a like name is not."""
    monkeypatch.chdir(tmp_path)
    Path("store.db").touch()
    Path("data").mkdir()
    Path("link").symlink_to("store.db")
    Path("datalink").symlink_to("data")
    taken = {"the store": "store.db", "the input": "data", "nothing": None, "far": "s3://bucket"}
    if how is None:
        require_apart(out, taken)
    else:
        with pytest.raises(UsageError, match=f"--out {out}: {how} the"):
            require_apart(out, taken)


def test_git_sees_no_more_than_the_output(tmp_path: Path) -> None:
    """A clone of a dataset's repository takes the output beside its `.git`, and nothing else is left in it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    write(tmp_path, OLD)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "old"], check=True)
    write(tmp_path, NEW)
    told = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True, text=True).stdout
    assert sorted(line.split()[-1] for line in told.splitlines()) == ["a.txt", "en/x.txt", "fr/", "manifest.json"]


@pytest.mark.parametrize("path", ["../theirs.txt", "/../theirs.txt", "b.txt", "link/a.txt", ".git/config"])
def test_a_journal_that_others_made_leads_nowhere(tmp_path: Path, path: str) -> None:
    """A cloned folder may bring a journal along: nothing is moved out of the folder by it, nor into it."""
    out, away = tmp_path / "out", tmp_path / "away"
    fill(away, {"a.txt": b"mine", "b.txt": b"mine"})
    staged = out / f".vietnamvn-{'0' * 32}"
    fill(staged / "new", {"x/y.txt": b"theirs"})
    (staged / "theirs.txt").write_bytes(b"theirs")
    (staged / "new" / "link").symlink_to(away)
    sha256 = hashlib.sha256(b"mine" if path in ("b.txt", "link/a.txt") else b"theirs").hexdigest()
    place = {path: [sha256, None], "manifest.json": [sha256, None]}
    new = "link" if path == "b.txt" else f"{staged.name}/new"
    (out / "link").symlink_to(away)
    (staged / "journal.json").write_text(json.dumps({"new": new, "place": place, "remove": {}}))
    before = contents(tmp_path)
    with pytest.raises(FolderError, match="names places outside"):
        write(out, NEW)
    assert contents(tmp_path) == before
