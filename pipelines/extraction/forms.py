"""A page's tree in the forms that its readers know: what a browser would show, as plain elements.

One pass before anything else reads the tree: pictures (`pictures`), formulas (`formulas`), the quotation marks of
``q``, elements that a style or their content makes a block, and titles of drawings, which nobody sees.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree

from pipelines.extraction.draft import ends_sentence
from pipelines.extraction.elements import BLOCKS, PLAYERS, SILENT, inner_text
from pipelines.extraction.formulas import settle_formulas
from pipelines.extraction.pictures import become_text, settle_pictures, would_glue
from pipelines.unicode.words import has_unspaced

_SHOWN_AS_BLOCK = re.compile(
    r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|table-row|table-caption|list-item|flow-root)(?![\w-])", re.I
)
_SHOWN_AS_CELL = re.compile(r"(?:^|;)\s*display\s*:\s*table-cell\b", re.I)
_STYLES = etree.XPath("//@style", smart_strings=False)
_STYLED = etree.XPath("descendant-or-self::*[@style]")
_CUSTOM = re.compile(rb"<([a-zA-Z][\w.]*-[\w.-]*)")
_NO_WORDS = SILENT | PLAYERS | {"br", "hr", "img", "svg", "input", "picture", "option"}
_FEW, _MANY = 8, 100  # text nodes and ancestors looked at: markup may be nested without end
_LONG_TEXT = 80  # characters: a sentence, not a term

# As browsers draw them (the standard's default style sheet); languages not listed have the English marks.
_ENGLISH = ("“”", "‘’")
_MARKS = {
    **dict.fromkeys(("de", "cs", "sk", "sl", "bg", "is", "lt", "et", "ka"), ("„“", "‚‘")),
    **dict.fromkeys(("fr", "it", "es", "pt", "el", "ru", "uk", "be", "fa", "ar", "no", "nb", "nn", "hy"), ("«»", "“”")),
    **dict.fromkeys(("pl", "hu", "ro", "hr", "sr"), ("„”", "«»")),
    **dict.fromkeys(("sv", "fi"), ("””", "’’")),
    "da": ("»«", "›‹"),
    **dict.fromkeys(("ja", "zh-hant", "zh-tw", "zh-hk"), ("「」", "『』")),
}
_ANY_MARK = "\"'“”„‘’‚«»‹›「」『』"


def settle(tree: etree._Element, body: bytes) -> etree._Element:
    """The tree of these bytes, changed in place; its text stays, but for quotation marks that a browser draws."""
    for element in list(tree.iter("source", "track", "wbr")):
        _empty(element)
    _put_streamed_parts_in_place(tree)
    settle_pictures(tree)
    settle_formulas(tree)
    for quotation in tree.iter("q"):
        _draw_marks(quotation)
    for drawing in list(tree.iter("svg")):
        for unseen in list(drawing.iter("title", "desc", "metadata")):
            become_text(unseen, "")
    styles: Any = _STYLES(tree)  # strings, elements: a type has whatever an expression can give
    if "display" in "\n".join(styles).lower():  # on most pages none has it, and values alone cost less than elements
        styled: Any = _STYLED(tree)
        for element in styled:
            _settle_display(element)
    for cite in list(tree.iter("cite")):
        if _signs_a_quotation(cite):
            _wrap(cite)
    for struck in tree.iter("del", "s", "strike"):
        if (following := struck.getnext()) is not None and following.tag == "ins":
            _part_from_next(struck)
    for caption in tree.iter("figcaption"):
        for part in caption.iter("span", "cite", "small"):
            _part_from_credit(part)
    if custom := {name.decode("utf-8", "replace").lower() for name in _CUSTOM.findall(body)}:
        without_text: dict[etree._Element, bool] = {}
        for element in list(tree.iter(*custom)):
            if _is_block_of_its_own(element, without_text):
                _wrap(element)
            else:
                _part_from_next(element)
    return tree


def _settle_display(element: etree._Element) -> None:
    style = element.get("style") or ""
    if element.tag in BLOCKS or element.tag in _NO_WORDS:
        return
    if _SHOWN_AS_BLOCK.search(style):
        _wrap(element)
    elif _SHOWN_AS_CELL.search(style):
        _part_from_next(element)


def _put_streamed_parts_in_place(tree: etree._Element) -> None:
    """Move what React sent later, hidden at the end of the page (``S:1``), to its place (``B:1``, ``P:1``)."""
    places = {e.get("id") or "": e for e in tree.iter("template") if (e.get("id") or "")[:2] in ("B:", "P:")}
    for part in list(tree.iter("div")) if places else ():
        name = part.get("id") or ""
        if "hidden" not in part.attrib or not name.startswith("S:"):
            continue
        place = places.get(f"B:{name[2:]}", places.get(f"P:{name[2:]}"))
        if place is not None and not any(above is part for above in place.iterancestors()):
            del part.attrib["hidden"]
            tail, part.tail = part.tail, None
            before, parent = part.getprevious(), part.getparent()
            if before is not None:
                before.tail = (before.tail or "") + (tail or "")
            elif parent is not None:
                parent.text = (parent.text or "") + (tail or "")
            place.addprevious(part)


def _empty(element: etree._Element) -> None:
    """Move the content of an element that is empty in HTML behind it: libxml2 does not know that it is empty."""
    tail, element.tail = element.tail, element.text
    element.text = None
    last = element
    for child in list(element):
        # A new neighbour goes between an element and its tail.
        (before, last.tail), (behind, child.tail) = (last.tail, None), (child.tail, None)
        last.addnext(child)
        last.tail, child.tail = before, behind
        last = child
    last.tail = (last.tail or "") + (tail or "")


def _draw_marks(quotation: etree._Element) -> None:
    text = inner_text(quotation, _FEW).strip()
    if not text or text[0] in _ANY_MARK:
        return
    depth = sum(above.tag == "q" for above in islice(quotation.iterancestors(), _FEW))
    pair = _marks(quotation)[depth % 2]
    opening, closing = pair[0], pair[1]
    quotation.text = opening + (quotation.text or "").lstrip()
    if len(quotation):
        quotation[-1].tail = (quotation[-1].tail or "").rstrip() + closing
    else:
        quotation.text = quotation.text.rstrip() + closing


def _marks(quotation: etree._Element) -> tuple[str, str]:
    stated = next(
        (lang for e in (quotation, *islice(quotation.iterancestors(), _MANY)) if (lang := e.get("lang"))), ""
    ).lower()
    return _MARKS.get(stated) or _MARKS.get(stated.split("-")[0]) or _ENGLISH


def _is_block_of_its_own(element: etree._Element, without_text: dict[etree._Element, bool]) -> bool:
    """Whether an element of unknown name holds blocks, or a sentence with no text beside the element.

    `without_text` remembers the answer for each parent: one may have thousands of children.
    """
    if any(child.tag in BLOCKS for child in element):
        return True
    parent = element.getparent()
    if parent is None or not (parent.tag in ("div", "section", "article", "main", "body") or "-" in str(parent.tag)):
        return False
    if parent not in without_text:
        beside = [parent.text, *(child.tail for child in parent)]
        without_text[parent] = not any(text and text.strip() for text in beside)
    if not without_text[parent]:
        return False
    text = inner_text(element).strip()
    return len(text) > _LONG_TEXT or ends_sentence(text)


def _wrap(element: etree._Element) -> None:
    """Put an element into a block; its other role (a link, emphasis) stays."""
    block = etree.Element("div")
    element.addprevious(block)
    block.tail, element.tail = element.tail, None
    block.append(element)


def _signs_a_quotation(cite: etree._Element) -> bool:
    """Whether a name stands right behind the last sentence of a quotation: style sheets put it on a line of its own."""
    parent, other = cite.getparent(), cite.getprevious()
    if parent is None or cite.getnext() is not None or (cite.tail or "").strip():
        return False
    if parent.tag != "blockquote" and next(parent.iterancestors("blockquote"), None) is None:
        return False
    before = parent.text if other is None else other.tail or inner_text(other)
    return ends_sentence((before or "").rstrip())


def _part_from_credit(element: etree._Element) -> None:
    """Put a space between two named parts of a caption, which style sheets show apart: what is seen and by whom."""
    following = element.getnext()
    if element.tail or following is None or not (element.get("class") and following.get("class")):
        return
    touching = inner_text(element)[-1:] + inner_text(following)[:1]
    if len(touching) == 2 and not any(map(str.isspace, touching)) and not has_unspaced(touching):
        element.tail = " "


def _part_from_next(element: etree._Element) -> None:
    """Put a space between two boxes on one line that a browser shows apart."""
    following = element.getnext()
    if element.tail or following is None:
        return
    if would_glue(inner_text(element), inner_text(following)):
        element.tail = " "
