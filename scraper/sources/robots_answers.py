"""The answer to a request for robots.txt, and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.outcomes import Outcome
from pipelines.rights.judging import NOT_HAD, NotHad
from pipelines.web.robots import Robots, parse_robots
from scraper.visits import Answer


def robots_agent(settings: Mapping[str, Any]) -> str:
    """The name by which robots.txt knows us."""
    return str(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])


_NONE: frozenset[Outcome] = frozenset({"not_found", "gone", "empty"})


def robots_in(answer: Answer) -> Robots | None:
    """The rules that came with the answer to a request for robots.txt; None where nobody knows them.

    Where the site has none (`is_absent`), nothing is disallowed.
    """
    if is_absent(answer):
        return parse_robots(b"", answer.url)
    return parse_robots(answer.body, answer.url) if answer.verdict.outcome == "ok" else None


def is_absent(answer: Answer) -> bool:
    """Whether an answer says that there is no such file."""
    return answer.verdict.outcome in _NONE


def file_in(answer: Answer) -> bytes | NotHad:
    """A file in which the site speaks for all of its pages, as it came; empty where there is none."""
    if is_absent(answer):
        return b""
    return answer.body if answer.verdict.outcome == "ok" else NOT_HAD
