"""What options and arguments may be by mistake: nothing, a pipe, a device, a name too long, a closed stream."""

from __future__ import annotations

import argparse
import io
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.storage import open_store
from scraper.cli import COMMANDS, main
from scraper.cli.parser import Parser

ROOT = Path(__file__).parents[1]
# What else each command has to be given.
REQUIRED = {
    "align": ["--langs", "all", "--out", "out"],
    "clean": ["x.jsonl", "--out", "out"],
    "export": ["jsonl", "--out", "out"],
    "fingerprints": ["--out", "out"],
    "reextract": ["--archive", "archive"],
    "scrape": ["x.html"],
    "store add": ["x.jsonl"],
    "store show": ["x"],
    "store search": ["x"],
}


def parsers(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """A command's parser, or those of its actions."""
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not actions:
        yield name, parser
    for action in actions:
        for word, inner in action.choices.items():
            yield from parsers(inner, f"{name} {word}")


def options() -> Iterator[tuple[str, str]]:
    """Every option of every command that takes a value, and each place of an argument ("0")."""
    for name in COMMANDS:
        parser = Parser(prog=name)
        import_module(f"scraper.cli.{name.replace('-', '_')}").add_arguments(parser)
        for command, inner in parsers(parser, name):
            for action in inner._actions:
                if action.nargs == 0:
                    continue
                yield command, action.option_strings[-1] if action.option_strings else "0"


OPTIONS = list(options())


def test_there_are_options_to_try() -> None:
    """The list is made from the parsers: it must not come out empty."""
    assert len(OPTIONS) > 55
    assert {command.split()[0] for command, _ in OPTIONS} == set(COMMANDS)


@pytest.mark.parametrize("value", ["", " \t", "--"], ids=["empty", "blank", "dashes"])
@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_no_value_may_be_empty(
    command: str,
    option: str,
    value: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An unset variable of a shell is wrong usage, said in one line that names the option, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    required = REQUIRED.get(command, [])
    if value == "--" and option == "0":
        pytest.skip("the mark before arguments")
    given = [value, *required[1:]] if option == "0" else [*required, f"{option}={value}"]
    assert main([*command.split(), *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "argument " in err
    assert option in err or option == "0"
    assert list(tmp_path.iterdir()) == []


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    there = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may have a hundred letters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(there)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (_pipe, "a pipe, no file"),
    "device": (_device, "a device, no file"),
    "socket": (_socket, "a socket, no file"),
}


class HangsError(BaseException):
    """No `Exception`, which a command would tell as its own."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder of a test that fails, and does not wait, where a command hangs."""

    def fail(*_: object) -> None:
        raise HangsError

    monkeypatch.chdir(tmp_path)
    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(20)
    yield tmp_path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def lines_of(told: str) -> list[str]:
    """The lines on standard error that are messages, not progress."""
    return [line for line in told.splitlines() if line.startswith("vietnamvn: ")]


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("x.html", ["scrape", "x.html"]),
        ("x.html", ["store", "add", "x.html"]),
        ("x.json", ["store", "add", "x.json"]),
        ("x.jsonl", ["store", "add", "x.jsonl"]),
        ("x.jsonl", ["clean", "x.jsonl", "--out", "out"]),
        ("x.warc.gz", ["clean", "x.warc.gz", "--out", "out"]),
        ("x.parquet", ["clean", "x.parquet", "--out", "out"]),
        ("x.warc.gz", ["reextract", "--archive", "."]),
    ],
)
def test_what_is_no_file_is_not_waited_for(
    name: str, command: list[str], kind: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe, a device or a socket where a file should be: told, exit code 3, in every command that reads files."""
    make, words = ODD[kind]
    make(folder / name)
    assert main(command) == 3
    assert [words in line for line in lines_of(capsys.readouterr().err)] == [True]


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_file_is_no_earlier_export(kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`export --since-export` and the lock, journal and manifest of an output folder wait for nothing either."""
    make, _ = ODD[kind]
    with open_store("vietnamvn.db") as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
    for place in ("since/manifest.json", f"out/.vietnamvn-{'0' * 32}/journal.json", "taken/manifest.json"):
        (folder / place).parent.mkdir(parents=True)
        make(folder / place)
    export = ["export", "jsonl", "--store", "vietnamvn.db"]
    for arguments in (["--out", "new", "--since-export", "since"], ["--out", "out"], ["--out", "taken"]):
        assert main([*export, *arguments]) == 1
        assert len(lines_of(capsys.readouterr().err)) == 1


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_what_is_no_file_is_no_store(kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SQLite would wait for a pipe in a place that no signal reaches: `--store` and `--memo` refuse it before."""
    make, words = ODD[kind]
    make(folder / "odd.db")
    (folder / "x.jsonl").write_text("{}", encoding="utf-8")
    with open_store("good.db") as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
    for command in (
        ["store", "add", "x.jsonl", "--store", "odd.db"],
        ["store", "stats", "--store", "odd.db"],
        ["store", "search", "x", "--store", "odd.db"],
        ["clean", "x.jsonl", "--out", "out", "--store", "odd.db"],
        ["align", "--langs", "all", "--out", "out", "--store", "good.db", "--memo", "odd.db"],
    ):
        signal.alarm(20)
        assert main(command) == 1, command
        assert [words in line for line in lines_of(capsys.readouterr().err)] == [True], command


@pytest.mark.parametrize("content", [b"", b"\n \n", b"[]"])
def test_nothing_to_add_makes_no_store(
    content: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`: | vietnamvn store add -` is done, says so, and leaves nothing behind; nor does an empty file."""
    (folder / "x.json").write_bytes(content)
    for name in ("-", "x.json")[content == b"[]" :]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert main(["store", "add", name]) == 0
        (line,) = capsys.readouterr().err.splitlines()
        assert "nothing to add" in line
    assert [path.name for path in folder.iterdir()] == ["x.json"]
    with open_store("vietnamvn.db") as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
    assert main(["store", "add", "x.json"]) == 0
    with open_store("vietnamvn.db", read_only=True) as store:
        assert len(list(store.articles())) == 1


@pytest.mark.parametrize("given", [".", "..", ".x:y", ":", "no-such:y", "os:nothing", "os:sep"])
def test_a_scorer_that_is_none(given: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever Python raises for the name of a module is wrong usage."""
    assert main(["align", "--langs", "all", "--out", "out", "--scorer", given]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_a_name_commands_no_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder that `export` wrote is told like every other name."""
    with open_store("x.db") as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
    assert main(["export", "jsonl", "--store", "x.db", "--out", "\x1b[2J"]) == 0
    assert "\x1b" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "command", [["clean", "x.jsonl", "--out", "out"], ["export", "jsonl", "--out", "out"], ["store", "add", "x.jsonl"]]
)
def test_a_current_folder_that_was_removed(
    command: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Relative names lead nowhere: one line, no error of the program's own."""
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    assert main(command) in (1, 2)
    (line,) = capsys.readouterr().err.splitlines()
    assert "internal error" not in line


def test_a_pipe_that_is_open_is_read(tmp_path: Path) -> None:
    """What a shell's `<(…)` and /dev/stdin give is a pipe with a number for a name, and somebody writes to it."""
    page = f"<html><h1>Hạ thủy</h1><div class=post-detail-body><p>{make_article('a').text}</p></div></html>"
    (tmp_path / "x.html").write_text(page, encoding="utf-8")
    script = (
        f"{sys.executable} -m scraper.cli scrape <(cat x.html) && {sys.executable} -m scraper.cli scrape /dev/stdin"
    )
    told = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=page,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.count(make_article("a").paragraphs[0]) == 2


@pytest.mark.parametrize("command", [["scrape", "-"], ["store", "add", "-"], ["scrape", "-", "x.txt"]])
def test_standard_input_that_is_closed(command: list[str], tmp_path: Path) -> None:
    """It is no error of the program's own: one line, exit code 3, and no empty store."""
    (tmp_path / "x.txt").write_text(make_article("a").text, encoding="utf-8")
    told = subprocess.run(
        ["bash", "-c", f"{shlex.join([sys.executable, '-m', 'scraper.cli', *command])} <&-"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 3
    (line,) = told.stderr.splitlines()
    assert "standard input is closed" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.txt"]
    assert (make_article("a").paragraphs[0] in told.stdout) == ("x.txt" in command)


@pytest.mark.parametrize(
    "command",
    [
        ["clean", "@.jsonl", "--out", "out"],
        ["scrape", "@.html"],
        ["store", "add", "@.jsonl"],
        ["reextract", "--archive", "@"],
        ["export", "jsonl", "--out", "out", "--since-export", "@"],
    ],
)
@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "loop", "x.db/under"], ids=["long", "deep", "loop", "file"])
def test_a_name_that_nothing_can_have_is_not_there(
    command: list[str],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Too long a name, a link to itself, a file taken for a folder: a missing input, in every command."""
    monkeypatch.chdir(tmp_path)
    for ending in ("", ".jsonl", ".html"):
        (tmp_path / f"loop{ending}").symlink_to(f"loop{ending}")
    with open_store("x.db") as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
    add = ["--store", "x.db"] if command[0] == "export" else []
    assert main([*(word.replace("@", name) for word in command), *add]) == 2
    assert len(lines_of(capsys.readouterr().err)) == 1
    assert not (tmp_path / "out").exists()
