"""One table of outcomes: every status has one, the crawl and `clean` agree on it, docs and code name no other."""

from __future__ import annotations

import ast
import gzip
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import extract
from pipelines.models import Article, HtmlPage, Rejected
from pipelines.outcomes import (
    ABSENT,
    BLOCKS,
    NO_ANSWER,
    OUTCOMES,
    REJECTED,
    TRANSIENT,
    judge,
    looks_like_challenge,
    retry_after_seconds,
    status_outcome,
)

ROOT = Path(__file__).parents[1]
NOW = datetime(2025, 10, 23, 12, 0, tzinfo=timezone.utc)
URL = "https://www.vietnam.vn/en/mot-bai-viet"
PAGE = (
    '<html lang="en"><head><title>Boats on the river</title></head><body><article><h1>Boats on the river</h1>'
    + "".join(
        f"<p>On day {n} of the fair the boats went down the river with fruit for the market.</p>" for n in range(9)
    )
    + "</article></body></html>"
).encode()

# Written down by hand from the RFCs, not computed from the table: what is not named here is the default of its class.
NAMED = {
    202: "not_ready", 204: "empty", 205: "empty", 206: "partial", 304: "unchanged", 401: "blocked", 402: "blocked",
    403: "blocked", 404: "not_found", 407: "blocked", 408: "server_error", 410: "gone", 425: "not_ready",
    429: "blocked", 451: "blocked", 511: "network_error", 999: "blocked",
}  # fmt: skip
CLASSES = {2: "ok", 3: "redirected_away", 4: "client_error"}
ASKED_AGAIN = {202, 408, 421, 425, 429, *range(500, 600)} - {511}


@pytest.mark.parametrize("status", [*range(100, 1000), -1, 0, 1, 99, 1000, 65_536])
def test_every_status(status: int) -> None:
    """Each number has the outcome of its row, else of its class; what HTTP does not have counts as 5xx."""
    expected = NAMED.get(status, CLASSES.get(status // 100, "server_error"))
    assert status_outcome(status) == expected
    verdict = judge(status, {"location": "/elsewhere", "retry-after": "7"}, PAGE, now=NOW)
    assert (verdict.outcome, verdict.retry) == (expected, status in ASKED_AGAIN)
    assert verdict.retry_after == (7.0 if status in ASKED_AGAIN else None)
    followed = 300 <= status < 400 and status not in (304, 305, 306)
    assert verdict.location == ("/elsewhere" if followed else None)
    assert str(status) in verdict.detail


@pytest.mark.parametrize("status", range(100, 1000))
def test_the_crawl_and_clean_agree(status: int) -> None:
    """A page out of an archive ends as it would have ended in the crawl; a 304, which holds no page, is empty."""
    crawled = judge(status, {}, PAGE, now=NOW).outcome
    result = extract(HtmlPage(body=PAGE, url=URL, status=status))
    if crawled == "ok":
        assert isinstance(result, Article)
        return
    assert isinstance(result, Rejected)
    assert result.outcome == ("empty" if crawled == "unchanged" else crawled)


def test_the_sets_are_written_down_once_more() -> None:
    """What heals, blocks, does not answer, and is absent: by hand, so that no row changes its meaning unseen."""
    assert sorted(BLOCKS) == ["blocked", "challenge"]
    assert sorted(ABSENT) == ["empty", "gone", "not_article", "not_found"]
    assert TRANSIENT >= BLOCKS | NO_ANSWER
    assert sorted(TRANSIENT - BLOCKS - NO_ANSWER) == [
            "empty", "headers_too_large", "item_error", "parse_failed", "redirected_away",
        ]  # fmt: skip
    assert sorted(set(OUTCOMES) - REJECTED) == [
        "broken",
        "dropped",
        "item_error",
        "no_translation",
        "ok",
        "removed",
        "revisit",
        "unchanged",
    ]


@pytest.mark.parametrize(
    ("status", "location", "followed"),
    [(301, "/a", "/a"), (302, None, None), (303, "", ""), (300, "/a", "/a"), (300, None, None), (305, "/proxy", None)],
)
def test_redirects(status: int, location: str | None, followed: str | None) -> None:
    """Only what may be followed is a place to go to; without one it leads nowhere."""
    verdict = judge(status, {} if location is None else {"location": location}, b"", now=NOW)
    assert (verdict.outcome, verdict.location) == ("redirected_away", followed)
    assert verdict.detail == f"HTTP {status} to {followed or 'nowhere'}"


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (200, "HTTP 200"), (202, "HTTP 202: the server has no page yet"), (404, "HTTP 404"), (410, "HTTP 410"),
        (206, "HTTP 206: a part of the page instead of the whole"),
        (400, "HTTP 400: the server finds fault with the request"),
        (403, "HTTP 403: the site refuses this client"), (428, "HTTP 428: the server finds fault with the request"),
        (429, "HTTP 429: too many requests"), (451, "HTTP 451: the site refuses this client"),
        (999, "HTTP 999: the site refuses this client"), (511, "HTTP 511: a network on the way wants a login"),
        # A server that fails, or waited for us too long, gave an answer of HTTP; these did not.
        (408, "HTTP 408"), (500, "HTTP 500"), (503, "HTTP 503"), (599, "HTTP 599"),
        (600, "HTTP 600: not an answer to a plain request"), (101, "HTTP 101: not an answer to a plain request"),
        (0, "HTTP 0: not an answer to a plain request"),
    ],
)  # fmt: skip
def test_a_person_is_told_why(status: int, detail: str) -> None:
    """One line with the number and, where the number alone does not say it, what it means here."""
    assert judge(status, {}, PAGE, now=NOW).detail == detail


@pytest.mark.parametrize("status", [200, 203, 226, 299])
@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_a_success_without_a_body_is_empty(status: int, body: bytes) -> None:
    """Blanks are no page."""
    assert judge(status, {}, body, now=NOW).outcome == "empty"


JSD = b"<script>a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>"
GUARD = b'<script src="/_Incapsula_Resource?SWJIYLWA=719d"></script>'


@pytest.mark.parametrize(
    ("headers", "body", "challenge"),
    [
        ({"cf-mitigated": "Challenge"}, PAGE, True),
        ({"x-amzn-waf-action": "challenge"}, b"", True),
        ({"x-amzn-waf-action": "captcha"}, b"<html></html>", True),
        ({"x-vercel-mitigated": "challenge"}, b"<html></html>", True),
        ({}, b"<script>window._cf_chl_opt={}</script>", True),
        ({}, b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>', True),
        ({}, b'<body><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=9"></iframe>', True),
        ({}, b"<title>\n Just a moment...</title>", True),
        ({"cf-mitigated": "none"}, PAGE, False),
        ({}, PAGE + JSD, False),
        ({}, PAGE + GUARD, False),
        ({}, b"", False),
        ({}, b"<script>_cf_chl_opt</script>" + PAGE * 120, False),
    ],
)
@pytest.mark.parametrize("status", [200, 202, 403, 405, 503])
def test_a_firewall_in_the_sites_place(headers: dict[str, str], body: bytes, challenge: bool, status: int) -> None:
    """Its page is known by its marks, whatever the status; the scripts that CDNs put into articles are no marks."""
    assert looks_like_challenge(headers, body) is challenge
    assert (judge(status, headers, body, now=NOW).outcome == "challenge") is challenge


@pytest.mark.parametrize("status", [200, 202, 403, 405, 503])
def test_a_firewalls_header_says_the_same_to_who_reads_the_page(status: int) -> None:
    """`extract` is given the headers that a crawl saw, and finds what it found."""
    headers = (("Content-Type", "text/html"), ("CF-Mitigated", "challenge"))
    found = extract(HtmlPage(body=b"<html><body><p>Wait.</p></body></html>", status=status, headers=headers))
    assert isinstance(found, Rejected)
    assert found.outcome == judge(status, {"cf-mitigated": "challenge"}, b"x", now=NOW).outcome == "challenge"


@given(
    status=st.integers(-10, 1100),
    headers=st.dictionaries(st.sampled_from(["location", "retry-after", "cf-mitigated", "server"]), st.text()),
    body=st.binary(max_size=200) | st.just(PAGE) | st.just(gzip.compress(PAGE)),
)
def test_any_answer_has_a_row(status: int, headers: dict[str, str], body: bytes) -> None:
    """Whatever a server sends is a row of the table, with one line that says so."""
    verdict = judge(status, headers, body, now=NOW)
    assert OUTCOMES[verdict.outcome].crawled
    assert verdict.detail
    assert verdict.retry_after is None or verdict.retry_after >= 0


@given(st.text(max_size=40) | st.from_regex(r"[0-9.eE+-]{1,30}", fullmatch=True))
def test_any_retry_after(value: str) -> None:
    """No value of the header is more than nonsense."""
    seconds = retry_after_seconds(value, now=NOW)
    assert seconds is None or 0 <= seconds < float("inf")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0), ("1.5", 1.5), ("٣", None), ("²", None), ("1e9", None), ("-1", None), ("", None), ("9" * 400, None),
        ("Thursday, 23-Oct-25 12:00:30 GMT", 30.0), ("Thu Oct 23 12:00:30 2025", 30.0),
        ("Thu, 23 Oct 2025 12:00:30 +0000", 30.0), ("Thu, 23 Oct 2025 19:00:30 +0700", 30.0),
        ("Thu, 23 Oct 2025 11:59:00 GMT", 0.0), ("Thu, 23 Oct 2025 12:00:00 GMT", 0.0),  # it may ask at once
        ("Thu, 99 Oct 2025 12:00:30 GMT", None), ("Thu, 23 Oct 2025 12:00:30 +9999999999", None),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: float | None) -> None:
    """Seconds, or a date in one of the three forms of HTTP."""
    assert retry_after_seconds(value, now=NOW) == seconds


def table(path: str, header: str) -> list[list[str]]:
    """The cells of a table in the docs."""
    text = (ROOT / path).read_text(encoding="utf-8")
    rows = text.partition(header)[2].strip().split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_the_docs_hold_the_table() -> None:
    """docs/crawl.md has each outcome of a crawl, docs/record.md each reason of a rejection, both as the code has it."""
    again = {"next run": "next run", "lastmod": "when `lastmod` changes", "revisit": "within `--revisit`"}
    again["never"] = "never"
    crawled = [[f"`{r.name}`", r.meaning, again[r.again]] for r in OUTCOMES.values() if r.crawled]
    reasons = [[f"`{r.name}`", r.meaning] for r in OUTCOMES.values() if r.reject]
    for path, header, rows in (
        ("docs/crawl.md", "| outcome | meaning | tried again |", crawled),
        ("docs/record.md", "| outcome | meaning |", reasons),
    ):
        assert len(rows) > 15
        told = table(path, header)
        assert [row for row in rows if row not in told] == [], f"{path} lacks these rows"
        assert [row for row in told if row not in rows] == [], f"{path} has rows that pipelines/outcomes.py has not"
        assert told == rows, f"{path}: the order is that of pipelines/outcomes.py"


def test_each_outcome_is_given_by_something() -> None:
    """By a status, or by a line of code that names it: a row alone is an outcome that no page ever has."""
    named: set[object] = set()
    for path in [*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "scraper").rglob("*.py")]:
        if path != ROOT / "pipelines" / "outcomes.py":
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            named |= {node.value for node in nodes if isinstance(node, ast.Constant)}
    silent = [name for name, row in OUTCOMES.items() if not row.statuses and name not in named]
    assert silent == [], "nothing gives these outcomes"


def test_the_code_names_no_other() -> None:
    """Every outcome that a source file writes down is a row: a misspelt one would be a kind of its own."""
    found = 0
    for path in [*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "scraper").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values: list[ast.expr] = []
            if isinstance(node, ast.keyword) and node.arg == "outcome":
                values = [node.value]
            elif isinstance(node, ast.Compare) and re.search(r"\boutcome$", ast.unparse(node.left)):
                values = node.comparators
            for value in values:
                for constant in value.elts if isinstance(value, (ast.Tuple, ast.Set, ast.List)) else [value]:
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        assert constant.value in OUTCOMES, f"{path}:{constant.lineno}: {constant.value!r} is no outcome"
                        found += 1
    assert found > 20
