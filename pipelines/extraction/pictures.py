"""A page's pictures in one form: an ``img`` where a reader sees it, with its largest real address (`address_of`).

Pages load pictures late (``data-src``, ``data-srcset``, a twin in ``noscript``), offer several sizes (``srcset``,
``picture``) and draw emoji, icons and formulas as pictures within sentences. All of that is settled in the tree, before
anything reads it; a picture within a sentence never ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from itertools import islice

from lxml import etree

from pipelines.extraction.draft import ends_sentence
from pipelines.extraction.elements import BLOCKS, HIDDEN, holds, inner_text, names
from pipelines.unicode.words import has_unspaced

LOGO = "/thumb/48x48/"
"""In the address of a publisher's logo (SITE.md); its `alt` is the publisher's name."""

_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set", "data-src-set")
# What scripts of lazy loading read, the commonest first; attributes of other scripts are known by their values.
_LAZY = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-original-src", "data-full-src", "data-hi-res-src",
    "data-large-src", "data-img-src", "data-image-src", "data-url", "data-image", "data-echo", "data-real-src",
    "lazy-src",
)  # fmt: skip
_ADDRESSES = frozenset((*_SETS, *_LAZY))
_PLAIN = frozenset({"src", "alt", "class", "id", "width", "height", "style", "title", "loading", "decoding", "border"})
_IMAGE_ADDRESS = re.compile(r"\S+\.(?:jpe?g|jfif|png|webp|gif|avif|heic|bmp|tiff?)(?:[?#!:]\S*)?\Z", re.I)
# A pattern of an address is none: scripts fill in the width.
_NO_ADDRESS = re.compile(r"\s*(?:\Z|data:|about:|javascript:|blob:|#|[^\s{}]*[{}])", re.I)
_PLACEHOLDER = re.compile(
    r"(?:^|[/_.-])(?:placeholder|blank|spacer|pixel|transparent|loading|loader|lazy|lazyload|empty|dummy|1x1|grey|gray"
    r"|no-?image|default-?image)(?=[/_.@?-]|$)",
    re.I,
)
_TRACKER = re.compile(r"pixel|track|beacon|/tr\?|analytics|scorecard|counter|collect\?", re.I)
_CANDIDATE = re.compile(r"[\s,]*(\S+)(?:\s+([^,(]*(?:\([^)]*\)[^,(]*)*))?(?:,|\Z)")
_GLUED = re.compile(r"(?<=\.jpg|\.png|\.gif),(?=https?://)|(?<=\.jpeg|\.webp|\.avif),(?=https?://)", re.I)
_SIZE = re.compile(r"(?:^|\s)(\d{1,6}(?:\.\d{1,4})?)([wx])(?=\s|\Z)")
_FROM_WIDTH = re.compile(r"min-width\s*:\s*(\d{1,5})")
# Attributes whose value names a file or a page, and loads nothing.
_SAID = re.compile(r"alt|title|caption|name|desc|label|link|href|page|share|credit", re.I)
_ABSOLUTE = re.compile(r"(?:https?:)?//[^\s{}]+\Z", re.I)
_DISPLAYED_AS_BLOCK = re.compile(r"display\s*:\s*block|float\s*:", re.I)
_STYLE_SIZE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*(\d+(?:\.\d+)?)\s*(px|em|rem|ex)", re.I)
_SIGN_NAME = re.compile(r"(?:^|[\s_-])(?:\w*emoji\w*|emoticons?|\w*smileys?)(?=$|[\s_-])", re.I)
_FORMULA_NAME = re.compile(r"(?:^|[\s_-])(?:latex\w*|\w*tex|math\w*|formula\w*|equation\w*|mwe)(?=$|[\s_-])", re.I)
_FORMULA_PLACE = re.compile(r"[/.?](?:latex|mathtex|mimetex|tex|math/render)(?=[/.?&]|$)", re.I)
_ICON_NAME = re.compile(r"(?:^|[\s_-])(?:icons?|ico|svg-icon|fa|glyphicon)(?=$|[\s_-])", re.I)
_ICON_PLACE = re.compile(r"/(?:icons?|emojis?|smil\w+)/", re.I)
_LARGEST_ICON = 32  # CSS pixels: one and a half lines of text
_LARGEST_ICON_EM = 2
_LONGEST_ALT = 400  # of a formula
_NEAR = 6  # elements between a film and its figure, a picture and its block
_NEIGHBOURS = 12  # nodes looked at for the text beside a picture


def settle_pictures(tree: etree._Element) -> None:
    """Give every picture of a tree its one form, in place."""
    for amp in list(tree.iter("amp-img", "amp-anim")):
        amp.tag = "img"
        for child in list(amp):  # shown while the picture loads
            amp.remove(child)
        amp.text = None
    for figure in list(tree.iter("figure")):
        if holds(figure, "figure"):
            figure.tag = "div"  # a gallery: each of its figures has a caption of its own
    for noscript in list(tree.iter("noscript")):
        _settle_twin(noscript)
    for image in list(tree.iter("img")):
        if _counts_visitors(image):
            become_text(image, "")
        else:
            _settle_place(image)
    for video in list(tree.iter("video", "amp-video")):
        _settle_poster(video)


# ---- addresses


def candidates(srcset: str) -> Iterator[tuple[str, float, str]]:
    """The addresses of a ``srcset`` with their sizes: widths (``w``) or densities (``x``; 1 if none is stated).

    >>> list(candidates("/w_400,h_300/a.jpg 400w,/b.jpg 1.5x, /c.jpg"))
    [('/w_400,h_300/a.jpg', 400.0, 'w'), ('/b.jpg', 1.5, 'x'), ('/c.jpg', 1.0, 'x')]
    """
    at = 0
    while at < len(srcset) and (match := _CANDIDATE.match(srcset, at)):
        address, described, at = match[1], match[2] or "", match.end()
        if address.endswith(","):  # no descriptor: the rest is the next candidate
            at, described = match.end(1), ""
        size = _SIZE.search(described.strip().lower())
        for part in _GLUED.split(address.rstrip(",")):
            yield part, float(size[1]) if size else 1.0, size[2] if size else "x"


def best_address(image: etree._Element) -> str | None:
    """The largest real address of a picture, as it is written; None if it has none.

    Order: the widest of its sets, the densest, the one for the widest windows, an address for lazy loading, ``src``,
    a set without sizes, any other address in its data.
    """
    sets = [*_sets(image)]
    plain = [a for a in (*_lazy(image), image.get("src")) if a and not _NO_ADDRESS.match(a)]
    if logo := next((a for a in plain if LOGO in a), None):
        return logo.strip()
    real = [a for a in plain if not _PLACEHOLDER.search(a)]
    for unit, least in (("w", 0.0), ("x", 1.0), (_WINDOW, 0.0)):
        sized = [(size, address) for address, size, kind in sets if kind == unit and size > least]
        if sized:
            return max(sized, key=lambda found: found[0])[1]
    known = (*real, *(address for address, _, _ in sets))
    return next((a.strip() for a in (*known, *_unnamed(image), *plain)), None)


def _sets(image: etree._Element) -> Iterator[tuple[str, float, str]]:
    parent = image.getparent()
    elements = [image]
    if parent is not None and parent.tag == "picture":
        elements += [e for e in parent if e.tag == "source"]
    for element in elements:
        for name in (name for name in _SETS if name in element.attrib):
            window = _FROM_WIDTH.search(element.get("media") or "")
            for address, size, unit in candidates(element.get(name) or ""):
                if _NO_ADDRESS.match(address):
                    continue
                if window and (size, unit) == (1.0, "x"):
                    yield address, float(window[1]), _WINDOW
                else:
                    yield address, size, unit


_WINDOW = "window"  # the size of an address is that of the windows it is for


def _lazy(image: etree._Element) -> Iterator[str]:
    attributes = {str(name): str(value) for name, value in image.attrib.items()}
    yield from (attributes[name] for name in _LAZY if name in attributes)
    for name, value in attributes.items():
        known = name in _PLAIN or name in _ADDRESSES or _SAID.search(name)
        if not known and _IMAGE_ADDRESS.match(value.strip()) and (name.startswith("data-") or "/" in value):
            yield value


def _unnamed(image: etree._Element) -> Iterator[str]:
    """Whole addresses without the ending of a picture, in data that a script may read."""
    for name, value in image.attrib.items():
        if str(name).startswith("data-") and not _SAID.search(str(name)) and _ABSOLUTE.match(str(value).strip()):
            yield str(value)


def address_of(image: etree._Element) -> str | None:
    """`best_address`, with a short cut for a picture that can have one address only."""
    parent = image.getparent()
    if _PLAIN.issuperset(image.keys()) and (parent is None or parent.tag != "picture"):
        source = image.get("src") or ""
        return None if _NO_ADDRESS.match(source) else source
    return best_address(image)


def _set_address(image: etree._Element, address: str | None) -> None:
    """Give a picture one address, and no other attribute that could be taken for one."""
    attributes = image.attrib
    for name in [name for name in attributes if name == "src" or name in _ADDRESSES]:
        del attributes[name]
    if address is not None:
        image.set("src", address)


def _settle_twin(noscript: etree._Element) -> None:
    """Give the picture in a ``noscript`` to its twin, which a script would load; without one it is shown itself."""
    images = list(islice(noscript.iter("img"), 2))
    if len(images) != 1 or inner_text(noscript).strip():
        return
    image, address = images[0], best_address(images[0])
    if address is None or _TRACKER.search(address) or _pixels(image, 2):
        return
    twin = _beside(noscript)
    if twin is None:
        if image.get("alt") or _IMAGE_ADDRESS.match(address):
            noscript.tag = "span"
        return
    own = best_address(twin)
    if own is None or _PLACEHOLDER.search(own):
        _set_address(twin, address)
        if not twin.get("alt") and image.get("alt"):
            twin.set("alt", image.get("alt") or "")


def _beside(noscript: etree._Element) -> etree._Element | None:
    """The one picture right before or after a ``noscript``."""
    for sibling in (noscript.getprevious(), noscript.getnext()):
        if sibling is not None and sibling.tag != "noscript":
            found = list(islice(sibling.iter("img", "amp-img"), 2))
            if len(found) == 1:
                return found[0]
    return None


def _settle_poster(video: etree._Element) -> None:
    """Make the poster of a captioned film a picture; without a poster the caption belongs to the player."""
    poster = video.get("poster")
    figure = next((e for e in islice(video.iterancestors(), _NEAR) if e.tag == "figure"), None)
    if not poster or _NO_ADDRESS.match(poster) or figure is None or next(figure.iter("img"), None) is not None:
        return
    if next(figure.iter("figcaption"), None) is not None:
        video.addprevious(etree.Element("img", src=poster))


# ---- places


def _settle_place(image: etree._Element) -> None:
    """A sign, a formula or an icon in a line becomes its text or nothing; a photo in a sentence moves behind it."""
    if _stands_alone(image):
        return
    if _DISPLAYED_AS_BLOCK.search(image.get("style") or ""):
        return
    if any(LOGO in value for value in image.values()) and LOGO in (address_of(image) or ""):
        return
    before, after = _text_beside(image, forward=False), _text_beside(image, forward=True)
    if not (before.strip() or after.strip()):
        return
    text = _in_line(image, before, after)
    if text is not None:
        become_text(image, text)
    elif _is_inside_a_sentence(before, after) and (block := _block(image)) is not None:
        _set_address(image, address_of(image))  # some of its addresses are in elements beside it
        photo = copy(image)  # a copy keeps any attribute; a new element refuses some names that scripts use
        photo.tail = None
        block.append(photo)
        become_text(image, "")


def _stands_alone(image: etree._Element) -> bool:
    """Whether a picture certainly has no text beside it: a quick check, true for most."""
    node = image
    for _ in range(_NEAR):
        parent = node.getparent()
        if parent is None or node.getprevious() is not None or (node.tail or "").strip() or (parent.text or "").strip():
            return False
        following = node.getnext()
        if following is not None and following.tag not in BLOCKS:
            return False
        if parent.tag in BLOCKS:
            return True
        node = parent
    return False


def _in_line(image: etree._Element, before: str, after: str) -> str | None:
    """The text that a picture within a line stands for; None if it is a picture in its own right."""
    alt = (image.get("alt") or "").strip()
    called = names(image)
    if alt and (_SIGN_NAME.search(called) or (len(alt) <= 8 and not any(map(str.isalnum, alt)))):
        return alt
    if alt and len(alt) <= _LONGEST_ALT and _is_formula(image, called):
        return alt
    if len(alt) in (1, 2) and (after[:1].isalpha() or has_unspaced(before[-1:])):
        return alt  # an initial, or a character that fonts lack
    if _is_icon(image, called):
        return " " if would_glue(before, after) else ""
    return None


def _is_formula(image: etree._Element, called: str) -> bool:
    return bool(
        _FORMULA_NAME.search(called) or image.get("role") == "math" or _FORMULA_PLACE.search(address_of(image) or "")
    )


def _is_icon(image: etree._Element, called: str) -> bool:
    stated = _pixels(image, _LARGEST_ICON)
    if stated is not None:
        return stated
    return bool(_ICON_NAME.search(called) or _SIGN_NAME.search(called) or _ICON_PLACE.search(address_of(image) or ""))


def _counts_visitors(image: etree._Element) -> bool:
    """Whether a picture without a word is hidden or of one pixel at most, and no script loads another in its place."""
    if image.get("alt") or not _PLAIN.issuperset(image.keys()):
        return False
    sizes = _sizes(image, 1)
    return (len(sizes) > 1 and max(sizes) <= 1) or HIDDEN.search(image.get("style") or "") is not None


def _pixels(image: etree._Element, most: int) -> bool | None:
    """Whether a picture's stated size is at most `most`; None if it states none."""
    sizes = _sizes(image, most)
    return max(sizes) <= most if sizes else None


def _sizes(image: etree._Element, most: int) -> list[float]:
    """Width and height as attributes and style state them, as far as they do; an em is half of `most`."""
    sizes = [
        float(number[0]) for name in ("width", "height") if (number := re.match(r"\d{1,5}", image.get(name) or ""))
    ]
    for number, unit in _STYLE_SIZE.findall(image.get("style") or ""):
        sizes.append(float(number) if unit.lower() == "px" else float(number) * most / _LARGEST_ICON_EM)
    return sizes


def would_glue(before: str, after: str) -> bool:
    """Whether two words would become one; in scripts without spaces none do."""
    touching = before[-1:] + after[:1]
    return len(touching) == 2 and touching.isalnum() and not has_unspaced(touching)


def _is_inside_a_sentence(before: str, after: str) -> bool:
    start, end = after.lstrip(), before.rstrip()
    if not start or not end or ends_sentence(end) or end.endswith((":", "：")):
        return False
    return start[0].islower() or start[0] in ",;.)，、；。）،؛" or end[-1] in ",;(，、；（،؛"


def _text_beside(image: etree._Element, *, forward: bool) -> str:
    """The nearest text on the same line, up to the next block or break; empty if a picture is alone there."""
    found: list[str] = []
    for text in islice(_nodes_beside(image, forward=forward), _NEIGHBOURS):
        if text:
            found.append(text)
            if text.strip():
                break
    return "".join(found if forward else reversed(found))


def _nodes_beside(node: etree._Element, *, forward: bool) -> Iterator[str]:
    while True:
        if forward:
            yield node.tail or ""
            sibling = node.getnext()
        else:
            sibling = node.getprevious()
            yield (sibling.tail or "") if sibling is not None else ""
        if sibling is None:
            parent = node.getparent()
            if parent is None:
                return
            if not forward:
                yield parent.text or ""
            if parent.tag in BLOCKS:
                return
            node = parent
            continue
        if sibling.tag == "br" or sibling.tag in BLOCKS:
            return
        if sibling.tag not in _SILENT:
            yield inner_text(sibling, _NEIGHBOURS)
        node = sibling


_SILENT = frozenset({"script", "style", "template", "noscript", "img", "source"})


def _block(image: etree._Element) -> etree._Element | None:
    return next((e for e in image.iterancestors() if e.tag in BLOCKS), None)


def become_text(element: etree._Element, text: str) -> None:
    """Turn an element into text, in place; removing it would copy the text around it each time."""
    tail = element.tail
    element.clear()
    element.tail = tail
    element.tag = "span"
    element.text = text
