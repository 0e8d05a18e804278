"""The source line: its address, bare label, host or agency, and the signature that may be glued to it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from pipelines.extraction import labels
from pipelines.extraction.chrome.tags import TAG_LINE, is_tag_line, tag_line
from pipelines.extraction.draft import PARAGRAPH, UNMARKED, Draft, Line, ends_sentence, is_prose, is_wider, width
from pipelines.unicode.scripts import COMMON, letters_of, script_of
from pipelines.vietnamese import is_syllable, slug_key, slug_tokens

# The address may have been altered by machine translation (`tréo` for `treo`, a space after the colon): SITE.md.
_ADDRESS = r"(?:https?\s?[:：]\s?/\s?/\s?|www\.)[^\s<>]+"
_ENDS_IN_ADDRESS = re.compile(rf"(?P<before>.*?)<?(?P<url>{_ADDRESS})>?\Z", re.I | re.S)
_MAY_HOLD_ADDRESS = re.compile(r"/|www\.", re.I)  # a check that is far quicker than the pattern above
_LINK = re.compile(rf"\[[^\[\]]{{0,300}}\]\((?P<url>{_ADDRESS})\)\Z", re.I)  # a converter's link
_ADDRESS_AND_REST = re.compile(rf"(?P<before>[^:：]{{1,40}}[:：]\s?)(?P<url>{_ADDRESS})\s(?P<rest>.{{1,200}})\Z", re.I)
_HOST_AND_PATH = re.compile(
    r"(?P<label>[^:：]{1,40})[:：]\s?(?P<url>(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,10}/[^\s<>]+)\Z", re.I
)
# A space that got into an address is beside one of its marks.
_SPACE_IN_ADDRESS = re.compile(r"(?<=[-/._=&?]) | (?=[-/._=&?])")
PICTURES = r"(?i:jpe?g|png|gif|webp|bmp|svg|hei[cf]|avif|tiff?|jfif)"
"""The endings of pictures' file names, which otherwise read like hosts."""
_HOST = re.compile(rf"(?!\S+\.{PICTURES}\Z)" r"[^\W_](?:[\w-]*\.)+(?:[^\W\d_A-Z]{2,}|[A-Z]{2,})(?:/\S*)?\Z")
_GLUED_LABEL = re.compile(
    r"(?P<label>[^\W\d_][^\s:：()\[\].,;!?]{0,24}(?: [^\s:：()\[\].,;!?]{1,16}){0,3})\s?[:：]?\s?\Z"
)

_LONGEST_GLUED_LABEL = 80  # the longest match of the pattern: a search from further left would find the same


def labelled_address(text: str) -> str | None:
    """The address of a line that is nothing but a short label and a final address; None for any other line.

    >>> labelled_address("Quelle: https://example.vn/a.html")
    'https://example.vn/a.html'
    >>> labelled_address("Mehr dazu steht auf der Seite der Zeitung: https://example.vn/a.html") is None
    True
    """
    if "://" not in text and "www." not in text and "/ /" not in text and "：" not in text:
        return None
    match = _ENDS_IN_ADDRESS.match(text)
    if match is None or not _is_label(match["before"]):
        return None
    return _clean_address(match["url"])


def _is_label(before: str) -> bool:
    label = before.strip()
    if not label or labels.is_source(label):
        return True
    name = label.rstrip(f" -–—{labels.COLONS}")
    return (
        label != name
        and len(name.split()) <= 3
        and not is_wider(name, 32)
        and not re.search(r"[\d.,;!?()\"“”«»]", name)
    )


def _clean_address(url: str) -> str:
    url = re.sub(r"\s", "", url).replace("：", ":")
    return url.rstrip(".,;)") if not re.search(r"\([^)]*\)", url) else url


def source_line(draft: Draft) -> None:
    """The label and address, bare label, host or agency at the article's end; a signature glued to it stays."""
    i = draft.last_undecided()
    if i is None:
        return
    if not labelled_address(draft.lines[i].text) and _source_above_boxes(draft, i):
        return
    if _source_at(draft, i):
        _source_again(draft)
        tag_line(draft)


def _source_again(draft: Draft) -> None:
    """The source line above the source line: the same address twice, the address or host above a bare label, or a
    label above what it labels."""
    i = draft.last_undecided()
    if i is not None and draft.comment_line and labels.is_known(draft.lines[i].text, labels.SOURCE):
        draft.lines[i].rule = "source-label"
        return
    if i is None or "." not in draft.lines[i].text:
        return
    if _is_host(draft.lines[i].text):
        draft.lines[i].rule = "source-line"
        return
    url = labelled_address(draft.lines[i].text)
    if url is None or not draft.comment_line:
        return
    if url == draft.source_url or (draft.source_url is None and is_headline_address(url)):
        draft.lines[i].rule = "source-line"
        draft.source_url = url


def _is_host(text: str) -> bool:
    """Whether a line is nothing but a host or the address of a front page."""
    return " " not in text and _HOST.match(text.partition("://")[2].rstrip("/") or text.rstrip("/")) is not None


def _source_at(draft: Draft, i: int) -> bool:
    line = draft.lines[i]
    text = line.text
    if text.endswith(")") and "](" in text:
        text = _LINK.sub(r"\g<url>", text)
    match = _ENDS_IN_ADDRESS.match(text) if _MAY_HOLD_ADDRESS.search(text) else None
    if match and "://" not in match["before"]:
        return _address_source(draft, i, match)
    known = labels.is_source(text.partition(":")[0])
    if known and not match and _is_signed(text):
        return _glued_source(draft, i)
    if (draft.comment_line or known) and (url := _address_inside(text)):
        line.rule = "source-line"
        draft.source_url = url
        return True
    if match:
        return _address_source(draft, i, match)
    if _HOST.match(text) and " " not in text:
        line.rule = "source-line"
        return True
    head, _, rest = text.partition(":") if ":" in text else text.partition("：")
    if labels.is_source(head) and not is_prose(text) and len(rest.split()) <= 10:
        line.rule = "source-line"
        draft.source_url = draft.source_url or line.href
        return True
    bare = draft.comment_line and (_is_bare_label(text, line.gap, draft) or _is_below_host(draft, i))
    if bare and not _ends_verses(draft, i):
        line.rule = "source-label"
        draft.source_url = draft.source_url or line.href
        return True
    return _glued_source(draft, i)


def _is_signed(text: str) -> bool:
    """Whether a signature is glued to a label that, with it, would still read like one: ``NGỌC HÀLink to source``."""
    cut = _glue(text, certain=False)
    return cut is not None and is_signature(text[:cut].strip())


def _address_inside(text: str) -> str | None:
    """The article's address in a source line that goes on after it, has a space in it, or lacks its scheme."""
    if "/" not in text or is_wider(text, 300):
        return None
    if match := _ADDRESS_AND_REST.match(text):
        joined = _SPACE_IN_ADDRESS.sub("", f"{match['url']} {match['rest']}")
        url, rest = (joined, "") if " " not in joined else (match["url"], match["rest"])
        if ends_sentence(rest) or len(rest.split()) > 6 or "://" in rest.replace(url, ""):
            return None
        sure = is_headline_address(url) or labels.is_source(match["before"])
        return _clean_address(url) if sure and _is_label(match["before"]) else None
    match = _HOST_AND_PATH.match(text)
    if match and _is_label(match["label"] + ":") and is_headline_address(match["url"]):
        return match["url"]
    return None


def _address_source(draft: Draft, i: int, match: re.Match[str]) -> bool:
    line = draft.lines[i]
    before, url = match["before"], _clean_address(match["url"])
    cut = _glue(before, certain=True, strong=True)
    short = len(before.split()) <= 2 and is_headline_address(url) and _is_label(before.strip() + ":")
    if cut is None and (short or _is_label(before) or _labels_own_source(before, url, draft.slug)):
        if before.strip() and not is_article_address(url) and not labels.is_source(before):
            return False  # the front page of an organisation: a contact, unless the label is certain
        line.rule = "source-line"
        draft.source_url = url
        above = draft.lines[i - 1] if i > draft.start else None
        if not before.strip() and above is not None and above.undecided and _labels_address(above, url, draft):
            above.rule = "source-label"
        return True
    cut = cut or _glue(before, certain=True)
    if cut is None:
        return False
    colon = before.rstrip()[-1] in labels.COLONS
    if before[cut - 1] == " " and not colon and not labels.is_known(before[cut:], labels.SOURCE):
        return False  # the end of a sentence and the beginning of another, which names an address
    draft.split(
        i,
        Line(text=before[:cut].strip(), gap=line.gap, kind=line.kind),
        Line(text=line.text[cut:].strip(), rule="source-line"),
    )
    draft.source_url = url
    return True


def _labels_address(above: Line, url: str, draft: Draft) -> bool:
    """Whether the line above a bare address is its label."""
    if labels.is_source(above.text):
        return True
    if not draft.comment_line or not is_headline_address(url):
        return False
    return _is_label(above.text) or _is_bare_label(above.text, above.gap, draft, labels_address=True)


def _labels_own_source(before: str, url: str, slug: str | None) -> bool:
    """Whether a short line ends in an address that spells the page's slug: the newspaper's slug is made of the same
    title."""
    own = slug_key(slug)
    if not own or len(before.split()) > 6 or is_wider(before, 48):
        return False
    path = Counter(slug_tokens(url.split("://")[-1].partition("/")[2]))
    return sum((Counter(own) & path).values()) >= 0.7 * len(own)


def _glued_source(draft: Draft, i: int) -> bool:
    line = draft.lines[i]
    if is_wider(line.text, 240):
        return False
    cut = _glue(line.text, certain=False, short=_may_hold_label(draft, line.text))
    if cut is None:
        return False
    draft.split(
        i,
        Line(text=line.text[:cut].strip(), gap=line.gap, kind=line.kind),
        Line(text=line.text[cut:].strip(), rule="source-label"),
    )
    draft.source_url = draft.source_url or line.href
    return True


def _may_hold_label(draft: Draft, text: str) -> bool:
    """Whether a label that no list knows may be glued to a signature; behind a remark in brackets it may be text."""
    return draft.comment_line and not (re.search(r"[)）\]]", text) and _is_listed_language(draft, text[-1]))


def _glue(text: str, *, certain: bool, short: bool = False, strong: bool = False) -> int | None:
    """Where a label is glued to the text before it (``HA KIENQuelle``): its start, or None.

    A seam is a change that does not occur inside a word: capitals to a capitalised word, one script to another, a
    closing mark to a letter. `certain`: an address follows, so any seam will do; `strong`: but not the one of names
    such as ``VietnamPlus``. Otherwise a known label needs a seam, and an unknown one a `short` line of a signature as
    well: a name of Vietnamese syllables, initials, or brackets.
    """
    stripped = text.rstrip(f" {labels.COLONS}")
    if stripped[-1:] in "()[].,;!?" or ends_sentence(stripped):  # no label ends so, and most paragraphs do
        return None
    tail = _GLUED_LABEL.search(stripped, max(0, len(stripped) - _LONGEST_GLUED_LABEL))
    if tail is None:
        return None
    cuts = range(max(1, tail.start("label")), len(stripped))
    seams = [(cut, seam) for cut in cuts if (seam := _seam(stripped, cut))]
    for cut, _ in seams:
        if labels.is_source(stripped[cut:]):
            return cut
    if certain and (behind := _behind_name(stripped, cuts)):
        return behind
    for cut, seam in seams:
        label = stripped[cut:]
        word = label.split()[0]
        if len(label) < 2 or _mixes_scripts(word) or (word[:2].isupper() and not word.isupper()):
            continue  # the last initials of a signature: the label begins after them
        before = stripped[:cut].strip()
        doubtful = (
            strong and seam != "script" and ((seam == "camel" and len(before.split()) < 2) or not is_signature(before))
        ) or (seam == "script" and labels.is_source(stripped))
        if certain and width(label) >= 3 and not doubtful:
            return cut
        if short and width(label) >= 3 and is_signature(before) and _may_be_glued(stripped, cut):
            return cut
    return None


def _may_be_glued(text: str, cut: int) -> bool:
    """Whether the words behind a signature can be a label that no list knows: right behind it, and not its thanks."""
    label = text[cut:]
    return text[cut - 1] != " " and len(label.split()) <= 2 and not labels.is_known(label, labels.CLOSING)


_ARTICLES = ("ה", "ال")  # the definite articles that Hebrew and Arabic write as one with the label


def _behind_name(text: str, cuts: range) -> int | None:
    """Where a known label is glued to a name of two words or more in its own script, if that has no case.

    There the label shows no seam: ``민 안출처``. A label of two words is not a name with a label after it. A
    paragraph shows none either where no mark ends a sentence.
    """
    if text.lower() != text.upper():
        return None
    for cut in cuts:
        if len(text) - cut < 2 or not labels.is_known(text[cut:], labels.SOURCE):
            continue
        name = text[:cut]
        words = re.split(r"[\s・·]+", name)
        named = 2 <= len(words) <= 5 and all(words) and not is_wider(name, 40)
        named = named and words[-1] not in _ARTICLES and not labels.names_link(name)
        paragraph = is_wider(name, PARAGRAPH) and UNMARKED.search(name)
        return cut if named or paragraph else None
    return None


_CLOSING = ')]）】.!?…”"»’。！？」।॥؟۔។៕။'


def _seam(text: str, cut: int) -> str | None:
    """What kind of seam lies before a letter: a closing `mark`, a change of `script`, `capitals`, or `camel` case."""
    left, right = text[cut - 1], text[cut]
    if not right.isalpha():
        return None
    if left in _CLOSING:
        return "mark"
    if not left.isalpha():
        return "mark" if left == " " and text[:cut].rstrip()[-1:] in _CLOSING.replace("’", "") else None
    if _is_seam(left, right):
        return "script"
    if not (right.isupper() and text[cut + 1 : cut + 2].islower()):
        return None
    if left.islower():
        return "camel"
    return "capitals" if text[max(0, cut - 2) : cut].isupper() and cut >= 2 else None


_TOGETHER = {"Hira": "Jpan", "Kana": "Jpan", "Hani": "Jpan", "Bopo": "Jpan"}


def _script(letter: str) -> str:
    """The script of a letter; kana and ideographs count as one.

    >>> {_script(letter) for letter in "کاروبار"}, {_script(letter) for letter in "기업"}
    ({'Arab'}, {'Hang'})
    """
    found = script_of(letter)
    return _TOGETHER.get(found, found)


def _is_seam(left: str, right: str) -> bool:
    """Whether two letters are of two scripts; one that all scripts share goes with either."""
    return COMMON not in (scripts := {_script(left), _script(right)}) and len(scripts) == 2


def _mixes_scripts(word: str) -> bool:
    return any(_is_seam(a, b) for a, b in pairwise(word) if a.isalpha() and b.isalpha())


def is_signature(text: str) -> bool:
    """A name of Vietnamese syllables, initials or a short remark in brackets: how articles are signed."""
    words = text.split()
    if not 1 <= len(words) <= 6 or is_wider(text, 48):
        return False
    if text.endswith((")", "）", "]")):
        return any(map(str.isalpha, text))  # the number of a note is none
    plain = [w.strip("-–,()") for w in re.split(r"[\s/.]+", text)]
    if all(w.isupper() for w in plain if w):
        return True
    return len(plain) >= 2 and all(w.isupper() or (is_syllable(w) and w[:1].isupper()) for w in plain if w)


def _is_bare_label(text: str, gap: int, draft: Draft, *, labels_address: bool = False) -> bool:
    """A label or agency without an address, right above the comment line: one or two words that are no name.

    A signature has capitals on every word or is made of Vietnamese syllables; a paragraph ends as sentences do.
    `labels_address`: right above an address that spells a headline, where one word can hardly be anything else.
    """
    label = text.rstrip(f" {labels.COLONS}")
    if labels.is_source(label) or labels.is_known(label, labels.AGENCY):
        return True
    words = label.split()
    if _glue(label, certain=False, short=True) is not None:
        return False  # a signature stands before it: `PVQuelle`
    if labels.is_known(label, labels.CLOSING):
        return False
    if labels.SOURCE and labels.names_link(label) and not all(map(is_syllable, words)):
        return True  # in Vietnamese, the original's language, the label is known, and a link is a bond as well
    if not words or len(words) > 3 or is_wider(label, 28) or re.search(r"[\d.,;!?()\[\]\"“”«»‘’…|/-]", label):
        return False
    if _is_listed_language(draft, label) and (len(words) > 1 or not labels_address):
        return False  # its source label is known, so these words are text: "To be continued"
    if not any(map(str.isalpha, label)):  # a line of signs ends a part of the text
        return False
    if text != label:  # a colon after one to three words, with nothing after it
        return True
    if label.isupper() or all(map(is_syllable, words)):
        return False
    if label.lower() == label.upper():  # a script without case: a second word makes it a name as well as a label
        return len(words) == 1 and 2 <= len(label) <= 14 and not _WIDE_SCRIPT.search(label)
    if draft.paragraph_gap and not gap:
        return False
    return label[0].isupper() and (len(words) == 1 or all(w.islower() for w in words[1:]))


def _is_listed_language(draft: Draft, words: str) -> bool:
    """Whether the comment line shows that the lists hold the page's language: its label is known.

    It can be another language than the page's; of one word it speaks only if both are of one script.
    """
    label = draft.comment_label
    if not labels.is_known(label, labels.COMMENT):
        return False
    return " " in words or _script(words[:1]) == _script(label[0])


def _is_below_host(draft: Draft, i: int) -> bool:
    """Whether a few words that no list knows are right below a host: then they can only be the label of its link."""
    text = draft.lines[i].text
    return (
        i > draft.start
        and draft.lines[i - 1].undecided
        and _is_host(draft.lines[i - 1].text)
        and not is_wider(text, 40)
        and len(text.split()) <= 5
        and not ends_sentence(text)
        and not is_signature(text)
        and not re.search(r"\d", text)
    )


def _ends_verses(draft: Draft, i: int) -> bool:
    """Whether a line of words that could be an unknown label is the last of verses: short lines without a mark.

    A label is below a paragraph, a signature, or a picture's line (Vietnamese, or a file name).
    """
    text = draft.lines[i].text
    known = labels.is_source(text) or labels.is_known(text, labels.AGENCY)
    if known or text[-1] in labels.COLONS or len(text.split()) == 1:
        return False
    above = [line for line in draft.lines[max(draft.start, i - 2) : i] if line.undecided]
    return len(above) == 2 and all(
        not is_wider(line.text, 60)
        and not ends_sentence(line.text)
        and not is_signature(line.text)
        and not all(map(is_syllable, line.text.split()))
        and "." not in line.text
        for line in above
    )


_WIDE_SCRIPT = re.compile(f"[{letters_of('Hira', 'Kana', 'Hani', 'Hang')}]")


def _source_above_boxes(draft: Draft, last: int) -> bool:
    """A labelled address with boxes of other articles between it and the comment line (once seen: SITE.md).

    Where a row breaks off above the comment line, the address must spell the page's own slug.
    """
    between: list[int] = []
    for i in range(last, max(draft.start, last - 40) - 1, -1):
        line = draft.lines[i]
        if not line.undecided:
            continue
        url = labelled_address(line.text) if between else None
        ended = draft.comment_line or (url is not None and _labels_own_source("", url, draft.slug))
        found = ended and (url or _may_be_label(line.text))
        texts = [draft.lines[j].text for j in reversed(between)] if found else []
        if _are_boxes(texts, sure=is_headline_address(url)) if url else _are_boxes_below_label(line.text, texts):
            for j in between:
                draft.lines[j].rule = "tag-line" if is_tag_line(draft.lines[j].text) else "related-box"
            draft.end = i + 1
            _source_at(draft, i)
            tag_line(draft)
            return True
        if is_prose(line.text):
            return False
        between.append(i)
    return False


def _are_boxes(texts: list[str], *, sure: bool) -> bool:
    """A short heading first, then headlines: no contact details (digits, colons), hardly a sentence.

    A tag line in a language that no list knows may be above the heading, or alone. `sure`: the source line is a
    newspaper's, for its address spells a headline; then a tag line or a heading and one headline are enough.
    """
    if texts and TAG_LINE.match(texts[0]) and width(texts[0]) <= 60:
        if sure and len(texts) == 1:
            return not re.search(r"[\d@.!?]", texts[0])
        texts = texts[1:]
    if len(texts) < 3 - sure:
        return False
    heading = texts[0]
    return (
        len(heading.split()) <= 5
        and not is_wider(heading, 36)
        and not re.search(r"[\d:：.,;!?]", heading)
        and sum(map(ends_sentence, texts)) <= 0.5 * len(texts)
        and max(map(width, texts)) >= max(20, width(heading))
    )


def _may_be_label(text: str) -> bool:
    """Whether a line is a known bare label, or a signature with a label glued to it."""
    if labels.is_source(text):
        return True
    return not is_wider(text, 60) and _glue(text, certain=False, short=True) is not None


def _are_boxes_below_label(label: str, texts: list[str]) -> bool:
    """Boxes below a label without an address, which is weaker than one with it: two of their headings are alike.

    ``Same tag``, ``Same category``, ``Same author``: in any language, short lines that begin or end alike. A label that
    names a link can be no heading of the article's own, so below it any heading will do.
    """
    if not _are_boxes(texts, sure=False):
        return False
    if labels.links_to_source(label):
        return True
    return any(
        alike(texts[0], text) for text in texts[1:] if not is_wider(text, 36) and not re.search(r"[\d:.,;!?]", text)
    )


def alike(one: str, other: str) -> bool:
    """Whether two different headings begin or end with the same word (where there are no spaces: two letters)."""
    a, b = one.casefold().split(), other.casefold().split()
    if a == b or not 1 <= len(b) <= 5:
        return False
    if min(len(a), len(b)) > 1:
        return a[0] == b[0] or a[-1] == b[-1]
    return not one.isascii() and one.lower() == one.upper() and len(other) <= 24 and one[:2] == other[:2]


def is_source(text: str) -> bool:
    """Whether a line is, or ends in, a label and an address, or is a known bare label."""
    if labelled_address(text) is not None or labels.is_source(text) or _HOST.match(text):
        return True
    match = _ENDS_IN_ADDRESS.match(text) if "://" in text else None
    return match is not None and _glue(match["before"], certain=True) is not None


def is_article_address(url: str | None) -> bool:
    """Whether an address has a path: a newspaper's article has one, the front page of an organisation has none."""
    return url is not None and len(url.split("://")[-1].rstrip("/").partition("/")[2]) > 0


def is_headline_address(url: str) -> bool:
    """Whether an address spells a headline: three words or more with hyphens between them, as newspapers' do."""
    return url.rstrip("/").rpartition("/")[2].count("-") >= 2 and is_article_address(url)
