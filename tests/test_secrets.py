"""No password of a store's address is ever shown: not by messages, --help, logs or manifests, nor by what failed."""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path

import pytest
from forked import run_forked
from hypothesis import given
from hypothesis import strategies as st
from test_exit_codes import ROOT

from pipelines.errors import UsageError
from pipelines.store_address import masked, read_store_address, secrets_in, shown_address
from scraper.cli import COMMANDS, main
from scraper.messages import LineFormatter, one_line

SECRET = "s3cret"

# Spellings in which an address may hold a password, right and wrong.
ADDRESSES = [
    "postgresql+psycopg://u:s3cret@127.0.0.1:1/db",
    "postgres://u:s3cret@127.0.0.1:1/db?sslmode=bogus",
    "postgresql://u@127.0.0.1:1/db?password=s3cret&bogus=1",
    "postgresql://u:x@127.0.0.1:1/db?sslpassword=s3cret&bogus=1",
    "postgresql://u:%733cret@127.0.0.1:1/db?bogus=1",
    "postgresql://u:s3cret@127.0.0.1:port/db",
    "postgresql://u:s3cret/@x@no such host/db",
    "postgresql://u:s3cret@x/y@127.0.0.1/a/b",
    "postgresql://u:s3cret with blanks@127.0.0.1:port/db",
    "postgresql+asyncpg://u:s3cret@127.0.0.1/db",
    "mysql://u:s3cret@127.0.0.1/db",
    "u:s3cret@127.0.0.1/db",
    "u:s3cret/@x@127.0.0.1:5432/db",
    "postgresql://u:?s3cret@127.0.0.1:1/db",
    "postgresql://u:?a=s3cret@127.0.0.1:1/db",
    "postgresql://u:12?a=s3cret@127.0.0.1:1/db",
    "host=127.0.0.1 user=u password=s3cret",
    "host=127.0.0.1 password = 's3cret x' user=u",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "command",
    [
        ["store", "search", "zzzz", "--store"],
        ["store", "stats"],
        ["store", "add"],
        ["store", "remove", "bai-viet", "--no-archive", "--store"],
        ["groups", "--slug", "none", "--store"],
        ["export", "jsonl", "--out", "out", "--store"],
        ["export"],
        ["align", "--langs", "en,fr", "--out", "out", "--store"],
        ["clean", "row.txt", "--out", "out", "--store"],
        ["scrape"],
        [],
    ],
    ids=lambda words: " ".join(words),
)
def test_no_message_has_it(
    command: list[str],
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Given where it belongs, and where it does not: no output and no file that is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scraper.waiting.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("scraper.waiting.patient.__defaults__", (0.0,))
    (tmp_path / "row.txt").write_text("x", encoding="utf-8")
    try:
        code = main([*command, address])
    except SystemExit as ended:
        code = int(str(ended.code))
    out, err = capsys.readouterr()
    assert code in (1, 2, 3)
    assert err
    written = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    for text in (out, err, *written):
        assert "3cret" not in text, text


@pytest.mark.parametrize("name", COMMANDS)
def test_help_does_not_show_the_environment(name: str) -> None:
    """The default that --help names, where it comes from VIETNAMVN_STORE; also where that is no store at all."""
    for address in (ADDRESSES[0], ADDRESSES[5]):
        words = [name, "stats", "--help"] if name == "store" else [name, "--help"]
        done = run_forked(
            [sys.executable, "-m", "scraper.cli", *words],
            folder=ROOT,
            environment={**os.environ, "VIETNAMVN_STORE": address, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 0
        assert SECRET not in done.stdout + done.stderr
        assert ("***" in done.stdout) == (
            name
            in (
                *(
                    "align",
                    "audit",
                    "backfill",
                    "crawl",
                    "export",
                    "fingerprints",
                    "groups",
                    "read",
                    "reextract",
                    "report",
                    "runs",
                ),
                "store",
            )
        )


@pytest.mark.parametrize(
    "words",
    [["crawl", "--base-url", "http://127.0.0.1:9"], ["reextract", "--archive", "."], ["store", "stats"], ["groups"]],
    ids=lambda words: words[0],
)
def test_the_environment_is_obeyed_and_not_shown(words: list[str], tmp_path: Path) -> None:
    """VIETNAMVN_STORE names the store of every command; an error names it without its password."""
    done = run_forked(
        [sys.executable, "-m", "scraper.cli", *words],
        folder=tmp_path,
        environment={**os.environ, "VIETNAMVN_STORE": f"{ADDRESSES[0]}?bogus=1", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode in (1, 2)
    shown = done.stdout + done.stderr + "".join(p.read_text(encoding="utf-8") for p in tmp_path.glob("*.json"))
    assert SECRET not in shown
    assert "Traceback" not in shown


def test_an_empty_environment_says_nothing(tmp_path: Path) -> None:
    """As a service file leaves it: the default holds, and a path is a store."""
    for given_store, named in (("", "vietnamvn.db"), ("thư mục/của tôi.db", "thư mục/của tôi.db")):
        done = run_forked(
            [sys.executable, "-m", "scraper.cli", "store", "stats"],
            folder=tmp_path,
            environment={**os.environ, "VIETNAMVN_STORE": given_store, "PYTHONPATH": str(ROOT)},
        )
        assert done.stderr.startswith(f"vietnamvn: {named}: no such store")


def test_a_log_line_has_neither_passwords_nor_controls() -> None:
    """Also of what was raised, whose traceback stays away unless it is asked for."""
    try:
        raise ValueError("postgresql://u:s3cret@h/db \x1b[2J")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "%s\n\x9b2J", ("password=s3cret",), sys.exc_info())
    line = LineFormatter("%(levelname)s %(message)s", "").format(record)
    assert line == "ERROR password=***\\n\\x9b2J (ValueError: postgresql://u:***@h/db \\x1b[2J)"
    more = LineFormatter("%(levelname)s %(message)s", "", tracebacks=True).format(record)
    assert "Traceback" in more
    assert SECRET not in more
    assert "\x1b" not in more


PASSWORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=3, max_size=12).filter(
    lambda text: text not in "postgresql://reader:***@db.example/news?application_name=x is no store"
)


@given(password=PASSWORDS, encoded=st.booleans(), as_option=st.booleans())
def test_whatever_the_password_is(password: str, encoded: bool, as_option: bool) -> None:
    """Encoded or raw, in its place or as an option: no text of the address shows it, and none that quotes it."""
    from urllib.parse import quote

    written = quote(password, safe="") if encoded or as_option else password
    address = (
        f"postgresql://reader@db.example/news?password={written}&application_name=x"
        if as_option
        else f"postgresql://reader:{written}@db.example/news?application_name=x"
    )
    secrets = secrets_in(address)
    texts = [shown_address(address), masked(f"{address} is no store", secrets)]
    try:
        read = read_store_address(address)
    except UsageError as error:
        texts.append(str(error))
    else:
        texts += [str(read), repr(read)]
        if encoded or as_option:
            assert password in read.secrets()
            texts.append(masked(f"fails with {password!s}", read.secrets()).replace("fails with", ""))
    for text in texts:
        assert password not in text.replace("***", ""), text
        assert written not in text.replace("***", ""), text


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("vietnamvn.db", "vietnamvn.db"),
        ("all of it.db", "all of it.db"),
        ("tin tức/kho.db", "tin tức/kho.db"),
        ("sqlite:///kho.db", "kho.db"),
        ("sqlite:////var/lib/kho.db", "/var/lib/kho.db"),
        ("a=b.db", "a=b.db"),
        ("50%.db", "50%.db"),
        ("what?.db", "what?.db"),
        ("~/kho.db", str(Path.home() / "kho.db")),
        ("sqlite:///~/kho.db", str(Path.home() / "kho.db")),
        ("~no such user/kho.db", "~no such user/kho.db"),
    ],
)
def test_a_path_is_a_store(text: str, path: str) -> None:
    """Plain, with spaces and any letters, of the home folder, or as an address of SQLite's."""
    address = read_store_address(text)
    assert (address.kind, address.path) == ("sqlite", path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("postgres://h/d", "postgresql://h/d"),
        ("POSTGRESQL+psycopg://u@h:1/d", "postgresql://u@h:1/d"),
        ("postgresql://[::1]:5432/d", "postgresql://[::1]:5432/d"),
        ("postgresql:///d?host=/tmp", "postgresql:///d?host=/tmp"),
        ("postgresql://u:a@b@h/d", "postgresql://u:***@h/d"),
        ("postgresql://h:5432/d?application_name=a%40b", "postgresql://h:5432/d?application_name=a@b"),
    ],
)
def test_a_database_is_a_store(text: str, told: str) -> None:
    """In the spellings that other programs use; the password is what stands before the last @ of the host's part."""
    assert str(read_store_address(text)) == told


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "give FILE"),
        ("sqlite:kho.db", "sqlite:///FILE"),
        ("sqlite://kho.db", "three slashes"),
        ("sqlite:///", "sqlite:///FILE"),
        ("sqlite:///:memory:", "sqlite:///FILE"),
        (":memory:", "give FILE"),
        ("-", "give FILE"),
        ("postgresql:news", "postgresql://USER@HOST/DATABASE"),
        ("postgresql+psycopg2://h/d", "postgresql://USER@HOST/DATABASE"),
        ("dbname=news host=h", "postgresql://USER@HOST/DATABASE"),
        ("postgresql://h:0/d", "1 to 65535"),
        ("postgresql://h:70000/d", "1 to 65535"),
        ("postgresql://h:５/d", "1 to 65535"),
        ("postgresql://h/d?port=x", "1 to 65535"),
        ("postgresql://h/d?user=a&user=b", "once"),
        ("postgresql://h/d?application_name=a@b", "%40"),
        ("file:kho.db", "sqlite:///FILE"),
        (".", "a file name"),
        ("/", "a file name"),
        ("tin/..", "a file name"),
        ("sqlite:////", "a file name"),
    ],
)
def test_what_is_no_store_is_told_what_to_write(
    text: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage, one line; nothing is made."""
    monkeypatch.chdir(tmp_path)
    assert main(["store", "stats", f"--store={text}"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert remedy in err
    assert list(tmp_path.iterdir()) == []


def test_a_short_password_garbles_no_message() -> None:
    """It is hidden as a word, not as a letter; an address of the web keeps its port and path."""
    assert masked("a bad database", ["a"]) == "*** bad database"
    assert one_line("http://127.0.0.1:8000/a@b: no page") == "http://127.0.0.1:8000/a@b: no page"
    assert one_line("http://u:s3cret@h/a@b") == "http://u:***@h/a@b"


@given(st.lists(st.sampled_from([*"a:/@? .", "://", "pg://u:", "http://u:", "s3cret"]), max_size=14).map("".join))
def test_everything_up_to_the_last_at_sign_of_a_word_is_hidden(text: str) -> None:
    """As one pattern says it, whose time is the square of a text of addresses without a user."""
    pattern = r"\b((?!(?:https?|ftps?|wss?)://)[a-z][a-z0-9+.\-]*://[^\s:/?#@]*):\S*@"
    web = re.sub(r"\b((?:https?|ftps?|wss?)://[^\s:/?#@]*):[^\s/?#@]*@", r"\1:***@", text)
    assert masked(text) == re.sub(pattern, r"\1:***@", web)
