"""MinHash signatures by rensa and by datasketch: time, and error of the estimated Jaccard similarity.

    python benchmarks/duplicates.py

Needs datasketch and the extra ``batch``. Sets of 500 shingles, as in an article; pairs of exactly known similarity.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence

import datasketch
import rensa

PERMUTATIONS = 128
Signature = Callable[[Sequence[str]], Sequence[int]]


def by_rensa(shingles: Sequence[str]) -> Sequence[int]:
    sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=42)
    sketch.update(list(shingles))
    return list(sketch.digest())


def by_rensa_c(shingles: Sequence[str]) -> Sequence[int]:
    sketch = rensa.CMinHash(num_perm=PERMUTATIONS, seed=42)
    sketch.update(list(shingles))
    return list(sketch.digest())


def by_datasketch(shingles: Sequence[str]) -> Sequence[int]:
    sketch = datasketch.MinHash(num_perm=PERMUTATIONS, seed=42)
    sketch.update_batch([shingle.encode() for shingle in shingles])
    return list(sketch.hashvalues)


def microseconds(signature: Signature, texts: Sequence[Sequence[str]]) -> float:
    start = time.perf_counter()
    for text in texts:
        signature(text)
    return (time.perf_counter() - start) / len(texts) * 1e6


def estimates(signature: Signature, similarity: float, pairs: int = 200, size: int = 500) -> list[float]:
    """Estimated similarities of pairs with this true similarity."""
    shared = round(size * 2 * similarity / (1 + similarity))
    found = []
    for number in range(pairs):
        first = [f"{number} common {i}" for i in range(size)]
        second = first[:shared] + [f"{number} own {i}" for i in range(size - shared)]
        a, b = signature(first), signature(second)
        found.append(sum(x == y for x, y in zip(a, b, strict=True)) / PERMUTATIONS)
    return found


def main() -> None:
    randomness = random.Random(1)
    words = ["".join(randomness.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range(5000)]
    texts = [[" ".join(randomness.choices(words, k=3)) for _ in range(500)] for _ in range(300)]
    signatures: dict[str, Signature] = {
        "rensa.RMinHash": by_rensa,
        "rensa.CMinHash": by_rensa_c,
        "datasketch.MinHash": by_datasketch,
    }
    times = {name: min(microseconds(signature, texts) for _ in range(3)) for name, signature in signatures.items()}
    for name, signature in signatures.items():
        print(
            f"{name:20} {times[name]:8.1f} µs a text, {times['datasketch.MinHash'] / times[name]:6.1f} times datasketch"
        )
        for similarity in (0.9, 0.8, 0.5, 0.1):
            found = estimates(signature, similarity)
            print(f"    at {similarity}: mean {statistics.mean(found):.3f}, deviation {statistics.stdev(found):.3f}")


if __name__ == "__main__":
    main()
