"""The words of a heading as a reader sees them, and the title within them."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from itertools import accumulate

from lxml import etree

from pipelines.extraction.elements import CONTROLS, holds, visible, visible_text
from pipelines.extraction.normalisation import letters, normalise_line
from pipelines.extraction.pictures import become_text
from pipelines.extraction.region import is_spoken


def loose_controls(element: etree._Element) -> list[etree._Element]:
    """The buttons and forms within a heading or a caption that are not all of its text, and hold no picture."""
    found = [
        control
        for control in element.iter(*CONTROLS)
        if control is not element and visible_text(control) and not holds(control, "img")
    ]
    inner = set(found)
    outer = [control for control in found if not any(above in inner for above in control.iterancestors())]
    held = sum(len(visible_text(control)) for control in outer)
    return outer if held < len(visible_text(element).replace(" ", "")) else []


def heading_text(heading: etree._Element) -> str:
    """A heading's text, without its buttons and the words for screen readers; its lines and blocks are words apart."""
    if not len(heading):
        return normalise_line(heading.text or "")
    if any(part.tag in CONTROLS or is_spoken(part) for part in heading.iterdescendants("span", *CONTROLS)):
        plain = deepcopy(heading)
        for part in (*loose_controls(plain), *filter(is_spoken, list(plain.iter("span")))):
            become_text(part, "")
        return visible_text(plain) or visible_text(heading)
    return visible_text(heading)


def title_within(heading: etree._Element, shown: str, titles: Iterable[str]) -> str | None:
    """The title that begins or ends a heading and is an element of its own there: the rest is a kicker or a date."""
    if not len(heading):
        return None
    texts = [letters(part) for part in visible(heading)]
    whole, seams = "".join(texts), {*accumulate(map(len, texts))}
    for title in titles:
        said = letters(title)
        begins = shown.startswith(title) and whole.startswith(said) and len(said) in seams
        ends = shown.endswith(title) and whole.endswith(said) and len(whole) - len(said) in seams
        if said and said != whole and (begins or ends):
            return title
    return None
