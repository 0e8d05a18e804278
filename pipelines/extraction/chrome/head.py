"""The head of a text page: the site's line, title, lead and byline."""

from __future__ import annotations

import re

from pipelines.extraction import labels
from pipelines.extraction.chrome.images import FILE_NAME
from pipelines.extraction.draft import Draft, ends_sentence, is_prose, is_wider
from pipelines.models import Image
from pipelines.times import read_day
from pipelines.vietnamese import is_vietnamese

_HEAD_LINES = 8  # a site line or two, title, lead, an alt text or two, byline
# The day first, or, where a translator turned it, the year.
_DAY = r"(?:\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{4}\s?[/.年년-]\s?\d{1,2}\s?[/.月월-]\s?\d{1,2}[日일]?)"
_DATE = rf"(?:\d{{1,2}}:\d{{2}}\s*[,-]?\s*)?(?P<date>{_DAY})(?:\s*[,-]?\s*\d{{1,2}}:\d{{2}})?\.?"
_DOUBLED = re.compile(rf"(?P<name>\S.{{0,79}}?)\s?(?P=name)\s*[•·|]?\s*{_DATE}\Z")
_NAME_TWICE = re.compile(r"(?P<name>\S.{0,79}?)\s?(?P=name)\Z")
_BULLET = re.compile(rf"(?P<name>\S[^•·|]{{0,79}}?)\s*[•·|]\s*{_DATE}\Z")
_BULLET_FORM = re.compile(r"\s*[•·|]\s*")  # a list writes it alike in each line
_GLUED_ONCE = re.compile(rf"(?P<name>[^\W\d_][^.,;:!?•]{{0,79}}?[^\W\d_\s]){_DATE}\Z")
_DATE_ALONE = re.compile(rf"{_DATE}\Z")

_LONGEST_SITE_LINE = len(labels.SITE_NAME) + len(labels.SITE_SLOGAN) + 16  # a sentence that names both is longer


def site_line(draft: Draft) -> None:
    """``Vietnam.vn - Nền tảng quảng bá Việt Nam``, and the national motto that follows it in 2025: never translated."""
    for line in draft.lines[:_HEAD_LINES]:
        head = line.text.casefold().replace("–", "-").replace("—", "-")
        is_name = head.startswith(labels.SITE_NAME.casefold()) and (
            (labels.SITE_SLOGAN.casefold() in head and len(head) <= _LONGEST_SITE_LINE)
            or head == labels.SITE_NAME.casefold()
        )
        if is_name or head == labels.SITE_SLOGAN.casefold():
            line.rule = "site-line"
            draft.site_line = True
        elif draft.site_line and head == labels.NATIONAL_MOTTO.casefold():
            line.rule = "site-line"


def byline(draft: Draft) -> None:
    """A name doubled before a date (``Thời ĐạiThời Đại23/10/2025``) or ``Name•DD/MM/YYYY``.

    What stands above it is title and lead; below the site's line without a byline, the first line is the title.
    """
    window = range(draft.start, min(draft.start + _HEAD_LINES + 3, draft.end))
    head = [i for i in window if draft.lines[i].undecided][:_HEAD_LINES]
    for position, i in enumerate(head):
        above = [draft.lines[j].text for j in head[:position]]
        found = _byline_at(draft, draft.lines[i].text, above)
        if found is None:
            continue
        name, day, used = found
        if not draft.site_line and _is_listed(draft, i):
            return
        for j in head[position - used : position + 1]:
            draft.lines[j].rule = "byline"
        draft.publisher, draft.published = name, day
        draft.start = i + 1
        draft.form = "bullet" if "•" in draft.lines[i].text and not draft.site_line else "header"
        _title_and_lead(draft, head[: position - used])
        return
    if draft.site_line and head:
        draft.form = "header"
        draft.start = head[0]
        if not is_prose(draft.lines[head[0]].text):
            _title_and_lead(draft, head[:1])
            draft.start = head[0] + 1


def _is_listed(draft: Draft, i: int) -> bool:
    """Whether a line that looks like ``Name•date`` is one of a list of places and days (a fixture list, a tour)."""
    text = draft.lines[i].text
    if _DOUBLED.match(text) or not _BULLET.match(text):
        return False
    apart = (
        i > draft.start
        and not ends_sentence(draft.lines[draft.start].text)
        and i + 1 < draft.end
        and is_wider(draft.lines[i + 1].text, 80)
    )
    if not ("•" in text or apart) or (i > draft.start and is_prose(draft.lines[draft.start].text)):
        return True  # a paragraph above is no title
    below = [line.text for line in draft.lines[i + 1 : i + 4] if _BULLET.match(line.text)]
    return any(_BULLET_FORM.findall(other)[-1] == _BULLET_FORM.findall(text)[-1] for other in below)


def _byline_at(draft: Draft, text: str, above: list[str]) -> tuple[str | None, str, int] | None:
    """(publisher, day, lines above that belong to the byline) where a line is a byline."""
    if not (text[-1].isdigit() or text[-1] in ".日일"):
        return None
    if plain := doubled_or_bulleted(text):
        return *plain, 0
    if draft.house and (known := _house_and_day(draft.house, text, above)):
        return known
    match = _DATE_ALONE.match(text)
    if match and above and (day := _day(match)):
        if len(above) >= 2 and above[-1] == above[-2]:
            return above[-1], day, 2
        if twice := _NAME_TWICE.match(above[-1]):
            return twice["name"], day, 1
    match = _GLUED_ONCE.match(text)
    if match and (day := _day(match)):
        name = match["name"].strip()
        if above and above[-1] == name:
            return name, day, 1
        if draft.site_line:
            return name, day, 0
    match = _DATE_ALONE.match(text)
    if draft.site_line and match and (day := _day(match)):
        named = len(above) >= 2 and len(above[-1].split()) <= 8 and not ends_sentence(above[-1])
        return (above[-1], day, 1) if named else (None, day, 0)
    return None


def _house_and_day(house: str, text: str, above: list[str]) -> tuple[str, str, int] | None:
    """The byline of a publisher whom the page's data name: name and day on a line, or on two."""
    named = text.startswith(house)
    match = _DATE_ALONE.match(text.removeprefix(house).lstrip(" ,•·|–-"))
    if match is None or not (named or above[-1:] == [house]):
        return None
    day = _day(match)
    return (house, day, 0 if named else 1) if day else None


def doubled_or_bulleted(text: str) -> tuple[str, str] | None:
    """(publisher, day) of a line that is a byline by itself.

    >>> doubled_or_bulleted("Thời ĐạiThời Đại23/10/2025"), doubled_or_bulleted("Báo Dân trí•25/08/2024")
    (('Thời Đại', '2025-10-23'), ('Báo Dân trí', '2024-08-25'))
    """
    for pattern in (_DOUBLED, _BULLET):
        match = pattern.match(text)
        if match and (day := _day(match)):
            return match["name"].strip(" ,"), day
    return None


def _day(match: re.Match[str]) -> str | None:
    numbers = re.findall(r"\d+", match["date"])
    return read_day("/".join(numbers[::-1] if len(numbers[0]) == 4 else numbers))


def _is_untranslated(text: str, title: str) -> bool:
    """Whether a line below a translated title is a headline in Vietnamese: the alt text of the first picture."""
    return is_vietnamese(text) and not ends_sentence(text) and not is_vietnamese(title)


def _title_and_lead(draft: Draft, indices: list[int]) -> None:
    leads = [draft.lead] if draft.lead else []  # a page's own data may have given it already
    for i in indices:
        line = draft.lines[i]
        if draft.title is None:
            draft.title = line.text
            line.taken = True
        elif line.text == draft.title or FILE_NAME.match(line.text) or _is_untranslated(line.text, draft.title):
            line.image = Image(alt=line.text)
        elif line.text in leads:
            line.rule = "repeated-line"
        else:
            leads.append(line.text)
            line.taken = True
    draft.lead = "\n\n".join(leads) or None
