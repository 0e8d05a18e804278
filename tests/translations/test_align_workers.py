"""A corpus made by several processes."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest
from making_articles import make_article

from pipelines.batch.engines import Lost, Task
from pipelines.batch.engines.local import LocalEngine
from pipelines.errors import UsageError, VietnamvnError
from pipelines.export import cutting
from pipelines.storage import open_store
from pipelines.translations import making, ready, tasks
from pipelines.translations.corpus_job import AlignSummary, align
from pipelines.translations.filters import NAMES
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
    assert (alone.known, alone.aligned) == (0, 0)  # of a memo, which there is none of
    assert sum(alone.files.values()) > 20
    assert seen[-1] == (110, 110)
    assert seen == sorted(set(seen))  # each step once, the last one too


def test_processes_give_the_same_bytes(address: str, tmp_path: Path) -> None:
    """By the command too."""
    _made(address, tmp_path / "alone")
    for workers in ("1", "2"):
        out = tmp_path / workers
        command = ["align", "--store", address, "--langs", "all", "--out", str(out), "--workers", workers]
        assert main(command) == 0
        assert _files(out) == _files(tmp_path / "alone")


@pytest.fixture(scope="module")
def odd_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of articles of which every filter takes something out, each in another task than the one before."""
    url = f"sqlite:///{tmp_path_factory.mktemp('odd') / 'articles.db'}"
    with open_store(url) as store:
        for number in range(24):
            for code in ("en", "fr", "th"):
                body = [_paragraph(number % 20, part, code) for part in range(8)]
                changes: dict[str, Any] = {"alternates": {}, "source_url": None}
                if number == 3 and code == "fr":
                    body[2:4] = [" ".join(body[2:4])]  # a bead that is not 1-1
                elif number == 4:
                    changes["untranslated"] = (1,)
                elif number == 5:
                    body[2] = "Ông Tèo 5500 Vàng"  # the same in all languages
                elif number == 6:
                    body[2] = f"Tèo{code} 6600"
                elif number == 7:
                    body[2] = " ".join(_paragraph(7, part, code) for part in (20, 21, 22))
                    body[2] += " Và bờ sông đông người đi chợ từ sáng sớm." * (7 if code == "fr" else 0)
                elif number == 8 and code == "fr":
                    body[2] = body[2].replace("802", "803")
                elif number == 9 and code == "fr":
                    changes["language_agrees"] = False
                elif number == 10 and code == "fr":
                    del body[4:]
                elif number == 11 and code == "fr":
                    body[2] = body[2].partition(" Và")[0]
                elif number >= 22:
                    body = [text.replace("Và", "VÀ") for text in body]  # near copies; 20 and 21 are exact ones
                changes |= {"paragraphs": tuple(body), "kinds": ("paragraph",) * len(body)}
                store.add(make_article(f"bai-{number:03}", code, **changes), seen_at="2025-11-01T00:00:00+00:00")
    return url


def test_filters_give_the_same_reasons_to_any_number_of_processes(odd_address: str, tmp_path: Path) -> None:
    """Copies too, which are told by what other processes have made before; and every filter has its units."""
    for unit in ("paragraph", "sentence"):
        made = {}
        for workers in range(4):
            engine = LocalEngine(workers=workers) if workers else None
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(tasks, "_TEXTS", 7)
                made[workers] = _made(odd_address, tmp_path / f"{unit}{workers}", unit=unit, engine=engine)
            assert made[workers] == made[0]
            assert _files(tmp_path / f"{unit}{workers}") == _files(tmp_path / f"{unit}0")
        reasons = {name for counts in made[0].pairs.values() for name in counts.removed}
        assert reasons >= ({*NAMES} - {"unsure"} if unit == "paragraph" else {"unsure"})
        copies = Counter[str]()
        for counts in made[0].pairs.values():
            copies.update(counts.removed)
        assert copies["exact_duplicate"] > 10
        assert copies["near_duplicate"] > 10


@pytest.mark.parametrize(
    ("form", "unit"),
    [(form, "paragraph") for form in ("jsonl", "jsonl.zst", "tmx", "tsv", "moses", "parquet")]
    + [("parquet", "document")],
)
def test_tasks_of_any_size_give_the_same_files(
    form: str, unit: str, odd_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However rows come together, files and groups of rows end where they did, and copies are left out."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    monkeypatch.setattr(cutting, "BYTES_PER_FILE", 20_000)
    monkeypatch.setattr(ready, "ROWS_PER_GROUP", 11)
    monkeypatch.setattr(ready, "BYTES_PER_GROUP", 30_000)
    found = []
    for texts in (1, 10, 1_000):
        monkeypatch.setattr(tasks, "_TEXTS", texts)
        summary = _made(odd_address, tmp_path / str(texts), form=form, unit=unit)
        found.append(_files(tmp_path / str(texts)))
        assert sum(summary.files.values()) == (3 if form == "moses" else 1) * sum(
            counts.written for counts in summary.pairs.values()
        )
        assert len(summary.files) > (5 if form != "moses" else 0)
    assert found[0] == found[1] == found[2]


def test_nothing_of_a_group_is_made_here(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alignments, filters and rows are the work of the processes: else two of them were hardly faster than one."""
    _made(address, tmp_path / "alone")

    def never(*given: object, **named: object) -> None:
        raise AssertionError("made here")

    for module, name in ((making, "align"), (making, "units"), (making, "unit_reason"), (making, "prepare")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, never)
            with pytest.raises(AssertionError, match="made here"):
                _made(address, tmp_path / "here")
    for name in ("align", "units", "unit_reason", "article_reason", "digests_of", "prepare", "origin_of"):
        monkeypatch.setattr(making, name, never)
    _made(address, tmp_path / "apart", engine=LocalEngine(workers=1))
    assert _files(tmp_path / "apart") == _files(tmp_path / "alone")


def test_a_worker_that_is_killed_changes_nothing(
    odd_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was at is made again by another one, and each row is there once."""
    monkeypatch.setattr(tasks, "_TEXTS", 7)
    _made(odd_address, tmp_path / "alone")
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        workers = multiprocessing.active_children()
        if workers and len(killed) < 2:
            workers[0].kill()
            killed.append(done)

    _made(odd_address, tmp_path / "apart", engine=LocalEngine(workers=2), progress=kill)
    assert len(killed) == 2
    assert _files(tmp_path / "apart") == _files(tmp_path / "alone")


def test_half_of_a_character_is_replaced_in_every_format(tmp_path: Path) -> None:
    """A page may have one; no file can hold it, and the rows beside it stay as they are."""
    url = f"sqlite:///{tmp_path / 'articles.db'}"
    with open_store(url) as store:
        for code in ("en", "fr"):
            body = tuple(_paragraph(1, part, code) + (" x\ud800y" if part == 1 else "") for part in range(5))
            article = make_article("bai", code, paragraphs=body, kinds=(), alternates={}, source_url=None)
            store.add(article, seen_at="2025-11-01T00:00:00+00:00")
    for form in ("jsonl", "tmx", "tsv", "moses", *(["parquet"] if find_spec("pyarrow") else [])):
        summary = _made(url, tmp_path / form, form=form)
        assert {*summary.files.values()} == {5}
        data = b"".join(_files(tmp_path / form / "data").values())
        assert data.count(b"x?y") == 2 or form == "parquet"
        assert b"\xef\xbf\xbd" not in data


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
