"""Preferences as dictionaries of structured fields (RFC 9651): `Content-Usage` of the IETF's AI Preferences, and the
`Content-Signal` that a CDN writes into the robots.txt of its customers.

The standard ignores what cannot be read; here it is `unknown`, since somebody meant to say something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import http_sf

from pipelines.rights.model import Answer, Usage, merged

_LONGEST = 8192  # bytes of one line; the vocabulary has few words


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceKeys:
    """What the keys are about, and the tokens that answer. A `wide` key answers for usages that have no key of their
    own; a `narrow` one is about a part of its usage, so that it cannot allow all of it.
    """

    keys: Mapping[str, Usage]
    yes: str
    no: str
    wide: Mapping[str, tuple[Usage, ...]]
    narrow: frozenset[str] = frozenset()

    @property
    def usages(self) -> frozenset[Usage]:
        """All usages that it can be about."""
        return frozenset(self.keys.values())


CONTENT_USAGE = PreferenceKeys(
    # Drafts have had other words for the same: `ai`, `genai`, `tdm`, and `bots` for all automated processing.
    keys={
        "train-ai": "train-ai", "ai": "train-ai", "genai": "train-ai", "train-genai": "train-ai",
        "search": "search", "tdm": "tdm",
    },
    yes="y",
    no="n",
    wide={"bots": ("train-ai", "search")},
    narrow=frozenset({"genai", "train-genai"}),
)  # fmt: skip
CONTENT_SIGNAL = PreferenceKeys(keys={"ai-train": "train-ai", "search": "search"}, yes="yes", no="no", wide={})


def read_preferences(value: str, vocabulary: PreferenceKeys = CONTENT_USAGE) -> dict[Usage, Answer]:
    """What one line says. Never raises; a line that is no dictionary makes all usages of the vocabulary `unknown`.

    >>> read_preferences("train-ai=n, search=y;since=2"), read_preferences("train-ai=no"), read_preferences("other=?1")
    ({'train-ai': 'disallowed', 'search': 'allowed'}, {'train-ai': 'unknown'}, {})
    >>> sorted(read_preferences("train-ai:n").items())
    [('search', 'unknown'), ('tdm', 'unknown'), ('train-ai', 'unknown')]
    """
    twice: set[str] = set()
    data = value.encode("utf-8", "replace")
    try:
        found: Any = None
        if len(data) <= _LONGEST:
            found = http_sf.parse(data, tltype="dictionary", on_duplicate_key=lambda key, _: twice.add(key))
    except (ValueError, ArithmeticError, LookupError, RecursionError):  # StructuredFieldError is a ValueError
        found = None
    if not isinstance(found, dict):
        return dict.fromkeys(vocabulary.usages, "unknown")
    answers: list[dict[Usage, Answer]] = []
    for key, member in found.items():
        answer = _answer(member, vocabulary)
        # The standard keeps the last of two; no and then yes is not yes.
        answer = "unknown" if answer == "allowed" and key in twice else answer
        if key in vocabulary.keys and not (answer == "allowed" and key in vocabulary.narrow):
            answers.append({vocabulary.keys[key]: answer})
    own = merged(answers)
    for key in vocabulary.wide.keys() & found.keys():
        answer = _answer(found[key], vocabulary)
        for usage in vocabulary.wide[key]:
            own.setdefault(usage, "unknown" if answer == "allowed" and key in twice else answer)
    return own


def _answer(member: Any, vocabulary: PreferenceKeys) -> Answer:
    """The answer of a dictionary's member; an item is a pair of a value and its parameters, which are ignored."""
    value = member[0] if isinstance(member, tuple) else None
    if isinstance(value, http_sf.Token):
        return {vocabulary.yes: "allowed", vocabulary.no: "disallowed"}.get(str(value), "unknown")  # type: ignore[return-value]
    return "unknown"


def read_lines(lines: Iterable[str], vocabulary: PreferenceKeys = CONTENT_USAGE) -> dict[Usage, Answer]:
    """What the lines of a header say together: each is a dictionary, and so are all of them joined by commas."""
    return merged(read_preferences(line, vocabulary) for line in lines)
