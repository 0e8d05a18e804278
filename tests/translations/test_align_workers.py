"""A corpus made by several processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from making_articles import make_article

from pipelines.batch.engines import Lost, Task
from pipelines.batch.engines.local import LocalEngine
from pipelines.errors import UsageError, VietnamvnError
from pipelines.storage import open_store
from pipelines.translations import tasks
from pipelines.translations.job import AlignSummary, align
from scraper.cli import main

T = TypeVar("T")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
LANGUAGES = ("en", "fr", "th", "vi")


@dataclass(frozen=True, slots=True)
class Backwards:
    """An engine that gives the results in the wrong order, and each task twice to nobody's harm."""

    lost: int | None = None

    def run(self, tasks: Iterable[Task[T]], *, ahead: int = 0) -> Iterator[tuple[int, T | Lost]]:
        """See `Engine.run`."""
        made = [(number, task, task()) for number, task in enumerate(tasks)]
        for number, task, result in reversed(made):
            yield number, Lost(detail="its worker died") if number == self.lost else task() and result


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of articles in four languages, of which some lack one, and one article twice."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'articles.db'}"
    with open_store(url) as store:
        for number in range(30):
            for code in LANGUAGES[number % 3 == 0 :]:
                text = number % 25
                paragraphs = tuple(_paragraph(text, part, code) for part in range(6))
                slug = f"bai-{number:03}"
                kinds = ("paragraph",) * len(paragraphs)
                article = make_article(slug, code, paragraphs=paragraphs, kinds=kinds, alternates={})
                store.add(article, seen_at="2025-11-01T00:00:00+00:00")
    return url


def _paragraph(number: int, part: int, code: str) -> str:
    """Two sentences of its own, whose name and number every language has."""
    letters = hashlib.sha256(f"{number} {part}".encode()).hexdigest().translate(_LETTERS)
    return (
        f"Ông {letters[:7].title()} {letters[7:15]} {code} {letters[15:20]} {100 * number + part}. Và {letters[20:30]}."
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _made(address: str, out: Path, **options: object) -> AlignSummary:
    with open_store(address) as store:
        return align(store, out, **options)  # type: ignore[arg-type]  # as they come


@pytest.mark.parametrize(
    "options",
    [{}, {"unit": "sentence", "form": "tmx"}, {"unit": "document"}, {"multiway": True}, {"languages": ("fr", "en")}],
    ids=["paragraphs", "sentences", "documents", "multiway", "one pair"],
)
def test_any_order_gives_the_same_bytes(
    options: dict[str, object], address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes first: duplicates are found and rows are written in the order of the store."""
    monkeypatch.setattr(tasks, "_TEXTS", 9)
    seen: list[tuple[int, int]] = []
    alone = _made(address, tmp_path / "alone", **options)
    apart = _made(
        address, tmp_path / "apart", engine=Backwards(), progress=lambda *counts: seen.append(counts), **options
    )
    assert _files(tmp_path / "alone") == _files(tmp_path / "apart")
    assert alone == apart
    assert alone.groups == 30
    assert sum(alone.files.values()) > 20
    assert seen[-1] == (110, 110)


def test_processes_give_the_same_bytes(address: str, tmp_path: Path) -> None:
    """By the command too."""
    _made(address, tmp_path / "alone")
    for workers in ("1", "2"):
        out = tmp_path / workers
        command = ["align", "--store", address, "--langs", "all", "--out", str(out), "--workers", workers]
        assert main(command) == 0
        assert _files(out) == _files(tmp_path / "alone")


def test_a_memo_is_filled_and_asked_by_this_process(address: str, tmp_path: Path) -> None:
    """What it knows is not aligned again, and what is new is kept."""
    for name, engine in (("alone", None), ("apart", Backwards())):
        memo = tmp_path / name
        first = _made(address, tmp_path / "a", memo=memo, engine=engine, languages=("en", "fr"))
        second = _made(address, tmp_path / "a", memo=memo, engine=engine, languages=("en", "fr", "vi"))
        # Five articles are there twice, three of them in other languages.
        assert (first.known, first.aligned) == (2, 18)
        assert (second.known, second.aligned) == (27, 43)


def test_a_part_that_is_lost_leaves_the_folder_as_it_was(address: str, tmp_path: Path) -> None:
    """A corpus that lacks some articles would be another one."""
    _made(address, tmp_path / "out")
    before = _files(tmp_path / "out")
    with pytest.raises(VietnamvnError, match="cannot be aligned: its worker died"):
        _made(address, tmp_path / "out", engine=Backwards(lost=0))
    assert _files(tmp_path / "out") == before


def test_a_similarity_of_ones_own_is_asked_here(address: str, tmp_path: Path) -> None:
    """It may hold a model, and need not be the same in another process."""
    with pytest.raises(UsageError, match="in one process"):
        _made(
            address, tmp_path / "out", engine=LocalEngine(), scorer=lambda one, other: [[0.0] * len(other)] * len(one)
        )
