"""Untranslated paragraphs and half-translated ones, made from public treebanks (`public_truth`).

    python benchmarks/untranslated.py

An article has five paragraphs in one language, with one to three in English or Vietnamese among them: for each length
class, sentences of the other treebank until the class is reached. A half-and-half paragraph has half of the sentences
of one paragraph and as many characters of the other language, in either order. Clean paragraphs are those of the
treebank, and every two, three and four consecutive sentences. The seed is fixed, so the articles are always the same.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from public_truth import FOLDER, Treebank, treebanks

from pipelines.untranslated import untranslated

CLASSES = ((25, 39), (40, 59), (60, 99), (100, 199), (200, 400))
STRANGERS = ("en", "vi")
SEED = 14


def of_length(sentences: list[str], first: int, last: int, chance: random.Random) -> str:
    """Consecutive sentences of between `first` and `last` characters, from a random start."""
    while True:
        start = chance.randrange(len(sentences))
        text = sentences[start]
        for sentence in sentences[start + 1 : start + 4]:
            if len(text) >= first:
                break
            text += " " + sentence
        if len(text) > last:  # the treebanks have few short sentences: take the first words of one, as in a caption
            text = text[: text.rfind(" ", first, last + 1) if " " in text[first:last] else last]
        if first <= len(text) <= last:
            return text


def half_and_half(own: Treebank, stranger: list[str], chance: random.Random) -> str:
    """Half of a paragraph's sentences with at least as many characters of the other language."""
    joint = "" if own.language in ("zh", "ja") else " "
    half = own.sentences[: max(1, len(own.sentences) // 2)]
    kept = joint.join(half)
    other = of_length(stranger, min(300, max(60, len(kept))), 400, chance)
    parts = [kept, other]
    chance.shuffle(parts)
    return " ".join(parts)


def articles(rows: list[Treebank], rounds: int) -> Iterator[tuple[str, str, str, list[str], set[int]]]:
    """(language, foreign language, class, paragraphs, indices of those to find)."""
    chance = random.Random(SEED)
    sentences = {code: [s for row in rows if row.language == code for s in row.sentences] for code in STRANGERS}
    for language in sorted({row.language for row in rows}):
        own = [row for row in rows if row.language == language]
        for stranger in STRANGERS:
            if stranger == language:
                continue
            for first, last in (*CLASSES, (0, 0)):
                for _ in range(rounds):
                    picked = chance.sample(own, 5)
                    article = [row.paragraph for row in picked]
                    places = sorted(chance.sample(range(6), chance.randint(1, 3)), reverse=True)
                    for place in places:
                        if last:
                            article.insert(place, of_length(sentences[stranger], first, last, chance))
                        else:
                            article.insert(place, half_and_half(chance.choice(own), sentences[stranger], chance))
                    truth = {place + number for number, place in enumerate(sorted(places))}
                    yield language, stranger, f"{first}-{last}" if last else "half", article, truth


def clean(rows: list[Treebank]) -> Iterator[tuple[str, str]]:
    """(language, text) of every paragraph and of its consecutive sentences, each text once."""
    seen = set()
    for row in rows:
        for start in range(len(row.sentences)):
            for end in range(start + 1, len(row.sentences) + 1):
                part = row._replace(sentences=row.sentences[start:end]).paragraph
                if part not in seen:
                    seen.add(part)
                    yield row.language, part


def main() -> None:
    if not FOLDER.is_dir():
        sys.exit(f"no public data at {FOLDER}")
    rows = treebanks()
    there: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    false: Counter[str] = Counter()
    neighbours = 0
    for language, stranger, kind, article, truth in articles(rows, rounds=10):
        listed = set(untranslated(article, language))
        there[stranger, kind] += len(truth)
        found[stranger, kind] += len(truth & listed)
        neighbours += len(article) - len(truth)
        false["next to untranslated ones"] += len(listed - truth)
    print("Found of the untranslated paragraphs, per cent (number), by the language and length of the paragraph")
    for (stranger, kind), number in there.items():
        print(f"  {stranger} {kind:8} {100 * found[stranger, kind] / number:6.1f} ({number})")
    alone = list(clean(rows))
    for language, text in alone:
        listed = untranslated([text], language)
        if listed:
            false["alone"] += 1
            print(f"  false flag: {language}, {len(text)} characters")
    print(f"False positives: {false['next to untranslated ones']} of {neighbours} paragraphs of those articles, "
          f"{false['alone']} of {len(alone)} clean texts of one to four sentences")  # fmt: skip


if __name__ == "__main__":
    main()
