"""Kinds of changes on generated histories with known truth: precision and recall of each kind.

    python benchmarks/revisions.py [--articles N] [--seed S]

Takes the project's own parallel articles and the replica's in its fourteen languages, and changes them over ten
days: edits of a number, of words, of the title, of whole paragraphs, which reach the translations at once, up to two
days later, or never; new translations of one or of all languages; labels, white space, doubled lines and
lines that an extractor took for text. A crawl sees the languages some hours apart and misses one page in ten.

The true kind of a change is what was planted between two sightings: an edit if there was one, else a new translation,
else chrome. If the original was not seen before and after, a new translation is `unknown`, as is an edit of only one
language.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lens import groups  # noqa: E402  # after the path: the project may not be installed

from pipelines.translations.revisions import KINDS, Kind, RevisionText, changes  # noqa: E402
from scraper.replica.content import content  # noqa: E402
from scraper.replica.texts import COUNTED, LABELS, STORIES  # noqa: E402

DAYS = 10
START = datetime(2025, 10, 1, tzinfo=timezone.utc)
MISSED, NEVER, WHOLE, ALL = 0.1, 0.2, 0.5, 0.3  # of pages, of languages that follow, of edits, of new translations


@dataclass(slots=True)
class Page:
    """The current state of one language's page: its paragraphs by number, the rest of its text, and past changes."""

    language: str
    title: str
    lead: str
    body: dict[int, str]
    below: list[str] = field(default_factory=list)
    stripped: list[str] = field(default_factory=list)
    lead_in_text: bool = False
    doubled: bool = False
    spaced: bool = False
    happened: list[Kind] = field(default_factory=list)

    def text(self) -> tuple[str, str, tuple[str, ...]]:
        """Title, lead and paragraphs as an extractor takes them."""
        lines = [self.body[number] for number in sorted(self.body)]
        lines[0] = lines[0].replace(" ", "\u00a0", 1) + " " if self.spaced else lines[0]
        lines += [*lines[-1:] * self.doubled, *self.below]
        return self.title, "" if self.lead_in_text else self.lead, (*([self.lead] * self.lead_in_text), *lines)


Step = Callable[[random.Random, Page], None]


def reworded(chance: random.Random, text: str) -> str:
    """The text without one word, or without two letters in scripts without spaces; figures stay."""
    spaced = text.count(" ") * 12 > len(text)
    pieces = text.split(" ") if spaced else [text[i : i + 2] for i in range(0, len(text), 2)]
    plain = [i for i, piece in enumerate(pieces) if piece.isalpha() and not piece[0].isupper()]
    if not plain:
        return f"{text} …"
    at = chance.choice(plain)
    return (" " if spaced else "").join([*pieces[:at], *pieces[at + 1 :]])


def translated_anew(chance: random.Random, page: Page) -> None:
    """Change words in most lines, and sometimes the separators of a number."""
    page.title = reworded(chance, page.title)
    for number in (again := sorted(page.body)):
        if number == again[0] or chance.random() < 0.8:
            page.body[number] = reworded(chance, page.body[number])
        if chance.random() < 0.2:
            page.body[number] = re.sub(r"(?<!\d)(\d{1,3})[.,\s](\d{3})(?!\d)", r"\1\2", page.body[number])


def edit(chance: random.Random, size: int) -> Step:
    """One edit of an article with `size` paragraphs, the same in each language."""
    name = chance.choice(["number", "words", "words", "title", "added", "removed"])
    place, n, m = chance.randrange(size - 1), chance.randint(100, 9999), chance.randint(13, 99)

    def step(own: random.Random, page: Page) -> None:
        if name == "number":
            page.body[10 * size] = COUNTED[page.language].format(n=n, m=m)
        elif name == "title":
            page.title = reworded(own, page.title)
        elif name == "added":
            page.body[10 * place + 1] = COUNTED[page.language].format(n=n, m=m)
        elif name == "removed" and len(page.body) > 3 and 10 * place in page.body:
            del page.body[10 * place]
        else:
            number = min(page.body, key=lambda number: abs(number - 10 * place))
            page.body[number] = reworded(own, page.body[number])

    return step


def chrome(chance: random.Random, page: Page) -> None:
    """Change a label, white space, a doubled line, a line of the page taken for text, or the lead in the text."""
    labels = LABELS[page.language]
    kind = chance.choice(["label", "comment", "space", "doubled", "taken", "lead"])
    if kind == "label":
        page.below.append(f"{labels.source}:")
    elif kind == "doubled" and not page.doubled:
        page.doubled = True
    elif kind == "taken":
        page.stripped.append(f"{chance.choice(labels.sections)} {len(page.happened)}")
        page.below.append(page.stripped[-1])
    elif kind == "lead" and not page.lead_in_text:
        page.lead_in_text = True
    elif kind == "space" and not page.spaced:
        page.spaced = True
    else:
        page.below.append(f"{labels.comment} ({len(page.happened)})")


def grown(seed: str, group: Mapping[str, list[str]]) -> Iterator[tuple[int, dict[str, Page]]]:
    """The pages of each day, from the first to the last."""
    chance = random.Random(seed)
    pages = {}
    for code in sorted(group):
        lines = [*group[code], COUNTED[code].format(n=1540, m=27)]
        body = {10 * (number + (number == len(lines) - 1)): line for number, line in enumerate(lines)}
        title, lead, _ = content(0, code)
        pages[code] = Page(code, title, lead, body)
    size = len(pages["vi"].body)
    waiting: list[tuple[int, str, Kind, Step]] = []
    others = [code for code in pages if code != "vi"]
    for day in sorted(chance.sample(range(1, DAYS - 1), chance.randint(1, 3))):
        kind: Kind = chance.choice(["source edit", "re-translation", "chrome"])
        if kind == "source edit":
            step = edit(chance, size)
            waiting.append((day, "vi", kind, step))
            for code in others:
                if chance.random() >= NEVER:
                    waiting.append((day + chance.choice([0, 0, 0, 1, 2]), code, kind, step))
        else:
            reached = [*others] if chance.random() < ALL else chance.sample(others, chance.randint(1, 4))
            reached += ["vi"] if kind == "chrome" and chance.random() < ALL else []
            step = translated_anew if kind == "re-translation" else chrome
            waiting += [(day, code, kind, step) for code in reached]
    for day in range(DAYS):
        for number, (when, code, kind, step) in enumerate(waiting):
            if when == day:
                own = random.Random(f"{seed}/{number}")
                step(own, pages[code])
                if kind == "source edit" and code != "vi" and own.random() < WHOLE:
                    translated_anew(own, pages[code])  # the whole page is translated again
                pages[code].happened.append(kind)
        yield day, deepcopy(pages)


def seen(
    seed: str, days: list[tuple[int, dict[str, Page]]], original: str
) -> tuple[dict[str, list[RevisionText]], dict[tuple[str, int], Kind]]:
    """The revisions that a crawl stores, and the true kind of each change: (language, revision) -> kind."""
    chance = random.Random(f"{seed} crawl")
    found: dict[str, list[RevisionText]] = {}
    sightings: dict[str, list[int]] = {}
    events: dict[tuple[str, int], tuple[list[Kind], int, int]] = {}
    known: dict[str, int] = {}
    since: dict[str, int] = {}
    for day, pages in days:
        for code, page in pages.items():
            late = code == "vi" and (original == "missing" or (original == "late" and day < DAYS // 2))
            if late or (chance.random() < MISSED and day):
                continue
            at = (START + timedelta(days=day, minutes=chance.randint(0, 360))).isoformat()
            chain = found.setdefault(code, [])
            sightings.setdefault(code, []).append(day)
            text = page.text()
            if chain and text == (chain[-1].title, chain[-1].lead, chain[-1].paragraphs):
                chain[-1] = replace(chain[-1], last_seen=at)
            else:
                if chain:
                    happened = page.happened[known[code] :]
                    events[code, len(chain) + 1] = (happened, since[code], day)
                # A better extractor strips lines that others take for text.
                away = tuple(line for line in days[-1][1][code].stripped if line not in text[2])
                title, lead, paragraphs = text
                chain.append(
                    RevisionText(
                        number=len(chain) + 1,
                        title=title,
                        lead=lead,
                        paragraphs=paragraphs,
                        first_seen=at,
                        last_seen=at,
                        stripped=away,
                    )
                )
            known[code], since[code] = len(page.happened), day
    truth: dict[tuple[str, int], Kind] = {}
    edited = Counter(
        (a, b) for (code, _), (happened, a, b) in events.items() for kind in happened if kind == "source edit"
    )
    for key, (happened, first, last) in events.items():
        kind: Kind = next(kind for kind in KINDS if kind in happened)
        days_of_original = sightings.get("vi", [])
        there = any(day <= first for day in days_of_original) and any(day >= last for day in days_of_original)
        alone = kind == "source edit" and sum(n for (a, b), n in edited.items() if a < last and first < b) < 2
        if not there and key[0] != "vi" and (kind == "re-translation" or alone):
            kind = "unknown"
        truth[key] = kind
    return found, truth


def measure(articles: int, seed: int, original: str) -> Counter[tuple[Kind, Kind]]:
    """How often a change of a kind (first) was classified as a kind (second)."""
    count: Counter[tuple[Kind, Kind]] = Counter()
    for number, group in enumerate(groups(articles)):
        texts = {code: list(text) for code, text in group.items() if code in STORIES}
        name = f"{seed}/{number}"
        found, truth = seen(name, list(grown(name, texts)), original)
        for change in changes(found):
            count[truth[change.language, change.after], change.kind] += 1
    return count


def main() -> None:
    """Measure with the original in the store, seen from the middle on, and missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=60, help="of the replica (default: 60)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for original in ("seen", "late", "missing"):
        count = measure(options.articles, options.seed, original)
        print(f"\noriginal {original}\n{'kind':16} planted  found  recall  precision")
        for kind in KINDS:
            planted = sum(number for (truth, _), number in count.items() if truth == kind)
            classified = sum(number for (_, found), number in count.items() if found == kind)
            right = count[kind, kind]
            shares = [f"{right / whole:6.3f}" if whole else "     -" for whole in (planted, classified)]
            print(f"{kind:16} {planted:7} {classified:6}  {shares[0]}     {shares[1]}", flush=True)


if __name__ == "__main__":
    main()
