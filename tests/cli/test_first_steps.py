"""What somebody meets first: a word mistyped, help with examples, the Tab key, and a folder with names like ours."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.cli import COMMANDS, command_parser, main
from scraper.cli.examples import EXAMPLES
from scraper.cli.started import started_as

ROOT = Path(__file__).parents[2]
CALLS = [call for calls in EXAMPLES.values() for call in calls]


# ---- a word mistyped


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["exprot", "x"], "no command 'exprot' (did you mean 'export'?)"),
        (["SCRAPE"], "no command 'SCRAPE' (did you mean 'scrape'?)"),
        (
            ["export", "parquet", "--out", "x", "--lnag", "fr"],
            "unrecognized arguments: --lnag fr (did you mean '--lang'?)",
        ),
        (["export", "parquet", "--otu", "x"], "is required; --otu is not an option (did you mean '--out'?)"),
        (["align", "--langs", "en,fr", "--output", "x"], "are required: --out; --output is not an option"),
        (["export", "parqet", "--out", "x"], "(did you mean 'parquet'?)"),
        (["store", "shwo", "x"], "(did you mean 'show'?)"),
        (["store", "show", "x", "--revisoins"], "(did you mean '--revisions'?)"),
        (["store", "stats", "--jsn=1"], "(did you mean '--json'?)"),
        (["scrape", "-format", "json", "-"], "(did you mean '--format'?)"),
        (["--versoin"], "(did you mean '--version'?)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_near_one_is_named(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On the line of argparse's own message; exit code 2, nothing on standard output."""
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert told in err, err


@pytest.mark.parametrize(
    "words",
    [["zzzzz"], ["runs", "--xyz"], ["store", "stats", "words"], ["runs", "--last", "x"], ["verify"]],
    ids=" ".join,
)
def test_nothing_is_guessed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Where no word is near, or no word is wrong."""
    assert main(words) == 2
    assert "did you mean" not in capsys.readouterr().err


def test_a_beginning_of_an_option_is_the_option() -> None:
    """As argparse has it."""
    assert command_parser("store").parse_args(["show", "x", "--rev"]).revisions


# ---- help


def actions(name: str) -> Iterator[str]:
    """The names of a command's actions, each behind the command's; the command alone where it has none."""
    return (f"{name} {action}".strip() for action in command_parser(name).leaves())


def test_each_command_has_two_examples() -> None:
    """A command with actions has one for each of them at least; no example is of what is not there."""
    known = [call for name in COMMANDS for call in actions(name)]
    assert [name for name in known if not EXAMPLES.get(name)] == []
    assert [name for name in COMMANDS if sum(len(EXAMPLES[call]) for call in actions(name)) < 2] == []
    assert sorted(EXAMPLES) == sorted(known)


@pytest.mark.parametrize("call", CALLS)
def test_an_example_is_understood(call: str) -> None:
    """By the command that shows it."""
    name, *words = shlex.split(call)
    command_parser(name).parse_args(words)
    assert any(call in calls and call.startswith(key) for key, calls in EXAMPLES.items())


@pytest.mark.parametrize("name", [call for name in COMMANDS for call in (name, *actions(name))])
def test_help_ends_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As they are, on lines of their own."""
    with pytest.raises(SystemExit):
        main([*name.split(), "--help"])
    shown = [line.strip() for line in capsys.readouterr().out.partition("\nexamples:\n")[2].splitlines()]
    calls = [calls[:1] if key != name else calls for key, calls in EXAMPLES.items() if f"{key} ".startswith(f"{name} ")]
    assert sorted(shown) == sorted(f"vietnamvn {call}" for part in calls for call in part)
    assert shown


def test_the_first_step_is_as_it_was_typed(tmp_path: Path) -> None:
    """The path of the script where no shell finds the name; the name where one does; `python -m` where it was that."""
    script = tmp_path / "a place" / "vietnamvn"
    script.parent.mkdir()
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom vietnamvn import main\nsys.exit(main())\n", encoding="utf-8"
    )
    script.chmod(0o755)

    def told(*command: str, path: str = "") -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path + os.environ["PATH"]}
        done = subprocess.run(
            [*command, "runs", "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.partition("\nexamples:\n")[2].splitlines()[0].strip()

    assert told("a place/vietnamvn") == "'a place/vietnamvn' runs"
    assert told("vietnamvn", path=f"{script.parent}{os.pathsep}") == "vietnamvn runs"
    assert told(sys.executable, "-m", "vietnamvn") == f"{sys.executable} -m vietnamvn runs"
    assert started_as() == "vietnamvn"  # from Python


# ---- the Tab key


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script of bash."""
    path = tmp_path_factory.mktemp("completion") / "bash"
    path.write_text(printed("bash"), encoding="utf-8")
    return path


def printed(shell: str, **environment: str) -> str:
    """What `--print-completion` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "vietnamvn", "--print-completion", shell],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("ex", {"export"}, {"crawl"}),
        ("", set(COMMANDS), {"show", "--lang"}),
        ("store s", {"show", "stats", "search"}, {"add", "crawl"}),
        ("store show --re", {"--revisions"}, {"--seen-at"}),
        ("export --", {"--out", "--lang", "--quiet"}, {"--seen-at"}),
        ("export par", {"parquet"}, {"jsonl"}),
        ("clean x --format ", {"jsonl", "parquet"}, {"xlsx"}),
        ("scrape pa", {"page.html"}, {"row.txt"}),
        ("report --out r", {"row.txt"}, {"page.html"}),
        ("reextract --archive ", {"folder"}, {"page.html"}),
    ],
)
def test_bash_completes(line: str, there: set[str], absent: set[str], script: Path, tmp_path: Path) -> None:
    """What a real bash offers for the last word of a line."""
    (tmp_path / "folder").mkdir()
    for name in ("page.html", "row.txt"):
        (tmp_path / name).touch()
    words = ["vietnamvn", *line.split(" ")]
    program = (
        f"source {shlex.quote(str(script))}; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; "
        "complete -p vietnamvn >/dev/null && _shtab_vietnamvn; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300
    )
    offered = set(done.stdout.split())
    assert there - offered == set(), done
    assert absent & offered == set()


def test_zsh_reads_its_script(tmp_path: Path) -> None:
    """It is defined, and without an error of syntax."""
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    (tmp_path / "_vietnamvn").write_text(printed("zsh"), encoding="utf-8")
    program = (
        "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[vietnamvn]; autoload +X _vietnamvn"
    )
    done = subprocess.run(["zsh", "-f", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("_vietnamvn", "", 0)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_script_has_nothing_of_the_environment(shell: str) -> None:
    """It is kept in a file: the store of the day, and its user, are not for it."""
    assert printed(shell) == printed(shell, VIETNAMVN_STORE="postgresql://somebody:s3cret@host.example/db")


def test_a_shell_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Is wrong usage."""
    assert main(["--print-completion", "bsh"]) == 2
    assert "(did you mean 'bash'?)" in capsys.readouterr().err


# ---- a folder that has names like ours


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A data project: a package `pipelines` and a module `scraper` of its own, and a page."""
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "__init__.py").write_text("MINE = True\n", encoding="utf-8")
    (tmp_path / "pipelines" / "models.py").write_text("raise SystemExit('the wrong package')\n", encoding="utf-8")
    (tmp_path / "scraper.py").write_text("raise SystemExit('the wrong module')\n", encoding="utf-8")
    text = "Un titre\n" + "Un paragraphe assez long pour être un texte. " * 20
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    (tmp_path / "vietnamvn-script").write_text(
        "import sys\nfrom vietnamvn import main\nif __name__ == '__main__':\n    sys.exit(main())\n", encoding="utf-8"
    )
    return tmp_path


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python in the folder, which comes first in its path."""
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("way", [["-m", "vietnamvn"], ["vietnamvn-script"]], ids=["module", "script"])
def test_the_command_works_there(way: list[str], project: Path) -> None:
    """Also what starts other processes: it and they find their own packages."""
    for words in (
        ["scrape", "page.txt", "--format", "jsonl"],
        ["store", "add", "page.txt"],
        ["clean", "page.txt", "--out", "out", "--workers", "2"],
    ):
        done = ran(project, *way, *words)
        assert (done.returncode, "wrong" in done.stdout + done.stderr) == (0, False), done


def test_a_crawl_works_there(project: Path) -> None:
    """With the process that extracts."""
    done = ran(project, "-m", "vietnamvn", "demo", "--out", "demo")
    assert done.returncode == 0, done
    assert "wrong" not in done.stdout + done.stderr
    assert "process for the extraction" not in done.stdout + done.stderr
    assert f"  {sys.executable} -m vietnamvn store stats" in done.stdout


def test_python_works_there(project: Path) -> None:
    """`import vietnamvn` finds what is its own; a program that has imported the other one is told so in one line."""
    extract = "import vietnamvn; print(vietnamvn.extract(vietnamvn.TextPage(text=open('page.txt').read())).text[:6])"
    assert ran(project, "-c", extract).stdout == "Un tit\n"
    both = ran(project, "-c", f"import pipelines; assert pipelines.MINE; {extract}")
    assert both.returncode == 1
    assert re.fullmatch(
        r"ImportError: vietnamvn needs its own package 'pipelines', and .* \(.*pipelines.__init__\.py\); run .*",
        both.stderr.splitlines()[-1],
    )


# ---- a system that is not Linux or macOS


def test_without_locks_of_files(project: Path) -> None:
    """What Windows lacks: pages are extracted all the same, and what locks files says that it cannot."""
    lacking = (
        "import signal, sys\n"
        "for name in ('fcntl', 'grp', 'pwd', 'resource', 'termios'): sys.modules[name] = None\n"
        "del signal.SIGPIPE, signal.SIGKILL, signal.SIGHUP\n"
        "sys.argv[0] = 'vietnamvn'\n"
        "from vietnamvn import main\nsys.exit(main())"
    )
    assert "Un paragraphe" in ran(project, "-c", lacking, "scrape", "page.txt").stdout
    refused = ran(project, "-c", lacking, "clean", "page.txt", "--out", "out")
    assert refused.returncode == 1
    assert refused.stderr == (
        "vietnamvn: this command locks files as Linux and macOS do, which Windows does not; use it in WSL\n"
    )


def test_parsers_are_what_they_are_taken_for() -> None:
    """The tests above ask the parsers that the command uses."""
    assert {type(leaf) for leaf in command_parser("store").leaves().values()} == {type(command_parser("store"))}
    assert isinstance(command_parser("runs"), argparse.ArgumentParser)
