"""Options that read names from a file read them from standard input for ``-``, as inputs do."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.storage import open_store
from scraper.cli import main

NAMES = "\ufefffr/a\r\n\nhttps://www.vietnam.vn/ja/b\nfr/absent\n"
EXPORT = ("export", "jsonl", "--out", "out", "--ids")
REMOVE = ("store", "remove", "--dry-run", "--no-archive", "--from")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual store of a folder, with four texts."""
    monkeypatch.chdir(tmp_path)
    with open_store("vietnamvn.db") as made:
        for slug in ("a", "b"):
            for language in ("fr", "ja"):
                made.add(make_article(slug, language), seen_at="2025-10-24T01:00:00Z")


@pytest.mark.parametrize(
    ("call", "out", "err"),
    [
        (EXPORT, "fra_Latn\t1\njpn_Jpan\t1\n", "1 of 3 are not in the store"),
        (REMOVE, "fr/a\nja/b\n", "fr/absent"),
    ],
)
def test_a_pipe_is_a_file(
    call: tuple[str, ...], out: str, err: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same names, the same result."""
    Path("names").write_bytes(NAMES.encode())
    for name in ("names", "-"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NAMES.encode())))
        assert main([*call, name]) == 0
        printed = capsys.readouterr()
        assert printed.out == out
        assert err in printed.err


@pytest.mark.parametrize("call", [EXPORT, REMOVE])
@pytest.mark.parametrize(("given", "code"), [(None, 3), (b"caf\xe9\n", 2), (b"\n", 2)])
def test_what_holds_no_names_is_one_line(
    call: tuple[str, ...],
    given: bytes | None,
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closed, no text, or nothing in it: nothing is done."""
    monkeypatch.setattr("sys.stdin", None if given is None else io.TextIOWrapper(io.BytesIO(given)))
    assert main([*call, "-"]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert not Path("out").exists()
