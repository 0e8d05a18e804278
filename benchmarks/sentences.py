"""Sentence boundaries on public data, compared with `sentencex` alone, pySBD and syntok, in the same run.

    python benchmarks/sentences.py [--wrong]

Needs pysbd and syntok (`pip install .[bench]`). Paragraphs of four sentences of public treebanks (`public_truth`),
joined as the language writes: F1 of the inner boundaries, counted in letters, so that spaces do not
matter. Then pySBD's own golden rules. `-` means that a splitter does not know the language. `--wrong` prints the
differences of vietnamvn.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pysbd
import sentencex
from public_truth import FOLDER, golden_rules, treebanks
from pysbd.languages import LANGUAGE_CODES
from syntok import segmenter

from pipelines.translations.sentences import has_sentences, sentences

Splitter = Callable[[str, str], Sequence[str]]


def by_pysbd(text: str, language: str) -> Sequence[str]:
    return pysbd.Segmenter(language=language, clean=False).segment(text) if language in LANGUAGE_CODES else ()


def by_syntok(text: str, language: str) -> Sequence[str]:
    # It detects the language itself; its documentation names these.
    if language not in KNOWN["syntok"]:
        return ()
    found = [sentence for paragraph in segmenter.analyze(text) for sentence in paragraph]
    starts = [sentence[0].offset for sentence in found]
    return [text[begin:end] for begin, end in pairwise([*starts, len(text)])]


KNOWN: dict[str, Collection[str]] = {"pySBD": LANGUAGE_CODES, "syntok": ("de", "en", "es")}
SPLITTERS: dict[str, Splitter] = {
    "vietnamvn": sentences,
    "sentencex": lambda text, language: sentencex.segment(language, text),
    "pySBD": by_pysbd,
    "syntok": by_syntok,
}


def boundaries(parts: Sequence[str]) -> set[int]:
    """The inner boundaries, counted in characters other than spaces."""
    return set(list(accumulate(len("".join(part.split())) for part in parts))[:-1])


def scores() -> Iterator[tuple[str, str, dict[str, tuple[float, list[str]]]]]:
    """(treebank, language, splitter -> F1 and wrong boundaries)."""
    rows = [row for row in treebanks() if has_sentences(row.language)]
    for name in dict.fromkeys(row.treebank for row in rows):
        made = [row for row in rows if row.treebank == name]
        found = {}
        for splitter, split in SPLITTERS.items():
            counts: Counter[str] = Counter()
            wrong = []
            for row in made:
                split_at, true = boundaries(split(row.paragraph, row.language)), boundaries(row.sentences)
                counts.update(right=len(split_at & true), found=len(split_at), true=len(true))
                letters = "".join(row.paragraph.split())
                wrong += [f"{letters[b - 30 : b]} | {letters[b : b + 20]}" for b in sorted(split_at ^ true)]
            found[splitter] = 2 * counts["right"] / max(1, counts["found"] + counts["true"]), wrong
        yield name, made[0].language, found


def golden() -> dict[str, Counter[str]]:
    """For each splitter the number of golden rules that it follows, by language."""
    followed: dict[str, Counter[str]] = defaultdict(Counter)
    for language, text, true in golden_rules():
        for splitter, split in SPLITTERS.items():
            found = [part.strip() for part in split(text, language)]
            followed[splitter][language] += found == [part.strip() for part in true]
    return followed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="print each boundary that is wrong or missing")
    options = parser.parse_args()
    if not FOLDER.is_dir():
        sys.exit(f"no public data at {FOLDER}")
    means: dict[str, list[float]] = defaultdict(list)
    print(f"{'F1 of boundaries':22}" + "".join(f"{name:>12}" for name in SPLITTERS))
    for treebank, language, found in scores():
        cells = []
        for splitter, (score, _) in found.items():
            known = splitter not in KNOWN or language in KNOWN[splitter]
            means[splitter] += [score] if known else []
            cells.append(f"{score:12.4f}" if known else f"{'-':>12}")
        print(f"{treebank:22}" + "".join(cells))
        if options.wrong:
            print(*(f"    {line}" for line in found["vietnamvn"][1]), sep="\n")
    print(f"{'mean of the known':22}" + "".join(f"{statistics.mean(means[name]):12.4f}" for name in SPLITTERS))
    followed = golden()
    count = len(golden_rules())
    print(f"golden rules, of {count:4} " + "".join(f"{sum(followed[name].values()):12}" for name in SPLITTERS))


if __name__ == "__main__":
    main()
