"""The labelled texts of this folder, all written for this project; read by the tests and by benchmarks/language.py.

`labelled/<code>.txt`: four news paragraphs, a blank line, four titles, in the manner of translated Vietnamese news.
Weights are chosen by those at even places (the first and third) with `hard` and `names`: the development half. The
others are `held_out` of that choice, not unseen: their figures were printed, and looked at, while it was made.
`hard.tsv`: titles and sentences that are short, full of names, or of a language with a close neighbour.
`fresh.tsv`: titles on other subjects, written after the first weights were fixed; watched since, like the held-out.
`names.tsv`: translated sentences that consist of Vietnamese names and terms for the greater part.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
PREFIXES = tuple(
    "ar bn cs de el en es fa fr he hi hu id ja km ko lo ms nl no pl pt ro ru sv th tr uk ur".split()  # noqa: SIM905
)  # the 29 of SITE.md, kept in its own spelling so that the two are easy to compare


class Text(NamedTuple):
    """A text, the code it must be found to be in, and where it comes from."""

    language: str
    text: str
    group: str  # "paragraph", "title", "hard", "fresh" or "names"
    held_out: bool


def paragraphs() -> dict[str, list[str]]:
    """The four paragraphs of each language."""
    return {path.stem: _lines(path)[:4] for path in sorted((FOLDER / "labelled").glob("*.txt"))}


def titles() -> dict[str, list[str]]:
    """The four titles of each language."""
    return {path.stem: _lines(path)[4:] for path in sorted((FOLDER / "labelled").glob("*.txt"))}


def table(name: str) -> list[tuple[str, str]]:
    """The (language, text) rows of `hard`, `fresh` or `names`."""
    rows = [line.split("\t") for line in _lines(FOLDER / f"{name}.tsv")]
    return [(language, text) for language, text in rows]


def texts() -> list[Text]:
    """Every labelled text."""
    found = [
        Text(language, text, group, place % 2 == 1)
        for group, source in (("paragraph", paragraphs()), ("title", titles()))
        for language, items in source.items()
        for place, text in enumerate(items)
    ]
    for group in ("hard", "fresh", "names"):
        found += [Text(language, text, group, group == "fresh") for language, text in table(group)]
    return found


def articles() -> list[tuple[str, str]]:
    """Articles of three and four paragraphs, as (language, text): every choice of three, and all four."""
    made = []
    for language, items in paragraphs().items():
        made.append((language, "\n\n".join(items)))
        made += [(language, "\n\n".join(items[:i] + items[i + 1 :])) for i in range(len(items))]
    return made


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line]
