"""The section of a report on what the store holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from pipelines.report.model import Bars, Cell, Chart, Part, Section, Table, counted, language_name, share
from pipelines.storage.overview import LENGTHS, Overview

_MOST_MONTHS = 60  # bars beside each other; a longer time is drawn by years
_YEAR = 4  # characters of YYYY


def corpus_section(numbers: Overview) -> Section:
    """Texts by language and time, their length, whose they are, and which versions are missing."""
    parts: list[Part] = [_sentence(numbers)]
    if numbers.texts:
        parts += [_over_time(numbers), _by_language(numbers), _lengths(numbers), *_agreement(numbers)]
        parts += [_groups(numbers), _missing(numbers)]
        parts += [_publishers(numbers)] if numbers.publishers else ["No text names a publisher."]
    return Section(anchor="corpus", title="Corpus", parts=tuple(parts))


def _sentence(numbers: Overview) -> str:
    if not numbers.texts:
        return "No text is selected."
    words = sum(month.words for month in numbers.months)
    again = sum(number * (texts - 1) for texts, number in numbers.revisions)
    languages = len({month.language for month in numbers.months})
    said = (
        f"{counted(numbers.texts, 'text')} under {counted(numbers.slugs, 'slug')} in "
        f"{counted(languages, 'language')}, {counted(words, 'word')}. "
        f"{counted(again, 'earlier text')} of these addresses {'is' if again == 1 else 'are'} kept as revisions"
    )
    return f"{said}; the site has since deleted {numbers.gone:,}." if numbers.gone else f"{said}."


def _over_time(numbers: Overview) -> Chart:
    months: Counter[str] = Counter()
    undated = 0
    for month in numbers.months:
        if month.month is None:
            undated += month.texts
        else:
            months[month.month] += month.texts
    unit = "month"
    if len(months) > _MOST_MONTHS:
        unit, years = "year", Counter[str]()
        for name, texts in months.items():
            years[name[:_YEAR]] += texts
        months = years
    labels = tuple(sorted(months))
    counts = tuple(months[label] for label in labels)
    rows: list[tuple[Cell, ...]] = list(zip(labels, counts, strict=True))
    if undated:
        rows.append(("(no day)", undated))
    peak = max(zip(counts, labels, strict=True), default=(0, "-"))
    return Chart(
        title=f"Texts by {unit} of publication",
        alternative=f"{counted(len(labels), unit)}; most in {peak[1]}: {peak[0]:,}.",
        drawing=Bars(labels=labels, series=(("texts", counts),)),
        table=Table(caption=f"Texts by {unit}", columns=(unit, "texts"), rows=tuple(rows)),
    )


def _by_language(numbers: Overview) -> Chart:
    texts: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for month in numbers.months:
        texts[month.language] += month.texts
        words[month.language] += month.words
    order = sorted(texts, key=lambda code: (-texts[code], code))
    return Chart(
        title="Texts by language of their address",
        alternative=f"Most in {_named(order[0])}: {texts[order[0]]:,}; fewest in {_named(order[-1])}: "
        f"{texts[order[-1]]:,}.",
        drawing=Bars(labels=tuple(order), series=(("texts", tuple(texts[code] for code in order)),), horizontal=True),
        table=Table(
            caption="Texts and words by language",
            columns=("language", "name", "texts", "words", "words a text"),
            rows=tuple((c, language_name(c), texts[c], words[c], round(words[c] / texts[c])) for c in order),
        ),
    )


def _lengths(numbers: Overview) -> Chart:
    classes: Counter[int] = Counter()
    by_language: dict[str, Counter[int]] = defaultdict(Counter)
    for row in numbers.lengths:
        classes[row.size_class] += row.texts
        by_language[row.language][row.size_class] += row.texts
    names = _length_names()
    most = max(range(len(names)), key=lambda number: (classes[number], -number))
    return Chart(
        title="Length of the texts, in words",
        alternative=f"Most have {names[most]} words: {share(classes[most], numbers.texts)}.",
        drawing=Bars(labels=names, series=(("texts", tuple(classes[number] for number in range(len(names)))),)),
        table=Table(
            caption="Texts by length and language",
            columns=("language", *names),
            rows=tuple(
                (code, *(counts[number] for number in range(len(names))))
                for code, counts in sorted(by_language.items())
            ),
        ),
    )


def _length_names() -> tuple[str, ...]:
    between = (f"{low}-{high - 1}" for low, high in pairwise(LENGTHS))
    return (f"under {LENGTHS[0]}", *between, f"{LENGTHS[-1]} up")


def _agreement(numbers: Overview) -> Iterable[Part]:
    found: dict[str, Counter[bool | None]] = defaultdict(Counter)
    for row in numbers.agreement:
        found[row.language][row.agrees] += row.texts
    wrong = sum(counts[False] for counts in found.values())
    yield (
        f"The language found in the text is another than the address claims in {counted(wrong, 'text')} "
        f"({share(wrong, numbers.texts)})."
    )
    yield Table(
        caption="Language found against language claimed",
        columns=("language claimed", "agree", "disagree", "not known", "disagree, share"),
        rows=tuple(
            (code, counts[True], counts[False], counts[None], share(counts[False], sum(counts.values())))
            for code, counts in sorted(found.items())
        ),
    )


def _groups(numbers: Overview) -> Chart:
    sizes = dict(numbers.group_sizes)
    labels = tuple(range(1, max(sizes) + 1))
    alone = sizes.get(1, 0)
    return Chart(
        title="Slugs by the number of their languages",
        alternative=f"Up to {counted(labels[-1], 'language')}; in one language alone: {counted(alone, 'slug')}.",
        drawing=Bars(labels=tuple(map(str, labels)), series=(("slugs", tuple(sizes.get(size, 0) for size in labels)),)),
        table=Table(
            caption="Slugs by number of languages",
            columns=("languages", "slugs"),
            rows=tuple((size, sizes.get(size, 0)) for size in labels),
        ),
    )


def _missing(numbers: Overview) -> Table:
    return Table(
        caption="Articles (slugs) without a text in a language",
        columns=("language", "name", "have", "missing", "missing, share"),
        rows=tuple(
            (code, language_name(code), numbers.slugs - missing, missing, share(missing, numbers.slugs))
            for code, missing in numbers.without
        ),
    )


def _publishers(numbers: Overview) -> Table:
    shown: Mapping[str, int] = dict(numbers.publishers)
    more = numbers.publishers_in_all - len(shown)
    tail = f"; the largest {len(shown)} of {numbers.publishers_in_all}" if more else ""
    return Table(
        caption=f"Texts by publisher of the original{tail}",
        columns=("publisher", "texts"),
        rows=tuple(shown.items()),
    )


def _named(code: str) -> str:
    name = language_name(code)
    return f"{name} ({code})" if name else code
