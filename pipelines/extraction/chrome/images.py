"""Alt texts and captions between the paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from pipelines.extraction import labels
from pipelines.extraction.chrome.series import (
    CREDIT,
    NUMBER_SIGN,
    has_credit,
    numbered_alts,
    placeholders,
    repeated_alts,
)
from pipelines.extraction.chrome.source import PICTURES, is_signature
from pipelines.extraction.draft import DASHES, Draft, Line, ends_sentence, is_wider
from pipelines.models import Image
from pipelines.unicode.scripts import letters_of
from pipelines.vietnamese import has_marked_letters, is_syllable, is_vietnamese, slug_key, slug_tokens

FILE_NAME = re.compile(rf"\S[^/\\|]{{0,120}}\.\s?{PICTURES}(?:\?[^\s?]{{1,60}})?\Z", re.I)
_CAMERA_NAME = re.compile(r"[A-Za-z]{2,4}_{1,3}[A-Za-z0-9_-]{0,20}\d{3,}\Z")  # `IMG_1234`, `bna__dsc7263`
# Vowel signs and marks are no letters to Python: a word is what holds no space, digit or bracket.
_NUMBERED = re.compile(
    r"(?P<word>[^\W\d_][^\s\d_()\[\].,:;!?#№-]{0,15}(?: [^\s\d_()\[\].,:;!?#№-]{1,12})?)"
    rf"\s?(?:{NUMBER_SIGN}\s?)?\d{{1,3}}(?:/\d{{1,3}})?\s?[.:]?\Z",
    re.I,
)


def alt_lines(draft: Draft) -> None:
    """Alt texts between paragraphs: file names, the title again, numbered photos, untranslated or repeated ones."""
    body = [line for line in draft.lines[draft.start : draft.end] if line.undecided]
    draft.vietnamese = _is_vietnamese_page(body)
    repeated = repeated_alts(body, vietnamese=draft.vietnamese)
    numbered = numbered_alts(body)
    _take_placeholders(body)
    title = draft.title.casefold() if draft.title else None
    slug = slug_key(draft.slug)
    # An untranslated Vietnamese line has letters that no other language has; most texts have none of them.
    marked = any(has_marked_letters(line.text) for line in body)
    for position, line in enumerate(body):
        if line.kind != "paragraph" or is_wider(line.text, 320) or not line.undecided:
            continue
        text = line.text
        if (
            _is_file_name(text)
            or (title is not None and abs(len(text) - len(title)) <= 3 and text.casefold() == title)
            or _is_numbered_photo(text, draft.title)
            or text in numbered
            or (text in repeated and not _is_under_picture(body, position, repeated))
            or (marked and ((slug and _matches_slug(text, slug)) or _is_untranslated_alt(body, position, draft)))
        ):
            line.image = Image(alt=text)


def _take_placeholders(body: list[Line]) -> None:
    """Words in place of an alt text, each with the caption below it, if its credit shows that it is one."""
    found = placeholders(body)
    if not found:
        return
    for i, line in enumerate(body):
        if line.text not in found:
            continue
        line.image = Image(alt=line.text)
        below = body[i + 1] if i + 1 < len(body) else None
        if below is None or below.text in found:
            continue
        if has_credit(below.text) and not is_wider(below.text, 320):
            line.image = Image(alt=line.text, caption=below.text)
            below.taken = True


def _is_under_picture(body: list[Line], position: int, repeated: set[str]) -> bool:
    """Whether a repeated line is right under an alt that is not repeated: then it is a repeated caption."""
    above = body[position - 1] if position else None
    return above is not None and above.image is not None and not body[position].gap and above.text not in repeated


def _is_file_name(text: str) -> bool:
    if not text[-1].isalnum():  # most lines end with a mark
        return False
    if "_" in text and _CAMERA_NAME.match(text):
        return True
    return (
        ("." in text[-6:] or "?" in text)
        and FILE_NAME.match(text) is not None
        and not ends_sentence(text.rsplit(".", 1)[0])
        and len(text.split()) <= 8
    )


def _is_vietnamese_page(body: list[Line]) -> bool:
    distinct = list(dict.fromkeys(line.text for line in body if not _is_file_name(line.text)))
    sample = [text for text in distinct if is_wider(text, 80)][:9] or distinct[:9]
    return sum(map(is_vietnamese, sample)) * 2 > len(sample)


def _matches_slug(text: str, slug: tuple[str, ...]) -> bool:
    """Whether a line spells the slug, which is the original Vietnamese title without marks: then it is that title."""
    if not 0.8 * len(slug) - 2 <= text.count(" ") <= 1.6 * len(slug) + 8 or not has_marked_letters(text):
        return False
    tokens = slug_tokens(text)
    if not 0.8 * len(slug) <= len(tokens) <= 1.6 * len(slug) + 3:
        return False
    common = sum((Counter(tokens) & Counter(slug)).values())
    return common >= 0.85 * len(slug) and common >= 0.6 * len(tokens)


def _is_numbered_photo(text: str, title: str | None) -> bool:
    """``photo 1``, ``<title> - Ảnh 1.``: a word for picture and a number end the line."""
    if not text.rstrip(" .:")[-1:].isdigit():
        return False
    match = _NUMBERED.search(text, max(0, len(text) - 36))
    if match is None:
        return False
    start = match.start()
    first, _, last = match["word"].rpartition(" ")
    if not labels.is_known(match["word"], labels.PHOTO):
        if not labels.is_known(last, labels.PHOTO):
            return False
        start += len(first) + bool(first)
    prefix = text[:start].rstrip()
    if not prefix or prefix[-1] in "-–—|":
        return True
    return title is not None and prefix.strip(" .,:-").casefold() == title.strip(" .").casefold()


_QUOTE_MARKS = '"“”«»‘’„'
_QUOTED_WORDS = re.compile(
    r"[\"“«‘][^\"“”«»‘’]{1,40}[^\"“”«»‘’.,;:!?][\"”»’](?: [^\s\"“”]+){3,}\Z"
)  # then a headline goes on
_TEXT = 60  # width of what is more than a signature, a heading or a verse
_COMMAS = ",，،、"
_MOST_VERSES = 40  # lines around one
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2c80-\uffef]")
_BRACKETED = re.compile(r"[(（\[][^()（）\[\]]*[)）\]]")
_LISTED = re.compile(r"\d{1,2}[.)] ")  # a heading of a list of dishes, places, books: names that stay as they are
_VIETNAMESE_CREDIT = re.compile(r"\bảnh\s?:\s?\S", re.I)


def _is_untranslated_alt(body: list[Line], position: int, draft: Draft) -> bool:
    """A lone headline in Vietnamese between paragraphs of another language.

    A quotation stays: it is introduced by a colon, set in quotes, led by a dash, ends as a sentence, stands beside a
    line that goes on (a verse and its translation), or runs over several lines.
    """
    if draft.vietnamese:
        return False
    line = body[position]
    text = line.text
    if (
        not is_vietnamese(text)
        or not _is_left_untranslated(text)
        or _is_name(text)
        or _is_credit(text)
        or _LISTED.match(text)
        or (text[0] in _QUOTE_MARKS + DASHES and not _QUOTED_WORDS.match(text))
        or text[-1] in _QUOTE_MARKS + ",;:"
    ):
        return False
    above = body[position - 1] if position else None
    below = body[position + 1] if position + 1 < len(body) else None
    captioned = bool(draft.paragraph_gap and line.gap and below is not None and below.gap == 0)
    if ends_sentence(text) and not (captioned or _VIETNAMESE_CREDIT.search(text)):
        return False
    if above is not None and above.undecided and above.text[-1] in ":：":
        return False
    if _goes_on(body, position):
        return False
    for neighbour in (above, below):
        if (
            neighbour is not None
            and neighbour.text != text
            and neighbour.undecided
            and _reads_vietnamese(neighbour.text)
        ):
            return _is_gallery(body, position)
    return True


def _goes_on(body: list[Line], position: int) -> bool:
    """Whether a line beside one in Vietnamese ends in a comma, or one beside further such lines in turn with others.

    Then they are verses, or terms of a sentence, with the original: captions and paragraphs end otherwise.
    """
    first = last = position
    least, most = max(1, position - _MOST_VERSES), min(len(body), position + _MOST_VERSES)
    while first > least and _reads_vietnamese(body[first - 2].text) and not is_wider(body[first - 1].text, _TEXT):
        first -= 2
    while last + 2 < most and _reads_vietnamese(body[last + 2].text) and not is_wider(body[last + 1].text, _TEXT):
        last += 2
    others = body[max(0, first - 1) : first] + body[first + 1 : last + 2]
    return any(line.text[-1] in _COMMAS for line in others)


def _is_left_untranslated(text: str) -> bool:
    """Whether a line that has Vietnamese is no translation with the original in brackets, nor that original alone."""
    if _OTHER_SCRIPT.search(text):
        return False
    outside = _BRACKETED.sub(" ", text).strip()
    return outside == text or is_vietnamese(outside) or labels.begins_in_photo(text.strip("（( "))


def _reads_vietnamese(text: str) -> bool:
    """Whether a line is Vietnamese; a short verse can be without the letters that no other language has."""
    if is_vietnamese(text):
        return True
    return (
        " " in text and len(text) <= 60 and max(text) < "\u2000" and all(map(is_syllable, text.rstrip(".,;!?").split()))
    )


def _is_gallery(body: list[Line], position: int) -> bool:
    """Untranslated headlines below one another: the alt texts of several pictures.

    A verse, which has the same form, is of short lines; a quotation is introduced, set in quotes or of sentences.
    """
    first = last = position
    while first and _reads_vietnamese(body[first - 1].text):
        first -= 1
    while last + 1 < len(body) and _reads_vietnamese(body[last + 1].text):
        last += 1
    lines = [line.text for line in body[first : last + 1]]
    introduced = first > 0 and body[first - 1].text[-1] in ":：,"
    return (
        not introduced
        and len(lines) <= 20
        and all(
            len(text.split()) >= 9
            and not ends_sentence(text)
            and text[0] not in _QUOTE_MARKS + DASHES
            and text[-1] not in _QUOTE_MARKS + ",;:"
            for text in lines
        )
    )


def _is_credit(text: str) -> bool:
    """``Bài và ảnh: Phạm Hường``: who wrote and photographed, a colon, and nothing but a name.

    A caption before such words has a mark before them.
    """
    work, colon, name = text.partition(":")
    if not (colon and name.strip()) or re.search(r"[.(–] ?| - ", work):
        return False
    return len(text.split()) <= 9 and _is_name(name)


def _is_name(text: str) -> bool:
    """Whether a Vietnamese line has only names (a signature): fewer than two of its words begin in lower case."""
    words = text.split()
    return sum(word[0].islower() for word in words) < 2 and not (len(words) >= 8 and text.isupper())


def captions_beside_alts(draft: Draft) -> None:
    """The line right under an alt text, in the same block: its caption. Elsewhere it stays a paragraph."""
    picture: Line | None = None
    lines = draft.lines[draft.start : draft.end]
    if not any(line.image for line in lines):
        return
    elsewhere = {line.text for above, line in pairwise(lines) if above.image is None and line.undecided}
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        if line.image is not None:
            picture = line if line.text and line.image.caption is None else None
            continue
        free = line.undecided and line.text not in elsewhere  # a refrain, who speaks
        if picture is not None and picture.image is not None and free and _is_caption(draft, line, below):
            picture.image = Image(src=picture.image.src, alt=picture.image.alt, caption=line.text)
            line.taken = True
        picture = None


# A remark in brackets, an item, a numbered heading, a time; a counted part, a day, a verse; a few words and a colon.
_NO_CAPTION = re.compile(
    r"\A(?:[(（\[【][^()（）\[\]【】]*[)）\]】]|[•●▪■◦○*] ?\S.*|\d{1,2} ?[.):h].*|\S+ ?\d{1,3}|.*[/.-]\d{4}|.*[,，、]"
    r"|(?:[^\s:：]+ ){0,3}[^\s:：]+ ?[:：].*|.*[(（]\d{1,6}[)）]|\W*)\Z"
)
_NO_SENTENCE_MARKS = re.compile(f"[{letters_of('Thai', 'Laoo')}]")


def _is_caption(draft: Draft, line: Line, below: Line | None) -> bool:
    if line.gap or line.kind != "paragraph":
        return False
    if draft.paragraph_gap:
        return not is_wider(line.text, 400)
    if CREDIT.search(line.text, max(0, len(line.text) - 70)) and not is_wider(line.text, 320):
        return has_credit(line.text)
    # Without blank lines every line is next to its neighbour: only the form of a caption counts, and in a script
    # without sentence marks not even that.
    return (
        _has_form_of_caption(line.text)
        and not (below is not None and below.undecided and not is_wider(below.text, _TEXT) and _is_phrase(below.text))
        and not (is_signature(line.text) and _is_last(draft, line))
    )


def _has_form_of_caption(text: str) -> bool:
    return not _NO_SENTENCE_MARKS.search(text) and not is_wider(text, 160) and _is_phrase(text)


def _is_phrase(text: str) -> bool:
    return not ends_sentence(text) and text[0] not in DASHES + _QUOTE_MARKS and not _NO_CAPTION.search(text)


def _is_last(draft: Draft, line: Line) -> bool:
    last = draft.last_undecided()
    return last is not None and draft.lines[last] is line


def photo_story(draft: Draft) -> None:
    """If all the text is under pictures, the captions are the article."""
    if not draft.flat or any(line.undecided and is_wider(line.text, _TEXT) for line in draft.lines):
        return
    taken: Line | None = None  # the line below, if it was taken as a caption
    for i in range(draft.end - 1, draft.start - 1, -1):
        line = draft.lines[i]
        if line.taken:
            line.taken, taken = False, line
            continue
        if line.image is not None and (caption := line.image.caption):
            line.image = replace(line.image, caption=None)
            if taken is not None:
                taken.text = caption
            elif line.image == Image():
                line.image, line.text = None, caption
            else:
                draft.split(i, line, Line(text=caption, gap=line.gap))
        taken = None
