"""The families of a store of many texts, which `export --split` needs: time and memory, without reading a store.

    python benchmarks/families.py                          # 1,000,000 texts of 60 words, 200,000 articles
    python benchmarks/families.py --texts 100000 --words 400

Every tenth article is a copy of the one before with two other words, so that the families are pairs and single
articles. Needs the extra ``batch``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from pipelines.export import families
from pipelines.models import Article
from pipelines.storage import Selection, Store, Stored

LANGUAGES = ("ar", "fr", "ja", "ru", "vi")
_WORDS = 50_000


class Texts:
    """What `families.find` asks of a store: its texts in the order of their slugs."""

    def __init__(self, number: int, words: int) -> None:
        chance = random.Random(1)
        self._number, self._length = number, words
        self._words = ["".join(chr(0x61 + chance.randrange(26)) for _ in range(7)) for _ in range(_WORDS)]

    def select(self, selection: Selection, *, lines: bool) -> Iterator[Stored]:
        """Every text."""
        for number in range(self._number):
            article, language = divmod(number, len(LANGUAGES))
            yield self._stored(number, article, LANGUAGES[language])

    def _stored(self, number: int, article: int, language: str) -> Stored:
        copied = article - 1 if article % 10 == 9 else article
        words = random.Random(f"{copied} {language}").choices(self._words, k=self._length)
        if copied != article:
            words[7], words[8] = "khac", "nua"
        slug = f"ten-cua-bai-viet-{article:08}"
        text = Article(
            url=f"https://www.vietnam.vn/{language}/{slug}",
            paragraphs=(" ".join(words),),
            extractor="test",
            extractor_version="1",
        )
        return Stored(
            article_id=number,
            revision_id=number,
            slug=slug,
            language=language,
            article=text,
            current=True,
            revision=1,
            content_sha256="",
            fingerprint="",
            first_seen="",
            last_seen="",
        )


def peak() -> float:
    """The largest memory of this process so far, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=60)
    options = parser.parse_args()
    texts: Any = Texts(options.texts, options.words)
    before, start = peak(), time.process_time()
    for _ in texts.select(Selection(), lines=False):
        pass
    made = time.process_time() - start
    with TemporaryDirectory() as scratch:
        start = time.process_time()
        found = families.find(cast(Store, texts), Path(scratch), lambda done: _tell(done))
        seconds = time.process_time() - start - made
    joined = sum(slug != key for slug, key in found.joined.items())
    print(f"{options.texts:,} texts of {options.words} words: {seconds:,.0f} s of processor time,", end=" ")
    print(f"{seconds / options.texts * 1e6:,.0f} µs each; peak {peak():,.0f} MB, {before:,.0f} MB of it before")
    print(f"{joined:,} articles joined to another, of {-(-options.texts // len(LANGUAGES)) // 10:,}")


def _tell(done: int) -> None:
    if done % 100_000 == 0:
        print(f"{done:,} texts, {peak():,.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
