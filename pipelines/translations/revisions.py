"""What each change of a language version most probably was, compared with the other versions and without a model.

The site shows no history: a text differs today, and only what changed, when, and in which languages can show whether
its newspaper corrected it, whether it was translated anew, or whether only a label of the page moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.times import epoch_seconds
from pipelines.translations.differences import ComparedText, Difference, body_figures, difference, size, written

Kind = Literal["source edit", "re-translation", "chrome", "unknown"]
KINDS: Mapping[Kind, str] = {
    "source edit": "the article itself was changed",
    "re-translation": "the article stayed, and this language says it in other words",
    "chrome": "only labels, other lines of the page or white space changed",
    "unknown": "what is stored does not tell",
}
"""Every kind of change, and its meaning."""

Reason = Literal[
    "lines", "extraction", "original", "followed", "languages", "unchanged", "other edit", "figures", "paragraphs",
    "no original", "not seen",
]  # fmt: skip
REASONS: Mapping[Reason, str] = {
    "lines": "all that differs is chrome",
    "extraction": "the same page, read by another version of the extractor",
    "original": "it is the original",
    "followed": "the original changed around then, and nothing speaks against its being that change",
    "languages": "other languages changed alike around then",
    "unchanged": "the original was seen before and after, with the same text",
    "other edit": "the original changed around then, but this text did not follow it",
    "figures": "the original did not change around then, and has other figures than the new text",
    "paragraphs": "the original did not change around then, and the new text has less or more of it",
    "no original": "the original is not stored",
    "not seen": "the original was not seen both before and after",
}
"""Why a change is judged to be of its kind."""

_HOUR = 3600
_RUN = 12 * _HOUR  # a crawl sees the languages of an article so far apart, in any order
_FOLLOWS = 72 * _HOUR  # a translation follows its original within
_AT_ONCE = 36 * _HOUR  # the same, where only the time suggests it
_CLEAR = 2  # from this agreement on a change is matched with its edit
_NAMES = 2  # other languages that must have the same changed names: translators change names, too
_SMALL = 0.5  # the largest share of lines of a changed passage: a new translation changes most lines


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionText:
    """One text as it was seen. Times are ISO 8601 with offset; `number` counts from 1 in the order of first sighting.

    `extractor` and `fetched_at` distinguish two readings of one page from two pages; None where unknown.
    """

    number: int
    title: str | None
    lead: str | None
    paragraphs: tuple[str, ...]
    first_seen: str
    last_seen: str
    stripped: tuple[str, ...] = ()
    extractor: str | None = None
    fetched_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a language version from revision `before` to `after`, which was first seen at `first_seen`.

    `original` is the revision that the same change made of the original, if it is known; `languages` are others that
    changed alike around then. `old` and `new` are figures that only the earlier and only the later text has;
    `paragraphs` is how many more the later one has.
    """

    language: str
    before: int
    after: int
    first_seen: str
    kind: Kind
    reason: Reason
    original: int | None = None
    languages: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    paragraphs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A change before it is judged; it happened after `since` and was seen `at` (seconds since 1970)."""

    language: str
    before: RevisionText
    after: RevisionText
    texts: tuple[ComparedText, ComparedText]
    since: int
    at: int
    what: Difference
    reread: bool

    @property
    def chrome(self) -> bool:
        return self.reread or self.what.chrome


class _Span(NamedTuple):
    """A text of the original and when it was seen; revisions that differ in chrome alone are one."""

    text: ComparedText
    first: int
    last: int


def changes(versions: Mapping[str, Sequence[RevisionText]]) -> list[Change]:
    """What each change of each version most probably was: revisions by language (code of the address), in any order.

    Ordered by language and number. Raises `ValueError` for an invalid time.

    >>> day = lambda n: f"2025-10-{n:02}T01:00:00Z"
    >>> def text(number, content, first, last):
    ...     seen = {"first_seen": day(first), "last_seen": day(last)}
    ...     return RevisionText(number=number, title=None, lead=None, paragraphs=(content,), **seen)
    >>> found = changes({
    ...     "vi": [text(1, "Có 1.200 khách.", 1, 9)],
    ...     "en": [text(1, "There were 1,200 guests.", 1, 4), text(2, "1,200 guests came.", 5, 9)],
    ... })
    >>> [(change.language, change.after, change.kind, change.reason) for change in found]
    [('en', 2, 're-translation', 'unchanged')]
    """
    seen = {language: _chain(language, versions[language]) for language in sorted(versions)}
    edits = [change for change in seen.get(ORIGINAL_LANGUAGE, ()) if not change.chrome]
    spans = _spans(versions.get(ORIGINAL_LANGUAGE, ()), seen.get(ORIGINAL_LANGUAGE, ()))
    translated = [c for language, chain in seen.items() if language != ORIGINAL_LANGUAGE for c in chain if not c.chrome]
    found = []
    for language, chain in seen.items():
        followed = {} if language == ORIGINAL_LANGUAGE else _followed(edits, [c for c in chain if not c.chrome])
        for change in chain:
            alike = [] if change.chrome else _alike(change, translated)
            kind, reason, edit = _judged(change, followed, spans, alike)
            found.append(_change(change, kind, reason, edit, alike))
    return found


def _chain(language: str, revisions: Sequence[RevisionText]) -> list[_Seen]:
    ordered = sorted(revisions, key=lambda revision: revision.number)
    return [_seen(language, before, after) for before, after in pairwise(ordered)]


def _seen(language: str, before: RevisionText, after: RevisionText) -> _Seen:
    texts = _text(language, before), _text(language, after)
    at, last = _seconds(after.first_seen), _seconds(before.last_seen)
    # A text seen again after the later one may have changed at any time since its first sighting.
    since = last if last <= at else _seconds(before.first_seen)
    same_page = before.fetched_at is not None and before.fetched_at == after.fetched_at
    reread = same_page and before.extractor != after.extractor
    what = difference(*texts)
    return _Seen(
        language=language, before=before, after=after, texts=texts, since=since, at=at, what=what, reread=reread
    )


def _text(language: str, revision: RevisionText) -> ComparedText:
    return ComparedText(language, revision.title, revision.lead, revision.paragraphs, revision.stripped)


def _spans(revisions: Sequence[RevisionText], chain: Sequence[_Seen]) -> list[_Span]:
    found: list[_Span] = []
    edited = {change.after.number for change in chain if not change.chrome}
    for revision in sorted(revisions, key=lambda revision: revision.number):
        first, last = _seconds(revision.first_seen), _seconds(revision.last_seen)
        if found and revision.number not in edited:
            known = found[-1]
            found[-1] = _Span(known.text, min(known.first, first), max(known.last, last))
        else:
            found.append(_Span(_text(ORIGINAL_LANGUAGE, revision), first, last))
    return found


def _seconds(time: str) -> int:
    found = epoch_seconds(time)
    if found is None:
        raise ValueError(f"{time!r} is no time; give ISO 8601 with its offset")
    return found


# ---- what an edit of the original and a change of a translation have in common


def _followed(edits: Sequence[_Seen], chain: Sequence[_Seen]) -> dict[int, _Seen]:
    """Which edit of the original each change of one translation followed: revision number -> edit.

    The best pair first: by what they share, then by nearness in time. By time alone an edit reaches a language once.
    """
    pairs = []
    for edit in edits:
        for change in chain:
            score = _agreement(edit.what, change.what) if _near(edit, change) else None
            if score is not None and (score >= _CLEAR or _at_once(edit, change)):
                pairs.append((-score, abs(change.at - edit.at), edit.after.number, change.after.number, edit, change))
    found: dict[int, _Seen] = {}
    done: set[int] = set()
    for score, _, number, after, edit, _ in sorted(pairs, key=lambda pair: pair[:4]):
        if after not in found and (number not in done or -score >= _CLEAR):  # parts of an edit may come one by one
            found[after] = edit
            done.add(number)
        elif after in found and score:
            done.add(number)  # the translation took in several edits at once
    return found


def _near(edit: _Seen, change: _Seen) -> bool:
    """Whether the change may have followed the edit: not seen before it, and not long after."""
    return edit.since <= change.at + _RUN and change.since <= edit.at + _FOLLOWS


def _at_once(edit: _Seen, change: _Seen) -> bool:
    """The same by time alone: not seen while the original was still unchanged, and soon after."""
    return edit.since <= change.at and change.since <= edit.at + _AT_ONCE


def _agreement(edit: Difference, change: Difference) -> int | None:
    """How much suggests one change in two languages: 0 is the time alone, None where something contradicts it."""
    if _shared(edit, change):
        return 4
    # The translation had the figure that the original lost, or has it still; or had the new one before.
    if (edit.old & change.had & change.has) or (edit.new & change.had & change.has):
        return None
    if not change.more and edit.counts[0] == change.counts[0] and change.places <= edit.places:
        return 2
    if edit.more:
        if change.more == edit.more:
            return 3
        if change.counts[0] == change.counts[1] and change.counts[0] in edit.counts:
            return None
    elif not change.more and edit.counts[0] == change.counts[0] and not edit.places & change.places:
        return None
    return 1 if edit.names & change.names else 0


def _shared(one: Difference, other: Difference) -> bool:
    return bool(one.old & other.old or one.new & other.new)


def _alike(change: _Seen, translated: Iterable[_Seen]) -> list[tuple[str, bool]]:
    """The other translations that changed alike around then, and whether by their figures."""
    found: dict[str, bool] = {}
    named = []
    for other in translated:
        apart = max(change.since - other.at, other.since - change.at)
        if other.language == change.language or apart > _FOLLOWS:
            continue
        one, two = change.what, other.what
        figures = _shared(one, two)
        more = bool(one.more) and one.more == two.more
        passage = one.places == two.places and one.counts == two.counts and _is_passage(one)
        if figures or more or passage:
            found[other.language] = found.get(other.language, False) or figures
        elif one.names & two.names:
            named.append(other.language)
    if found or len(set(named)) >= _NAMES:
        for language in named:
            found.setdefault(language, False)
    return sorted(found.items())


def _is_passage(what: Difference) -> bool:
    return not what.more and len(what.places) <= _SMALL * what.counts[0]


# ---- the judgement


def _judged(
    change: _Seen,
    followed: Mapping[int, _Seen],
    spans: Sequence[_Span],
    alike: Sequence[tuple[str, bool]],
) -> tuple[Kind, Reason, _Seen | None]:
    if change.chrome:
        return "chrome", "lines" if change.what.chrome else "extraction", None
    if change.language == ORIGINAL_LANGUAGE:
        return "source edit", "original", change
    if (edit := followed.get(change.after.number)) is not None:
        return "source edit", "followed", edit
    early = [span for span in spans if span.first <= change.since + _RUN]
    known = bool(early) and any(span.last >= change.at - _RUN for span in spans)
    there = [span for span in early if span.last >= change.at - _RUN]
    originals = frozenset().union(*(body_figures(span.text) for span in (there or spans)))
    if any(figures for _, figures in alike) and not (known and change.what.new <= originals):
        return "source edit", "languages", None  # a new figure that the original has too corrects the translation
    # An edit made before the original's first sighting may have reached the translations since.
    if alike and not (known and any(span.first <= change.since - _FOLLOWS for span in spans)):
        return "source edit", "languages", None
    if not known:
        return "unknown", "not seen" if spans else "no original", None
    if change.what.old & originals and change.what.new - originals:
        return "unknown", "figures", None
    if change.what.more and _leaves(change.what, [size(span.text) for span in (there or spans)]):
        return "unknown", "paragraphs", None
    return "re-translation", "unchanged" if there else "other edit", None


def _leaves(what: Difference, sizes: Sequence[int]) -> bool:
    """Whether the later text is further from the original's number of paragraphs than the earlier one."""
    before, after = (min(abs(count - number) for number in sizes) for count in what.counts)
    return after > before


def _change(change: _Seen, kind: Kind, reason: Reason, edit: _Seen | None, alike: Sequence[tuple[str, bool]]) -> Change:
    def shown(found: Iterable[str]) -> tuple[str, ...]:
        figures = {written(figure, change.texts) for figure in found}
        return tuple(sorted(figures, key=lambda figure: (len(figure), figure)))

    return Change(
        language=change.language,
        before=change.before.number,
        after=change.after.number,
        first_seen=change.after.first_seen,
        kind=kind,
        reason=reason,
        original=edit.after.number if edit is not None else None,
        languages=tuple(language for language, _ in alike),
        old=shown(change.what.old),
        new=shown(change.what.new),
        paragraphs=change.what.more,
    )
