"""Alignment compared with NLTK's Gale-Church and the `galechurch` package, on disturbed articles with known truth.

    python benchmarks/alignment.py [--per-pair N] [--pairs N] [--truth FOLDER]

Needs nltk and galechurch. Uses the project's own parallel articles, and the shared seeds if available. First
come sentences of public data (`benchmarks/public_alignment.py`), if available. Then it prints, for
each kind of disturbance, precision and recall of beads (1-0 and 0-1 included) and, as in public benchmarks, F1
over the beads that have both sides: strict (the bead is right) and lax (it shares a paragraph on either side with a
true bead). Finally the CPU time for articles of 20 paragraphs, reading included, on one core.
Exit code 1 if another aligner is better than vietnamvn on a kind of disturbance.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "translations")]

import galechurch  # noqa: E402  # after the path: the project may not be installed
from disturbances import KINDS, Beads, Case, Group, cases, own_groups, seed_group  # noqa: E402
from nltk.translate.gale_church import align_blocks  # noqa: E402
from public_alignment import PublicTally, disturbed_paragraphs, f1, gold_documents  # noqa: E402

from pipelines.translations import documents  # noqa: E402
from pipelines.translations.align import SENTENCES, align, document  # noqa: E402
from pipelines.translations.anchors import anchors  # noqa: E402
from pipelines.translations.filters import FilterOptions  # noqa: E402

Aligner = Callable[[Case], Beads]


def vietnamvn(case: Case) -> Beads:
    alignment = align(document(case.source, case.languages[0]), document(case.target, case.languages[1]))
    return frozenset((bead.source, bead.target) for bead in alignment.beads)


def sentences(case: Case) -> Beads:
    source, target = document(case.source, case.languages[0]), document(case.target, case.languages[1])
    return frozenset((bead.source, bead.target) for bead in align(source, target, options=SENTENCES).beads)


def scored(case: Case) -> list[tuple[float, bool]]:
    """The score of each 1-1 unit, and whether the unit is right."""
    source, target = document(case.source, case.languages[0]), document(case.target, case.languages[1])
    beads = align(source, target, options=SENTENCES).beads
    return [(bead.score, (bead.source, bead.target) in case.truth) for bead in beads if bead.shape == "1-1"]


def nltk(case: Case) -> Beads:
    links = align_blocks([len(p) for p in case.source], [len(p) for p in case.target])
    beads: list[tuple[set[int], set[int]]] = []
    for i, j in sorted(links):
        if beads and (i in beads[-1][0] or j in beads[-1][1]):
            beads[-1][0].add(i)
            beads[-1][1].add(j)
        else:
            beads.append(({i}, {j}))
    found = [(tuple(sorted(a)), tuple(sorted(b))) for a, b in beads]
    return _covering(found, case)


def gale_church(case: Case) -> Beads:
    found = galechurch.align(case.source, case.target).beads
    return frozenset(
        (tuple(range(b.source_start, b.source_end)), tuple(range(b.target_start, b.target_end))) for b in found
    )


def _covering(found: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], case: Case) -> Beads:
    sources, targets = {i for a, _ in found for i in a}, {j for _, b in found for j in b}
    alone = [((i,), ()) for i in range(len(case.source)) if i not in sources]
    alone += [((), (j,)) for j in range(len(case.target)) if j not in targets]
    return frozenset([*found, *alone])


class Tally:
    """Counts of one aligner on one kind of disturbance."""

    def __init__(self) -> None:
        self.right = self.found = self.true = 0
        self.both_found = self.both_true = self.strict = self.lax_found = self.lax_true = 0

    def add(self, found: Beads, truth: Beads) -> None:
        """Count one case."""
        self.right, self.found, self.true = (
            self.right + len(found & truth),
            self.found + len(found),
            self.true + len(truth),
        )
        whole_found, whole_true = [b for b in found if all(b)], [b for b in truth if all(b)]
        self.both_found += len(whole_found)
        self.both_true += len(whole_true)
        self.strict += len(set(whole_found) & set(whole_true))
        true_links = {(i, j) for a, b in whole_true for i in a for j in b}
        found_links = {(i, j) for a, b in whole_found for i in a for j in b}
        self.lax_found += sum(any((i, j) in true_links for i in a for j in b) for a, b in whole_found)
        self.lax_true += sum(any((i, j) in found_links for i in a for j in b) for a, b in whole_true)

    @property
    def strict_f1(self) -> float:
        """F1 over beads that are exactly right."""
        return f1(self.strict / max(self.both_found, 1), self.strict / max(self.both_true, 1))

    @property
    def lax_f1(self) -> float:
        """F1 over beads that share a link with a true one."""
        return f1(self.lax_found / max(self.both_found, 1), self.lax_true / max(self.both_true, 1))


def public(truth: Path) -> None:
    """Print results for sentences: each document with gold alignments, and the disturbed paragraphs by kind."""
    aligners: dict[str, Aligner] = {"vietnamvn": sentences, "NLTK": nltk, "galechurch": gale_church}
    rows: dict[str, list[Case]] = {name: [case] for name, case in gold_documents(truth / "alignment")}
    if (truth / "sentences" / "ud.json").is_file():
        for case in disturbed_paragraphs(truth / "sentences" / "ud.json"):
            rows.setdefault(f"PUD, {case.kind}", []).append(case)
        rows["PUD, all"] = [case for name in rows if name.startswith("PUD") for case in rows[name]]
    if not rows:
        print(f"{truth}: not found, public data are not measured")
        return
    exact: dict[str, list[tuple[float, bool]]] = {}
    print(f"{'public data':20}{'aligner':12}{'cases':>6}{'strict F1':>11}{'lax F1':>9}{'refused':>9}")
    for name, found in rows.items():
        for by, aligner in aligners.items():
            tally, refused = PublicTally(), 0
            for case in found:
                beads = aligner(case)
                refused += not any(a and b for a, b in beads)
                tally.add(beads, case.truth)
            print(f"{name:20}{by:12}{len(found):6}{tally.strict:11.4f}{tally.lax:9.4f}{refused:9}")
        exact[name] = [unit for case in found for unit in scored(case)]
    threshold = FilterOptions().min_score
    print(f"vietnamvn, 1-1 units: all, and those with a score of {threshold} or more")
    print(f"{'public data':20}{'units':>7}{'exact':>9}{'kept: exact':>14}{'recall':>9}")
    for name, units in exact.items():
        kept = [right for score, right in units if score >= threshold]
        right = sum(right for _, right in units)
        shares = right / len(units), sum(kept) / max(len(kept), 1), sum(kept) / max(right, 1)
        print(f"{name:20}{len(units):7}{shares[0]:9.4f}{shares[1]:14.4f}{shares[2]:9.4f}")


def accuracy(groups: list[Group], per_pair: int) -> bool:
    aligners: dict[str, Aligner] = {"vietnamvn": vietnamvn, "NLTK": nltk, "galechurch": gale_church}
    print(f"{'disturbance':12}{'aligner':12}{'cases':>6}{'precision':>11}{'recall':>9}{'strict F1':>11}{'lax F1':>9}")
    ahead = True
    totals = {name: Tally() for name in aligners}
    for kind in KINDS:
        tallies = {name: Tally() for name in aligners}
        number = 0
        for case in cases(groups, kind, per_pair=per_pair):
            number += 1
            for name, aligner in aligners.items():
                found = aligner(case)
                tallies[name].add(found, case.truth)
                totals[name].add(found, case.truth)
        for name, tally in tallies.items():
            _show(kind, name, number, tally)
        ahead &= all(
            tallies["vietnamvn"].strict_f1 > tallies[name].strict_f1 for name in aligners if name != "vietnamvn"
        )
    for name, tally in totals.items():
        _show("all", name, number * len(KINDS), tally)
    return ahead


def _show(kind: str, name: str, number: int, tally: Tally) -> None:
    precision, recall = tally.right / tally.found, tally.right / tally.true
    print(f"{kind:12}{name:12}{number:6}{precision:11.4f}{recall:9.4f}{tally.strict_f1:11.4f}{tally.lax_f1:9.4f}")


def speed(groups: list[Group], pairs: int) -> None:
    texts = []
    for group in groups:
        for first in sorted(group):
            for second in sorted(group):
                if first != second:
                    source, target = (group[code] + group[code] for code in (first, second))
                    texts.append((source[:20], first, target[:20], second))
    timed: dict[str, float] = {}
    for name, aligner, fresh in (
        ("vietnamvn", vietnamvn, True),
        ("read before", vietnamvn, False),
        ("NLTK", nltk, False),
    ):
        started = time.process_time()
        for number in range(pairs):
            source, first, target, second = texts[number % len(texts)]
            if fresh:  # every text is read as if for the first time
                anchors.cache_clear()
                documents._document.cache_clear()
            aligner(
                Case(languages=(first, second), kind="", source=tuple(source), target=tuple(target), truth=frozenset())
            )
        timed[name] = time.process_time() - started
    fresh, shared, peer = (timed[name] for name in ("vietnamvn", "read before", "NLTK"))
    print(
        f"{pairs:,} article pairs of 20 paragraphs: vietnamvn {fresh:.2f} s of CPU, {shared:.2f} s if already read "
        f"for another pair; NLTK {peer:.2f} s, ratios {fresh / peer:.2f} and {shared / peer:.2f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-pair", type=int, default=5, help="cases for each ordered language pair and disturbance")
    parser.add_argument("--pairs", type=int, default=1000, help="article pairs that are timed")
    shared = Path(os.environ.get("VIETNAMVN_SHARED") or ROOT.parent / "shared")
    parser.add_argument("--truth", type=Path, default=shared / "truth", help="public data (default: shared)")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    groups = own_groups()
    if (shared / "gold").is_dir():
        groups.append(seed_group(shared / "gold"))
    public(options.truth)
    print(f"{len(groups)} articles in {', '.join(str(len(g)) for g in groups)} languages")
    ahead = accuracy(groups, options.per_pair)
    speed(groups, options.pairs)
    return 0 if ahead else 1


if __name__ == "__main__":
    sys.exit(main())
