"""Counts of frequent keys among very many, in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Generic, TypeVar


def key_of(text: str) -> bytes:
    """A short key for a text, the same in every process."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


K = TypeVar("K")
V = TypeVar("V")


class Frequent(Generic[K, V]):
    """Counts keys, each with a value; a key with more than `share` of all is kept.

    It is lossy counting (G. S. Manku, R. Motwani, 2002): a count is at most `share` of all too low, never too high, and
    about 1 / share * log(share * all) keys are kept, so that the stream may be endless.
    """

    def __init__(self, share: float) -> None:
        self._width = max(1, round(1 / share))
        self._seen = 0
        self._kept: dict[K, list[int]] = {}  # count, and how many may have been forgotten before
        self.values: dict[K, V] = {}

    def add(self, key: K) -> bool:
        """Count one; returns whether it is new and needs a value."""
        self._seen += 1
        found = self._kept.get(key)
        if found is not None:
            found[0] += 1
        else:
            self._kept[key] = [1, self._seen // self._width]
        if self._seen % self._width == 0:
            self._forget(self._seen // self._width)
        return found is None and key in self._kept

    def _forget(self, bucket: int) -> None:
        for key in [key for key, (count, missed) in self._kept.items() if count + missed <= bucket]:
            del self._kept[key]
            self.values.pop(key, None)

    def count(self, key: K) -> int:
        """How often the key came, at least."""
        return self._kept.get(key, (0, 0))[0]

    def items(self) -> Iterator[tuple[K, int]]:
        """The kept keys with their counts."""
        for key, (count, _) in self._kept.items():
            yield key, count

    def __len__(self) -> int:
        return len(self._kept)
