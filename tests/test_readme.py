"""README is true: its Python runs, its commands exist, and those that need no live site end well."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import io
import re
import shlex
from pathlib import Path

import pytest

from scraper.cli import COMMANDS, main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = (ROOT / "tests" / "texts" / "fr-header.json").read_text(encoding="utf-8")
CALLS = [line.strip() for line in README.splitlines() if re.match(r"    (?:zcat \S+ \| )?vietnamvn ", line)]
# These ask the live site, need a crawl's archive, or serve until Ctrl-C; their arguments are checked, they are not run.
LIVE = {"archive", "backfill", "doctor", "crawl", "reextract", "clean", "read"}


def words(call: str) -> list[str]:
    """The arguments of a README line, without its comment and what is piped into it."""
    return shlex.split(call.split("  #")[0].rpartition("| ")[2])[1:]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that README names."""
    import json

    row = json.loads(ROW)["text"]
    page = next((ROOT / "tests" / "pages" / "post-detail-body").glob("it-*/page.html"))
    (tmp_path / "row.txt").write_text(row, encoding="utf-8")
    (tmp_path / "page.html").write_bytes(page.read_bytes())
    (tmp_path / "removals.jsonl").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        url = "https://www.vietnam.vn/fr/bai-viet"
        assert main(["scrape", "row.txt", "--url", url, "--format", "jsonl"]) == 0
    (tmp_path / "records.jsonl").write_text(out.getvalue(), encoding="utf-8")
    return tmp_path


def test_readme_names_enough_to_judge_by() -> None:
    """The two commands stand there word for word, and there are calls of nearly every command."""
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/vietnamvn demo" in README
    assert "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest -n auto" in README
    assert len(CALLS) >= 12


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_understood(call: str) -> None:
    """Command and options exist."""
    name, *rest = words(call)
    module = importlib.import_module(f"scraper.cli.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(exit_on_error=False)
    module.add_arguments(parser)
    parser.parse_args(rest)


def test_every_command_is_named() -> None:
    """Each command stands in README or in the page of docs that README links."""
    docs = README + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert len(COMMANDS) >= 8
    assert [name for name in COMMANDS if f"vietnamvn {name}" not in docs] == []


def test_the_calls_run_in_their_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the first to the last, in one folder: each ends well."""
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    ran = 0
    for call in CALLS:
        arguments = words(call)
        if arguments[0] in LIVE or "-" in arguments:
            continue
        if arguments[0] == "report" and importlib.util.find_spec("matplotlib") is None:
            continue  # the extra view, whose tests are in tests/report
        assert main(arguments) == 0, (call, capsys.readouterr().err)
        ran += 1
    assert ran >= 8
    assert (folder / "vietnamvn.db").is_file()


def test_the_python_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three lines to an article, five from a store to a dataset."""
    first, second = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len([line for line in first.splitlines() if line.strip()]) == 3
    exec(compile(first, "README.md", "exec"), {})
    assert "Thuy Xuan" in capsys.readouterr().out
    assert main(["store", "add", "records.jsonl"]) == 0
    exec(compile(second, "README.md", "exec"), {})
    assert "bai-viet" in capsys.readouterr().out
    assert (folder / "french" / "manifest.json").is_file()
