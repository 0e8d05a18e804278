"""Formulas as text on one line: MathML written once, and superscripts that stay superscripts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from lxml import etree

from pipelines.extraction.elements import inner_text
from pipelines.extraction.pictures import become_text

_FOR_MACHINES = frozenset({"annotation", "annotation-xml"})
_UP = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISED, _LOWERED = frozenset(map(chr, _UP)), frozenset(map(chr, _DOWN))
_LONGEST_INDEX = 8
_MOST_ELEMENTS = 2_000  # a larger element is no formula
_DEEPEST = 100
_MOST_TWINS = 8  # the MathML of one formula and what is drawn in its place


def settle_formulas(tree: etree._Element) -> None:
    """Write every formula, superscript and subscript of a tree as text, in place."""
    for element in list(tree.iter("sup", "sub")):
        _settle_index(element)
    for math in list(tree.iter("math", "m:math", "mml:math")):  # a prefix is part of the name in HTML
        if any(_local(above) == "math" for above in math.iterancestors()):
            continue
        _drop_drawn_twin(math)
        become_text(math, math_text(math))


def raised(text: str) -> str:
    """A superscript: in Unicode's superscript signs if all exist, else after ``^``.

    >>> raised("6"), raised("-3"), raised("a+b")
    ('⁶', '⁻³', '^(a+b)')
    """
    return _index(text, _RAISED, _UP, "^")


def lowered(text: str) -> str:
    """A subscript, in the same way, else after ``_``.

    >>> lowered("2"), lowered("max")
    ('₂', '_(max)')
    """
    return _index(text, _LOWERED, _DOWN, "_")


def _index(text: str, own: frozenset[str], signs: dict[int, int], mark: str) -> str:
    text = text.strip()
    if not text:
        return ""
    if set(text) <= own:
        return text.translate(signs)
    return mark + (text if len(text) == 1 else f"({text})")


def _settle_index(element: etree._Element) -> None:
    """``10<sup>6</sup>`` is not 106. Letters (``1<sup>er</sup>``), notes in brackets and chemistry stay as they are."""
    text = inner_text(element).strip()
    up = element.tag == "sup"
    if not text or len(text) > _LONGEST_INDEX or not set(text) <= (_RAISED if up else _LOWERED):
        return
    previous = element.getprevious()
    parent = element.getparent()
    if parent is None:
        return
    before = (parent.text if previous is None else (previous.tail or inner_text(previous))) or ""
    after = element.tail or ""
    if up and text.strip("()n") and not before[-1:].isspace() and before:
        element.text = text.translate(_UP)
    elif not up and (before[-1:].isdigit() or after[:1].isdigit()):
        element.text = text.translate(_DOWN)
    else:
        return
    for child in list(element):
        element.remove(child)


def _drop_drawn_twin(math: etree._Element) -> None:
    """Drop the drawing that programs put beside the MathML: it repeats the formula, hidden from screen readers."""
    place = math.getparent()
    for _ in range(2):
        beside = [] if place is None else list(islice(place, _MOST_TWINS + 1))
        if place is None or len(beside) > _MOST_TWINS:
            return
        for sibling in beside:
            drawn = sibling.get("aria-hidden") == "true" and sibling.tag != "img"
            if drawn and next(sibling.iter("math"), None) is None:
                become_text(sibling, "")
        if len(beside) > 2:
            return
        place = place.getparent()


def math_text(math: etree._Element) -> str:
    """A formula of MathML on one line, without what repeats it for machines.

    >>> from lxml import etree
    >>> math_text(etree.fromstring("<math><mfrac><mn>1</mn><mrow><mi>x</mi><mo>+</mo><mn>2</mn></mrow></mfrac></math>"))
    '1/(x+2)'
    """
    if sum(1 for _ in zip(math.iter(), range(_MOST_ELEMENTS + 1), strict=False)) > _MOST_ELEMENTS:
        return " ".join(str(text) for text in math.itertext())
    text = " ".join(_written(math, 0).split())
    return text or (math.get("alttext") or "")


def _written(element: etree._Element, depth: int) -> str:
    """The text of an element and of all in it."""
    name = _local(element)
    if name in _FOR_MACHINES or depth > _DEEPEST:
        return ""
    parts = [_written(child, depth + 1) for child in element if isinstance(child.tag, str)]
    if (way := _WAYS.get(name)) is not None and len(parts) in way[0]:
        return way[1](*parts)
    if name in ("mtr", "mlabeledtr"):
        return " ".join(parts) + "; "
    if name == "mtext":
        return inner_text(element)
    return (element.text or "").strip() + "".join(
        part + (child.tail or "").strip() for part, child in zip(parts, _elements(element), strict=True)
    )


def _elements(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 1 or text.isalnum() or (text[0] == "(" and text[-1] == ")") else f"({text})"


_Way = tuple[range, Callable[..., str]]
_WAYS: dict[str, _Way] = {
    "mfrac": (range(2, 3), lambda over, under: f"{_grouped(over)}/{_grouped(under)}"),
    "msup": (range(2, 3), lambda base, up: _grouped(base) + raised(up)),
    "msub": (range(2, 3), lambda base, down: base + lowered(down)),
    "msubsup": (range(3, 4), lambda base, down, up: base + lowered(down) + raised(up)),
    "msqrt": (range(1, 100), lambda *inner: "√" + _grouped("".join(inner))),
    "mroot": (range(2, 3), lambda inner, degree: raised(degree) + "√" + _grouped(inner)),
}
"""Element name -> the numbers of parts it may have, and how it is written from their texts."""


def _local(element: etree._Element) -> str:
    """The name of an element without its prefix, in small letters."""
    return str(element.tag).rpartition(":")[2].rpartition("}")[2].lower()
