"""What robots.txt says of an address: whether this program may fetch it, and the preferences of its group of rules.

`Content-Usage: [path] preferences` (draft-ietf-aipref-attach): the rule with the longest matching path counts, and all
others of that length. Protego decides which group is the agent's, and which path matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from protego import Protego

from pipelines.rights.model import Answer, Signal, Usage, merged
from pipelines.rights.paths import is_matched
from pipelines.rights.preferences import CONTENT_SIGNAL, CONTENT_USAGE, PreferenceKeys, read_preferences
from pipelines.web.robots import Robots

MAX_RULES = 500
"""The most lines of preferences that are read; with more the answer is unknown."""
_LINE = re.compile(r"[ \t]*(content-(?:usage|signal))[ \t]*:([^\r\n#]*)", re.I)
_ALLOW = re.compile(r"\s*(?:allow|dis+al+[ao]w|diasllow)\b", re.I)
_FIRST_GROUP = re.compile(r"\s*user.?agent\b", re.I)
_VOCABULARIES = {"content-usage": CONTENT_USAGE, "content-signal": CONTENT_SIGNAL}


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of preferences of the agent's group; `path` is empty where it is for all paths."""

    path: str
    said: str
    vocabulary: PreferenceKeys
    is_misplaced: bool = False

    def usages(self) -> dict[Usage, Answer]:
        """The answers of the line; those of a line before all groups, which names no agent, are unknown."""
        answers = read_preferences(self.said, self.vocabulary)
        return dict.fromkeys(answers, "unknown") if self.is_misplaced else answers


def robots_signals(robots: Robots | None, url: str, *, agent: str) -> tuple[Signal, ...]:
    """What a robots.txt says of an address to `agent`; None where it could not be fetched."""
    if robots is None or robots.problem is not None:
        said = "could not be had" if robots is None else (robots.problem or "")
        return (Signal("robots.txt", said, {"fetch": "unknown"}),)
    if not robots.text.strip():
        return (Signal("robots.txt", "none", {"fetch": "allowed"}),)
    allows = robots.allows(url, agent)
    fetch = Signal(
        "robots.txt", "allows it" if allows else "disallows it", {"fetch": "allowed" if allows else "disallowed"}
    )
    return (fetch, *_preferences(robots.text, url, agent))


def _preferences(text: str, url: str, agent: str) -> list[Signal]:
    found: list[Signal] = []
    for name, rules in _rules(text, agent).items():
        source = f"robots.txt {name}"
        if rules is None:
            unknown: dict[Usage, Answer] = dict.fromkeys(_VOCABULARIES[name].usages, "unknown")
            found.append(Signal(source, f"more than {MAX_RULES} lines", unknown))
            continue
        matching = [rule for rule in rules if not rule.path or is_matched(rule.path, url)]
        longest = max((_length(rule) for rule in matching), default=0)
        counted = [rule for rule in matching if _length(rule) == longest]
        if counted:
            said = ", ".join(f"{rule.path} {rule.said}".strip() for rule in counted)
            found.append(Signal(source, said, merged(rule.usages() for rule in counted)))
    return found


def _length(rule: _Rule) -> int:
    """A rule without a path is one for ``/``."""
    return max(1, len(rule.path.encode("utf-8", "replace")))


@lru_cache(maxsize=64)
def _rules(text: str, agent: str) -> dict[str, tuple[_Rule, ...] | None]:
    """The lines of preferences in the group of `agent`, by field name; None where there are too many.

    Each becomes a rule of robots.txt with a path of its own, in a file without other rules: the line is in the agent's
    group if Protego forbids that path.
    """
    lines = text.splitlines()
    found = [(at, match) for at, line in enumerate(lines) if (match := _LINE.match(line))]
    if not found:
        return {}
    names = dict.fromkeys(match[1].lower() for _, match in found)
    if len(found) > MAX_RULES:
        return dict.fromkeys(names, None)
    first = next((at for at, line in enumerate(lines) if _FIRST_GROUP.match(line)), len(lines))
    numbered = {at: f"Disallow: /{number}/" for number, (at, _) in enumerate(found)}
    others = ("Disallow: /other/" if _ALLOW.match(line) else line for line in lines)
    groups = Protego.parse("\n".join(numbered.get(at, line) for at, line in enumerate(others)))
    kept: dict[str, list[_Rule]] = {name: [] for name in names}
    for number, (at, match) in enumerate(found):
        if at < first or not groups.can_fetch(f"https://x/{number}/", agent):
            name = match[1].lower()
            path, said = _parts(match[2])
            kept[name].append(_Rule(path, said, _VOCABULARIES[name], is_misplaced=at < first))
    return {name: tuple(rules) for name, rules in kept.items() if rules}


def _parts(value: str) -> tuple[str, str]:
    """The path of a line, if it has one, and the rest."""
    value = value.strip()
    if not value.startswith(("/", "*")):
        return "", value
    path, *rest = value.split(maxsplit=1)  # by tabs, too
    return path, "".join(rest)
