"""Reads answers to requests for robots.txt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.outcomes import Outcome
from pipelines.rights.judging import NOT_HAD, NotHad
from pipelines.web.robots import Robots, parse_robots
from scraper.visits import Answer


def robots_agent(settings: Mapping[str, Any]) -> str:
    """The user agent by which rules of robots.txt are chosen."""
    return str(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])


_NONE: frozenset[Outcome] = frozenset({"not_found", "gone", "empty"})


def robots_in(answer: Answer) -> Robots | None:
    """The rules in an answer to a request for robots.txt; None if they could not be fetched.

    If the site has no robots.txt (`is_absent`), nothing is disallowed.
    """
    if is_absent(answer):
        return parse_robots(b"", answer.url)
    return parse_robots(answer.body, answer.url) if answer.verdict.outcome == "ok" else None


def is_absent(answer: Answer) -> bool:
    """Whether an answer means that the file does not exist."""
    return answer.verdict.outcome in _NONE


def file_in(answer: Answer) -> bytes | NotHad:
    """The bytes of a file such as robots.txt; empty if it does not exist, `NOT_HAD` if it could not be fetched."""
    if is_absent(answer):
        return b""
    return answer.body if answer.verdict.outcome == "ok" else NOT_HAD
