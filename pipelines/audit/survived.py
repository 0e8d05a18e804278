"""Chrome that survived: lines, or beginnings of lines, in many articles of one language."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pipelines.audit.findings import Alarm, AuditedText, Example
from pipelines.audit.sketch import Frequent, key_of
from pipelines.unicode.words import has_unspaced

_LONGEST = 400  # characters of a line that may be chrome
_ERROR = 0.0002  # of all lines: what comes less often may be forgotten
# A line that so many articles share, and such a part of them, is an alarm. Lines that only begin alike are often prose.
_LEAST, _SHARE = 4, 0.02
_LEAST_BEGINNING, _SHARE_BEGINNING = 8, 0.1
_LEAST_HEADLINES, _SHARE_HEADLINES = 4, 0.02
_LONGEST_HEADLINE, _STOPS = 200, (".", "。", "।", "۔")  # no headline ends so
_MOST_TITLES = 300_000  # of a language, whose hashes are kept
_WORDS, _LETTERS = 3, 8  # of a beginning, in scripts with and without spaces
_EDGE = 2  # paragraphs that are the beginning or the end
_EXAMPLES = 3
_MOST_ARTICLES = 32  # whose numbers are kept of a headline, so that an article with several counts once
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class _Line:
    shown: str
    day: str
    examples: list[Example] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    near: Counter[str] = field(default_factory=Counter)
    articles: list[int] = field(default_factory=list)  # numbers of the first ones, of a headline


class _Place(NamedTuple):
    text: AuditedText
    number: int
    rules: Sequence[str]

    @property
    def name(self) -> str:
        """The part of the article: begin, middle or end."""
        if self.number < _EDGE:
            return "begin"
        return "end" if self.number >= len(self.text.paragraphs) - _EDGE else "middle"


class Survivors:
    """Counts the lines of texts; `alarms` gives the suspicious ones."""

    def __init__(self) -> None:
        self._articles: Counter[str] = Counter()
        self._lines: dict[str, Frequent[bytes, _Line]] = defaultdict(lambda: Frequent(_ERROR))
        self._beginnings: dict[str, Frequent[bytes, _Line]] = defaultdict(lambda: Frequent(_ERROR))
        self._headlines: dict[str, Frequent[bytes, _Line]] = defaultdict(lambda: Frequent(_ERROR))
        self._titles: dict[str, set[bytes]] = defaultdict(set)
        self._taken: dict[str, Frequent[bytes, str]] = defaultdict(lambda: Frequent(_ERROR))

    def add(self, text: AuditedText) -> None:
        """Count the lines of one text, each once."""
        language = text.language
        self._articles[language] += 1
        if text.title and len(self._titles[language]) < _MOST_TITLES:
            self._titles[language].add(key_of(text.title))
        for line, rule in text.stripped:
            if len(line) <= _LONGEST:
                key = key_of(_masked(line))
                if self._taken[language].add(key):
                    self._taken[language].values[key] = rule
        seen: set[bytes] = set()
        taken: dict[int, list[str]] = defaultdict(list)  # the rules beside each paragraph
        for (_, rule), at in zip(text.stripped, text.stripped_at, strict=False):
            taken[at].append(rule)
            taken[at - 1].append(rule)
        for number, paragraph in enumerate(text.paragraphs):
            if len(paragraph) > _LONGEST:
                continue
            masked = _masked(paragraph)
            place = _Place(text, number, taken.get(number, ()))
            self._count(self._lines[language], key_of(masked), paragraph, place, seen)
            beginning = _beginning(masked)
            if beginning:
                self._count(self._beginnings[language], key_of("^" + beginning), paragraph, place, seen)
            if len(paragraph) <= _LONGEST_HEADLINE and not paragraph.endswith(_STOPS) and paragraph != text.title:
                key = key_of(paragraph) + b"h"
                self._count(self._headlines[language], key, paragraph, place, seen)
                headline = self._headlines[language].values.get(key)
                if headline is not None and len(headline.articles) < _MOST_ARTICLES:
                    headline.articles.append(self._articles[language])

    def _count(self, table: Frequent[bytes, _Line], key: bytes, line: str, place: _Place, seen: set[bytes]) -> None:
        if key in seen:
            return
        seen.add(key)
        if table.add(key):
            table.values[key] = _Line(line, place.text.day)
        found = table.values.get(key)
        if found is None:
            return
        found.day = min(found.day, place.text.day)
        found.places[place.name] += 1
        if place.rules:
            found.near.update(place.rules)
        if len(found.examples) < _EXAMPLES:
            found.examples.append(Example(url=place.text.url, text=line))

    def alarms(self) -> Iterator[Alarm]:
        """The alarms, the most suspicious first."""
        found = []
        for language in sorted(self._articles):
            whole = list(self._of(self._lines[language], language, _LEAST, _SHARE))
            found += whole
            known = {_beginning(_masked(alarm.what)) for alarm in whole}
            for alarm in self._of(self._beginnings[language], language, _LEAST_BEGINNING, _SHARE_BEGINNING):
                if _beginning(_masked(alarm.what)) not in known:
                    found.append(alarm)
            found += self._headline_alarm(language)
        yield from sorted(_together(found), key=lambda alarm: (-alarm.share, alarm.languages, alarm.what))

    def _of(self, table: Frequent[bytes, _Line], language: str, least: int, share: float) -> Iterator[Alarm]:
        of = self._articles[language]
        for key, count in table.items():
            line = table.values.get(key)
            if line is None or count < max(least, share * of):
                continue
            elsewhere = self._taken[language].values.get(key)
            yield Alarm(
                kind="survived",
                languages=(language,),
                what=line.shown,
                articles=count,
                of=of,
                day=line.day,
                where=_most(line.places),
                rule=elsewhere or (_most(line.near) if line.near else None),
                examples=tuple(line.examples),
            )

    def _headline_alarm(self, language: str) -> list[Alarm]:
        """Paragraphs that are titles of other articles, all together, since each of them may be on few pages."""
        table, titles = self._headlines[language], self._titles[language]
        found = [
            (count, table.values[key]) for key, count in table.items() if key[:-1] in titles and key in table.values
        ]
        several = {number for _, line in found for number in line.articles}
        # Not every article of a very common title is kept.
        total = max(len(several), max((count for count, _ in found), default=0))
        of = self._articles[language]
        if total < max(_LEAST_HEADLINES, _SHARE_HEADLINES * of):
            return []
        places = sum((line.places for _, line in found), Counter[str]())
        first = min(found, key=lambda one: (one[1].day, one[1].shown))[1]
        examples = [example for _, line in sorted(found, key=lambda one: one[1].shown) for example in line.examples]
        return [
            Alarm(
                kind="headlines",
                languages=(language,),
                what=first.shown,
                articles=min(total, of),
                of=of,
                day=first.day,
                where=_most(places),
                examples=tuple(examples[:_EXAMPLES]),
            )
        ]


def _together(alarms: Sequence[Alarm]) -> Iterator[Alarm]:
    """One alarm for a line that is the same in several languages."""
    by_line: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        by_line[alarm.kind, _masked(alarm.what)].append(alarm)
    for same in by_line.values():
        first = min(same, key=lambda alarm: (alarm.day or "", alarm.languages))
        yield replace(
            first,
            languages=tuple(sorted({language for alarm in same for language in alarm.languages})),
            articles=sum(alarm.articles for alarm in same),
            of=sum(alarm.of for alarm in same),
        )


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _masked(line: str) -> str:
    """A line without what changes from page to page."""
    return _DIGITS.sub("0", line)


def _beginning(masked: str) -> str:
    """The first words of a line that goes on; empty for a shorter one."""
    if has_unspaced(masked[:_LETTERS]):
        return masked[:_LETTERS] if len(masked) > 2 * _LETTERS else ""
    words = masked.split(None, _WORDS)
    return " ".join(words[:_WORDS]) if len(words) > _WORDS else ""
