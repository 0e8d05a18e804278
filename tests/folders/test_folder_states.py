"""Output folders as a state machine: other people's files, edits, kills at every call, a second writer."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from toys import TOY, Killed, as_a_reader_checks, contents, failing, listed, write

from pipelines.folders import FolderError, replacing
from pipelines.locks import FolderBusyError

NAMES = ("a.txt", "b.txt", "en/x.txt", "en/y.txt", "fr/x.txt")
FOREIGN = (*NAMES, "notes.txt", ".git/HEAD", "en/notes.txt", "de/x.txt", "README.md")
VERSIONS = st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=3), max_size=len(NAMES))


class Folders(RuleBasedStateMachine):
    """`ours` is the version that is in place, `edited` those of its files that somebody changed, `theirs` the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(os, "fsync", lambda descriptor: None)  # nothing here outlives a power cut
        self.top = Path(tempfile.mkdtemp())
        self.out = self.top / "out"
        self.ours: dict[str, bytes] | None = None
        self.edited: dict[str, bytes] = {}
        self.theirs: dict[str, bytes] = {}
        self.maybe: list[dict[str, bytes]] = []  # what a reader may find: after a kill, the old or the new

    def teardown(self) -> None:
        """Leave nothing."""
        self.patch.undo()
        shutil.rmtree(self.top)

    @initialize(there=st.booleans())
    def begin(self, there: bool) -> None:
        """A folder that is there, or not."""
        if there:
            self.out.mkdir()

    def in_the_way(self, version: dict[str, bytes]) -> bool:
        """Whether a file of somebody else's stands where one of the version must go, or as a folder of its path."""
        return any(name in self.theirs for name in version)

    @rule(version=VERSIONS, replace=st.booleans())
    def written(self, version: dict[str, bytes], replace: bool) -> None:
        """Done as a whole, or refused as a whole."""
        before = contents(self.out) if self.out.exists() else {}
        if self.in_the_way(version) or (self.edited and not replace):
            # What an interrupted job left is completed all the same.
            with pytest.raises(FolderError):
                write(self.out, version, replace=replace)
            assert self.maybe or (contents(self.out) if self.out.exists() else {}) == before
            self.settle()
            return
        write(self.out, version, replace=replace)
        self.ours, self.edited, self.maybe = version, {}, []
        assert as_a_reader_checks(self.out) == version
        left = contents(self.out)
        del left["manifest.json"]
        assert left == {**version, **self.theirs}
        assert not [p for p in self.out.iterdir() if p.name.startswith(".vietnamvn")]

    def settle(self) -> None:
        """After a start that did not write: one of the versions that a kill left open is in place, whole."""
        if self.maybe:
            found = as_a_reader_checks(self.out) if self.out.exists() else None
            assert found in self.maybe or (found is None and None in self.maybe)
            self.ours, self.maybe = found, []

    @precondition(lambda self: not self.edited)
    @rule(version=VERSIONS, at=st.integers(0, 90))
    def killed(self, version: dict[str, bytes], at: int) -> None:
        """A process that ends at any of its calls leaves only the old or the new for a reader to find whole."""
        if self.in_the_way(version):
            return
        self.maybe = self.maybe or [self.ours]
        try:
            with failing(at, Killed, for_good=True):
                write(self.out, version)
        except Killed:
            self.maybe.append(version)
        else:
            self.ours, self.maybe = version, []

    @precondition(lambda self: not self.edited)
    @rule(version=VERSIONS, at=st.integers(0, 90))
    def full_disk(self, version: dict[str, bytes], at: int) -> None:
        """One call that fails: one line, and the next start is as after a kill."""
        if self.in_the_way(version):
            return
        self.maybe = self.maybe or [self.ours]
        said = ""
        try:
            with failing(at, lambda: OSError(28, "No space left on device"), for_good=False):
                write(self.out, version)
        except FolderError as error:
            said = str(error)
            self.maybe.append(version)
        else:
            self.ours, self.maybe = version, []
        assert not said or "No space left" in said

    @precondition(lambda self: not self.maybe)
    @rule(name=st.sampled_from(FOREIGN), data=st.binary(max_size=3))
    def somebody_writes(self, name: str, data: bytes) -> None:
        """A file of somebody else's, also at a name that we might use."""
        path = self.out / name
        if (self.ours is not None and name in self.ours) or (path.exists() and name not in self.theirs):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.theirs[name] = data

    @precondition(lambda self: self.ours and not self.maybe)
    @rule(data=st.data())
    def somebody_edits(self, data: st.DataObject) -> None:
        """A file of ours, changed by hand."""
        assert self.ours
        name = data.draw(st.sampled_from(sorted(self.ours)))
        self.edited[name] = b"edited by hand"
        (self.out / name).write_bytes(self.edited[name])

    @rule()
    def somebody_removes(self) -> None:
        """A file of somebody else's goes."""
        if self.theirs:
            name = sorted(self.theirs)[0]
            del self.theirs[name]
            (self.out / name).unlink()

    @precondition(lambda self: not self.maybe and not self.edited)
    @rule(version=VERSIONS)
    def second_writer(self, version: dict[str, bytes]) -> None:
        """While one is at work another is refused at once, and nothing changes."""
        self.out.mkdir(exist_ok=True)
        before = contents(self.out)
        with suppress(RuntimeError), replacing(self.out, TOY):
            with pytest.raises(FolderBusyError):
                write(self.out, version)
            raise RuntimeError
        assert (contents(self.out) if self.out.exists() else {}) == before

    @invariant()
    def what_is_theirs_stays(self) -> None:
        """Every file of somebody else's, and every edited one, has its bytes."""
        for name, data in {**self.theirs, **self.edited}.items():
            assert (self.out / name).read_bytes() == data

    @invariant()
    def a_reader_finds_one_version(self) -> None:
        """What a reader checks and finds whole is the old or the new version; a manifest never speaks of a mixture."""
        found = as_a_reader_checks(self.out)
        if self.edited:
            return
        if listed(self.out) is not None:
            assert found is not None
        if self.maybe:
            assert found is None or found in self.maybe
        else:
            assert found == self.ours


TestFolders = Folders.TestCase
TestFolders.settings = settings(
    max_examples=60, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.soak
def test_folders_for_long() -> None:
    """The same with many more examples."""
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Folders,
        settings=settings(
            max_examples=3000, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
