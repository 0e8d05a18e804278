"""Which blocks of a page are in another reading of it: a second opinion's, or a person's."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.extraction.signs import text_key

_PIECE = 16  # letters; two texts share a piece this long only if both quote the same thing
_SHORT = 24
_SHARE = 0.6


def held(texts: Sequence[str], reading: str) -> list[bool]:
    """For each text, in the page's order, whether `reading` holds it; spaces, marks and case do not count.

    A long text is looked up anywhere. A short one ("Yes.", "Read on") counts only between its neighbours' places.

    >>> held(["Home", "The first boats arrive before light.", "Yes."], "The first boats arrive before light. Yes.")
    [False, True, True]
    """
    whole = text_key(reading)
    keys = [text_key(text) for text in texts]
    pieces = {whole[i : i + _PIECE] for i in range(len(whole) - _PIECE + 1)}
    found = [False] * len(keys)
    places: dict[int, tuple[int, int]] = {}
    used: set[int] = set()
    last: dict[str, int] = {}
    for i, key in enumerate(keys):
        if len(key) < _SHORT:
            continue
        # A text that is held begins with a known piece; a repeated one is searched for after its last place.
        at = whole.find(key, last.get(key, -1) + 1) if key[:_PIECE] in pieces else -1
        if at < 0 and key in last:
            last[key] = len(whole)
            continue
        if at >= 0:
            while at in used and (again := whole.find(key, at + 1)) >= 0:
                at = again
            last[key] = at
            if at in used:
                continue
            used.add(at)
            places[i] = (at, at + len(key))
            found[i] = True
            continue
        starts = range(0, len(key) - _PIECE + 1, 4)
        hits = [start for start in starts if key[start : start + _PIECE] in pieces]
        if len(hits) >= _SHARE * len(starts):
            at = whole.find(key[hits[0] : hits[0] + _PIECE])
            places[i] = (at, at + len(key))
            found[i] = True
    _short_ones(keys, whole, places, found)
    return found


def _short_ones(keys: list[str], whole: str, places: dict[int, tuple[int, int]], found: list[bool]) -> None:
    """Find short texts between the places of the long ones around them, in order."""
    anchors = sorted(places)
    if not anchors:
        return
    following = len(whole)
    starts: dict[int, int] = {}
    for i in range(len(keys) - 1, -1, -1):
        starts[i] = following
        if i in places:
            following = places[i][0]
    end = 0
    for i, key in enumerate(keys):
        if i in places:
            end = places[i][1]
            continue
        if not key or len(key) >= _SHORT:
            continue
        limit = starts[i] if starts[i] > end else end + 200
        at = whole.find(key, end, min(limit, end + 4000))
        near = at >= 0 and (at - end <= 120 or limit - at - len(key) <= 120)
        if near and anchors[0] - 8 <= i <= anchors[-1] + 8:
            found[i] = True
            end = at + len(key)
