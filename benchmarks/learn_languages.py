"""Make the tables of `pipelines/ngrams/`, the frequencies of n-grams in each language, from lingua's models.

    pip download --no-deps "lingua-language-detector==1.4.2"    # the last one whose models are plain files
    pip install brotli
    python benchmarks/learn_languages.py WHEEL            # writes the tables
    python benchmarks/learn_languages.py WHEEL --check    # checks that the tables are what it would write
    python benchmarks/learn_languages.py WHEEL --overlap

The models (Apache-2.0) hold, for 75 languages, the frequency of each string of one to five letters in the words of
news. They do not mark where words begin and end, but this can be derived: a string's own count minus the sum of its
continuations is how often a word ends there. So the table has n-grams with blanks. Serbian, which the models have only
in Cyrillic letters, is also converted to Latin ones. The n-grams with most information about the languages of
`pipelines.languages` are kept; other languages are columns of less weight, so that their texts are not mistaken for
one of these. No text is read, nothing is random, and every sum is added in a fixed order: the same file gives the same
bytes. `--overlap` estimates whether lines of the public data were among the texts that the models were counted on: a
line with a string that the model of its language has never seen was not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import brotli
import numpy as np
from public_truth import language_lines

from pipelines.language_ngrams import ORDERS
from pipelines.languages import LANGUAGES, canonical

FOLDER = Path(__file__).parents[1] / "pipelines" / "ngrams"
MODELS = "lingua/language-models"
FILES = ("unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams")
COLUMNS = {
    "Latn": "af az bs ca cs cy da de en eo es et eu fi fr ga hr hu id is it la lg lt lv mi ms nb nl nn pl pt ro sk sl "
    "sn so sq sr st sv sw tl tn tr ts vi xh yo zu",
    "Cyrl": "be bg kk mk mn ru sr uk",
    "Arab": "ar fa ur",
}  # fmt: skip
SIZES = {"Latn": 200_000, "Cyrl": 60_000, "Arab": 20_000}  # n-grams
RAREST = 2e-6  # share of all letters at which an n-gram must begin in some language
UNSEEN = 5e-8  # share assumed for an n-gram never seen
STRANGERS = 0.05  # weight of a language outside the table in the choice of n-grams
_LATIN = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š"
SERBIAN = dict(zip(" абвгдђежзијклљмнњопрстћуфхцчџш", [" ", *_LATIN.split(" ")], strict=True))

Counts = dict[str, float]


def shares(wheel: zipfile.ZipFile, language: str) -> list[Counts]:
    """For each order, the share of all letters at which a string begins; the files have it relative to its prefix."""
    orders: list[Counts] = []
    for file in FILES:
        packed = wheel.read(f"{MODELS}/{language}/{file}.json.br")
        found: Counts = {}
        for fraction, strings in sorted(json.loads(brotli.decompress(packed))["ngrams"].items()):
            part, whole = map(int, fraction.split("/"))
            for string in strings.split(" "):
                before = orders[-1].get(string[:-1], 0.0) if orders else 1.0
                found[string] = part / whole * before
        orders.append(dict(sorted(found.items())))
    return orders


def with_ends(orders: list[Counts]) -> Counts:
    """The strings, and those with a blank where a word begins or ends, from the remainder of their continuations."""
    left, right, both = ([defaultdict(float) for _ in orders] for _ in range(3))
    for order, found in enumerate(orders[1:]):
        for string, share in found.items():
            left[order][string[1:]] += share
            right[order][string[:-1]] += share
            if order:
                both[order - 1][string[1:-1]] += share
    result: Counts = {}
    for order, found in enumerate(orders):
        for string, share in found.items():
            result[string] = share
            if order < 4:
                result[f" {string}"] = share - left[order][string]
                result[f"{string} "] = share - right[order][string]
            if order < 3:
                result[f" {string} "] = share - left[order][string] - right[order][string] + both[order][string]
    return {string: share for string, share in sorted(result.items()) if share >= UNSEEN}


def in_latin_letters(serbian: Counts) -> Counts:
    """The n-grams of Serbian in Latin letters, where some letters become two: each start of an n-gram is counted."""
    result: Counts = defaultdict(float)
    for string, share in serbian.items():
        if not SERBIAN.keys() >= set(string):
            continue
        written = "".join(SERBIAN[letter] for letter in string)
        last = len(SERBIAN[string[-1]])
        for start in range(len(SERBIAN[string[0]])):
            rest = written[start:]
            # Only the shortest strings that are long enough, so that none is counted twice.
            for length in range(max(1, len(rest) - last + 1), min(5, len(rest)) + 1):
                result[rest[:length]] += share
    return dict(sorted(result.items()))


def table(columns: dict[str, Counts], size: int) -> bytes:
    """The table of a script: a line of its languages, a line of n-grams, and the numbers, one row for each n-gram."""
    strings = sorted({s for c in columns.values() for s, share in c.items() if share >= RAREST and len(s) in ORDERS})
    seen = np.array([[counts.get(string, 0.0) for counts in columns.values()] for string in strings])
    seen[seen < RAREST] = 0.0
    own = [1.0 if canonical(code) in LANGUAGES else STRANGERS for code in columns]
    smoothed = seen + UNSEEN
    information = (smoothed * np.log(smoothed / smoothed.mean(axis=1, keepdims=True)) * own).sum(axis=1)
    # Rounded, so that the last digit of a logarithm does not decide; equal ones in alphabetical order.
    kept = np.sort(np.argsort(-information.round(12), kind="stable")[:size])
    numbers = np.round(2.0 * np.log1p(seen[kept] / UNSEEN).round(9)).astype(np.uint8)
    head = " ".join(canonical(code) or code for code in columns)
    return f"{head}\n{chr(9).join(strings[row] for row in kept)}\n".encode() + numbers.tobytes()


def tables(wheel: zipfile.ZipFile) -> Iterable[tuple[str, bytes]]:
    for script, codes in COLUMNS.items():
        columns = {}
        for code in codes.split():
            counts = with_ends(shares(wheel, code))
            columns[code] = in_latin_letters(counts) if (code, script) == ("sr", "Latn") else counts
        yield script, table(columns, SIZES[script])


def fives(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return {word[start : start + 5] for word in words for start in range(len(word) - 4)}


def overlap(wheel: zipfile.ZipFile) -> None:
    print("Lines of the public data with a string of five letters that the language's model has never seen, per cent")
    for kind in ("sentences", "word-pairs"):
        lines = defaultdict(list)
        for file, _, text in language_lines(kind):
            lines[file].append(text)
        shown, unseen_of_all = [], []
        for file in sorted({code for codes in COLUMNS.values() for code in codes.split()} & lines.keys()):
            seen = shares(wheel, file)[4]
            unseen = [not seen.keys() >= fives(text) for text in lines[file]]
            unseen_of_all.append(sum(unseen) / len(unseen))
            shown.append(f"{file} {100 * unseen_of_all[-1]:.0f}")
        print(f"  {kind}: mean {100 * sum(unseen_of_all) / len(unseen_of_all):.0f}; {', '.join(shown)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="lingua_language_detector-1.4.2-py3-none-any.whl")
    parser.add_argument("--check", action="store_true", help="write nothing; check that the tables are up to date")
    parser.add_argument(
        "--overlap", action="store_true", help="only print the shares of public lines that no model has seen"
    )
    options = parser.parse_args()
    with zipfile.ZipFile(options.wheel) as wheel:
        if options.overlap:
            overlap(wheel)
            return 0
        differing = 0
        for script, made in tables(wheel):
            path = FOLDER / f"{script}.bin"
            packed = zlib.compress(made, 9)
            if options.check:
                standing = path.read_bytes()
                same = standing == packed
                # Another zlib may compress the same content differently.
                content = "the same" if zlib.decompress(standing) == made else "ANOTHER"
                print(f"{path.name}: {'the same bytes' if same else f'other bytes, {content} content'}")
                differing += not same
            else:
                path.write_bytes(packed)
                print(f"{path.name}: {len(packed):,} bytes, {len(made):,} unpacked")
        return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
