"""One table of exit codes: what commands do, what --help and docs/exit-codes.md say."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.exits import MEANINGS, Exit, worst
from pipelines.storage import open_store
from scraper import cli
from scraper.cli import COMMANDS, exit_codes, main

ROOT = Path(__file__).parents[1]
DOCS = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")


def rows(columns: int) -> list[list[str]]:
    """The cells of the docs' table that has so many columns, without its head."""
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in DOCS.splitlines() if line.startswith("|")
    ]
    return [row for row in found if len(row) == columns and row[0] not in ("code", "command", "---")]


def test_the_docs_have_the_table() -> None:
    """Every code with its meaning, in the order of the code."""
    assert rows(2) == [[str(code.value), MEANINGS[code]] for code in Exit]


def test_the_docs_say_what_each_command_says() -> None:
    """A row for each code to which a command gives words of its own, and no other."""
    own = [
        [f"`{name}`", str(code.value), meaning]
        for name in COMMANDS
        for code, meaning in exit_codes(name).items()
        if meaning != MEANINGS[code]
    ]
    assert len(own) > 20
    assert rows(3) == own


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_the_codes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command's --help has the four that every command may end with, and those of its own."""
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    told = [int(code) for code in re.findall(r"^  (\d+) +\w", shown.partition("exit codes:")[2], re.M)]
    assert told == [code.value for code in exit_codes(name)]
    assert {0, 1, 2, 130} <= set(told)
    assert set(told) <= {code.value for code in Exit}


def test_the_gravest_of_several_is_taken() -> None:
    """130, 2, 1, 4, 3, 0, whatever their order; of none, done."""
    order = [Exit.INTERRUPTED, Exit.USAGE, Exit.FAILED, Exit.BLOCKED, Exit.PARTIAL, Exit.DONE]
    assert sorted(order) == sorted(Exit)
    for first, second in itertools.combinations(order, 2):
        assert worst(first, second) == worst(second, first) == first
    assert worst() == Exit.DONE


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with one article."""
    path = tmp_path / "store.db"
    with open_store(str(path)) as opened:
        opened.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
    return str(path)


MISSING = [
    ["scrape", "@/none.html"],
    ["scrape", "@/page.html", "@/none.html"],
    ["store", "add", "@/none.jsonl", "--store", "@/new.db"],
    ["store", "add", "@/empty", "--store", "@/new.db"],
    ["clean", "@/none.jsonl", "--out", "@/out"],
    ["clean", "@/none.jsonl", "--out", "@/out", "--store", "@/new.db"],
]


@pytest.mark.parametrize("arguments", MISSING, ids=lambda a: " ".join(a[:2]))
def test_a_missing_input_is_wrong_usage(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In every command: exit code 2, one line that names it, nothing on standard output and nothing made."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "page.html").write_text("<p>x", encoding="utf-8")
    assert main([text.replace("@", str(tmp_path)) for text in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "none." in err or "empty" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "page.html"]


def test_an_input_that_fails_among_others_is_partial(tmp_path: Path, store: str) -> None:
    """In `scrape`, `store add` and `clean` alike: the others are done, exit code 3."""
    (tmp_path / "good.jsonl").write_text(json.dumps(make_article("b").to_dict()) + "\n{\n", encoding="utf-8")
    (tmp_path / "row.txt").write_text(make_article("b").text, encoding="utf-8")
    (tmp_path / "empty.html").write_bytes(b"")
    good, row, empty = (str(tmp_path / name) for name in ("good.jsonl", "row.txt", "empty.html"))
    assert main(["store", "add", good, "--store", store]) == 3
    assert main(["scrape", row, empty]) == 3
    assert main(["clean", good, "--out", str(tmp_path / "out"), "--workers", "1"]) == 3


def test_what_a_store_is_asked(store: str, tmp_path: Path) -> None:
    """Finding nothing is done; an article that is not there cannot be shown; no store is a failure; a folder too."""
    assert main(["store", "search", "nothing", "--store", store]) == 0
    assert main(["store", "check", "--store", store]) == 0
    assert main(["store", "show", "nothing", "--store", store]) == 1
    assert main(["groups", "--slug", "nothing", "--store", store]) == 1
    assert main(["store", "stats", "--store", str(tmp_path / "none.db")]) == 1
    assert main(["store", "stats", "--store", str(tmp_path)]) == 1
    assert main(["store", "stats", "--store", "mysql://x/y"]) == 2


def test_an_error_of_our_own_is_one_line(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is raised: exit code 1 and one line; with VIETNAMVN_DEBUG also where it was."""

    def fail(*_: object) -> int:
        raise KeyError("no\nsuch \x1b[2J thing")

    monkeypatch.setattr("scraper.cli.store._stats", fail)
    assert main(["store", "stats", "--store", store]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("vietnamvn: internal error (KeyError: ")
    assert "please report" in line
    monkeypatch.setattr(cli.settings, "VIETNAMVN_DEBUG", True)
    assert main(["store", "stats", "--store", store]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert "\x1b" not in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_command_in_order(number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM: exit code 130 and one line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper.cli", "scrape", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    assert process.stdin is not None
    process.stdin.write(b"x" * 100_000)  # more than a pipe holds: once it is taken, the command is reading
    process.stdin.flush()
    time.sleep(0.3)
    process.send_signal(number)
    assert process.stderr.read() == b"vietnamvn: interrupted\n"
    assert process.wait(20) == 130
    process.stderr.close()
    process.stdin.close()
