"""The section of a report on what was taken away from the pages, from a sample of texts; and what is suspicious in it.

Suspicious are lines of paragraphs that many articles of a language share, which may be surviving boilerplate, and
stripped lines that are on one page alone and read like an article's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest

from pipelines.report.model import Excerpts, Part, Section, counted, share
from pipelines.report.rules import rule_parts
from pipelines.storage import Revision

_EXAMPLES = 3
_CUT = 300  # characters shown of a line


@dataclass(slots=True)
class _Rule:
    """What a rule took: lines by language and by text, and the newest one, by the time of its page."""

    languages: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    newest: tuple[str, str] = ("", "")


def stripped_section(sample: Iterable[Revision], *, of: int) -> Section:
    """What the rules took from the pages of a sample of `of` texts. The sample is read once."""
    rules: dict[str, _Rule] = defaultdict(_Rule)
    language_of: dict[tuple[str, str], str] = {}
    seen = untranslated = 0
    for stored in sample:
        seen += 1
        article = stored.article
        untranslated += bool(article.untranslated)
        for line in article.stripped:
            rule = rules[line.rule]
            rule.languages[stored.language] += 1
            rule.texts[line.text] += 1
            rule.newest = max(rule.newest, (stored.last_seen, line.text))
            language_of[line.rule, line.text] = stored.language
    parts: list[Part] = [
        f"Read for this: {counted(seen, 'text')} of {of:,}"
        + (", those with the lowest hashes, which is a sample by chance and the same each time." if seen < of else ".")
    ]
    if seen:
        parts.append(
            f"In {counted(untranslated, 'text')} ({share(untranslated, seen)}) a paragraph is in another language than "
            "the article, wholly or in part."
        )
    if rules:
        lines = {name: rule.languages for name, rule in rules.items()}
        parts += [
            *rule_parts(lines, {name: len(rule.texts) for name, rule in rules.items()}),
            _examples(rules, language_of),
        ]
    return Section(anchor="stripped", title="What was stripped", parts=tuple(parts))


def _examples(rules: Mapping[str, _Rule], language_of: Mapping[tuple[str, str], str]) -> Excerpts:
    lines = []
    for name in sorted(rules):
        rule = rules[name]
        most = nsmallest(_EXAMPLES, rule.texts.items(), key=lambda item: (-item[1], item[0]))
        shown = [(text, f"{name}: {counted(number, 'time')}") for text, number in most]
        if rule.newest[1] not in dict(most):
            shown.append((rule.newest[1], f"{name}: the newest"))
        lines += [(language_of[name, text], cut(text), remark) for text, remark in shown]
    return Excerpts(caption="Of each rule the lines it took most often, and the newest", lines=tuple(lines))


def cut(text: str) -> str:
    """A part of a page on one line, cut where it is long."""
    text = text.replace("\n", " / ")
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"
