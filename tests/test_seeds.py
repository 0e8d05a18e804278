"""The five real rows of the shared folder, through the command: every field is exactly the gold's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import main

GOLD = ("000_fr", "001_sv", "002_en", "003_uk", "004_de")
FIELDS = ("title", "lead", "publisher", "published", "source_url", "comment_count", "paragraphs")
LONG = 30  # a chrome line this long cannot stand inside a paragraph by chance


def gold(shared_dir: Path, name: str) -> dict[str, Any]:
    """What must come out of a seed."""
    record: dict[str, Any] = json.loads((shared_dir / "gold" / f"{name}.json").read_bytes())
    return record


def seed(shared_dir: Path, name: str) -> str:
    """The path of the seed that a gold file belongs to."""
    path = shared_dir / "seeds" / gold(shared_dir, name)["file"]
    assert path.is_file()
    return str(path)


def check(record: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Assert that a printed record is the gold's."""
    for name in FIELDS:
        assert record[name] == wanted[name], name
    assert [image["caption"] for image in record["images"] if image["caption"]] == wanted["captions"]
    alts = list(dict.fromkeys(image["alt"] for image in record["images"] if image["alt"]))
    assert alts == list(dict.fromkeys(wanted["image_alts"]))
    assert record["language"] == wanted["language"]
    assert record["text"] == "\n\n".join(wanted["paragraphs"])
    assert len(wanted["chrome"]) > 0
    lines = set(record["text"].splitlines())
    assert [c for c in wanted["chrome"] if c in lines or (len(c) >= LONG and c in record["text"])] == []


@pytest.mark.parametrize("with_url", [True, False], ids=["with --url", "without --url"])
@pytest.mark.parametrize("name", GOLD)
def test_a_seed_equals_its_gold(
    name: str, with_url: bool, shared_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every field of the printed record is the gold's, whether or not the address is known."""
    wanted = gold(shared_dir, name)
    address = ["--url", wanted["url"]] if with_url else []
    code = main(["scrape", seed(shared_dir, name), "--format", "json", *address])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    record = json.loads(out)
    check(record, wanted)
    if with_url:
        assert record["url"] == wanted["url"]
        assert record["language_agrees"] is True


def test_all_seeds_in_one_process_of_their_own(shared_dir: Path) -> None:
    """The command as a user calls it: five inputs, one record a line in their order, nothing on standard error."""
    assert len(list((shared_dir / "gold").glob("*.json"))) == len(GOLD)
    paths = [seed(shared_dir, name) for name in GOLD]
    done = subprocess.run(
        [sys.executable, "-m", "scraper.cli", "scrape", *paths, "--format", "jsonl"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    records = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(records) == len(GOLD)
    for record, name in zip(records, GOLD, strict=True):
        check(record, gold(shared_dir, name))
