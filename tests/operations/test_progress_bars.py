"""Bars on a real terminal, of many widths, however the work ends; lines elsewhere; results alone on standard output."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyte
import pytest
from tqdm.utils import disp_len

from scraper import messages
from scraper.cli import main
from scraper.progress import ProgressLine, Reached, columns_of
from scraper.replica import ReplicaServer, ReplicaSite

WIDTHS = [20, 40, 80, 200]
_LABELS = (
    "adding aligning auditing checking copying exporting extracting fetching fingerprints indexing measuring packing "
)
LABELS = [*(_LABELS + "pruning reporting scraping verifying clean write store").split(), "backing up"]


@dataclass(frozen=True)
class Seen:
    """What a command left: its exit code, every byte that the terminal got, standard output."""

    code: int
    drawn: str
    out: str

    def screen(self, columns: int) -> pyte.Screen:
        """The terminal at the end."""
        screen = pyte.Screen(columns, 400)
        pyte.Stream(screen).feed(self.drawn)
        return screen


def on_terminal(columns: int, *words: object, keys: tuple[bytes, bytes] | None = None, folder: Path) -> Seen:
    """Run a command whose standard error is a terminal; `keys`: once the one is there, the other is pressed."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    with (folder / "out").open("wb") as out:
        job = subprocess.Popen(
            [sys.executable, "-m", "scraper.cli", *map(str, words)],
            stdin=there,
            stdout=out,
            stderr=there,
            cwd=folder,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
        )
    os.close(there)
    drawn = b""
    while True:
        if keys is not None and keys[0] in drawn:
            os.write(here, keys[1])
            keys = None
        try:
            if select.select([here], [], [], 0.05)[0]:
                block = os.read(here, 65536)
                drawn += block
                if not block:
                    break
        except OSError:  # the other end is closed
            break
    os.close(here)
    return Seen(job.wait(60), drawn.decode(), (folder / "out").read_text(encoding="utf-8"))


def frames(seen: Seen) -> list[str]:
    """What was drawn again and again in its line."""
    pieces = [piece for line in seen.drawn.split("\n") for piece in line.rstrip("\r").split("\r")]
    return [piece for piece in pieces if re.match(rf"({'|'.join(LABELS)})\b.*(%|\d\d:\d\d)", piece)]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, its archive, a corpus and an export."""
    folder = tmp_path_factory.mktemp("crawled")
    site = ReplicaSite(articles=6, per_day=3)
    with ReplicaServer(site) as server:
        since = min(site.by_day).isoformat()
        words = ("--archive", folder / "archive", "--base-url", server.base_url, "--since", since, "--delay", "0", "-q")
        call = [sys.executable, "-m", "scraper.cli", "crawl", "--store", folder / "s.db", *words]
        subprocess.run([str(word) for word in call], check=True, cwd=folder)
    assert main(["export", "jsonl", "--store", str(folder / "s.db"), "--out", str(folder / "export"), "-q"]) == 0
    rows = [json.dumps({"text": "Một câu.\n" * 9, "url": f"https://a.example/{n}"}) + "\n" for n in range(50)]
    (folder / "rows.jsonl").write_text("".join(rows), encoding="utf-8")
    return folder


COMMANDS = {
    "export": "export jsonl --store s.db --out new",
    "align": "align --store s.db --langs vi,en --out new",
    "clean": "clean rows.jsonl --out new --workers 1",
    "clean into a store": "clean rows.jsonl --out new --workers 1 --keep-others --store new.db",
    "audit": "audit --store s.db",
    "fingerprints": "fingerprints --store s.db --out new",
    "verify": "verify export",
    "reextract": "reextract --archive archive --store s.db",
    "scrape": "scrape page.html page.html --format jsonl",
    "store add": "store add page.html page.html --store new.db",
    "store backup": "store backup new.db --store s.db",
    "store copy": "store copy new.db --store s.db",
    "store optimise": "store optimise --store s.db",
    "store check": "store check --store s.db",
    "archive index": "archive index archive --again",
    "archive wacz": "archive wacz archive --out new",
    "archive check": "archive check archive --store s.db",
    "archive prune": "archive prune archive --store s.db --older-than 1d",
}
INSTANT = {"store optimise", "store check", "archive index", "archive check", "archive prune", "store backup"}
"""Shown from a thread, twice a second and more: here they are done before."""


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_bar_never_wraps_and_its_line_is_ended(columns: int, crawled: Path, tmp_path: Path) -> None:
    """Each command, on a terminal whose standard output is another place: one line is drawn over and over."""
    words = {20: list(COMMANDS)[::4], 40: list(COMMANDS), 80: list(COMMANDS)[1::4], 200: list(COMMANDS)[2::4]}[columns]
    for name in words:
        folder = tmp_path / name
        shutil.copytree(crawled, folder)
        (folder / "page.html").write_text("<html><body><p>Không có gì.</p></body></html>", encoding="utf-8")
        seen = on_terminal(columns, *COMMANDS[name].split(), folder=folder)
        assert seen.code in (0, 3), (name, seen)
        assert "Traceback" not in seen.drawn
        assert "%|" not in seen.out
        assert name in INSTANT or frames(seen), (name, seen.drawn)
        assert max(map(disp_len, frames(seen)), default=0) < columns, name
        screen = seen.screen(columns)
        assert screen.cursor.x == 0, (name, seen.drawn)
        assert not screen.cursor.hidden
        # Nothing was printed behind a bar, and no bar behind anything.
        shown = [line for line in screen.display if re.search(r"%\|", line)]
        assert all(line.startswith(tuple(LABELS)) for line in shown), (name, shown)


@pytest.mark.parametrize("columns", [20, 80])
def test_a_crawl_draws_its_screen_in_place(columns: int, tmp_path: Path) -> None:
    """Its bars stand there once, however often they were drawn; then the account has lines of its own."""
    site = ReplicaSite(articles=4, per_day=2)
    with ReplicaServer(site) as server:
        since = min(site.by_day).isoformat()
        base = ("--base-url", server.base_url, "--since", since, "--store", "s.db", "--lang", "vi,en,fr,ja,ar")
        for keys, code in ((None, 0), ((b"\x1b[", b"\x03"), 130)):
            shutil.rmtree(tmp_path)
            tmp_path.mkdir()
            seen = on_terminal(columns, "crawl", *base, "--delay", "0.3", keys=keys, folder=tmp_path)
            assert seen.code == code, seen
            assert "\x1b[" in seen.drawn
            screen = seen.screen(columns)
            assert screen.cursor.x == 0
            bars = [line[:17] for line in screen.display if re.match(r"\d{4}-\d\d-\d\d \w\w ", line)]
            assert len(bars) == len(set(bars)), screen.display
            assert (
                max(disp_len(line) for line in seen.drawn.split("\r\n") if re.match(r"\d{4}-\d\d-\d\d \w\w ", line))
                < columns
            )


@pytest.mark.parametrize("columns", [20, 80])
def test_ctrl_c_ends_the_line(columns: int, crawled: Path, tmp_path: Path) -> None:
    """The bar stays as it was, and what is said next has a line of its own."""
    shutil.copytree(crawled, tmp_path / "in")
    for words in ("align --store s.db --langs all --out new", "export jsonl --store s.db --out new"):
        seen = on_terminal(columns, *words.split(), keys=(b"%|", b"\x03"), folder=tmp_path / "in")
        shutil.rmtree(tmp_path / "in" / "new", ignore_errors=True)
        screen = seen.screen(columns)
        assert screen.cursor.x == 0
        if seen.code == 130:
            assert "vietnamvn: interrupted"[: columns - 1] in "\n".join(line.rstrip() for line in screen.display)
        else:
            assert seen.code == 0  # the machine was quicker


def test_quiet_and_json_draw_nothing(crawled: Path) -> None:
    """On a terminal, too."""
    quiet = on_terminal(80, "audit", "--store", "s.db", "--quiet", folder=crawled)
    assert quiet.drawn == ""
    told = on_terminal(80, "audit", "--store", "s.db", "--log-format", "json", folder=crawled)
    assert all(json.loads(line)["event"] for line in told.drawn.splitlines())


def test_what_is_said_stands_above_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message wipes the bar, which comes again; the next bar ends one that was left open."""
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    messages.speak()
    with ProgressLine("first") as bar:
        bar.show(1, 4, rows=1)
        messages.tell("something else")
        bar.show(2, 4, rows=2)
        with ProgressLine("second") as other:
            other.show(1, 2, rows=7)
    ProgressLine("never shown").end()
    screen = pyte.Screen(80, 10)
    pyte.Stream(screen).feed(stream.getvalue().replace("\n", "\r\n"))
    lines = [line.rstrip() for line in screen.display if line.strip()]
    assert lines[0] == "vietnamvn: something else"
    assert [line.split("%")[0] for line in lines[1:]] == ["first  50", "second  50"]


def test_work_that_lets_nobody_in_is_shown_from_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an end as well as with one, and an error goes through."""
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for look, shown in ((lambda: (0, None, None), "working 00:00"), (lambda: (1, 4, 9), "working  25%")):
        stream = Terminal()
        with suppress(KeyError), ProgressLine("working", stream=stream) as bar, bar.watching(look):
            time.sleep(0.5)
            raise KeyError
        assert shown in stream.getvalue()
        assert stream.getvalue().endswith("\n")


def test_places_in_files(tmp_path: Path) -> None:
    """Bytes before a place, over files in their order; one that is gone counts nothing."""
    for name, size in (("a", 3), ("b", 5)):
        (tmp_path / name).write_bytes(bytes(size))
    reached = Reached([tmp_path / "a", tmp_path / "gone", tmp_path / "b"])
    assert (reached.total, reached.at("b", 2), reached.at("a", 1)) == (8, 5, 1)
    reached.finished("a")
    assert reached.done == 3


@pytest.mark.parametrize(("columns", "taken"), [(80, 79), (2, 1), (1, 1), (0, 79)])
def test_a_bar_leaves_the_last_column_of_the_terminal(columns: int, taken: int) -> None:
    """All others are a bar's; a terminal that does not know its width has eighty."""
    own_end, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(terminal, "w") as stream:
        assert columns_of(stream) == taken
    os.close(own_end)
