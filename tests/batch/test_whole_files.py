"""A file that is there whole or not at all, where something else stands in its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.batch import files


@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, linked: bool) -> None:
    """A pipe stands for /dev/full, which root would have renamed a file over; nothing is written beside it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    out = tmp_path / "link" if linked else pipe
    if linked:
        out.symlink_to(pipe)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(files.StorageError, match="is a device, a pipe or a socket"), files.whole(str(out)) as temporary:
        temporary.write_text("x", encoding="utf-8")
    assert pipe.is_fifo()
    assert out.is_symlink() == linked
    assert sorted(tmp_path.iterdir()) == before
