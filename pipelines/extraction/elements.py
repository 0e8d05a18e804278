"""The kinds of elements in a container: blocks, boxes, players, captions; and small checks of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml import etree

from pipelines.extraction.draft import SENTENCE_END, ends_sentence, is_prose
from pipelines.extraction.normalisation import normalise_line
from pipelines.models import Kind

SILENT = frozenset({"script", "style", "template", "noscript", "meta", "link", "source", "track", "param"})
CONTROLS = frozenset({"button", "form", "select", "textarea", "input", "nav", "dialog"})
PLAYERS = frozenset({"video", "audio", "iframe", "object", "embed", "canvas"})
AMP_ADS = frozenset({"amp-ad", "amp-embed", "amp-sticky-ad"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "head"})  # `head`: trafilatura's tree
BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "figure", "figcaption", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "h1", "h2",
    "h3", "h4", "h5", "h6", "pre", "hr", "address", "details", "summary", "center", "fieldset", "legend", "body",
    "html", "list", "item", "quote", "row", "cell", "head",
})  # fmt: skip
BOXES = frozenset({"div", "section", "aside", "ul", "ol", "table", "dl", "article", "footer"})
KINDS: Final[dict[str, Kind]] = {
    "li": "list_item",
    "item": "list_item",
    "dt": "list_item",
    "dd": "list_item",
    "blockquote": "quote",
    "quote": "quote",
    **dict.fromkeys(HEADINGS, "heading"),
}

# Names of parts that are not the article, as whole words of a class or id. A box that holds prose of its own is
# never taken by its name (`holds_prose`): wrappers are often named after what they may contain.
NAMED_PARTS: Final = (
    (
        "related-box",
        re.compile(
            r"(?:^|[\s_-])(?:relate|related\w*|rel-?posts?|relations?|tin-?lien-?quan|lien-?quan|read-?more|see-?more|recommend\w*|suggest\w*"
            r"|also-?read|same-(?:tag|category|author|topic)|more-(?:news|articles|stories)|other-(?:news|articles)"
            r"|outbrain|taboola|box-?news|news-?box|cung-chuyen-muc|cung-chu-de)(?=$|[\s_-])",
            re.I,
        ),
    ),
    (
        "advertisement",
        re.compile(
            r"(?:^|[\s_-])(?:ads?|td-a-rec|adv|adverts?|advertis\w+|adsbygoogle|banner|quang-?cao|sponsor\w*|promo|adslot"
            r"|ad-?(?:box|slot|unit|zone|container|wrapper))(?=$|[\s_-])",
            re.I,
        ),
    ),
    (
        "player",
        re.compile(
            r"(?:^|[\s_-])(?:video-?js|vjs|jwplayer|jw|plyr|player|video-?player|audio-?player|videoplayer|media-?player"
            r"|player-?(?:box|wrapper|container|controls))(?=$|[\s_-])",
            re.I,
        ),
    ),
    (
        "toolbar",
        re.compile(
            r"(?:^|[\s_-])(?:share|sharing|sharedaddy|sharethis|addtoany|addthis|socials|social-(?:links|icons|share|sharing)|block-buttons?|toolbar|breadcrumbs?|fb-like|newsletter"
            r"|subscribe|pagination|\w{0,4}toc|table-of-contents|(?:post|page)-?views?|(?:kk-star|star|post)-ratings?|skip-link|sr-only|visually-hidden|ant-image-mask[\w-]*|ant-btn|anticon)(?=$|[\s_-])",
            re.I,
        ),
    ),
    (
        "comment-box",
        re.compile(r"(?:^|[\s_-])(?:comments?|comment-?(?:box|list|form|section)|binh-luan)(?=$|[\s_-])", re.I),
    ),
    (
        "author-box",
        re.compile(
            r"(?:^|[\s_-])(?:about-?(?:the-?)?author|author-?(?:box|bio|card|desc\w*|info|profile|avatar|photo)|post-author-wrap)"
            r"(?=$|[\s_-])",
            re.I,
        ),
    ),
    (
        "embed",
        re.compile(
            r"(?:^|[\s_-])(?:instagram-media|tiktok-embed|twitter-(?:tweet|video)|fb-post|fb-video"
            r"|wp-embedded-content|bluesky-embed|mastodon-embed|text-post-media|reddit-(?:embed-bq|card)|tumblr-post"
            r"|telegram-post|imgur-embed-pub|embedly-card)(?=$|[\s_-])",
            re.I,
        ),
    ),
)
# Where the services that people share with take an address.
SHARES = re.compile(
    r"^(?:mailto:\?|whatsapp:|fb-messenger:|viber:|tg:)|/(?:sharer?(?:\.php)?|share-offsite|shareArticle|intent/\w+"
    r"|pin/create/\w+|share/url|dialog/(?:share|feed|send))/?\?|(?:reddit|ycombinator)\.com/submit|wa\.me/\?|[/.]whatsapp\.com/send|line\.me/(?:R/)?(?:msg|lineit|share)"
    r"|getpocket\.com/save|b\.hatena\.ne\.jp|addtoany\.com",
    re.I,
)
HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
CAPTION_NAME = re.compile(
    r"(?:^|[\s_-])(?:caption|photocms_caption|pic-?desc|image-?desc|img-?(?:caption|desc)|desc-?img)(?=$|[\s_-])", re.I
)
CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")
MAX_DEPTH = 180  # deeper markup is flattened to its text: no page for readers is nested so deeply

_HELD = {**dict.fromkeys(("tr", "row"), ("td", "th", "cell")), "table": ("caption", "colgroup", "col")}
TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "row"})


def inner_text(element: etree._Element, nodes: int | None = None) -> str:
    """The text nodes of an element, or its first `nodes`, unchanged."""
    if not len(element):
        return element.text or ""
    return "".join(map(str, islice(element.itertext(), nodes)))


def following(element: etree._Element) -> Iterator[etree._Element]:
    """All elements after an element in the page, in document order."""
    anchor: etree._Element | None = element
    while anchor is not None:
        for sibling in anchor.itersiblings():
            yield from sibling.iter()
        anchor = anchor.getparent()


def holds(element: etree._Element, tag: str) -> bool:
    """Whether an element has one of a tag within it; an element path finds the same, but far more slowly."""
    return next(element.iterdescendants(tag), None) is not None


def shown(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Descendants of a tag that a reader sees: those in `noscript` or `template` are repetitions."""
    for found in element.iter(tag):
        if not any(ancestor.tag in SILENT for ancestor in found.iterancestors()):
            yield found


def has_strays(table: etree._Element) -> bool:
    """Whether a broken table holds text or elements outside its cells, or cells outside its rows.

    Then it is read as plain blocks.
    """
    for element in table.iter(*TABLE_PARTS):
        if (element.text or "").strip():
            return True
        for child in element:
            known = child.tag in TABLE_PARTS or child.tag in _HELD.get(element.tag, ())
            if not known or (child.tail or "").strip():
                return True
    return False


def is_root(element: etree._Element | None) -> bool:
    """Whether a `head` under this element is a page's; in trafilatura's tree `head` is a heading."""
    return element is not None and element.tag == "html"


def has_icons(cells: list[list[etree._Element]]) -> bool:
    """Whether a table's pictures are flags or logos beside data: rows of several texts, more than pictures."""
    texts = [sum(1 for cell in row if visible_text(cell)) for row in cells]
    images = sum(1 for row in cells for cell in row for _ in shown(cell, "img"))
    return sum(n >= 2 for n in texts) >= 2 and sum(texts) > images


def before(element: etree._Element, image: etree._Element) -> bool:
    """Whether an element has text that a reader sees before an image inside it."""
    silent = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node is image:
            return False
        silent += (node.tag in SILENT) * (1 if event == "start" else -1)
        if not silent and ((node.text if event == "start" else node.tail) or "").strip():
            return True
    return False


def is_italic(element: etree._Element, text: str) -> bool:
    """Whether all of a block's text is in italics."""
    return "".join(visible_text(part) for part in element.iter("em", "i")).replace(" ", "") == text.replace(" ", "")


def is_centred(element: etree._Element) -> bool:
    """Whether a block is styled as centred."""
    style = (element.get("style") or "").replace(" ", "").lower()
    names = (element.get("class") or "").split()
    return "text-align:center" in style or element.get("align") == "center" or "text-center" in names


def names(element: etree._Element) -> str:
    """An element's class and id, cut to a useful length."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:400]


def split_names(element: etree._Element) -> str:
    """`names`, with a hyphen between the words of a name in camel case."""
    return CAMEL.sub("-", names(element))


@lru_cache(maxsize=4096)  # a page has few names, and asks for the same ones again and again
def rules_named(name: str) -> tuple[str, ...]:
    """The rules of the parts that a class and id name."""
    plain = CAMEL.sub("-", name)
    return tuple(rule for rule, part in NAMED_PARTS if part.search(plain))


# What readers are asked for. Of the words in shared/pages that the table of signs chose in boxes called so, none was an
# article's; of those in boxes called an advertisement or a toolbar, half were.
_ASKS = re.compile(
    r"(?:^|[\s_-])(?:newsletters?|sign-?up|subscri(?:be|ption)\w*|paywall\w*|regwall|share|sharing|socials?|banner|popup"
    r"|byline)(?=$|[\s_-])",
    re.I,
)


@lru_cache(maxsize=4096)
def asks_readers(name: str) -> bool:
    """Whether a class and id name a box that asks to subscribe or to share."""
    return _ASKS.search(CAMEL.sub("-", name)) is not None


_COMMENT_BOX = dict(NAMED_PARTS)["comment-box"]
_AUTHOR_BOX = dict(NAMED_PARTS)["author-box"]


def is_author_box(element: etree._Element) -> bool:
    """Whether an element is named as a box about the author, with their portrait."""
    return _AUTHOR_BOX.search(split_names(element)) is not None


def in_comment_box(element: etree._Element) -> bool:
    """Whether an element is, or is in, a box that is named as the comments."""
    return any(_COMMENT_BOX.search(names(e)) for e in (element, *element.iterancestors()))


def own_table(element: etree._Element) -> etree._Element | None:
    """The nearest table around an element, itself included."""
    return element if element.tag == "table" else next(element.iterancestors("table"), None)


def visible(element: etree._Element) -> Iterator[str]:
    """Text nodes of an element, those of scripts and styles left out; each block or break ends in a space."""
    if element.text:
        yield element.text
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in SILENT:
            if tag in BLOCKS or tag in ("br", "lb"):
                yield " "
            yield from visible(child)
            if tag in BLOCKS:
                yield " "
        if child.tail:
            yield child.tail


def flat(element: etree._Element) -> Iterator[str]:
    """Text nodes of an element of any depth, those of scripts and styles left out."""
    silent = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        silent += (node.tag in SILENT) * (1 if event == "start" else -1)
        text = node.text if event == "start" else node.tail if node is not element else None
        if text and not silent:
            yield text


def visible_text(element: etree._Element) -> str:
    """An element's visible text on one line, normalised."""
    if len(element) == 0:
        return normalise_line(element.text or "")
    try:
        return normalise_line("".join(visible(element)))
    except RecursionError:
        return normalise_line(" ".join(flat(element)))


def captioned(figure: etree._Element) -> Iterable[str]:
    """The texts of a figure: its captions if they hold nearly all its text, else that text as one."""
    outermost = (
        e for e in shown(figure, "figcaption") if next(e.iterancestors("figcaption", "figure"), None) is figure
    )
    captions = [text for caption in outermost if (text := visible_text(caption))]
    text = visible_text(figure)
    if not captions:
        return [text] if text else []
    return captions if sum(map(len, captions)) + len(captions) >= len(text) else [text]


def is_left_open(player: etree._Element) -> bool:
    """Whether a player holds paragraphs: without its end tag it swallowed the rest of the article."""
    said = (visible_text(p) for p in islice(player.iter("p"), _PARTS_OF_A_WIDGET))
    return holds_prose(player) or sum(len(text) > _LONGEST_LABEL and ends_sentence(text) for text in said) > 1


def begins_a_word(before: str, after: str) -> bool:
    """Whether a capital letter follows a small one or a digit: two words without a space.

    >>> begins_a_word("The plan", "Download"), begins_a_word("video.mp", "4"), begins_a_word("be", "ll")
    (True, False, False)
    """
    last, first = before[-1:], after[:1]
    return first.isupper() and last.isalnum() and not last.isupper()


def is_beside_link(link: etree._Element) -> bool:
    """Whether a link is right behind another one to a different place: they are shown apart; one to the same place may
    be cut in two within a word.
    """
    other = link.getprevious()
    return other is not None and other.tag == "a" and not other.tail and other.get("href") != link.get("href")


_PARTS_OF_A_WIDGET = 60
_LONGEST_WIDGET, _LONGEST_LABEL = 400, 60  # characters of a poll; of what stands beside a button
_UNFOLDS = frozenset({"aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle"})
_SAYS = re.compile(rf"{SENTENCE_END.pattern}|[?？]|\d{{4}}")
_SAID_IN = frozenset({"p", "li", "td", "figure", "img", "blockquote", *HEADINGS})


def is_widget(box: etree._Element) -> bool:
    """Whether a box is for use, not for reading: a question with answers to choose, or a few words beside a button.

    A button that unfolds a text, and a byline with its date, are no such boxes.
    """
    parts = list(islice(box.iter(), _PARTS_OF_A_WIDGET + 1))
    if box.tag not in ("div", "section", "aside") or len(parts) > _PARTS_OF_A_WIDGET:
        return False
    controls = [part for part in parts if part.tag in ("button", "select", "input", "audio")]
    if all(part.get("type") == "checkbox" for part in controls):  # of a list of things to buy or to do
        return False
    text = visible_text(box)
    if any(part.get("type") == "radio" and "disabled" not in part.attrib for part in controls):
        return len(text) <= _LONGEST_WIDGET and not holds_prose(box)
    if any(part.tag in _SAID_IN for part in parts) or any(_UNFOLDS.intersection(part.keys()) for part in controls):
        return False
    return len(text) <= _LONGEST_LABEL and not _SAYS.search(text)


_PARTS_OF_A_SLIDE = 12


def text_of_slide(box: etree._Element) -> str | None:
    """The text of a box with one picture and, below it, one plain `div` with all the text; None for others.

    It is one of several alike, side by side. Paragraphs, headings, lists and links below a picture are the article's,
    or announce another one.
    """
    parts = list(islice(box.iter(), _PARTS_OF_A_SLIDE + 1))
    images = [part for part in parts if part.tag == "img"]
    if box.tag != "div" or len(parts) > _PARTS_OF_A_SLIDE or len(images) != 1:
        return None
    beside = (other for other in (box.getprevious(), box.getnext()) if other is not None)
    if not any(other.tag == "div" and names(other) == names(box) and holds(other, "img") for other in beside):
        return None
    said = [part for part in parts if part.tag in BLOCKS and "".join(own_text(part)).strip()]
    if len(said) != 1 or said[0].tag != "div" or said[0] is box or before(box, images[0]):
        return None
    text = visible_text(said[0])
    return text if text == visible_text(box) and not holds(said[0], "a") else None


def is_caption_of_player(caption: etree._Element) -> bool:
    """Whether a caption's figure has a video or a frame of another site, and no picture."""
    figure = next(caption.iterancestors("figure"), None)
    if figure is None or next(shown(figure, "img"), None) is not None:
        return False
    return next(figure.iter(*PLAYERS), None) is not None


def holds_prose(element: etree._Element, *, twice: bool = False) -> bool:
    """Whether an element holds running text outside links: one such block, or more than one (`twice`)."""
    found = 0
    for block in element.iter("p", "div", "td", "li", "blockquote", "section", "article"):
        own = normalise_line("".join(own_text(block)))
        if own and is_prose(own):
            found += 1
            if found > twice:
                return True
    own = normalise_line("".join(own_text(element)))
    return bool(own) and is_prose(own) and not twice


def own_text(block: etree._Element) -> Iterator[str]:
    """Text of a block outside its links and outside the blocks inside it."""
    if block.text:
        yield block.text
    for child in block:
        tag = child.tag
        if isinstance(tag, str) and tag not in BLOCKS and tag not in SILENT and tag != "a" and tag not in CONTROLS:
            yield from map(str, child.itertext())
        if child.tail:
            yield child.tail
