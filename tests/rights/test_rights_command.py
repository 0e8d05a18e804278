"""`vietnamvn rights` as a process, over real HTTP: what was recorded, and what the signals of today would change."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from forked import run_forked
from making_articles import make_article

from pipelines.export import export
from pipelines.rights import Rights, Signal
from pipelines.rights.rechecking import SiteFiles
from pipelines.storage import Selection, open_store
from pipelines.storage.rights_rows import add_file
from scraper.replica import Fault, ReplicaServer, ReplicaSite
from scraper.replica.content import Reply

ROOT = Path(__file__).resolve().parents[2]
OPEN = "User-agent: *\nDisallow: /api/\n"
NOAI = Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),))
AGENT = "vietnamvn/0.1 (article archive; no contact configured)"
AT = "2025-10-24T01:00:00+00:00"


class Speaking(ReplicaSite):
    """A site whose tdmrep.json can change."""

    tdmrep: bytes | None = None

    def _healthy(self, path: str, headers: dict[str, str]) -> Reply:
        if path == "/.well-known/tdmrep.json" and self.tdmrep is not None:
            return Reply(status=200, body=self.tdmrep, headers=(("Content-Type", "application/json"),))
        return super()._healthy(path, headers)


@pytest.fixture
def site() -> Iterator[Speaking]:
    """A site that lets all in."""
    speaking = Speaking(articles=1, robots=OPEN)
    with ReplicaServer(speaking) as server:
        speaking.server = server  # type: ignore[attr-defined]
        yield speaking


@pytest.fixture
def store(site: Speaking, tmp_path: Path) -> Path:
    """Six texts of the site, two of which said noai themselves."""
    path = tmp_path / "store.db"
    fill(path, site.base)
    return path


def fill(path: Path, base: str) -> None:
    """Texts as they were fetched from an open site."""
    with open_store(f"sqlite:///{path}") as opened:
        for number in range(3):
            for language in ("vi", "fr"):
                address = f"{base}{'' if language == 'vi' else '/fr'}/bai-{number}"
                page = NOAI if number == 0 else Rights()
                said = SiteFiles(robots=OPEN.encode(), tdmrep=b"").beside(page, address, agent=AGENT)
                article = make_article(
                    f"bai-{number}", language, url=address, host="127.0.0.1", publisher=f"Báo {number}", rights=said
                )
                opened.add(article, seen_at=AT)


def rights(*words: str, store: Path, base: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command, on a site without pauses."""
    more = ["--base-url", base, "--delay", "0"] if base is not None else []
    command = [sys.executable, "-m", "scraper.cli", "rights", *words, "--store", str(store), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VIETNAMVN_BACKOFF": "0.01"}
    for name in ("VIETNAMVN_CONTACT", "VIETNAMVN_USER_AGENT"):
        environment.pop(name, None)
    return run_forked(command, folder=ROOT, environment=environment)


def rows(done: subprocess.CompletedProcess[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """What would be left out, by what: in all, and new."""
    cells = [line.split("\t") for line in done.stdout.splitlines()]
    return {(by, name): (int(left_out), int(new)) for by, name, left_out, new in cells}


def test_an_unchanged_site_leaves_out_what_was_closed(site: Speaking, store: Path) -> None:
    """Two files are asked for, once each, by our name; the store is not touched; nothing is new."""
    before = hashlib.sha256(store.read_bytes()).digest()
    done = rights("recheck", store=store, base=site.base)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert rows(done) == {
        ("all", ""): (2, 0),
        ("usage", "train-ai disallowed"): (2, 0),
        ("signal", "meta robots: noai"): (2, 0),
        ("language", "fr"): (1, 0),
        ("language", "vi"): (1, 0),
        ("publisher", "Báo 0"): (2, 0),
    }
    server = site.server  # type: ignore[attr-defined]
    assert server.fetches == Counter({"/robots.txt": 1, "/.well-known/tdmrep.json": 1})
    assert server.user_agents == {AGENT}
    assert hashlib.sha256(store.read_bytes()).digest() == before


def test_a_changed_robots_txt_is_told_by_signal_language_and_publisher(site: Speaking, store: Path) -> None:
    """One language is closed to us, training is reserved in all; what said no before is not new."""
    site.robots = "User-agent: *\nContent-Usage: train-ai=n\nDisallow: /fr/\n"
    done = rights("recheck", "--format", "jsonl", "--fail-on", "left-out", store=store, base=site.base)
    assert done.returncode == 1, done.stderr
    told = {
        (row["by"], row["name"]): (row["left_out"], row["new"]) for row in map(json.loads, done.stdout.splitlines())
    }
    assert told == {
        ("all", ""): (6, 4),
        ("usage", "fetch disallowed"): (3, 2),
        ("usage", "train-ai disallowed"): (6, 4),
        ("signal", "meta robots: noai"): (2, 0),
        ("signal", "robots.txt content-usage: train-ai=n"): (6, 4),
        ("signal", "robots.txt: disallows it"): (3, 2),
        ("language", "fr"): (3, 2),
        ("language", "vi"): (3, 2),
        ("publisher", "Báo 0"): (2, 0),
        ("publisher", "Báo 1"): (2, 2),
        ("publisher", "Báo 2"): (2, 2),
    }
    only = rows(rights("recheck", "--allowed", "fetch", store=store, base=site.base))
    assert only["all", ""] == (3, 3)


def test_a_reservation_in_tdmrep_json(site: Speaking, store: Path) -> None:
    """A site that now reserves text and data mining."""
    site.tdmrep = b'[{"location": "/fr/*", "tdm-reservation": 1}]'
    found = rows(rights("recheck", "--allowed", "tdm", store=store, base=site.base))
    assert (found["all", ""], found["language", "fr"]) == ((3, 3), (3, 3))


@pytest.mark.parametrize(("path", "usage"), [("/robots.txt", "fetch"), ("/.well-known/tdmrep.json", "tdm")])
def test_a_file_that_cannot_be_had_is_unknown(site: Speaking, store: Path, path: str, usage: str) -> None:
    """The line names it, all of the site's texts count as closed, and the exit code says that a part is missing."""
    site.faults = [Fault(kind="status", where=path, status=503)]
    done = rights("recheck", "--allowed", usage, store=store, base=site.base)
    assert done.returncode == 3
    assert f"{site.base}{path}" in done.stderr
    assert rows(done)["usage", f"{usage} unknown"] == (6, 6)


def test_files_in_place_of_the_site(site: Speaking, store: Path, tmp_path: Path) -> None:
    """Nothing is asked; what the other file said at the fetch still counts; a file that is not there is wrong usage."""
    new = tmp_path / "new.txt"
    new.write_text("User-agent: *\nContent-Signal: ai-train=no\n", encoding="utf-8")
    done = rights("recheck", "--robots", str(new), store=store, base=site.base)
    assert (done.returncode, rows(done)["all", ""]) == (0, (6, 4)), done.stderr
    assert not site.server.fetches  # type: ignore[attr-defined]
    missing = rights("recheck", "--tdmrep", str(tmp_path / "none.json"), store=store, base=site.base)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "--tdmrep" in missing.stderr
    assert "no such file" in missing.stderr


def test_a_file_by_its_address(site: Speaking, store: Path) -> None:
    """Another address for the site's robots.txt, asked for once."""
    done = rights("recheck", "--robots", f"{site.base}/robots.txt", store=store, base=site.base)
    assert (done.returncode, rows(done)["all", ""]) == (0, (2, 0)), done.stderr
    assert site.server.fetches == Counter({"/robots.txt": 1})  # type: ignore[attr-defined]


def test_texts_of_another_site_are_told_and_not_judged(site: Speaking, store: Path) -> None:
    """A store of the live site, asked about with the address of a stand-in."""
    with open_store(f"sqlite:///{store}") as opened:
        opened.add(make_article("khac", "fr"), seen_at=AT)
    done = rights("recheck", store=store, base=site.base)
    assert (done.returncode, rows(done)["all", ""]) == (3, (2, 0))
    assert "1 texts are not from a host of the site" in done.stderr


@pytest.mark.parametrize("unsaid", ["keep", "leave"])
def test_an_export_leaves_out_what_a_recheck_says(site: Speaking, store: Path, tmp_path: Path, unsaid: str) -> None:
    """With the site as it was, both count the same texts as closed."""
    done = rights("recheck", "--allowed", "train-ai,fetch", "--rights-unsaid", unsaid, store=store, base=site.base)
    with open_store(f"sqlite:///{store}") as opened:
        wanted = Selection(allowed=("train-ai", "fetch"), rights_unsaid=unsaid)  # type: ignore[arg-type]
        made = export(opened, tmp_path / "out", form="jsonl", selection=wanted)
    assert rows(done)["all", ""][0] == 6 - made.rows == {"keep": 2, "leave": 6}[unsaid]


def test_show_counts_what_was_recorded(site: Speaking, store: Path) -> None:
    """By use and answer, then by signal; of one text its own."""
    shown = [line.split("\t") for line in rights("show", store=store).stdout.splitlines()]
    assert shown[0] == ["usage", "disallowed", "unknown", "allowed", "unsaid"]
    assert {"train-ai": shown[2], "fetch": shown[1]} == {
        "train-ai": ["train-ai", "2", "0", "0", "4"],
        "fetch": ["fetch", "0", "0", "6", "0"],
    }
    assert ["meta robots", "noai", "2"] in shown
    one = rights("show", "fr/bai-0", "fr/none", "--format", "jsonl", store=store)
    assert one.returncode == 3
    assert "fr/none: is not in the store" in one.stderr
    told = json.loads(one.stdout)
    assert (told["id"], told["answers"]["train-ai"]) == ("fr/bai-0", "disallowed")
    assert [signal["source"] for signal in told["rights"]] == ["robots.txt", "meta robots"]


def test_files_lists_what_was_seen(store: Path) -> None:
    """Each content with its times; by the beginning of its hash the content, escaped."""
    with open_store(f"sqlite:///{store}") as opened:
        body = b"User-agent: *\nDisallow: /\x1b[31m\n"
        opened.write(lambda connection: add_file(connection, "https://www.vietnam.vn/robots.txt", body, seen_at=AT))
    sha256 = hashlib.sha256(body).hexdigest()
    listed = rights("files", store=store).stdout.split("\t")
    assert listed[:2] == ["https://www.vietnam.vn/robots.txt", sha256]
    shown = rights("files", sha256[:12], store=store)
    assert shown.stdout.startswith("User-agent: *\nDisallow: /")
    assert "\x1b" not in shown.stdout
    assert rights("files", "0000", store=store).returncode == 3
