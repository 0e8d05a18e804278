"""What single servers really answer, byte for byte: the page has its outcome, the five others are kept."""

from __future__ import annotations

import gzip
import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from raw_site import DAY, ODD, PATHS, Answer, RawSite, answer, article, redirect
from scenarios import IMPATIENT, _crawl_all

from pipelines.archives.folder import Archived, UnreadPlace, read_archive

PAGE = article(ODD)


def _flood(base: str, headers: Mapping[str, str]) -> Iterator[bytes]:
    """Header lines without end."""
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"".join(b"X-Filler-%d: " % number + b"f" * 1000 + b"\r\n" for number in range(64))


def _endless(begin: bytes) -> Answer:
    def line(base: str, headers: Mapping[str, str]) -> Iterator[bytes]:
        yield begin
        while True:
            yield b"f" * 65_536

    return line


def _hints(base: str, headers: Mapping[str, str]) -> Iterator[bytes]:
    """Early hints without end, and never the answer that they hint at."""
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </theme.css>; rel=preload\r\n\r\n" * 100


def _inner(base: str, headers: Mapping[str, str]) -> bytes:
    """To this machine by a host that some read as the site's: they stop at the backslash, or do not."""
    return redirect(f"http://{base.removeprefix('http://')}\\.vietnam.vn{ODD}?inner".encode())


# name: (the odd answer, the page's outcome; what must be asked besides, if the site is to be asked more)
CASES: dict[str, tuple[dict[str, Answer], str, str | None]] = {
    "plain": ({ODD: answer(PAGE)}, "ok", None),
    "header lines without end": ({ODD: _flood}, "headers_too_large", None),
    "a header line without end": ({ODD: _endless(b"HTTP/1.1 200 OK\r\nX-Long: ")}, "headers_too_large", None),
    "a status line without end": ({ODD: _endless(b"HTTP/1.1 200 ")}, "headers_too_large", None),
    "early hints without end": ({ODD: _hints}, "headers_too_large", None),
    "early hints, then the page": (
        {ODD: b"HTTP/1.1 103 Early Hints\r\nLink: </t.css>\r\n\r\n" * 3 + answer(PAGE)},
        "ok",
        None,
    ),
    "a header line of 100 kB": ({ODD: answer(PAGE, "Link: " + "l" * 100_000)}, "ok", None),
    "a space before the colon": ({ODD: answer(PAGE, "X-Cache : HIT")}, "ok", None),
    "a header line of nothing but a colon": ({ODD: answer(PAGE, ": x", "X-Cache")}, "ok", None),
    "lines that end in LF alone": (
        {ODD: f"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: {len(PAGE)}\n\n".encode() + PAGE},
        "ok",
        None,
    ),
    "to no address": ({ODD: redirect(b"http://[xuong/")}, "redirected_away", None),
    "to a port that is none": ({ODD: redirect(b"http://www.vietnam.vn:99999/")}, "redirected_away", None),
    "to nowhere": ({ODD: redirect(b"")}, "redirected_away", None),
    "to a program": ({ODD: redirect(b"javascript:alert(1)")}, "redirected_away", None),
    "inwards behind a backslash": ({ODD: _inner}, "redirected_away", None),
    "to raw UTF-8": ({ODD: redirect(f"{ODD}?tu=sông".encode())}, "ok", f"{ODD}?tu=s%C3%B4ng"),
    "to raw Latin-1": ({ODD: redirect(ODD.encode() + b"?ten=caf\xe9")}, "ok", f"{ODD}?ten=caf%E9"),
    "to curly quotes": ({ODD: redirect(f"{ODD}?q=“gỗ”".encode())}, "ok", f"{ODD}?q=%E2%80%9Cg%E1%BB%97%E2%80%9D"),
    "with a raw fragment": ({ODD: redirect(f"{ODD}?b#đoạn".encode())}, "ok", f"{ODD}?b"),
    "to a path without a host": ({ODD: redirect(f"{ODD}/".encode())}, "ok", f"{ODD}/"),
    "raw letters in a header": ({ODD: answer(PAGE, "X-Title: Xưởng gỗ".encode().decode("latin-1"))}, "ok", None),
    "gzip cut in the middle": (
        {ODD: lambda base, headers: _packed(0.5)},
        "parse_failed",
        None,
    ),
}


def _packed(share: float) -> bytes:
    packed = gzip.compress(PAGE * 20, mtime=0)
    return answer(packed[: int(len(packed) * share)], "Content-Encoding: gzip")


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, dict[str, Any], dict[str, int], Path]]:
    """Every case crawled, all at once in one process: exit code, manifest, requests, archive."""
    folder = tmp_path_factory.mktemp("answers")
    with ExitStack() as stack:
        sites = {}
        for name, (odd, _, asked) in CASES.items():
            found: dict[str, Answer] = {asked: answer(PAGE)} if asked else {}
            sites[name] = stack.enter_context(RawSite({**odd, **found}))
        jobs = [
            (
                name,
                {
                    "base_url": site.base_url,
                    "since": DAY,
                    "until": DAY,
                    "lang": "vi",
                    "store": f"sqlite:///{folder / str(number)}.db",
                    "archive": str(folder / f"{number}.warc"),
                },
                {**IMPATIENT, "RETRY_TIMES": 0},
            )
            for number, (name, site) in enumerate(sites.items())
        ]
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            done = pool.submit(_crawl_all, jobs).result(timeout=600)
            peak = pool.submit(_peak).result()
        assert peak < 400_000, f"{peak} kB: something without end was kept"
        return {
            name: (done[name][0], done[name][1], dict(site.asked), folder / f"{number}.warc")
            for number, (name, site) in enumerate(sites.items())
        }


def _peak() -> int:
    """Kilobytes at most; 0 where the system does not tell. `getrusage` would tell of the parent's too, across exec."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


@pytest.mark.parametrize("name", CASES)
def test_an_odd_answer_costs_itself_alone(name: str, crawls: dict[str, Any]) -> None:
    """The odd page ends with its outcome, the five others are stored, and the exit code says which of the two it is."""
    _, outcome, asked = CASES[name]
    code, manifest, requests, _ = crawls[name]
    tried = {"ok": len(PATHS)} if outcome == "ok" else {"ok": len(PATHS) - 1, outcome: 1}
    assert manifest["tried"] == tried
    assert code == (0 if outcome == "ok" else 3)
    if asked is not None:
        assert requests.get(asked) == 1, requests
    assert not any("inner" in path for path in requests)


@pytest.mark.parametrize("name", CASES)
def test_the_archive_can_be_read(name: str, crawls: dict[str, Any]) -> None:
    """Whatever came in headers, each record of the archive can be read, and no other."""
    found = list(read_archive(crawls[name][3], limit=1_000_000))
    assert sum(isinstance(item, UnreadPlace) for item in found) == (CASES[name][1] == "parse_failed")
    assert len(found) >= len(PATHS) - 1


@pytest.mark.parametrize("name", [name for name, (_, _, asked) in CASES.items() if asked])
def test_what_was_redirected_stands_in_the_archive(name: str, crawls: dict[str, Any]) -> None:
    """The archive can be read to its end, and holds the page under the address that answered."""
    _, _, asked = CASES[name]
    found = list(read_archive(crawls[name][3], limit=1_000_000))
    pages = [str(item.page.url) for item in found if isinstance(item, Archived)]
    assert sum(url.endswith(str(asked)) for url in pages) == 1
