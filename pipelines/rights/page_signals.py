"""The signals that came with a page: in the headers of the response, and in the `meta` elements of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipelines.rights.directives import AGENT, is_named, read_tags, read_words
from pipelines.rights.model import Answer, Rights, Signal, Usage, merged
from pipelines.rights.preferences import CONTENT_SIGNAL, CONTENT_USAGE, read_lines
from pipelines.rights.tdmrep import read_reservations

Pairs = Iterable[tuple[str, str]]


def header_rights(headers: Pairs, *, fetched_at: str | None = None, agent: str = AGENT) -> Rights:
    """What the headers of a response say, names in any case, each line by itself; `fetched_at` is its time, ISO 8601.

    >>> header_rights([("TDM-Reservation", "1"), ("X-Robots-Tag", "noai")]).disallowed(["tdm", "search"])
    ('tdm',)
    """
    lines: dict[str, list[str]] = {}
    for name, value in headers:
        lines.setdefault(name.strip().lower(), []).append(value)
    signals = []
    for name, vocabulary in (("content-usage", CONTENT_USAGE), ("content-signal", CONTENT_SIGNAL)):
        if name in lines:
            signals.append(Signal(f"header {name}", ", ".join(lines[name]), read_lines(lines[name], vocabulary)))
    signals += _tdm("header tdm-reservation", lines.get("tdm-reservation", ()), lines.get("tdm-policy", ()))
    if tags := lines.get("x-robots-tag"):
        signals.append(
            Signal("header x-robots-tag", ", ".join(tags), read_tags(tags, fetched_at=fetched_at, agent=agent))
        )
    return Rights(tuple(signals))


def meta_rights(elements: Pairs, *, fetched_at: str | None = None, agent: str = AGENT) -> Rights:
    """What `meta` elements say, by `name` and `content`.

    >>> meta_rights([("ROBOTS", "noarchive"), ("otherbot", "noai")]).answers()["archive"]
    'disallowed'
    """
    found = [(name.strip().lower(), content) for name, content in elements]
    words = [(name, content) for name, content in found if name != "*" and is_named(name, agent)]
    signals = _tdm(
        "meta tdm-reservation",
        [content for name, content in found if name == "tdm-reservation"],
        [content for name, content in found if name == "tdm-policy"],
    )
    if words:
        said = ", ".join(content if name == "robots" else f"{name}: {content}" for name, content in words)
        answers: list[Mapping[Usage, Answer]] = [read_words(content, fetched_at=fetched_at) for _, content in words]
        signals.append(Signal("meta robots", said, merged(answers)))
    return Rights(tuple(signals))


def _tdm(source: str, reservations: Sequence[str], policies: Sequence[str]) -> list[Signal]:
    """A policy gives the terms; alone it reserves nothing."""
    if not reservations and not policies:
        return []
    said = ", ".join((*reservations, *(f"policy: {policy}" for policy in policies)))
    return [Signal(source, said, read_reservations(reservations))]
