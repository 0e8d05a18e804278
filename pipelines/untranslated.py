"""Which paragraphs of an article, or which parts of them, are in another language than the article.

Machine translation leaves whole paragraphs in Vietnamese or in English, its go-between, and stops in the middle of
others. A paragraph is judged as a whole first, then by its sentences, or in an article of another script by its
stretches of Latin prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.language import (
    CONTROL,
    DEFAULTS,
    TIES,
    LanguageOptions,
    cld2,
    identify,
    normalised,
    same_language,
    sample_of,
)
from pipelines.languages import LANGUAGES, canonical
from pipelines.unicode.scripts import LATIN, LOWER_WORD, SCRIPT_LANGUAGES, script_share
from pipelines.vietnamese import is_vietnamese, marked_letters

# Coarse on purpose: a sentence cut at an abbreviation is judged in two parts, and a short part not at all.
_SENTENCE = re.compile(r"[^\s.!?…](?:[^.!?…]|[.!?…](?![\s\"'”’»)]))*(?:[.!?…]+[\"'”’»)]*)?")
# Latin letters with the digits, spaces and signs between them.
_LATIN_STRETCH = re.compile(f"[{LATIN}](?:[{LATIN}]|[^\\w\u3000-\u303f\uff00-\uffef]|\\d)*")


def untranslated(
    paragraphs: Sequence[str], language: str | None, *, options: LanguageOptions = DEFAULTS
) -> tuple[int, ...]:
    """Indices of the paragraphs that are in another language than the article, wholly or in part.

    Vietnamese names and terms inside a translated paragraph do not count, nor do paragraphs too short to tell.
    Nothing is listed where the article's own language is unknown.
    """
    code = canonical(language)
    if code is None:
        return ()
    quick = _quick(options)
    return tuple(
        index
        for index, text in enumerate(map(normalised, paragraphs))
        if _is_foreign(text, code, quick) or any(_foreign_parts(text, code, quick))
    )


def foreign_parts(
    paragraph: str, language: str | None, *, options: LanguageOptions = DEFAULTS
) -> tuple[tuple[int, int], ...]:
    """Where a paragraph is in another language than the article: start and end, in characters of its NFC form.

    The whole of it, or the sentences of at least `LanguageOptions.foreign_part_length` characters that are.

    >>> foreign_parts("Les bateaux rentrent au port dans la nuit. The boats come in to harbour before the storm.", "fr")
    ((43, 89),)
    """
    code = canonical(language)
    if code is None:
        return ()
    text, quick = normalised(paragraph), _quick(options)
    parts = tuple(_foreign_parts(text, code, quick))
    if not _is_foreign(text, code, quick):
        return parts
    # A paragraph that is mostly foreign counts as a whole, unless its rest is in the article's language.
    own = text
    for begin, end in reversed(parts):
        own = own[:begin] + own[end:]
    found = identify(own, claims=(code,), options=quick).language
    return parts if found and same_language(code, found) else ((0, len(text)),)


def _quick(options: LanguageOptions) -> LanguageOptions:
    # No second opinion: a paragraph on which the quick detectors do not agree is not called foreign anyway, and a
    # damaged page can have a hundred of them. Nor the n-grams, which see the words of a quoted title, not its marks.
    return replace(options, second_opinion=False, short_length=0)


def _is_foreign(text: str, code: str, options: LanguageOptions) -> bool:
    own_script = _own_script(code)
    if own_script and script_share(text[:200], own_script) >= 0.15:
        return False
    if _is_left_vietnamese(text, code):
        return True
    if len(text) < options.foreign_length or (own_script is None and _looks_like(text, code)):
        return False
    return _is_found_foreign(text, code, options)


def _is_left_vietnamese(text: str, code: str) -> bool:
    return code != "vi" and marked_letters(text) * 40 > len(text) and is_vietnamese(text)


def _is_found_foreign(text: str, code: str, options: LanguageOptions) -> bool:
    finding = identify(text, claims=(code,), options=options)
    if finding.language is None or same_language(code, finding.language) or finding.score < options.foreign_score:
        return False
    return not any(code in tie and finding.language in tie for tie in TIES)


def _foreign_parts(text: str, code: str, options: LanguageOptions) -> Iterator[tuple[int, int]]:
    if len(text) < 2 * options.foreign_part_length:
        return
    latin = code not in LANGUAGES or LANGUAGES[code].script == "Latn"
    for begin, end in _sentences(text) if latin else _latin_prose(text):
        if end - begin < options.foreign_part_length or end - begin == len(text):
            continue
        part = text[begin:end]
        if _is_left_vietnamese(part, code) or (
            not (latin and _looks_like(part, code)) and _is_found_foreign(part, code, options)
        ):
            yield begin, end


def _sentences(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _SENTENCE.finditer(text)]


def _latin_prose(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of Latin letters that are prose, in a text of another script: names are capitalised."""
    for match in _LATIN_STRETCH.finditer(text):
        stretch = match[0].rstrip()
        if sum(map(len, LOWER_WORD.findall(stretch))) >= 0.5 * len(stretch):
            yield match.start(), match.start() + len(stretch)


def _own_script(code: str) -> str | None:
    known = LANGUAGES.get(code)
    return known.script if known and known.script in SCRIPT_LANGUAGES else None


def _looks_like(text: str, code: str) -> bool:
    """The quick test that nearly every paragraph passes: CLD2's first look at a part of it says the same language."""
    if code == "vi":
        return marked_letters(text) * 20 > len(text)
    found, share, _ = cld2(CONTROL.sub(" ", sample_of(text, 200, 2)), best_effort=True)
    if found != code and any(found in tie and code in tie for tie in TIES):
        return True  # neighbours are never called foreign to each other
    return share >= 0.4 and (found == code or (found == "zh" and code == "zh-Hans"))
