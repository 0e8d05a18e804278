"""TDM Reservation Protocol (W3C community report): `/.well-known/tdmrep.json`, the headers, and `meta` elements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.rights.model import Answer, Signal, Usage, merged, most_restrictive
from pipelines.rights.paths import is_matched
from pipelines.strict_json import elements
from pipelines.web.site_files import unpacked

PATH = "/.well-known/tdmrep.json"
MAX_BYTES = 512_000
"""The largest tdmrep.json that is read; a larger one gives `unknown`."""
_MOST_RULES = 1000
_UNKNOWN: Mapping[Usage, Answer] = {"tdm": "unknown"}
# Many sites answer any address with a page, status 200.
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<", re.I)


def read_reservation(value: object) -> Answer:
    """The answer of a value of `tdm-reservation`: 1 reserves, 0 does not, anything else is `unknown`.

    >>> read_reservation("1"), read_reservation(" 0 "), read_reservation("true"), read_reservation(True)
    ('disallowed', 'allowed', 'unknown', 'unknown')
    """
    if isinstance(value, str):
        return {"1": "disallowed", "0": "allowed"}.get(value.strip(), "unknown")  # type: ignore[return-value]
    if type(value) is int:
        return {1: "disallowed", 0: "allowed"}.get(value, "unknown")  # type: ignore[return-value]
    return "unknown"


def read_reservations(values: Iterable[str]) -> dict[Usage, Answer]:
    """The answer of all values of a header or of `meta` elements; lines may have been joined by commas."""
    parts = (part for value in values for part in value.split(","))
    return merged({"tdm": read_reservation(part)} for part in parts)


def tdmrep_signal(body: bytes | None, url: str) -> Signal | None:
    """What a site's tdmrep.json says of an address: the first rule whose location matches it.

    `body` is None where it could not be fetched, empty where there is none. Returns None where no rule matches. A
    rule before it that cannot be read makes the answer `unknown`, unless it is `disallowed`. Never raises.
    """
    if body is None:
        return Signal("tdmrep.json", "could not be had", _UNKNOWN)
    if not body.strip() or _PAGE.match(body):
        return None
    plain, problem = unpacked(body, limit=MAX_BYTES) if len(body) <= MAX_BYTES else (b"", "too large")
    if problem is not None:
        return Signal("tdmrep.json", f"cannot be read: {problem}", _UNKNOWN)
    answers: list[Answer] = []
    said: list[str] = []
    try:
        for count, rule in enumerate(elements(plain)):
            if not isinstance(rule, dict) or not _is_location(rule.get("location")) or count >= _MOST_RULES:
                answers.append("unknown")
                said.append("a rule that cannot be read")
                if count >= _MOST_RULES:
                    break
            elif is_matched(rule["location"], url):
                answers.append(read_reservation(rule.get("tdm-reservation")) if "tdm-reservation" in rule else "unsaid")
                said.append(_words(rule))
                break
    except (ValueError, UnicodeError):
        return Signal("tdmrep.json", "no JSON", _UNKNOWN)
    answer = most_restrictive(answers)
    return Signal("tdmrep.json", "; ".join(dict.fromkeys(said)), {"tdm": answer}) if said else None


def _is_location(value: object) -> bool:
    """Whether it is a path pattern; an address, or no slash at the start, matches nothing but meant something."""
    return isinstance(value, str) and value.strip().startswith(("/", "*"))


def _words(rule: Mapping[str, Any]) -> str:
    names = ("location", "tdm-reservation", "tdm-policy")
    return ", ".join(f"{name}: {rule[name]}"[:150] for name in names if name in rule)
