"""Aligned articles, disturbed in known ways: for the tests and for `benchmarks/alignment.py`."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Beads = frozenset[tuple[tuple[int, ...], tuple[int, ...]]]
Group = dict[str, list[str]]

PARALLEL = Path(__file__).parent / "parallel"
# Articles of short paragraphs in six languages: an interview with dashes, a list and many numbers; a story without any.
OTHER_SHAPES = Path(__file__).parent / "other_shapes"
KINDS = ("removed", "added", "split", "joined", "swapped", "halved", "captions")
# What translators do to the sentences of a paragraph.
SENTENCE_KINDS = ("left out", "put in", "two joined", "three joined", "two split", "as it was")
# A full stop between digits ends nothing: no editor splits 22.5.
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？।؟])(?!\d)[\"”»）)]*\s*")
# The shortest paragraph that an editor or an extraction would split, in characters.
_SPLITTABLE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Two language versions of which one was disturbed, and the beads that are true of them."""

    languages: tuple[str, str]
    kind: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    truth: Beads


def own_groups(directory: Path = PARALLEL) -> list[Group]:
    """The articles written for this project: paragraph i of one language translates paragraph i of another."""
    groups: list[Group] = []
    for path in sorted(directory.glob("*.json")):
        versions = json.loads(path.read_text(encoding="utf-8"))["versions"]
        assert len({len(paragraphs) for paragraphs in versions.values()}) == 1, path
        groups.append(versions)
    return groups


def seed_group(gold: Path) -> Group:
    """The gold paragraphs of the shared seeds by language."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(gold.glob("*.json"))]
    return {record["language"]: record["paragraphs"] for record in records}


def cases(groups: Sequence[Group], kind: str, *, per_pair: int, running: int = _SPLITTABLE) -> Iterator[Case]:
    """Disturbed pairs of every ordered pair of languages of every group, the same on every run.

    What is added or left as a caption comes from the other groups in the same language, where one has it. Split and
    joined are paragraphs of at least `running` characters.
    """
    for number, group in enumerate(groups):
        for source in sorted(group):
            for target in sorted(group):
                if source == target:
                    continue
                foreign = [p for g in groups if g is not group for p in g.get(target, ())]
                foreign = foreign or [half for p in group[target] for half in halves(p)[1:]]
                rng = random.Random(f"{number} {source} {target} {kind}")
                for _ in range(per_pair):
                    yield _disturbed(kind, (source, target), group, foreign, rng, running)


def halves(paragraph: str) -> tuple[str, str]:
    """A paragraph split at the sentence end, else at the space, nearest to its middle."""
    size = len(paragraph)
    cuts = [m.end() for m in _SENTENCE_END.finditer(paragraph) if 0.2 * size < m.end() < 0.8 * size]
    cut = min(cuts, key=lambda c: abs(c - size / 2)) if cuts else paragraph.find(" ", size // 2) + 1 or size // 2
    return paragraph[:cut].strip(), paragraph[cut:].strip()


def _disturbed(
    kind: str, languages: tuple[str, str], group: Group, foreign: list[str], rng: random.Random, shortest: int
) -> Case:
    source, target = group[languages[0]], list(group[languages[1]])
    count = len(target)
    # Where each paragraph of the source is found in the target; what is not in it is not there.
    places: dict[int, tuple[int, ...]] = {i: (i,) for i in range(count)}
    truth: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
    at = rng.randrange(count)
    if kind == "removed":
        del target[at]
        places = {i: (i - (i > at),) for i in range(count)} | {at: ()}
    elif kind == "added":
        target.insert(at, rng.choice(foreign))
        places = {i: (i + (i >= at),) for i in range(count)}
        truth.add(((), (at,)))
    elif kind == "split":
        at = rng.choice([i for i in range(count) if len(target[i]) >= shortest])
        target[at : at + 1] = halves(target[at])
        places = {i: (i + (i > at),) for i in range(count)} | {at: (at, at + 1)}
    elif kind in ("joined", "swapped"):
        # Headings and thanks of a few words stay apart: only running text is joined to running text.
        running = [i for i in range(count - 1) if min(len(source[i]), len(source[i + 1])) >= shortest]
        at = rng.choice(running)
        if kind == "joined":
            target[at : at + 2] = [f"{target[at]} {target[at + 1]}"]
            places = {i: (i - (i > at),) for i in range(count)}
            truth.add(((at, at + 1), (at,)))
        else:
            target[at], target[at + 1] = target[at + 1], target[at]
            truth.add(((at, at + 1), (at, at + 1)))
        del places[at], places[at + 1]
    elif kind == "halved":
        first = rng.random() < 0.5
        kept = range(count // 2) if first else range(count // 2, count)
        target = [target[i] for i in kept]
        places = {i: (i - kept.start,) if i in kept else () for i in range(count)}
    elif kind == "captions":
        for shift, place in enumerate(sorted(rng.sample(range(count), 3))):
            target.insert(place + shift, halves(rng.choice(foreign))[0][:70])
            truth.add(((), (place + shift,)))
            places = {i: (at[0] + (i >= place),) for i, at in places.items()}
    else:
        raise ValueError(kind)
    truth.update(((i,), found) for i, found in places.items())
    return Case(languages=languages, kind=kind, source=tuple(source), target=tuple(target), truth=frozenset(truth))


def sentence_cases(paragraphs: Group, pairs: Sequence[tuple[str, str]], kind: str) -> Iterator[Case]:
    """One disturbed case for each parallel paragraph of the language pairs; a paragraph is a list of sentences.

    `paragraphs` holds, for each language, paragraphs as texts with a sentence a line.
    """
    for first, second in pairs:
        rng = random.Random(f"{first} {second} {kind}")
        versions = list(zip(paragraphs[first], paragraphs[second], strict=True))
        for number, (one, other) in enumerate(versions):
            foreign = rng.choice(versions[(number + len(versions) // 2) % len(versions)][1].split("\n"))
            source, target = one.split("\n"), other.split("\n")
            yield _disturbed_sentences(kind, (first, second), (source, target), foreign, rng)


def _disturbed_sentences(
    kind: str, languages: tuple[str, str], sides: tuple[list[str], list[str]], foreign: str, rng: random.Random
) -> Case:
    source, target = sides
    count = len(source)
    places: dict[int, tuple[int, ...]] = {i: (i,) for i in range(count)}
    truth: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
    joined = {"two joined": 2, "three joined": 3, "two split": 2}.get(kind, 0)
    if kind == "left out":
        at = rng.randrange(count)
        del target[at]
        places = {i: (i - (i > at),) for i in range(count)} | {at: ()}
    elif kind == "put in":
        at = rng.randrange(count + 1)
        target.insert(at, foreign)
        places = {i: (i + (i >= at),) for i in range(count)}
        truth.add(((), (at,)))
    elif joined:
        at = rng.randrange(count - joined + 1)
        side, language = (source, languages[0]) if kind == "two split" else (target, languages[1])
        space = "" if language in ("zh", "ja") else " "
        side[at : at + joined] = [space.join(side[at : at + joined])]
        whole, parts = (at,), tuple(range(at, at + joined))
        truth.add((whole, parts) if kind == "two split" else (parts, whole))
        before, behind = range(at), range(at + joined, count)
        shift = joined - 1
        if kind == "two split":
            places = {i: (i,) for i in before} | {i - shift: (i,) for i in behind}
        else:
            places = {i: (i,) for i in before} | {i: (i - shift,) for i in behind}
    truth.update(((i,), found) for i, found in places.items())
    return Case(languages=languages, kind=kind, source=tuple(source), target=tuple(target), truth=frozenset(truth))
