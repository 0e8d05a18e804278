"""The article once more on its page, for print or for small screens: such a copy is listed, and is no text twice."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from pipelines.extraction.draft import PARAGRAPH, Draft, is_wider

_KEY = 40  # letters by which the beginning of a line is known
_COPY = 200  # wide: the shortest copy
_TRIES = 8  # places where a copy may begin: a page of nothing but repeats is an attack


def printed_again(draft: Draft) -> None:
    """The article once more, for print or for small screens: what the first copy has too, in its order, goes.

    A copy is half of all text above it or more; so a refrain, a quotation or a form of words stays. Paragraphs that
    are one block in one of the copies are the same text too.
    """
    numbers = [i for i in range(draft.start, draft.end) if draft.lines[i].undecided or draft.lines[i].taken]
    lines = [draft.lines[i] for i in numbers]
    wide = [line.text[:_KEY] for line in lines if is_wider(line.text, PARAGRAPH)]
    if len(set(wide)) == len(wide):
        return
    texts = ["".join(line.text.split()) for line in lines]
    page, at = "".join(texts), [0, *accumulate(map(len, texts))]
    places: dict[str, list[int]] = {}
    first = above = tries = 0
    while first < len(lines):
        known = places.setdefault(texts[first][:_KEY], [])
        if known and tries < _TRIES and is_wider(lines[first].text, PARAGRAPH):
            tries += 1
            copy = _found_again(texts, first, page[: at[first]], places)
            again = "".join(texts[i] for i in copy)
            between = at[copy[-1] + 1] - at[first] - len(again) if copy else 0
            if is_wider(again, _COPY) and len(again) * 2 >= above and len(again) >= between * 4:
                _strip_copy(draft, [numbers[i] for i in copy])
                above += between
                first = copy[-1] + 1
                continue
        known.append(at[first])
        above += len(texts[first])
        first += 1


def _found_again(texts: list[str], first: int, above: str, places: dict[str, list[int]]) -> list[int]:
    """Which lines from `first` on are in the text `above`, one behind the other; `places` are its lines' beginnings."""
    found, end = list[int](), 0
    for i in range(first, len(texts)):
        place = end
        if not (found and above.startswith(texts[i], end)):
            known = places.get(texts[i][:_KEY], [])
            at = bisect_left(known, end)
            if at == len(known) or not above.startswith(texts[i], known[at]):
                continue
            place = known[at]
        found.append(i)
        end = place + len(texts[i])
    return found


def _strip_copy(draft: Draft, copy: list[int]) -> None:
    """Take lines away that are a copy, with those of its pictures that the article above has too."""
    first, last = copy[0], copy[-1]
    while first and not draft.lines[first - 1].undecided:
        first -= 1
    while last + 1 < len(draft.lines) and not draft.lines[last + 1].undecided:
        last += 1
    seen = {line.image.src for line in draft.lines[:first] if line.image is not None}
    for line in draft.lines[first : last + 1]:
        if line.image is not None and line.image.src in seen:
            line.strip_whole("printed-again")
        elif line.image is not None:
            seen.add(line.image.src)
    for line in (draft.lines[i] for i in copy):
        if line.undecided:
            line.rule = "printed-again"
