"""What `vietnamvn reextract` does, as a function."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from by_hand import http, record
from test_commands import answer

from pipelines import reextraction
from pipelines.archives.folder import UnreadPlace
from pipelines.errors import UsageError
from pipelines.models import HtmlPage
from pipelines.reextraction import Reextraction, reextract
from pipelines.storage import open_store


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three articles, a page that is none, an answer that is no success, and a record cut off."""
    folder = tmp_path / "archive"
    folder.mkdir()
    records = [answer(0), answer(1), answer(2), record(3, http()), record(4, http(status=b"HTTP/1.1 404 Not Found"))]
    whole = b"".join(gzip.compress(part) for part in records)
    (folder / "a.warc.gz").write_bytes(whole + gzip.compress(answer(5))[:-200])
    return folder


def test_what_became_of_every_page_is_told(archive: Path) -> None:
    """Texts, pages without one, places that cannot be read; the folder may be given as text."""
    unread: list[UnreadPlace] = []
    with open_store(archive.parent / "s.db") as store:
        made = reextract(str(archive), store, tell=unread.append)
        assert (made.new, made.changed, made.unchanged, made.unread) == (3, 0, 0, 1)
        assert sum(made.rejected.values()) == 1
        assert [place.file for place in unread] == ["a.warc.gz"]
        again = reextract(archive, store)
        assert again == Reextraction(unchanged=3, rejected=made.rejected, unread=1)
        assert len(list(store.articles())) == 3


def test_a_page_on_which_the_extractor_fails_costs_itself(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told with its place, and the others are stored."""
    ours = reextraction.extract

    def failing(page: HtmlPage) -> object:
        if page.url is not None and page.url.endswith("-1"):
            raise ZeroDivisionError("odd")
        return ours(page)

    monkeypatch.setattr(reextraction, "extract", failing)
    unread: list[UnreadPlace] = []
    with open_store(archive.parent / "s.db") as store:
        assert reextract(archive, store, tell=unread.append).new == 2
    assert "the extractor failed (ZeroDivisionError: odd)" in [place.problem for place in unread]


def test_a_folder_without_an_archive_is_refused(tmp_path: Path) -> None:
    """Before anything is read, in one line that names it."""
    with open_store(tmp_path / "s.db") as store, pytest.raises(UsageError, match=r"no \.warc\.gz in it"):
        reextract(tmp_path, store)
