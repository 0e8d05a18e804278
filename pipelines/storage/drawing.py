"""What samples are drawn by: the hash of an id, or the place of a row's number in a shuffled order."""

from __future__ import annotations

import hashlib

_ROUNDS = 4


def drawing_hash(key: str) -> bytes:
    """What samples by id are drawn by: those with the lowest."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Shuffle:
    """The numbers from 0 to 2**bits - 1 in an order by chance, which a seed decides; none is ever listed.

    A store of millions can so be drawn from without looking at all of it: numbers that no row has, or whose row is not
    wanted, are passed over, and what is left is in an order by chance.

    >>> order = Shuffle(seed=1, bits=3)
    >>> [order.number(place) for place in range(8)], order.place(order.number(5))
    ([3, 0, 4, 2, 5, 6, 7, 1], 5)
    """

    def __init__(self, seed: int, bits: int) -> None:
        self.size = 1 << bits
        self._half = (bits + 1) // 2  # such a shift undoes itself
        self._steps = []
        for turn in range(_ROUNDS):
            drawn = drawing_hash(f"shuffle\n{seed}\n{bits}\n{turn}")
            factor = int.from_bytes(drawn[:8], "big") % self.size | 1
            self._steps.append((factor, pow(factor, -1, self.size), int.from_bytes(drawn[8:], "big") % self.size))

    def number(self, place: int) -> int:
        """The number at a place."""
        for factor, _, addend in self._steps:
            place = (place * factor + addend) % self.size
            place ^= place >> self._half
        return place

    def place(self, number: int) -> int:
        """The place of a number."""
        for _, inverse, addend in reversed(self._steps):
            number ^= number >> self._half
            number = (number - addend) * inverse % self.size
        return number
