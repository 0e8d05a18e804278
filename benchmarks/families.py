"""Time and memory of signatures, clusters and families of many texts, for `export --split`, without a store.

    python benchmarks/families.py                          # 1,000,000 texts of 60 words, 200,000 articles
    python benchmarks/families.py --texts 100000 --words 400

Every tenth article copies the one before with two words changed, so that the families are pairs and single
articles. Needs the extra ``batch``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import numpy

from pipelines.export import families
from pipelines.joined import Joined
from pipelines.storage import copies

LANGUAGES = ("ar", "fr", "ja", "ru", "vi")
_WORDS = 50_000


class Texts:
    """Texts in the order of their slugs: the revision's id, the article's slug, the text."""

    def __init__(self, number: int, words: int) -> None:
        chance = random.Random(1)
        self._number, self._length = number, words
        self._words = ["".join(chr(0x61 + chance.randrange(26)) for _ in range(7)) for _ in range(_WORDS)]

    def __iter__(self) -> Iterator[tuple[int, str, str]]:
        """Every text."""
        for number in range(self._number):
            article, language = divmod(number, len(LANGUAGES))
            copied = article - 1 if article % 10 == 9 else article
            words = random.Random(f"{copied} {LANGUAGES[language]}").choices(self._words, k=self._length)
            if copied != article:
                words[7], words[8] = "khac", "nua"
            yield number, f"ten-cua-bai-viet-{article:08}", " ".join(words)


def peak() -> float:
    """The largest memory of this process so far, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=60)
    options = parser.parse_args()
    texts = Texts(options.texts, options.words)
    before, start = peak(), time.process_time()
    for _ in texts:
        pass
    made = time.process_time() - start
    slugs: list[str] = []
    with TemporaryFile() as file:
        start = time.process_time()
        signed = copies.TextSignatures(file)
        for number, slug, content in texts:
            signed.add(number, number, *copies.sign(content))
            slugs.append(slug)
            _report(number)
        signing = time.process_time() - start - made
        file.flush()
        start = time.process_time()
        joined = Joined()
        families.join(joined, signed.duplicates(), slugs, numpy.arange(len(slugs)))
        clustering = time.process_time() - start
    others = sum(slug != key for slug, key in joined.items())
    print(f"{options.texts:,} texts of {options.words} words: signing {signing:,.0f} s of CPU,", end=" ")
    print(f"{signing / options.texts * 1e6:,.0f} µs each, clustering {clustering:,.0f} s;", end=" ")
    print(f"peak {peak():,.0f} MB, {before:,.0f} MB of it before signing")
    print(f"{others:,} articles joined to another, of {-(-options.texts // len(LANGUAGES)) // 10:,}")


def _report(done: int) -> None:
    if done % 100_000 == 0:
        print(f"{done:,} texts, {peak():,.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
