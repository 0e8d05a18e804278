"""Body that was lost: stripped lines that read like the article's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from pipelines.audit.findings import Alarm, AuditedText, Example
from pipelines.audit.sketch import Frequent, key_of
from pipelines.extraction.draft import ends_sentence, is_wider
from pipelines.unicode.scripts import carrying_script

_ERROR = 0.0002  # of all stripped lines
_WIDEST, _LEAST_WIDE = 4000, 60  # Latin letters' worth of a line that reads like prose
_GRAM, _LEAST_SHARED = 5, 0.12  # length of a run of letters; the share of a line's runs that the article has too
_LEAST, _SHARE = 3, 0.01  # articles that lost something to one rule, and the part of a language's articles
_MOST_KEPT = 2_000  # of a language and rule; of more every second one, then every fourth
# Rules that take repeated lines, or lines that are sentences by nature (docs/rules.md).
_EXPECTED = ("repeat", "image", "caption", "duplicate")


class _Found:
    """Lines that may be lost: all of them, or one in `one_in`."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes, Example]] = []
        self.one_in = 1
        self._seen = 0

    def add(self, day: str, key: bytes, example: Example) -> None:
        """Keep a line, if it is its turn."""
        if self._seen % self.one_in == 0:
            self.kept.append((day, key, example))
            if len(self.kept) > _MOST_KEPT:
                self.kept, self.one_in = self.kept[::2], 2 * self.one_in
        self._seen += 1


class Losses:
    """Counts stripped lines of texts; `alarms` gives the rules that take what they should not."""

    def __init__(self) -> None:
        self._articles: Counter[str] = Counter()
        self._stripped: dict[str, Frequent[bytes, None]] = defaultdict(lambda: Frequent(_ERROR))
        self._found: dict[tuple[str, str], _Found] = defaultdict(_Found)

    def add(self, text: AuditedText) -> bool:
        """Examine a text's stripped lines; returns whether some of them may be the article's own."""
        self._articles[text.language] += 1
        counted = self._stripped[text.language]
        body, script, grams = "\n".join(text.paragraphs), "", None
        found = False
        for line, rule in text.stripped:
            key = key_of(line)
            counted.add(key)
            if not _reads_like_prose(line) or any(part in rule for part in _EXPECTED) or line in body:
                continue
            if counted.count(key) > 1:
                continue
            if grams is None:
                script, grams = carrying_script(body)[0], _grams(body)
            if carrying_script(line)[0] != script or _shared(line, grams) < _LEAST_SHARED:
                continue
            found = True
            self._found[text.language, rule].add(text.day, key, Example(url=text.url, text=line))
        return found

    def alarms(self) -> Iterator[Alarm]:
        """The alarms, those of the largest share of articles first."""
        alarms = []
        for (language, rule), of_rule in sorted(self._found.items(), key=lambda item: item[0]):
            # A line that came again later is chrome.
            once = [(day, example) for day, key, example in of_rule.kept if self._stripped[language].count(key) <= 1]
            of = self._articles[language]
            articles = min(len({example.url for _, example in once}) * of_rule.one_in, of)
            if articles < max(_LEAST, _SHARE * of):
                continue
            first = min(once, key=lambda one: (one[0], one[1].url))
            alarms.append(
                Alarm(
                    kind="lost",
                    languages=(language,),
                    what=first[1].text,
                    articles=articles,
                    of=of,
                    day=first[0],
                    rule=rule,
                    examples=tuple(example for _, example in once[:3]),
                )
            )
        yield from sorted(alarms, key=lambda alarm: (-alarm.share, alarm.languages, alarm.rule or ""))


def _reads_like_prose(line: str) -> bool:
    return "\n" not in line and is_wider(line, _LEAST_WIDE) and not is_wider(line, _WIDEST) and ends_sentence(line)


def _grams(text: str) -> set[str]:
    lower = text.lower()
    return {lower[start : start + _GRAM] for start in range(len(lower) - _GRAM + 1)}


def _shared(line: str, grams: set[str]) -> float:
    own = _grams(line)
    return len(own & grams) / len(own) if own else 0.0
