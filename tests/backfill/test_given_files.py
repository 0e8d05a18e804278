"""Which files an argument of `--from` names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.listing import FolderListing
from scraper.backfill import given
from scraper.backfill.given import files_of, is_remote


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """WARC files of every form, plain and packed, and what lies beside them."""
    for name in ("a.warc", "B.WARC.GZ", "in/c.warc.zst", "in/d.warc.gz", "notes.txt", "e.warc.wet.gz", ".f.warc"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (".", ["B.WARC.GZ", "a.warc", "in/c.warc.zst", "in/d.warc.gz"]),
        ("in", ["in/c.warc.zst", "in/d.warc.gz"]),
        ("a.warc", ["a.warc"]),
        ("notes.txt", ["notes.txt"]),  # its name says nothing: whoever reads it will see
        ("**/*.warc*z*", ["in/c.warc.zst", "in/d.warc.gz"]),
        ("i*", []),  # folders that a glob meets are left
    ],
)
def test_an_argument_names_its_files(name: str, found: list[str], folder: Path) -> None:
    """A folder those with a name of WARC files, in and below it; all else what it says, in the order of names."""
    if name.startswith("**"):
        (folder / "e.warc.wet.gz").unlink()
    assert files_of(name) == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.warc", "neither a known archive nor a file"),
        ("none*.warc", "neither a known archive nor a file"),
        ("empty", "no WARC file in this folder"),
        ("*.wet.gz", r"e\.warc\.wet\.gz: extracted text"),
        ("http://[bao/", "http"),
    ],
)
def test_what_names_no_file_is_wrong_usage(name: str, said: str, folder: Path) -> None:
    """One line."""
    (folder / "empty").mkdir()
    with pytest.raises(UsageError, match=said) as caught:
        files_of(name)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_looked_into_is_not_taken_for_less(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in it would be missing from the run without a word."""
    listing = FolderListing(files=(folder / "a.warc",), unreadable=((folder / "in", "Permission denied"),))
    monkeypatch.setattr(given, "list_folder", lambda asked: listing)
    with pytest.raises(UsageError, match=r"/in: cannot be looked into \(Permission denied\)"):
        files_of(".")


@pytest.mark.parametrize("name", ["a.wet", "a.WET.gz", "a.wet.zst", "a.warc.wet", "a.warc.wet.gz", "a.warc.wet.zst"])
def test_extracted_text_has_no_pages(name: str, folder: Path) -> None:
    """However it is packed: said before anything is read."""
    (folder / name).touch()
    with pytest.raises(UsageError, match="extracted text"):
        files_of(name)


@pytest.mark.parametrize("name", ["https://bao.example/a.warc.gz", "HTTP://bao.example/a"])
def test_an_address_is_not_looked_for_among_files(name: str) -> None:
    """It is one file, which is fetched."""
    assert is_remote(name)
    assert len(files_of(name)) == 1
    assert not is_remote("ftp://bao.example/a.warc.gz")
