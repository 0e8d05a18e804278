"""Whom a dataset's card names for questions and removals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.manifests import MANIFEST
from pipelines.storage import open_store
from pipelines.verification import verify
from scraper.cli import main

ADDRESS = "corpus_team@example.org"
SEEN = "2025-11-01T00:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with an article."""
    with open_store(tmp_path / "s.db") as opened:
        opened.add(make_article(), seen_at=SEEN)
    return str(tmp_path / "s.db")


def export(store: str, out: Path, *words: str) -> int:
    """Run the command."""
    return main(["export", "jsonl", "--out", str(out), "--store", store, "--quiet", *words])


def test_the_card_names_it(store: str, tmp_path: Path) -> None:
    """In the card, for machines and in the manifest; without it the card says that somebody should."""
    for name, words in (("named", ["--contact", ADDRESS]), ("nobody", [])):
        assert export(store, tmp_path / name, *words) == 0
        card = (tmp_path / name / "README.md").read_text(encoding="utf-8")
        told = json.loads((tmp_path / name / MANIFEST).read_bytes())
        plan = json.loads((tmp_path / name / "croissant.json").read_bytes())["rai:dataReleaseMaintenancePlan"]
        assert ("write to corpus\\_team@example.org and name" in card) == bool(words)
        assert ("Questions: corpus\\_team@example.org." in card) == bool(words)
        assert (f"write to {ADDRESS}" in plan) == bool(words)
        assert told["contact"] == (ADDRESS if words else None)
        assert ("should say so here, with an address for questions." in card) == (not words)
        assert "vietnamvn apply-removals removals.jsonl FOLDER" in card
        assert verify(tmp_path / name).findings == ()


def test_an_update_keeps_it(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is as when the export was made; another one is refused, as all choices are."""
    out = tmp_path / "out"
    assert export(store, out, "--contact", ADDRESS) == 0
    with open_store(store) as opened:
        opened.add(make_article("another"), seen_at=SEEN)
    assert main(["export", "jsonl", "--update", str(out), "--store", store, "--quiet"]) == 0
    assert json.loads((out / MANIFEST).read_bytes())["contact"] == ADDRESS
    fresh = tmp_path / "fresh"
    assert export(store, fresh, "--contact", ADDRESS) == 0
    names = ("README.md", "croissant.json", MANIFEST)
    assert [(out / name).read_bytes() for name in names] == [(fresh / name).read_bytes() for name in names]
    capsys.readouterr()
    assert main(["export", "jsonl", "--update", str(out), "--store", store, "--contact", "x@y.org"]) == 2
    assert "--contact" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["", " ", "a\nb", "\x1b[2J", "x" * 201])
def test_what_is_no_address(address: str, store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 2, nothing is written."""
    assert export(store, tmp_path / "out", "--contact", address) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), "\x1b" in err, (tmp_path / "out").exists()) == (1, False, False)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("[x](javascript:1)", "\\[x\\](javascript:1)"),
        ("<script>", "\\<script\\>"),
        ("a|b `c`", "a\\|b \\`c\\`"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=2"),
        ("{0}", "\\{0\\}"),
    ],
)
def test_it_is_shown_as_it_is(address: str, shown: str, store: str, tmp_path: Path) -> None:
    """No markup of its own."""
    out = tmp_path / "out"
    assert export(store, out, "--contact", address) == 0
    card = (out / "README.md").read_text(encoding="utf-8")
    assert (f"write to {shown} and" in card, address in card) == (True, address == shown)
    assert json.loads((out / MANIFEST).read_bytes())["contact"] == address
