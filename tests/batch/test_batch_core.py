"""Without the extras: JSON Lines and folders still work, and what does not says which extra brings it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples

Clean = Callable[..., tuple[int, dict[str, Any], str]]

OPTIONAL = (
    "pyarrow",
    "pyarrow.parquet",
    "rensa",
    "fsspec",
    "ray",
    "s3fs",
)


@pytest.fixture
def without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if none of the optional modules were installed."""
    for name in OPTIONAL:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("without_extras")
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.warc.gz", "a.txt"])
def test_lines_archives_and_texts_need_no_extra(name: str, tmp_path: Path, clean: Clean) -> None:
    """In and out, exact duplicates and all."""
    row = samples.texts()[0]
    if name.endswith(".txt"):
        (tmp_path / name).write_text(row["text"], encoding="utf-8")
    elif name.endswith(".warc.gz"):
        (tmp_path / name).write_bytes(samples.warc([("response", *samples.page(1), "text/html")] * 2))
    else:
        samples.write_lines(tmp_path / name, [row, row])
    options = ("--duplicates", "exact", "--drop-duplicates")
    code, summary, _ = clean(tmp_path / name, "--out", tmp_path / "out", *options)
    assert (code, summary["clean"]) == (0, 1)


@pytest.mark.usefixtures("without_extras")
@pytest.mark.parametrize(
    ("name", "options", "extra", "module"),
    [
        ("a.jsonl", ("--duplicates", "near"), "batch", "rensa"),
        ("a.jsonl", ("--format", "parquet", "--duplicates", "exact"), "batch", "pyarrow"),
        ("a.parquet", ("--duplicates", "exact"), "batch", "pyarrow"),
        ("a.jsonl", ("--duplicates", "exact", "--engine", "ray"), "ray", "ray"),
    ],
)
def test_a_missing_extra_is_one_line(
    name: str, options: tuple[str, ...], extra: str, module: str, tmp_path: Path, clean: Clean
) -> None:
    """It names what is missing and the extra that brings it; exit code 2."""
    (tmp_path / name).write_bytes(b"")
    code, _, err = clean(tmp_path / name, "--out", tmp_path / "out", *options)
    assert code == 2
    assert f"vietnamvn[{extra}]" in err.splitlines()[-1]
    assert module in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.usefixtures("without_extras")
def test_a_remote_address_without_its_extra(clean: Clean) -> None:
    """The same for an address of S3."""
    code, _, err = clean("s3://a/b.jsonl", "--out", "s3://a/out", "--duplicates", "exact")
    assert code == 2
    assert "vietnamvn[batch]" in err
