"""When an article was published and changed, by the page's data and the text around its title.

Never counted: dates in boxes of other articles, in comments, in the site's head and foot, and in the article's
sentences. A day alone in an address is the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from lxml import etree

from pipelines.extraction.days import day_of, find_day, in_common_era
from pipelines.extraction.draft import ends_sentence, width
from pipelines.extraction.elements import BLOCKS, NAMED_PARTS, following, inner_text, names, split_names
from pipelines.extraction.json_ld import strings
from pipelines.extraction.named_dates import LONGEST_DAY, MOST_LINES, alone, meta_named, named
from pipelines.extraction.normalisation import normalise_line
from pipelines.extraction.origins import Statement
from pipelines.times import day_in_vietnam, published
from pipelines.web.addresses import NoAddressError, read_address

# Names of meta elements, the surest first; `itemprop` counts as a name.
_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "date_published", "pubdate", "publishdate", "publish-date", "publish_date", "published_time", "published-date",
    "publication_date", "publication-date", "originalpublicationdate", "article.published", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "rnews:datepublished", "citation_publication_date",
    "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "date",
    "article.created", "datecreated", "article:created_time", "article_date_original", "ptime", "created",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "article:modified", "og:article:modified_time", "og:updated_time", "og:modified_time",
    "datemodified", "date_modified", "dcterms.modified", "dc.date.modified", "article.updated", "last-modified",
    "lastmod", "revised",
)  # fmt: skip
_ELSEWHERE = frozenset({"aside", "footer", "nav", "figure"})
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:events?|weather|expir\w+|responses?|repl(?:y|ies)|discussions?|disqus|kommentare?"
    r"|commentaires?|coment[aá]rios?|yorumlar|komentar\w*|reacties|latest|recent|popular|trending|most-?read|ticker)"
    r"(?=$|[\s_-])|captions?(?:[_-]?text)?(?=$|\s)|(?:^|\s)(?:site|page|main|global)?[_-]*footer(?=$|[\s_-])",
    re.I,
)
_BOXES = (*(box for rule, box in NAMED_PARTS if rule in ("related-box", "comment-box", "advertisement")), _OTHERS)
_ANOTHER_DAY = re.compile(r"start|end|birth|death|valid|expir|avail", re.I)  # in properties of microdata
_ANOTHER_THING = re.compile(r"/(?:\w*Event|Person|Product|Offer|\w*Comments?|Answer|ImageObject|VideoObject)\s*\Z")
_OWN_HEAD = re.compile(r"article|post|entry|head|story|detail", re.I)
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
_LONGEST_TEASER = 2000  # characters of a box that announces another article
_LONGEST_CHANGE = 100  # characters of a text that says that what follows is the last change
_SENTENCE = 60  # wide: from here on a line that ends as a sentence is text, not a byline
_LONGEST_LABELLED, _LONGEST_LABEL = 80, 16  # characters of a line that begins with a word for the publication
_FEW_TEXTS = 12  # texts of a line, and elements within it
_FEW_WORDS = 5  # of a short sentence
_STEPS = 120  # elements looked at below the title
_MOST_TIMES = 40

_IN_PATH = re.compile(
    r"/(20\d{2})/(\d{1,2})/(\d{1,2})(?:/|-)|(?<!\d)(20\d{2})-(\d{2})-(\d{2})(?!\d)|/(20\d{2})(\d{2})(\d{2})[/_-]"
    r"|/(20\d{2})/?(\d{2})/?(\d{2})/|-(20\d{2})(\d{2})(\d{2})\d{6,11}\.\w{3,5}\Z"
)
_WORD_IN_PATH = re.compile(r"/(20\d{2})/([a-z]{3})/(\d{1,2})/")
_FOLDER = re.compile(r"/(\d{1,2})-(\d{1,2})-(20\d{2})/")
_DATA = re.compile(r"data-[\w-]*(?:date|time|publish)", re.I)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_HALF = re.compile(r"\b[ap]\.\s?m\.\Z", re.I)


def publication(
    meta: dict[str, str],
    data: dict[str, Any],
    times: list[etree._Element],
    title: etree._Element | None,
    url: str | None,
    tree: etree._Element | None = None,
    *,
    site: bool = False,
) -> list[Statement]:
    """The dates of publication by each source of a page, the surest first, in the form of `times.published`.

    `meta` maps names to contents, `data` is the page's own object of JSON-LD, `times` are its ``time`` elements,
    `title` its heading, `url` its address, `tree` the page, in which a date is searched for by the names of elements
    where nothing else gives one. The byline of a dated layout comes before all of them and is not read here.
    A date that a reader sees comes before the page's data if it is the earlier one: a program states the day on which
    it made the page anew. A later one may be that of the last change. On the site's own pages (`site`) their data
    come first, and a day that stands alone anywhere is nothing.
    """
    stated = [Statement("published", "json-ld", v) for v in _dates(data.get("datePublished"), data.get("dateCreated"))]
    stated += [
        Statement("published", "meta", v) for v in _first_times((meta.get(name) for name in _PUBLISHED), days=True)
    ]
    stated += [Statement("published", "meta", v) for v in _first_times(_microdata(times))]
    shown = (
        []
        if title is None
        else [Statement("published", "visible", v) for v in _visible(times, title, lines=not (stated and site))]
    )
    if not (stated or shown):
        stated = [Statement("published", "meta", v) for v in _first_times(meta_named(meta), days=True)]
    if not (stated or shown) and tree is not None:
        found = [*named(tree, title)]
        days = chain(_named(found, title), _labelled(tree, title), () if site else _alone(tree, title))
        shown = [Statement("published", "visible", v) for v in islice(days, 1)]
        if not shown:
            # If a page shows only the day of its last change, that day counts.
            bylines = () if title is None else _visible(times, title, lines=True, changes=True)
            others = () if site else _alone(tree, title, changes=True)
            last = islice(chain(bylines, _named(found, title, changes=True), others), 1)
            shown = [Statement(field, "visible", v) for v in last for field in ("published", "modified")]
    address = [Statement("published", "address", day)] if (day := day_of_address(url or "")) else []
    if any(_is_one_moment(seen.value, other.value) for seen in shown for other in stated):
        shown = []
    if not site and shown and stated and shown[0].value[:10] < stated[0].value[:10]:
        return shown + stated + address
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
        if isinstance(value, str):
            value = in_common_era(value)
        time = published(value) if value else None
        if time is None and days and isinstance(value, str) and len(value) <= LONGEST_DAY:
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
    following_it, passed = below(title), dict[etree._Element, None]()

    def is_below(time: etree._Element) -> bool:
        # No farther than to that time: it is near the title on most pages, and the walk is long.
        if time not in passed:
            for element in following_it:
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
    for element in chain(head(title), [*passed, *following_it]) if lines else ():
        if element.tag in BLOCKS or element.tag == "span":
            text = normalise_line(inner_text(element, 30))
            if len(text) >= 6 and any(map(str.isdigit, text)) and not _is_no_byline(text):
                stated = text if changes else _of_publication(text)
                value = published(stated) or find_day(stated)
                place = _innermost(element)
                if value and not is_elsewhere(place, title) and (changes or not _is_labelled_a_change(place)):
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
        if is_elsewhere(element, title) or _is_in_a_sentence(element) or _is_no_byline(line):
            continue
        if not changes and (_marks_a_change(element) or (element.tag != "time" and _is_called_a_change(element))):
            continue
        shown = line if changes else _of_publication(line)
        data = (value for name, value in element.attrib.items() if _DATA.match(str(name)))
        stated = (element.get("datetime"), element.get("content"), element.get("title"), *map(str, data), shown)
        if value := next(_first_times(stated), None) or find_day(shown):
            key = f"{element.tag} {element.get('class')}"
            days.setdefault(key, set()).add(value[:10])
            first.setdefault(key, value)
    yield from islice((value for key, value in first.items() if len(days[key]) == 1), 1)


def _labelled(tree: etree._Element, title: etree._Element | None) -> Iterator[str]:
    """The date of a line that begins with a word for the publication, wherever it is; none if lines differ in it."""
    days = list[str]()
    for element in islice(tree.iter("p", "div", "span", "li", "td", "small", "em"), MOST_LINES):
        text = inner_text(element, _FEW_WORDS).strip() if len(element) < _FEW_WORDS else ""
        if len(text) <= _LONGEST_LABELLED and _PUBLISHED_AT.search(text[:_LONGEST_LABEL]):
            stated = _of_publication(normalise_line(text))
            value = published(stated) or find_day(stated)
            if value and not is_elsewhere(element, title):
                days.append(value)
    yield from _if_one_day(days)


def _if_one_day(days: list[str]) -> list[str]:
    return days[:1] if len({day[:10] for day in days}) == 1 else []


def _alone(tree: etree._Element, title: etree._Element | None, *, changes: bool = False) -> Iterator[str]:
    """The day of the lines that are nothing but a day; none if they differ in it."""
    found = alone(tree, title)
    yield from _if_one_day([day for element, day in found if not is_of_another_thing(element, title, changes=changes)])


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


def head(title: etree._Element) -> Iterator[etree._Element]:
    """The short elements right above a title in its article, and those in one box with it, if that has little text
    and no paragraph.
    """
    parent = title.getparent()
    if parent is not None and (parent.tag in ("article", "header", "hgroup") or _OWN_HEAD.search(names(parent))):
        for sibling in islice(title.itersiblings(preceding=True), 2):
            yield from islice(sibling.iter("div", "span", "li", "p"), _FEW_WORDS)
    for above in islice(title.iterancestors(), 2):
        if above.tag in ("body", "html", "main") or next(above.iter("p"), None) is not None:
            return
        if sum(len(text.strip()) for text in islice(above.itertext(), 100)) > _LONGEST_HEAD:
            return
        yield from islice(above.iterdescendants("div", "span", "li"), _STEPS)


def below(title: etree._Element) -> Iterator[etree._Element]:
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


def _is_sentence(line: str) -> bool:
    """Whether a line tells something: a short one by its words, none of which is for the publication.

    >>> _is_sentence("On 1 May 2019 the council met."), _is_sentence("By Ann Miller and Jo Wolf, May 1, 2019, 8 a.m.")
    (True, False)
    """
    if _is_text(line):
        return True
    if not ends_sentence(line) or _HALF.search(line) or _PUBLISHED_AT.search(line):
        return False
    return len(_LETTERS.findall(line)) >= _FEW_WORDS


def _is_no_byline(line: str) -> bool:
    return len(line) > _LONGEST_LINE or _is_sentence(line)


def _is_in_a_sentence(time: etree._Element) -> bool:
    """Whether a date is in running text, and so a part of the story."""
    block = next((e for e in time.iterancestors() if e.tag in BLOCKS), None)
    if block is None:
        return False
    text = normalise_line(inner_text(block))
    return block.tag in ("p", "li", "td", "blockquote", "dd") and _is_no_byline(text)


def _is_called_a_change(time: etree._Element) -> bool:
    called = names(time)
    return bool(_CHANGED.search(called)) and "publish" not in called.lower()


def _marks_a_change(time: etree._Element) -> bool:
    """Whether a time, or the words before it, are marked as the last change."""
    return _says_change(time.get("itemprop")) or _says_change(time.text) or _is_labelled_a_change(time)


def _is_labelled_a_change(element: etree._Element) -> bool:
    """Whether the words before an element are those for the last change, and have no date of their own."""
    parent, previous = element.getparent(), element.getprevious()
    if parent is not None and _says_change(parent.text):
        return True
    if previous is None:
        return False
    label = inner_text(previous, 5)
    return _says_change(previous.tail) or (_says_change(label) and not any(map(str.isdigit, label)))


def _says_change(text: str | None) -> bool:
    return bool(text and len(text) < _LONGEST_CHANGE and _CHANGED.search(text))


def _innermost(element: etree._Element) -> etree._Element:
    """The last element that has all the text of another one within it."""
    text = inner_text(element, _FEW_TEXTS).strip()
    for part in islice(element.iter(), _FEW_TEXTS):
        if inner_text(part, _FEW_TEXTS).strip() == text:
            element = part
    return element


def is_of_another_thing(element: etree._Element, title: etree._Element | None, *, changes: bool = False) -> bool:
    """Whether the day in an element is no publication: another part's, the story's, or that of the last change.

    `changes`: the last change counts too.
    """
    element = _innermost(element)
    if _is_in_a_sentence(element) or is_elsewhere(element, title):
        return True
    return not changes and _marks_a_change(element)


def is_elsewhere(element: etree._Element, title: etree._Element | None) -> bool:
    """Whether an element is in a part of the page that is not about its article."""
    around = set(title.iterancestors()) if title is not None else set()
    if _ANOTHER_DAY.search(element.get("itemprop") or ""):
        return True
    for above in (element, *element.iterancestors()):
        if above in around:
            return False
        own_foot = above.tag == "footer" and next(above.iterancestors("article"), None) in around
        if (above.tag in _ELSEWHERE and not own_foot) or (above.tag == "header" and title is not None):
            return True
        if _ANOTHER_THING.search(above.get("itemtype") or ""):
            return True
        if (above.tag == "article" or "itemscope" in above.attrib) and _is_teaser(above):
            return True
        called = split_names(above)
        if len(called) > 1 and any(box.search(called) for box in _BOXES):
            return True
    return False


def _is_teaser(box: etree._Element) -> bool:
    """Whether a box announces another article: it is short, and its heading is a link."""
    heading = next(box.iter("h2", "h3", "h4", "h5"), None)
    if heading is None or next(box.iter("h1"), None) is not None:
        return False
    if next(heading.iter("a"), None) is None and next(heading.iterancestors("a"), None) is None:
        return False
    return sum(len(text.strip()) for text in islice(box.itertext(), _STEPS)) <= _LONGEST_TEASER


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


def is_day(line: str, time: str | None) -> bool:
    """Whether a line is nothing but the day of a time, with the month in a word at most: a place would be a dateline.

    >>> is_day("3 March 2026", "2026-03-03T09:00:00+07:00"), is_day("Hanoi, 3 March 2026", "2026-03-03")
    (True, False)
    """
    if time is None or len(line) > LONGEST_DAY or not any(map(str.isdigit, line)):
        return False
    stated = published(line) or (find_day(line) if len(_LETTERS.findall(line)) <= 1 else None)
    return stated is not None and _is_one_moment(stated, time)


def day_of_address(url: str) -> str | None:
    """The day that an address has in its path, as ``YYYY-MM-DD``.

    >>> day_of_address("https://example.vn/2025/10/22/pha"), day_of_address("https://example.vn/gia-ngay-9-9-2025")
    ('2025-10-22', None)
    """
    try:
        path = read_address(url).path
    except NoAddressError:
        return None
    if match := _IN_PATH.search(path):
        return day_of(*(part for part in match.groups() if part))
    if match := _WORD_IN_PATH.search(path):
        return find_day(f"{match[3]} {match[2]} {match[1]}")
    return day_of(match[3], match[2], match[1]) if (match := _FOLDER.search(path)) else None
