"""`groups --lens` on groups with planted errors: precision and recall of each kind.

    python benchmarks/lens.py [--articles N]

Plants one error at a time in one language version of the replica's articles and of the project's own parallel ones: a
number, a time or a unit changed, a sentence left in Vietnamese, a loop, half of the text missing, a bracket or a
quotation mark lost.

Recall: the share of planted errors for which the lens finds their kind in that version. Precision: the share of the
versions with such a finding that have the error. Measured in whole groups and with only the Vietnamese original.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipelines.translations.lens import Kind, lens  # noqa: E402  # after the path: the project may not be installed
from pipelines.translations.sentences import sentences  # noqa: E402
from scraper.replica.content import content  # noqa: E402
from scraper.replica.texts import STORIES  # noqa: E402

PARALLEL = sorted((ROOT / "tests" / "translations" / "parallel").glob("*.json"))
Group = Mapping[str, Sequence[str]]
Plant = Callable[[random.Random, list[str], Sequence[str], str], bool]
"""Puts an error into paragraphs, given the Vietnamese ones and the language; returns whether it could."""


CLOCKS = {
    "vi": "{}h{}",
    "fr": "{}h{}",
    "id": "{}.{}",
    "de": "{}.{}",
    "ja": "{}時{}分",
    "zh": "{}点{}分",
    "ko": "{}시 {}분",
}


def groups(articles: int) -> Iterator[Group]:
    """The project's parallel articles, then the replica's; each version with a time in its language's format."""
    found = [json.loads(path.read_text(encoding="utf-8"))["versions"] for path in PARALLEL]
    found += [{language: content(number, language)[2] for language in STORIES} for number in range(articles)]
    for number, group in enumerate(found):
        times = {language: CLOCKS.get(language, "{}:{}").format(5 + number % 7, 31 + number) for language in group}
        yield {language: [f"({times[language]}) {text[0]}", *text[1:]] for language, text in group.items()}


def _replace(chance: random.Random, mine: list[str], pattern: str, by: Callable[[re.Match[str]], str]) -> bool:
    places = [(n, match) for n, text in enumerate(mine) for match in re.finditer(pattern, text)]
    if not places:
        return False
    number, match = chance.choice(places)
    mine[number] = mine[number][: match.start()] + by(match) + mine[number][match.end() :]
    return True


def _number(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    def other(match: re.Match[str]) -> str:
        first = str((int(match[0][0]) + chance.randint(1, 8) - 1) % 9 + 1)
        return first + match[0][1:]

    return _replace(chance, mine, r"(?<![\d.,:時点시h])(?<!시 )\d{2,}(?![\d:h時点시]|[.]\d\d\))", other)


def _time(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    return _replace(
        chance,
        mine,
        r"(?<![\d.,:])(\d?\d)([:.h]|時|点|시 ?)(\d\d)(?![\d.,])",
        lambda m: f"{int(m[1]) % 12 + 1}{m[2]}{m[3]}",
    )


def _unit(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    return _replace(chance, mine, r"(?<=\d)\s?(?:%|％|km|m|kg|ha)(?!\w)", lambda m: " USD")


def _foreign(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    if len(original) != len(mine):
        return False
    number = chance.randrange(len(mine))
    left = max(sentences(original[number], "vi"), key=len)
    own = sentences(mine[number], language)
    if len(left) < 40:
        return False
    at = chance.randrange(len(own))
    mine[number] = " ".join([*own[:at], left, *own[at + 1 :]])
    return True


def _loop(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    number = chance.randrange(len(mine))
    spaced = " " in mine[number].strip()
    pieces = mine[number].split(" ") if spaced else list(mine[number])
    size = chance.randint(2, 8) if spaced else chance.randint(4, 16)
    if len(pieces) <= size:
        return False
    at, join = chance.randrange(len(pieces) - size), " " if spaced else ""
    mine[number] = join.join([*pieces[:at], *pieces[at : at + size] * chance.randint(4, 8), *pieces[at + size :]])
    return True


def _half(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    left = sum(map(len, mine)) // 2
    for number, text in enumerate(mine):
        mine[number] = text[: max(0, left)]
        left -= len(text)
    mine[:] = [text for text in mine if text]
    return True


def _bracket(chance: random.Random, mine: list[str], original: Sequence[str], language: str) -> bool:
    return _replace(chance, mine, r"(?<=\w[.,!?])[”»“」]|[“«„「](?=\w)|[)）]|[(（]", lambda m: "")


PLANTS: Mapping[str, tuple[Kind, Plant]] = {
    "number changed": ("number", _number),
    "time changed": ("time", _time),
    "unit changed": ("unit", _unit),
    "sentence left in Vietnamese": ("foreign", _foreign),
    "loop": ("loop", _loop),
    "half of the text missing": ("length", _half),
    "bracket or quote lost": ("brackets", _bracket),
}


def measure(articles: int, *, pairs: bool) -> None:
    """Print a line for each kind of error."""
    print(f"\n{'pairs with the original' if pairs else 'whole groups'}\n{'error':30} planted  recall  precision")
    for name, (kind, plant) in PLANTS.items():
        chance, count = random.Random(name), Counter[str]()
        for group in groups(articles):
            original = group["vi"]
            for language in sorted(set(group) - {"vi"}):
                mine = list(group[language])
                if not plant(chance, mine, original, language):
                    continue
                planted = {**group, language: mine}
                if pairs:
                    planted = {"vi": original, language: mine}
                count["planted"] += 1
                for version, seen in lens(planted).items():
                    if any(finding.kind == kind for finding in seen.findings):
                        count["right" if version == language else "wrong"] += 1
                if pairs and any(
                    f.kind == kind for f in lens({"vi": original, language: group[language]})[language].findings
                ):
                    count["wrong"] += 1
        recall = count["right"] / max(1, count["planted"])
        precision = count["right"] / max(1, count["right"] + count["wrong"])
        print(f"{name:30} {count['planted']:7}  {recall:6.3f}  {precision:9.3f}", flush=True)


def main() -> None:
    """Measure whole groups and pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=6, help="of the replica (default: 6)")
    articles = parser.parse_args().articles
    for pairs in (False, True):
        measure(articles, pairs=pairs)


if __name__ == "__main__":
    main()
