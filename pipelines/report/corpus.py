"""The section of a report on what the store holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from pipelines.report.model import Bars, Chart, Heat, Part, ReportTable, Section, counted, language_name, share
from pipelines.storage.overview import LENGTHS, Overview

_MOST_MONTHS = 60  # bars beside each other; a longer time is drawn by years
_UNDATED = "(no day)"
_YEAR, _MONTH = 4, 7  # characters of YYYY and YYYY-MM


def corpus_section(numbers: Overview, years: Sequence[tuple[str, str, int]] = ()) -> Section:
    """Texts by language, time, length and publisher, and which versions are missing.

    `years` has, for each language (of the addresses) and year, how many articles were seen in it, as from
    `Captures.languages_by_year`.
    """
    parts: list[Part] = [_sentence(numbers)]
    if numbers.texts:
        parts += [*_over_time(numbers), _by_language(numbers), _lengths(numbers), *_agreement(numbers)]
        parts += [_groups(numbers), _missing(numbers), *_matrix(numbers), _revisions(numbers)]
        parts += [_publishers(numbers)] if numbers.publishers else ["No text names a publisher."]
    if years:
        parts.append(_years(years))
    return Section(anchor="corpus", title="Corpus", parts=tuple(parts))


def _sentence(numbers: Overview) -> str:
    if not numbers.texts:
        return "No text is selected."
    words = sum(month.words for month in numbers.months)
    again = sum(number * (texts - 1) for texts, number in numbers.revisions)
    languages = len({month.language for month in numbers.months})
    sentence = (
        f"{counted(numbers.texts, 'text')} under {counted(numbers.slugs, 'slug')} in "
        f"{counted(languages, 'language')}, {counted(words, 'word')}. "
        f"{counted(again, 'earlier text')} of these addresses {'is' if again == 1 else 'are'} kept as revisions"
    )
    return f"{sentence}; the site has since deleted {numbers.gone:,}." if numbers.gone else f"{sentence}."


def _over_time(numbers: Overview) -> Iterable[Part]:
    months = {month.month for month in numbers.months if month.month is not None}
    unit, length = ("year", _YEAR) if len(months) > _MOST_MONTHS else ("month", _MONTH)
    texts: Counter[tuple[str, str]] = Counter()
    words: Counter[tuple[str, str]] = Counter()
    for month in numbers.months:
        name = _UNDATED if month.month is None else month.month[:length]
        texts[name, month.language] += month.texts
        words[name, month.language] += month.words
    names = tuple(sorted({name for name, _ in texts}, key=lambda name: (name == _UNDATED, name)))
    codes = tuple(sorted({code for _, code in texts}))
    labels = tuple(name for name in names if name != _UNDATED)
    counts = tuple(sum(texts[name, code] for code in codes) for name in labels)
    peak = max(zip(counts, labels, strict=True), default=(0, "-"))

    def table(what: str, found: Counter[tuple[str, str]], *, folded: bool) -> ReportTable:
        return ReportTable(
            caption=f"{what} by {unit} and language",
            columns=(unit, "all", *codes),
            rows=tuple(
                (name, sum(found[name, code] for code in codes), *(found[name, code] for code in codes))
                for name in names
            ),
            folded=folded,
        )

    yield Chart(
        title=f"Texts by {unit} of publication",
        alternative=f"{counted(len(labels), unit)}; most in {peak[1]}: {peak[0]:,}.",
        drawing=Bars(labels=labels, series=(("texts", counts),)),
        table=table("Texts", texts, folded=False),
    )
    yield table("Words", words, folded=True)


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
        table=ReportTable(
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
        table=ReportTable(
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
    yield ReportTable(
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
        table=ReportTable(
            caption="Slugs by number of languages",
            columns=("languages", "slugs"),
            rows=tuple((size, sizes.get(size, 0)) for size in labels),
        ),
    )


def _missing(numbers: Overview) -> ReportTable:
    return ReportTable(
        caption="Articles (slugs) without a text in a language",
        columns=("language", "name", "have", "missing", "missing, share"),
        rows=tuple(
            (code, language_name(code), numbers.slugs - missing, missing, share(missing, numbers.slugs))
            for code, missing in numbers.without
        ),
    )


def _matrix(numbers: Overview) -> Iterable[Part]:
    """Month x language: the share of the month's slugs that have a text in the language."""
    if len(numbers.without) < 2 or not numbers.slugs_by_month:
        return
    shown = numbers.slugs_by_month[-_MOST_MONTHS:]
    there = {(month.month, month.language): month.texts for month in numbers.months}
    codes = tuple(code for code, _ in numbers.without)
    lacking = sum(number * len(codes) - sum(there.get((name, code), 0) for code in codes) for name, number in shown)
    yield Chart(
        title="Share of the articles (slugs) that have a version, by language and month",
        alternative=f"{counted(lacking, 'version')} missing of {sum(number for _, number in shown) * len(codes):,}"
        + (f" in the last {_MOST_MONTHS} months" if len(numbers.slugs_by_month) > len(shown) else "")
        + ".",
        drawing=Heat(
            rows=codes,
            columns=tuple(name for name, _ in shown),
            shares=tuple(tuple(there.get((name, code), 0) / number for name, number in shown) for code in codes),
            wanted=1,
            legend=("all have it", "the more lack it, the stronger"),
        ),
        table=ReportTable(
            caption="Slugs without a text in the language, by month of publication",
            columns=("month", "slugs", *codes),
            rows=tuple(
                (name, number, *(number - there.get((name, code), 0) for code in codes)) for name, number in shown
            ),
        ),
    )


def _revisions(numbers: Overview) -> ReportTable:
    return ReportTable(
        caption="Addresses by how many different texts were seen there",
        columns=("texts", "addresses"),
        rows=numbers.revisions,
        folded=True,
    )


def _years(found: Sequence[tuple[str, str, int]]) -> ReportTable:
    years = sorted({year for _, year, _ in found})
    numbers = {(code, year): number for code, year, number in found}
    return ReportTable(
        caption="Which language version exists in which year: articles seen in it, in the whole store",
        columns=("language", *years),
        rows=tuple(
            (code, *(numbers.get((code, year), 0) for year in years)) for code in sorted({c for c, *_ in found})
        ),
    )


def _publishers(numbers: Overview) -> ReportTable:
    shown: Mapping[str, int] = dict(numbers.publishers)
    more = numbers.publishers_in_all - len(shown)
    tail = f"; the largest {len(shown)} of {numbers.publishers_in_all}" if more else ""
    return ReportTable(
        caption=f"Texts by publisher of the original{tail}",
        columns=("publisher", "texts"),
        rows=tuple(shown.items()),
    )


def _named(code: str) -> str:
    name = language_name(code)
    return f"{name} ({code})" if name else code
