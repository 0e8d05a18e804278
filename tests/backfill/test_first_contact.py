"""What `doctor --archives` says of an answer, and what it advises, without a network."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.captures import Capture
from pipelines.models import HtmlPage
from pipelines.outcomes import Verdict
from scraper.backfill.first_contact import ArchivesDoctorSpider, _remedy
from scraper.replica import ReplicaSite
from scraper.replica.texts import SLUGS
from scraper.visits import Answer

CAPTURE = Capture(
    archive="internetarchive", crawl="", url="https://www.vietnam.vn/fr/a", slug="a", language="fr",
    captured_at="2024-02-01T00:00:00.000000Z",
)  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "status", "advice"),
    [
        ("robots", 0, "backfill obeys it; write to the archive"),
        ("blocked", 403, "wait a day, and set VIETNAMVN_CONTACT"),
        ("blocked", 429, "wait a day, and set VIETNAMVN_CONTACT"),
        ("not_found", 404, "try again later"),
        ("server_error", 503, "try again later"),
        ("timeout", 0, "try again later"),
    ],
)
def test_what_to_do_follows_from_the_answer(outcome: Any, status: int, advice: str) -> None:
    """Who is refused asks too much, or is nobody; what is broken may be whole tomorrow."""
    verdict = Verdict(outcome=outcome, detail="")
    assert _remedy(Answer(url="u", verdict=verdict, fetched_at="", status=status)) == advice


def said(page: HtmlPage | None) -> tuple[str, str, str]:
    """What is said of a page: the check, its level, what was found."""
    spider: Any = ArchivesDoctorSpider.__new__(ArchivesDoctorSpider)
    found: list[tuple[str, str, str]] = []
    spider._say = lambda check, level, text, *more: found.append((check, level, text))
    spider._page(CAPTURE, page)
    (one,) = found
    return one


def test_a_page_of_the_past_is_read() -> None:
    """How many paragraphs it has; one that is no article is noted, since archives hold all kinds."""
    site = ReplicaSite(articles=1)
    body = site.respond(f"/fr/{SLUGS[0]}", {}).body
    check, level, text = said(HtmlPage(body=body, url=f"https://www.vietnam.vn/fr/{SLUGS[0]}"))
    assert (check, level) == ("its page", "ok")
    assert text.startswith("https://www.vietnam.vn/fr/a of 2024-02-01: ")
    assert " paragraphs, " in text
    check, level, text = said(HtmlPage(body=b"", url="https://www.vietnam.vn/fr/a"))
    assert (check, level) == ("its page", "note")
    assert "empty" in text
    assert said(None)[1:] == ("note", "https://www.vietnam.vn/fr/a of 2024-02-01: no HTML")
