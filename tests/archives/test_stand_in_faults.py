"""What goes wrong with the stand-in's archives when it is switched on, and what they know of how they were asked."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from asking_archives import get, small_site

from pipelines.archives.records import Damage, Record, read_records
from scraper.replica.archives import ArchiveFault, HeldCapture, Served, archives


@pytest.fixture(scope="module")
def shared() -> Iterator[Served]:
    """The archives of a small site."""
    with archives(small_site()) as found:
        yield found


@pytest.fixture
def served(shared: Served) -> Iterator[Served]:
    """The same, without faults of earlier tests."""
    shared.faults.clear()
    for log in shared.asked.values():
        log.clear()
    yield shared
    shared.faults.clear()


def question(served: Served, **asked: Any) -> str:
    """The address of a question to the newest crawl."""
    base = served.collinfo_url.removesuffix("/collinfo.json")
    asked = {"url": "*.vietnam.vn", "output": "json", **asked}
    return f"{base}/{served.crawls[0].id}-index?{urlencode(asked)}"


def lines(served: Served, **asked: Any) -> list[dict[str, str]]:
    """The lines of a question's answer."""
    return [json.loads(line) for line in get(question(served, **asked))[2].splitlines()]


def one(served: Served) -> tuple[HeldCapture, str, str]:
    """An article's capture, the address of its file, and its range."""
    capture = next(c for c in served.of("commoncrawl") if c.kind == "article")
    span = f"bytes={capture.offset}-{capture.offset + capture.length - 1}"
    return capture, f"{served.data_url}/{capture.filename}", span


def test_nothing_more_after_so_many_requests(served: Served) -> None:
    """403 from the third request on, twice; other services go on, and then this one does too."""
    served.faults.append(ArchiveFault(service="index", kind="status", status=403, after=2, times=2))
    found = [get(question(served))[0] for _ in range(3)]
    assert get(served.wayback_url + "/robots.txt")[0] == 200
    assert [*found, get(question(served))[0], get(question(served))[0]] == [200, 200, 403, 403, 200]


def test_each_address_fails_once(served: Served) -> None:
    """With `each` every address is counted by itself."""
    served.faults.append(ArchiveFault(service="index", kind="status", status=504, times=1, each=True, where="limit="))
    asked = [question(served, limit=limit) for limit in (2, 3, 2, 3)] + [question(served)]
    assert [get(url)[0] for url in asked] == [504, 504, 200, 200, 200]


@pytest.mark.parametrize(
    ("fault", "status", "inside"),
    [
        ({"kind": "status", "status": 429, "retry_after": "3"}, 429, b""),
        ({"kind": "s3_error"}, 500, b"<Code>InternalError</Code>"),
        ({"kind": "slow_down"}, 503, b"<Code>SlowDown</Code>"),
        ({"kind": "status", "status": 504}, 504, b""),
        ({"kind": "empty"}, 200, b""),
    ],
)
@pytest.mark.parametrize("service", ["index", "data", "wayback"])
def test_a_service_answers_that_it_cannot(served: Served, service: Any, fault: Any, status: int, inside: bytes) -> None:
    """With the words that it has for it, and with the time to wait where it gives one."""
    served.faults.append(ArchiveFault(service=service, **fault))
    urls = {
        "index": question(served),
        "data": one(served)[1],
        "wayback": f"{served.wayback_url}/cdx/search/cdx?url=*.vietnam.vn",
    }
    found, headers, body = get(urls[service])
    assert found == status
    assert inside in body
    assert headers["Retry-After"] == fault.get("retry_after")
    assert (body == b"") == (fault["kind"] == "empty")


def test_bodies_end_in_the_middle(served: Served) -> None:
    """Cut, reset, stalled or never begun: the length promised is that of the whole."""
    capture, url, span = one(served)
    for kind in ("cut", "reset", "stall", "silent"):
        served.faults[:] = [ArchiveFault(service="data", kind=kind)]
        host, _, path = url.removeprefix("http://").partition("/")
        connection = http.client.HTTPConnection(host, timeout=0.5)
        connection.request("GET", f"/{path}", headers={"Range": span})
        expected = {"cut": http.client.IncompleteRead, "reset": (ConnectionError, http.client.IncompleteRead)}
        with pytest.raises(expected.get(kind, TimeoutError)):
            read(connection, capture.length)
        connection.close()


def read(connection: http.client.HTTPConnection, length: int) -> None:
    """Read an answer that promises `length` bytes."""
    answer = connection.getresponse()
    assert (answer.status, answer.length) == (206, length)
    answer.read()


def test_ranges_of_another_place(served: Served) -> None:
    """The head says so, or does not; or the whole file comes."""
    capture, url, span = one(served)
    _, right, record = get(url, Range=span)
    assert gzip.decompress(record).startswith(b"WARC/1.0")
    served.faults[:] = [ArchiveFault(service="data", kind="wrong_range")]
    status, headers, _ = get(url, Range=span)
    assert status == 206
    assert headers["Content-Range"] != right["Content-Range"]
    served.faults[:] = [ArchiveFault(service="data", kind="other_bytes")]
    status, headers, body = get(url, Range=span)
    assert (status, headers["Content-Range"]) == (206, right["Content-Range"])
    assert (body != record, len(body)) == (True, len(record))
    served.faults[:] = [ArchiveFault(service="data", kind="whole")]
    status, _, body = get(url, Range=span)
    assert (status, len(body)) == (200, (served.folder / capture.filename).stat().st_size)


def test_lines_lead_elsewhere(served: Served) -> None:
    """Into the middle of a member, or to a record of another address; those chosen only."""
    right = lines(served)
    served.faults[:] = [ArchiveFault(service="index", kind="wrong_offset", lines="/en/")]
    wrong = lines(served)
    moved = [(a, b) for a, b in zip(right, wrong, strict=True) if a != b]
    assert moved
    assert all("/en/" in a["url"] and {**b, "offset": a["offset"]} == a for a, b in moved)
    served.faults[:] = [ArchiveFault(service="index", kind="other_record", lines="/en/")]
    wrong = lines(served)
    assert {a["url"] for a, b in zip(right, wrong, strict=True) if a != b} == {a["url"] for a, _ in moved}
    for line in (line for line in wrong if "/en/" in line["url"]):
        first, length = int(line["offset"]), int(line["length"])
        body = get(f"{served.data_url}/{line['filename']}", Range=f"bytes={first}-{first + length - 1}")[2]
        assert f"WARC-Target-URI: {line['url']}\r\n".encode() not in gzip.decompress(body)


def test_pages_and_keys_do_not_hold_still(served: Served) -> None:
    """The number of pages grows with each asking; a resume key leads to where it came from."""
    pages = lines(served, showNumPages="true")[0]["pages"]
    served.faults[:] = [ArchiveFault(service="index", kind="page_count")]
    assert [lines(served, showNumPages="true")[0]["pages"] for _ in range(2)] == [pages + 1, pages + 2]
    assert len(lines(served)) > 5

    base = f"{served.wayback_url}/cdx/search/cdx?url=*.vietnam.vn&showResumeKey=true&limit=5"
    key = json.loads(get(base + "&output=json")[2])[-1][0]
    assert get(base)[2].decode().splitlines()[-2:] == ["", key]
    served.faults[:] = [ArchiveFault(service="wayback", kind="same_resume_key")]
    assert json.loads(get(f"{base}&output=json&resumeKey={key}")[2])[-2:] == [[], [key]]
    assert get(f"{base}&resumeKey={key}")[2].decode().splitlines()[-2:] == ["", key]
    last = f"{base}&output=json&resumeKey={quote_plus('vn,vietnam,vjs)/')}"
    rows = json.loads(get(last)[2])
    assert (len(rows) > 2, rows[-2]) == (True, [])


def test_the_file_itself_stays_whole(served: Served) -> None:
    """No fault writes anything: every file reads to its end as before."""
    for path in served.folder.rglob("*.warc.gz"):
        with path.open("rb") as file:
            found = list(read_records(file, limit=None))
        assert all(isinstance(item, Record) and not isinstance(item, Damage) for item in found)


def test_manners_can_be_seen(served: Served) -> None:
    """How long between two requests, how many at once, and who asked."""
    for pause in (0.0, 0.2):
        time.sleep(pause)
        assert get(question(served), User_Agent="a tester")[0] == 200
    assert [asked.headers["user-agent"] for asked in served.asked["index"]] == ["a tester"] * 2
    assert 0.2 <= served.gaps("index")[0] < 5
    assert served.most_at_once("index") == 1
    assert served.asked["data"] == []
    served.faults[:] = [ArchiveFault(service="data", kind="stall")]
    capture, url, span = one(served)
    threads = [threading.Thread(target=give_up, args=(url, span, capture.length)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served.most_at_once("data") == 3


def give_up(url: str, span: str, length: int) -> None:
    """Ask, and wait a second."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=1)
    connection.request("GET", f"/{path}", headers={"Range": span})
    with pytest.raises(TimeoutError):
        read(connection, length)
    connection.close()
