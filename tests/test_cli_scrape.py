"""``vietnamvn scrape``: inputs, formats, exit codes, and one clear line on standard error for whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_models import NAMES

from scraper.cli import main

ROOT = Path(__file__).parents[1]
URL = "https://www.vietnam.vn/de/ben-cang-cu"
PARAGRAPHS = [
    "Am frühen Morgen kehren die Boote mit den ersten Fischen der neuen Saison in den Hafen zurück.",
    "Die Händlerinnen warten seit Mitternacht, und gegen neun Uhr ist alles längst verkauft.",
]
ROW = "\n".join([*PARAGRAPHS, "Quelle: https://baovidu.vn/ben-cang-cu.html", "", "Kommentar (0)"])
PAGE = (
    '<html lang="de"><head><meta property="og:title" content="Der alte Hafen"></head><body><h1>Der alte Hafen</h1>'
    f'<div class="post-detail-body"><p>{PARAGRAPHS[0]}</p><h2>Am Steg</h2><ul><li>Fisch * Netz</li></ul>'
    "<table><tr><th>Boot</th><th>Jahr</th></tr><tr><td>Möwe</td><td>1925</td></tr></table>"
    '<figure><img src="/a.jpg" alt="Boot"><figcaption>Das Boot</figcaption></figure>'
    f"<p>{PARAGRAPHS[1]}</p></div></body></html>"
)


@pytest.fixture
def row(tmp_path: Path) -> str:
    """A file that holds a row."""
    path = tmp_path / "row.txt"
    path.write_text(ROW, encoding="utf-8")
    return str(path)


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A file that holds a page."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return str(path)


@pytest.fixture
def rejected(tmp_path: Path) -> str:
    """A file that holds no article."""
    path = tmp_path / "empty.txt"
    path.write_text("\n \n", encoding="utf-8")
    return str(path)


def call(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """The command in a process of its own: exit code, standard output, standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "scraper.cli", "scrape", *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def one_line(err: str, *parts: str) -> None:
    """Assert that standard error is one line of ours that names what it must."""
    assert err.startswith("vietnamvn: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    for part in parts:
        assert part in err


def test_text_is_the_default(row: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The article's paragraphs, a blank line between them, and one line of language, score and agreement."""
    assert main(["scrape", row]) == 0
    text, _, said = capsys.readouterr().out.rpartition("\n\n")
    assert text == "\n\n".join(PARAGRAPHS)
    assert re.fullmatch(r"--- language: de \d\.\d\d \(\w+\), nothing declared\n", said)


def test_markdown_keeps_structure(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Title, heading, list, table and picture are Markdown; what only looks like it is escaped."""
    assert main(["scrape", page, "--url", URL, "--format", "markdown"]) == 0
    blocks = capsys.readouterr().out.rstrip("\n").split("\n\n")
    assert blocks == [
        "# Der alte Hafen",
        "![Boot](<https://www.vietnam.vn/a.jpg>)\n*Das Boot*",
        PARAGRAPHS[0],
        "## Am Steg",
        "- Fisch \\* Netz",
        "| Boot | Jahr |\n| --- | --- |\n| Möwe | 1925 |",
        PARAGRAPHS[1],
    ]


def test_json_is_the_record(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One record with exactly the fields of the issue, in its order, `kinds` beside `paragraphs`."""
    assert main(["scrape", page, "--url", URL, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    names = list(record)
    assert names.pop(names.index("paragraphs") + 1) == "kinds"
    assert names.pop(names.index("fetched_at") + 1) == "capture"
    names.remove("rights")  # which came later
    assert names == NAMES
    assert record["url"] == URL
    assert record["kinds"] == ["paragraph", "heading", "list_item", "table_row", "table_row", "paragraph"]


def test_json_of_several_inputs_is_a_list(
    row: str, page: str, rejected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One list, in the order of the inputs, rejected records included."""
    assert main(["scrape", row, rejected, page, "--format", "json"]) == 3
    out, err = capsys.readouterr()
    assert [record["outcome"] for record in json.loads(out)] == ["ok", "empty", "ok"]
    one_line(err, rejected, "empty")


def test_jsonl_is_one_record_a_line(row: str, page: str, rejected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A rejected page has a record of its own, with its reason; the others are still printed."""
    assert main(["scrape", row, rejected, page, "--format", "jsonl"]) == 3
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["outcome"] for record in records] == ["ok", "empty", "ok"]
    assert list(records[1]) == ["url", "outcome", "detail", "fetched_at"]
    assert "ä" in out
    one_line(err, rejected, "empty")


def test_several_inputs_for_people_have_their_names(row: str, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each article stands under the name of its input."""
    assert main(["scrape", row, page]) == 0
    out = capsys.readouterr().out
    assert out.index(f"==> {row} <==") < out.index(PARAGRAPHS[0]) < out.index(f"==> {page} <==")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_show_stripped_names_the_rules(form: str, row: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What was taken away is listed with the rule that took it."""
    assert main(["scrape", row, "--show-stripped", "--format", form]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == [
        "--- stripped: 2 lines",
        "[source-line] Quelle: https://baovidu.vn/ben-cang-cu.html",
        "[comment-line] Kommentar (0)",
    ]


def test_standard_input_is_text_or_html() -> None:
    """`-` reads standard input; markup is told by its first bytes."""
    code, out, err = call("-", stdin=ROW.encode())
    assert (code, err) == (0, "")
    assert out.startswith("\n\n".join(PARAGRAPHS) + "\n\n--- language: de ")
    code, out, err = call("-", "--url", URL, "--format", "json", stdin=PAGE.encode())
    assert (code, err) == (0, "")
    assert json.loads(out)["extractor"].startswith("layout:post-detail-body")


@pytest.mark.parametrize(("name", "content"), [("a.txt.gz", ROW), ("a.html.gz", PAGE), ("a.HTM.GZ", PAGE)])
def test_gzip_is_read(name: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A .gz of any of these is what it holds."""
    (tmp_path / name).write_bytes(gzip.compress(content.encode()))
    assert main(["scrape", str(tmp_path / name), "--url", URL, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["extractor"].startswith("text" if "txt" in name else "layout:")
    assert PARAGRAPHS[1] in record["paragraphs"]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(ROW.encode(), mtime=0)[:40], gzip.compress(ROW.encode(), mtime=0)[:-6] + b"\x00" * 6, b"\x1f\x8b"],
    ids=["cut", "wrong checksum", "only the mark"],
)
def test_broken_gzip_is_one_line(content: bytes, tmp_path: Path, row: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged archive is named with the cause, and the other input is still printed."""
    path = tmp_path / "bad.txt.gz"
    path.write_bytes(content)
    assert main(["scrape", str(path), row]) == 3
    out, err = capsys.readouterr()
    one_line(err, str(path), "no article (parse_failed)", "gzip")
    assert PARAGRAPHS[0] in out


def test_a_bomb_of_zeros_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A small archive of a huge file is read no further than the limit."""
    path = tmp_path / "bomb.html.gz"
    path.write_bytes(gzip.compress(b"<p>" + b"x" * 30_000_000))
    assert main(["scrape", str(path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    one_line(err, "too_large")


def test_what_is_not_there_is_wrong_usage(tmp_path: Path, row: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file, a folder and one called .gz are named with a remedy, exit 2, before anything is printed."""
    (tmp_path / "folder.gz").mkdir()
    (tmp_path / "dangling.html").symlink_to(tmp_path / "nothing")
    names = ["missing.txt", "missing.html.gz", "dangling.html", ".", "folder.gz", "a.txt/b.txt", "x" * 300]
    (tmp_path / "a.txt").write_text(ROW, encoding="utf-8")
    for path in (tmp_path / name for name in names):
        assert main(["scrape", row, str(path)]) == 2, path
        out, err = capsys.readouterr()
        assert out == ""
        one_line(err, str(path), "; give")


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a"])
def test_an_empty_file_is_rejected(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No bytes: no article, with the reason."""
    (tmp_path / name).write_bytes(b"")
    assert main(["scrape", str(tmp_path / name)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    one_line(err, "empty")


def test_a_rejected_page_leaves_the_others(row: str, rejected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3, the reason on standard error, the article of the other input on standard output."""
    assert main(["scrape", rejected, row]) == 3
    out, err = capsys.readouterr()
    one_line(err, rejected, "empty")
    assert PARAGRAPHS[1] in out


def test_an_address_of_another_site_is_refused() -> None:
    """In one line, without a traceback and without asking that site. A process of its own: a reactor runs but once."""
    code, out, err = call("https://example.org/a")
    assert (code, out) == (3, "")
    one_line(err, "https://example.org/a")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.txt", "--format", "xml"],
        ["a.txt", "b.txt", "--url", URL],
        ["-", "-"],
        ["a.txt", "--url", "nonsense"],
        ["a.txt", "--no-such-option"],
        ["a.txt", "--url"],
        *(["a.txt", "--delay", wrong] for wrong in ("-1", "nan", "inf", "soon")),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is read or printed; one line says what is wrong."""
    assert main(["scrape", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    one_line(err)


def test_an_unknown_command_exits_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    """The line names the commands that there are."""
    assert main(["scrap"]) == 2
    one_line(capsys.readouterr().err, "'scrap'", "scrape")


def test_an_address_that_is_no_article_is_rejected(row: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A --url that cannot be an article's, or no address at all, is a rejection with its reason."""
    for url in ("https://www.vietnam.vn/", "https://www.vietnam.vn/de/tag/hue", "https://[broken"):
        assert main(["scrape", row, "--url", url]) == 3, url
        out, err = capsys.readouterr()
        assert out == ""
        one_line(err, "not_article")


def test_a_reader_that_leaves_is_no_error(row: str) -> None:
    """`| head` closes the pipe: no traceback, nothing on standard error, the exit code of a broken pipe."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper.cli", "scrape", *[row] * 3000, "--format", "jsonl"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


def test_bytes_that_no_terminal_can_show_are_printed(tmp_path: Path) -> None:
    """With an output encoding that lacks the letters, there is still no traceback."""
    path = tmp_path / "row.txt"
    path.write_text(ROW.replace("Saison", "Mùa \U0001f41f"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "scraper.cli", "scrape", str(path)],
        cwd=ROOT,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert done.stdout.decode().splitlines()[0] == PARAGRAPHS[0].replace("Saison", "Mùa \U0001f41f")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_behind_standard_output_is_one_line(row: str) -> None:
    """What cannot be printed is told, with exit code 1."""
    command = [sys.executable, "-m", "scraper.cli", "scrape", row]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    one_line(done.stderr, "standard output")


@pytest.mark.parametrize(
    ("closed", "code"), [("{} >&-", 0), ("{} 2>&-", 0), ("{} >&- 2>&-", 0), ("{} none.html 2>&-", 2)]
)
def test_closed_standard_streams_are_no_error(closed: str, code: int, row: str) -> None:
    """As under some daemons: the work is done, and messages do not go where records belong."""
    command = closed.format(f"{sys.executable} -m scraper.cli scrape --format jsonl {row}")
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert len(done.stdout.splitlines()) == (0 if " >&-" in closed or code else 1)
    assert all(json.loads(line)["outcome"] == "ok" for line in done.stdout.splitlines())
