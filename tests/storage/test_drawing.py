"""Orders by chance that are never listed."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.storage.drawing import Shuffle


@pytest.mark.parametrize("bits", range(12))
def test_every_number_has_one_place(bits: int) -> None:
    """And the place leads back to it."""
    order = Shuffle(7, bits)
    numbers = [order.number(place) for place in range(order.size)]
    assert sorted(numbers) == list(range(2**bits))
    assert [order.place(number) for number in numbers] == list(range(2**bits))


@pytest.mark.parametrize("there", [6, 30, 100])
def test_each_number_comes_first_equally_often(there: int) -> None:
    """Also where some numbers are passed over; and what follows does not hang on what came before."""
    seeds, first, apart = 4_000, Counter[int](), Counter[int]()
    for seed in range(seeds):
        order = Shuffle(seed, there.bit_length())
        drawn = [number for number in map(order.number, range(order.size)) if number < there][:2]
        first[drawn[0]] += 1
        apart[(drawn[1] - drawn[0]) % there] += 1
    for counted, kinds in ((first, there), (apart, there - 1)):
        expected = seeds / kinds
        squares = sum((counted[n] - expected) ** 2 / expected for n in range(there - kinds, there))
        assert abs(squares - (kinds - 1)) < 4 * (2 * (kinds - 1)) ** 0.5
