"""When an article was published and changed, by the page's data and the text around its title.

Never counted: dates in boxes of other articles, in comments, in the site's head and foot, and in the article's
sentences. A day alone in an address is the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Any

from lxml import etree

from pipelines.cldr import month_of
from pipelines.extraction.draft import ends_sentence, width
from pipelines.extraction.elements import BLOCKS, CAMEL, NAMED_PARTS, following, inner_text, names
from pipelines.extraction.json_ld import strings
from pipelines.extraction.named_dates import meta_named, named
from pipelines.extraction.normalisation import normalise_line
from pipelines.extraction.origins import Statement
from pipelines.times import THAI_ERA, day_in_vietnam, published
from pipelines.web.addresses import NoAddressError, read_address

# Names of meta elements, the surest first; `itemprop` counts as a name.
_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "date_published", "pubdate", "publishdate", "publish-date", "publish_date", "published_time", "published-date",
    "publication_date", "publication-date", "originalpublicationdate", "article.published", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "rnews:datepublished", "citation_publication_date",
    "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "date",
    "article.created", "datecreated", "article:created_time",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "article:modified", "og:article:modified_time", "og:updated_time", "og:modified_time",
    "datemodified", "date_modified", "dcterms.modified", "dc.date.modified", "article.updated", "last-modified",
    "lastmod", "revised",
)  # fmt: skip
_ELSEWHERE = frozenset({"aside", "footer", "nav"})
_BOXES = tuple(pattern for rule, pattern in NAMED_PARTS if rule in ("related-box", "comment-box", "advertisement"))
_CHANGED = re.compile(
    r"updat|modif|revis(?!t)|cập nhật|chỉnh sửa|aktuali[sz]|actualiz|atualiz|aggiorn|mise? à jour|обновл|оновл|更新"
    r"|修正|수정|diperbarui|kemas ?kini|güncelle|zaktualiz|bijgewerkt|gewijzigd|oppdater|opdater|uppdater"
    r"|päivitetty|frissít|actualitz|ενημερώ|تحديث|עודכן|อัปเดต|แก้ไข|अपडेट|संशोधित",
    re.I,
)
_PUBLISHED_AT = re.compile(
    r"publi|posted|đăng|xuất bản|veröffentl|erschienen|опублик|опублік|发布|發布|发表|發表|掲載|公開|게시|입력|등록"
    r"|pubbl|terbit|yayı|julkais|közzé|δημοσ|نُ?شر|פורסם|เผยแพร่|प्रकाशित",
    re.I,
)
_LEAD = re.compile(
    r"lead|lede|intro|standfirst|summary|sapo|descri|dek|subti|teaser|excerpt|abstract|chapo|vorspann", re.I
)
_BODY = re.compile(r"body|content|article|entry|post|story|text", re.I)
_LONGEST_LINE = 160  # characters of a byline with its date
_LONGEST_HEAD = 800  # characters of title, lead and byline together
_LONGEST_DAY = 40  # characters of a day in words
_SENTENCE = 60  # wide: from here on a line that ends as a sentence is text, not a byline
_STEPS = 120  # elements looked at below the title
_MOST_TIMES = 40

_NUMBERS = re.compile(
    r"(?<![\d/.-])(?:(?P<year>\d{4})(?P<by>[-/.])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})"
    r"|(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<behind>\d{4}))(?![\d/-])"
)
_EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_VIETNAMESE = re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s*,|\s+năm)?\s+(\d{4})", re.I)
_WORD = r"([^\s\d.,;:|/()\[\]–—-]{2,14})"  # marks of vowels are no letters to Python, and half of a Thai word
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?{_WORD}\.?,?\s+(?:de\s+|del\s+)?(\d{{4}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"{_WORD}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")
# Hungarian, and Lithuanian with its word for the year.
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}})\.?\s+(?:m\.\s+)?{_WORD}\.?\s+(\d{{1,2}})(?!\d)")
_BUDDHIST = 2500  # later years are those of the Thai calendar
# The first letters of the months, as many as distinguish them, in the languages of most publishers, whatever the case
# and the abbreviation; `cldr` has those of all others.
_MONTHS = tuple(
    tuple(prefixes.split())
    for prefixes in (
        "jan jän ene gen янв січ sty ocak oca led يناير",
        "feb fév fev фев лют lut şub úno فبراير",
        "mar mär maa мар бер mrt مارس",
        "apr avr abr апр кві kwi nis dub أبريل",
        "may mai maj mag май мая трав mei kvě مايو",
        "jun juin giu июн черв cze haz červn يونيو",
        "jul juil lug июл лип lip tem červe يوليو",
        "aug aoû ago авг серп sie ağu srp أغسطس",
        "sep set сен вер wrz eyl zář سبتمبر",
        "oct okt ott out окт жов paź eki říj أكتوبر",
        "nov ноя лис kas lis نوفمبر",
        "dec dez déc dic дек груд gru ara pro des ديسمبر",
    )
)
_IN_PATH = re.compile(
    r"/(20\d{2})/(\d{1,2})/(\d{1,2})(?:/|-)|(?<!\d)(20\d{2})-(\d{2})-(\d{2})(?!\d)|/(20\d{2})(\d{2})(\d{2})[/_-]"
)


def publication(
    meta: dict[str, str],
    data: dict[str, Any],
    times: list[etree._Element],
    title: etree._Element | None,
    url: str | None,
    tree: etree._Element | None = None,
) -> list[Statement]:
    """The dates of publication by each source of a page, the surest first, in the form of `times.published`.

    `meta` maps names to contents, `data` is the page's own object of JSON-LD, `times` are its ``time`` elements,
    `title` its heading, `url` its address, `tree` the page, in which a date is searched for by the names of elements
    where nothing else gives one. The byline of a dated layout comes before all of them and is not read here; any
    other date that a reader sees comes after the page's data, since it may be that of the last change.
    """
    stated = [Statement("published", "json-ld", v) for v in _dates(data.get("datePublished"), data.get("dateCreated"))]
    stated += [
        Statement("published", "meta", v) for v in _first_times((meta.get(name) for name in _PUBLISHED), days=True)
    ]
    stated += [Statement("published", "meta", v) for v in _first_times(_microdata(times))]
    shown = (
        []
        if title is None
        else [Statement("published", "visible", v) for v in _visible(times, title, lines=not stated)]
    )
    if not (stated or shown):
        stated = [Statement("published", "meta", v) for v in _first_times(meta_named(meta), days=True)]
    if not (stated or shown) and tree is not None:
        found = [*named(tree, title)]
        shown = [Statement("published", "visible", v) for v in _named(found, title)]
        if not shown:
            # If a page shows only the day of its last change, that day counts.
            last = [] if title is None else [*_visible(times, title, lines=True, changes=True)]
            last = last or [*_named(found, title, changes=True)]
            shown = [Statement(field, "visible", v) for v in last for field in ("published", "modified")]
    address = [Statement("published", "address", day)] if (day := day_of_address(url or "")) else []
    if any(_is_one_moment(seen.value, other.value) for seen in shown for other in stated):
        shown = []
    return stated + shown + address


def _is_one_moment(one: str, other: str) -> bool:
    """Whether two times can be one: within a day, since a day alone is in the page's own zone."""
    day, other_day = day_in_vietnam(one), day_in_vietnam(other)
    return day is not None and other_day is not None and abs((day - other_day).days) <= 1


def change(meta: dict[str, str], data: dict[str, Any]) -> Iterator[Statement]:
    """The dates of a page's last change, the surest first; the arguments are those of `publication`."""
    for value in _dates(data.get("dateModified")):
        yield Statement("modified", "json-ld", value)
    for value in _first_times(meta.get(name) for name in _MODIFIED):
        yield Statement("modified", "meta", value)


def _dates(*values: Any) -> Iterator[str]:
    for value in values:
        listed = value[:1] if isinstance(value, list) else [value]
        yield from _first_times(text for v in listed for text in ([v] if isinstance(v, (int, float)) else strings(v)))


def _first_times(values: Iterable[object], *, days: bool = False) -> Iterator[str]:
    """The first value that is a time, in the form of records, if any; with `days` also a day in words."""
    for value in values:
        time = published(value) if value else None
        if time is None and days and isinstance(value, str) and len(value) <= _LONGEST_DAY:
            time = find_day(value)
        if time:
            yield time
            return


def _microdata(times: list[etree._Element]) -> Iterator[str | None]:
    for element in times[:_MOST_TIMES]:
        if "datepublished" in (element.get("itemprop") or "").lower() and not is_elsewhere(element, None):
            yield element.get("datetime") or element.get("content")
            yield element.text


# ---- what a reader sees


def _visible(
    times: list[etree._Element], title: etree._Element, *, lines: bool, changes: bool = False
) -> Iterator[str]:
    """The first date of a byline: a ``time`` above or below the title, then, if `lines`, one in a short line there.

    `changes`: the date of the last change counts too.
    """
    if not (times or lines):
        return
    below, passed = _below(title), dict[etree._Element, None]()

    def is_below(time: etree._Element) -> bool:
        # No farther than to that time: it is near the title on most pages, and the walk is long.
        if time not in passed:
            for element in below:
                passed[element] = None
                if element is time:
                    break
        return time in passed

    near = (
        time
        # Themes write `class="updated"` on the only date there is, which is that of publication.
        for time in sorted(times[:_MOST_TIMES], key=_is_called_a_change)
        if not (is_elsewhere(time, title) or _is_in_a_sentence(time) or (_marks_a_change(time) and not changes))
        and (_heads_with(time, title) or is_below(time))
    )
    for element in near:
        text = inner_text(element)
        if value := next(_first_times([element.get("datetime"), text]), None) or find_day(text):
            yield value
            return
    for element in chain(_head(title), [*passed, *below]) if lines else ():
        if element.tag in BLOCKS or element.tag == "span":
            text = normalise_line(inner_text(element, 30))
            if 6 <= len(text) <= _LONGEST_LINE and not _is_text(text):
                stated = text if changes else _of_publication(text)
                value = published(stated) or find_day(stated)
                if value and not is_elsewhere(element, title):
                    yield value
                    return


def _named(
    found: list[tuple[etree._Element, str]], title: etree._Element | None, *, changes: bool = False
) -> Iterator[str]:
    """The date of elements named for it; where those of one name have several days, they are of a list."""
    days: dict[str, set[str]] = {}
    first: dict[str, str] = {}
    for element, text in found:
        line = normalise_line(text)
        if is_elsewhere(element, title) or _is_in_a_sentence(element) or len(line) > _LONGEST_LINE or _is_text(line):
            continue
        if not changes and (_marks_a_change(element) or (element.tag != "time" and _is_called_a_change(element))):
            continue
        shown = line if changes else _of_publication(line)
        stated = (element.get("datetime"), element.get("content"), element.get("title"), shown)
        if value := next(_first_times(stated), None) or find_day(shown):
            key = f"{element.tag} {element.get('class')}"
            days.setdefault(key, set()).add(value[:10])
            first.setdefault(key, value)
    yield from islice((value for key, value in first.items() if len(days[key]) == 1), 1)


def _of_publication(line: str) -> str:
    """A byline without what it says of the last change: from a word for that to one for publication, or to the end.

    >>> _of_publication("22/10/2025, updated 1/11/2025"), _of_publication("Updated: 1/11/2025 | Published: 22/10/2025")
    ('22/10/2025, ', 'Published: 22/10/2025')
    """
    kept, at = "", 0
    while change := _CHANGED.search(line, at):
        kept += line[at : change.start()]
        publication = _PUBLISHED_AT.search(line, change.end())
        at = publication.start() if publication else len(line)
    return kept + line[at:]


def _head(title: etree._Element) -> Iterator[etree._Element]:
    """The elements in one box with a title, if it has little text and no paragraph."""
    for above in islice(title.iterancestors(), 2):
        if above.tag in ("body", "html", "main") or next(above.iter("p"), None) is not None:
            return
        if sum(len(text.strip()) for text in islice(above.itertext(), 100)) > _LONGEST_HEAD:
            return
        yield from islice(above.iterdescendants("div", "span", "li"), _STEPS)


def _below(title: etree._Element) -> Iterator[etree._Element]:
    """The elements between a title and the second line that ends as a sentence, or the end of the text.

    The first may be the lead, with the byline below it: in the same box, or anywhere if the box is named as a lead.
    """
    scope: etree._Element | None = None
    sentences = 0
    for element in islice(following(title), _STEPS):
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "noscript", "template"):
            continue
        if scope is not None and not any(above is scope for above in islice(element.iterancestors(), _STEPS)):
            return
        if element.tag == "p" or (element.tag in BLOCKS and len(element) == 0):
            sentences += _is_text(normalise_line(inner_text(element)))
            if sentences > 1:
                return
            parent = element.getparent()
            if sentences and scope is None and parent is not None:
                lead = _LEAD.search(f"{names(element)} {names(parent)}") or parent.tag == "header"
                alone = len(parent) == 1 and not _BODY.search(names(parent))
                scope = None if lead else parent.getparent() if alone else parent
        yield element


def _is_text(line: str) -> bool:
    return width(line) >= _SENTENCE and ends_sentence(line)


def _is_in_a_sentence(time: etree._Element) -> bool:
    """Whether a date is in running text, and so a part of the story."""
    block = next((e for e in time.iterancestors() if e.tag in BLOCKS), None)
    if block is None:
        return False
    text = normalise_line(inner_text(block))
    return block.tag in ("p", "li", "td", "blockquote", "dd") and (_is_text(text) or len(text) > _LONGEST_LINE)


def _is_called_a_change(time: etree._Element) -> bool:
    called = names(time)
    return bool(_CHANGED.search(called)) and "publish" not in called.lower()


def _marks_a_change(time: etree._Element) -> bool:
    """Whether a time, or the words before it, are marked as the last change."""
    parent = time.getparent()
    near = [time.get("itemprop"), parent.text if parent is not None else None, time.text]
    previous = time.getprevious()
    if previous is not None:
        near += [previous.tail, inner_text(previous, 5)]
    return any(text and len(text) < 100 and _CHANGED.search(text) for text in near)


def is_elsewhere(element: etree._Element, title: etree._Element | None) -> bool:
    """Whether an element is in a part of the page that is not about its article."""
    around = set(title.iterancestors()) if title is not None else set()
    for above in (element, *element.iterancestors()):
        if above in around:
            return False
        if above.tag in _ELSEWHERE or (above.tag == "header" and title is not None):
            return True
        if (above.tag == "article" or "itemscope" in above.attrib) and _is_teaser(above):
            return True
        called = CAMEL.sub("-", names(above))
        if len(called) > 1 and any(box.search(called) for box in _BOXES):
            return True
    return False


def _is_teaser(box: etree._Element) -> bool:
    """Whether a box announces another article: its heading is a link."""
    heading = next(box.iter("h2", "h3", "h4", "h5"), None)
    if heading is None or next(box.iter("h1"), None) is not None:
        return False
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None


def _heads_with(time: etree._Element, title: etree._Element) -> bool:
    """Whether a time is with the title in a head of its own: little text, and no other title."""
    around = set(title.iterancestors())
    shared = next((above for above in time.iterancestors() if above in around), None)
    if shared is None or shared.tag in ("body", "html", "main"):
        return False
    if shared.tag == "header" or "head" in names(shared).lower():
        return True
    length = 0
    for text in shared.itertext():
        length += len(text.strip())
        if length > _LONGEST_HEAD:
            return False
    return next(shared.iter("p"), None) is None


# ---- days in words and addresses


def find_day(text: str) -> str | None:
    """The first day in a short line, as ``YYYY-MM-DD``; the day comes before the month where both orders are possible.

    >>> find_day("Publié le 22 octobre 2025 à 18 h 30"), find_day("By An | Oct. 2, 2025"), find_day("2025年10月22日")
    ('2025-10-22', '2025-10-02', '2025-10-22')
    >>> find_day("10/22/2025"), find_day("Thứ Tư, 22/10/2025"), find_day("ngày 2 tháng 9 năm 2025"), find_day("22.13.2")
    ('2025-10-22', '2025-10-22', '2025-09-02', None)
    """
    if match := _EAST.search(text):
        return _day(match[1], match[2], match[3])
    if match := _NUMBERS.search(text):
        if match["year"]:
            return _day(match["year"], match["month"], match["day"])
        return _day(match["behind"], match["two"], match["one"]) or _day(match["behind"], match["one"], match["two"])
    if match := _VIETNAMESE.search(text):
        return _day(match[3], match[2], match[1])
    for match in _DAY_MONTH_YEAR.finditer(text):
        if month := _month(match[2]):
            return _day(match[3], month, match[1])
    for match in _MONTH_DAY_YEAR.finditer(text):
        if month := _month(match[1]):
            return _day(match[3], month, match[2])
    for match in _YEAR_MONTH_DAY.finditer(text):
        if month := _month(match[2]):
            return _day(match[1], month, match[3])
    return None


def day_of_address(url: str) -> str | None:
    """The day that an address has in its path, as ``YYYY-MM-DD``.

    >>> day_of_address("https://example.vn/2025/10/22/pha"), day_of_address("https://example.vn/gia-ngay-9-9-2025")
    ('2025-10-22', None)
    """
    try:
        path = read_address(url).path
    except NoAddressError:
        return None
    match = _IN_PATH.search(path)
    return _day(*(part for part in match.groups() if part)) if match else None


def _month(word: str) -> int | None:
    word = word.casefold()
    known = next((n for n, starts in enumerate(_MONTHS, 1) if word.startswith(starts)), None)
    # Hebrew writes "in" as a letter before the name.
    return known or month_of(word) or (month_of(word[1:]) if word.startswith("ב") else None)


def _day(year: str, month: str | int, day: str) -> str | None:
    try:
        ahead = THAI_ERA if int(year) > _BUDDHIST else 0
        return published(date(int(year) - ahead, int(month), int(day)).isoformat())
    except ValueError:
        return None
