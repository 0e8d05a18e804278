"""How commands open a store: what they prepare in it, and what they say where they may not."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from making_articles import make_article
from store_states import unindexed

from pipelines.storage import Selection, StoreError, StoreUnavailableError, open_store
from pipelines.store_address import StoreAddress, read_store_address
from scraper.cli import stores
from scraper.cli.stores import PassedOver, prepared, store_address

SEEN = "2025-11-01T00:00:00Z"


@pytest.fixture
def address(tmp_path: Path) -> StoreAddress:
    """That of a store of three texts, neither indexed nor measured."""
    found = read_store_address(f"sqlite:///{tmp_path}/store.db")
    with open_store(found) as store:
        for slug in ("a", "b", "c"):
            store.add(make_article(slug), seen_at=SEEN)
        store.write(unindexed)
    return found


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be written."""

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("attempt to write a readonly database")

    monkeypatch.setattr(stores, "writing", refuse)


def test_a_fault_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged row is read again and again; the rows are counted."""
    passed_over = PassedOver()
    for fault in ("row 1", "row 2", "row 1"):
        passed_over(fault)
    assert passed_over.rows == 2
    assert capsys.readouterr().err.splitlines() == [f"vietnamvn: passed over: row {n}" for n in (1, 2)]


def test_texts_are_indexed_and_measured_before_they_are_read(
    address: StoreAddress, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each only where it is asked for; the store that is given may not be written."""
    with prepared(address, PassedOver(), search=True, measures=(), chosen=()) as store:
        assert (store.unindexed(), store.unmeasured(("words",))) == (0, 3)
        assert store.read_only
        assert len(list(store.select(Selection(search="marché")))) == 3
    with prepared(address, PassedOver(), search=False, measures=("words",), chosen=("words",)) as store:
        assert store.unmeasured(("words",)) == 0
    assert "cannot be written" not in capsys.readouterr().err


def test_where_nothing_is_asked_for_nothing_is_written(address: StoreAddress) -> None:
    """The store is not even opened for it."""
    before = Path(address.path).read_bytes()
    with prepared(address, PassedOver(), search=False, measures=(), chosen=("words",)) as store:
        assert (store.unindexed(), store.measured_by) == (3, None)
    assert Path(address.path).read_bytes() == before


def test_what_a_crawl_stores_meanwhile_is_measured_when_it_is_needed(address: StoreAddress) -> None:
    """By a second, short opening of the same store."""
    with prepared(address, PassedOver(), search=False, measures=("words",), chosen=("words",)) as store:
        with open_store(address) as crawl:
            crawl.add(make_article("d"), seen_at=SEEN)
        assert store.unmeasured(("words",)) == 1
        assert store.measured_by is not None
        store.measured_by(("words",))
        assert store.unmeasured(("words",)) == 0


@pytest.mark.parametrize(
    ("search", "chosen", "told"),
    [
        (True, (), ["3 texts are not indexed and not searched"]),
        (False, ("words",), ["3 texts are not measured and not selected"]),
        (True, ("words",), ["3 texts are not indexed and not searched", "3 texts are not measured and not selected"]),
        (False, (), []),
    ],
)
@pytest.mark.usefixtures("shut")
def test_who_may_not_write_is_told_what_is_missing(
    search: bool, chosen: tuple[str, ...], told: list[str], address: StoreAddress, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once: of a column that is only shown nothing is said, since the command measures it itself."""
    with prepared(address, PassedOver(), search=search, measures=("words",), chosen=chosen) as store:
        assert store.measured_by is None
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("cannot be written: ")[2] for line in lines] == told


def test_who_may_not_write_and_lacks_nothing_is_told_nothing(
    address: StoreAddress, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else has prepared all."""
    with prepared(address, PassedOver(), search=True, measures=("words",), chosen=("words",)):
        pass
    capsys.readouterr()

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("attempt to write a readonly database")

    monkeypatch.setattr(stores, "writing", refuse)
    with prepared(address, PassedOver(), search=True, measures=("words",), chosen=("words",)):
        pass
    assert capsys.readouterr().err == ""


def test_a_server_that_is_away_is_no_store_that_cannot_be_written(
    address: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was waited for long enough: the command ends with that."""

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailableError("no answer")

    monkeypatch.setattr(stores, "writing", away)
    with pytest.raises(StoreUnavailableError):
        prepared(address, PassedOver(), search=True, measures=(), chosen=())


def test_progress_is_shown_to_the_end(address: StoreAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never beyond it, also where more texts came meanwhile; of no text there is none."""
    shown: list[tuple[object, ...]] = []

    class Bar:
        def __init__(self, label: str) -> None:
            self.label = label

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def show(self, done: int, total: int, *, rows: int, last: bool = False) -> None:
            shown.append((self.label, done, total, rows, last))

    monkeypatch.setattr(stores, "ProgressLine", Bar)
    stores._shown("indexing", 5, iter([2, 2, 2]))
    assert shown == [
        ("indexing", 2, 5, 2, False),
        ("indexing", 4, 5, 4, False),
        ("indexing", 5, 5, 6, False),
        ("indexing", 5, 5, 6, True),
    ]
    shown.clear()
    stores._shown("indexing", 0, iter([]))
    assert shown == []


def test_an_address_that_is_none_is_an_error_of_the_option() -> None:
    """argparse puts the option's name before it."""
    with pytest.raises(argparse.ArgumentTypeError):
        store_address("mysql://x/y")
    assert store_address("a.db").kind == "sqlite"


@pytest.mark.parametrize(("required", "told"), [(True, "vietnamvn.db"), (False, "no store")])
def test_the_option_says_which_store_is_meant(required: bool, told: str) -> None:
    """That of the settings, or none."""
    parser = argparse.ArgumentParser()
    stores.add_store_argument(parser, required=required)
    assert f"(default: {told}" in " ".join(parser.format_help().split()).replace("sqlite:///", "")
    assert (parser.parse_args([]).store is None) is not required
    assert parser.parse_args(["--store", "x.db"]).store.kind == "sqlite"
