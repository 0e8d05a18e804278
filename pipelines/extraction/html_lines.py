"""The article's container into lines: work on the DOM, never on strings.

What the structure shows is decided here (pictures with their captions, boxes, players, advertisements, hidden parts);
what only the text shows is left to the chrome rules, which see the same lines as in a text page.
"""

from __future__ import annotations

from lxml import etree

from pipelines.extraction.blocks import NODES, called, is_shown_as_block, page_blocks
from pipelines.extraction.draft import (
    MAX_BLOCKS,
    SENTENCE_END,
    Line,
    TooManyBlocksError,
    ends_sentence,
    is_prose,
    is_wider,
    width,
)
from pipelines.extraction.elements import (
    AMP_ADS,
    BLOCKS,
    BOXES,
    CAPTION_NAME,
    CONTROLS,
    HEADINGS,
    HIDDEN,
    KINDS,
    MAX_DEPTH,
    PLAYERS,
    SHARES,
    SILENT,
    asks_readers,
    before,
    begins_a_word,
    captioned,
    has_icons,
    has_strays,
    holds,
    holds_prose,
    inner_text,
    is_author_box,
    is_beside_link,
    is_caption_of_player,
    is_centred,
    is_italic,
    is_left_open,
    is_root,
    is_widget,
    names,
    own_table,
    own_text,
    rules_named,
    shown,
    split_names,
    text_of_slide,
    visible_text,
)
from pipelines.extraction.headings import loose_controls
from pipelines.extraction.labels import COLONS, RELATED, is_known
from pipelines.extraction.links import PageLinks
from pipelines.extraction.normalisation import normalise_line
from pipelines.extraction.pictures import LOGO, address_of, become_text
from pipelines.extraction.region import Region, is_picture, reason, stripped_part
from pipelines.extraction.table_lines import joined_rows
from pipelines.models import NOT_ARTICLE, Image, Kind
from pipelines.site import is_site_host

# Of what the table of signs has chosen, only these go by their names: they are hardly ever an article's (counted in
# shared/pages: advertisements and toolbars are as often wrongly named as rightly).
_IN_CHOSEN = frozenset({"embed", "related-box", "comment-box"})


def region_lines(region: Region, links: PageLinks) -> list[Line]:
    """A region as lines in reading order: text blocks with their kind, pictures, and parts with their rule.

    Lines that the region does not count as the article's have the reason as their rule.
    """
    walker = _Walker(region.root, links, region if region.chosen is not None else None)
    walker.children(region.root, "paragraph", 0)
    walker.flush("paragraph")
    return walker.lines


class _Walker:
    """One pass over a container. Text gathers in `buffer` until a block ends.

    Where `region` is given, its chosen blocks decide which text is the article's, else each part's own markup. With
    `stripped_whole` the container was taken away: no part of it is judged once more.
    """

    def __init__(
        self, container: etree._Element, links: PageLinks, region: Region | None = None, *, stripped_whole: bool = False
    ) -> None:
        self.container = container
        self.text_size: int | None = None
        self.links = links
        self.lines: list[Line] = []
        self.buffer: list[str] = []
        self.linked: list[str] = []
        self.href: str | None = None
        self.region = region
        self.stripped_whole = stripped_whole
        self.node = container
        self.played = -1  # the number of lines right behind the last player

    def flush(self, kind: Kind) -> None:
        if not self.buffer:
            return
        text = normalise_line("".join(self.buffer))
        linked, href = self.linked, self.href
        self.buffer, self.linked, self.href = [], [], None
        if not text:
            return
        if len(self.lines) >= MAX_BLOCKS:
            raise TooManyBlocksError
        line = Line(text=text, gap=1, kind=kind, href=href)
        if href and text.endswith(headline := normalise_line("".join(linked))):
            label = text.removesuffix(headline).rstrip()
            if not label:
                line.rule = self.link_rule(text, href)
            elif headline and label[-1] in COLONS and not is_wider(label, 30) and len(label.split()) <= 4:
                rule = self.link_rule(headline, href)  # `See also: …`
                line.rule = rule if rule == "related-link" else None
        if self.region is not None and self.node not in (self.region.chosen or ()):
            line.rule = reason(self.node)
        self.lines.append(line)

    def link_rule(self, text: str, href: str, *, boxed: bool = False) -> str | None:
        """The rule for a block that is only a link (a tag, another article's headline); None for article text."""
        address = self.links.parts(href)
        if address is None:
            return None
        if address.section in ("tag", "tags"):
            return "tag-line"
        term = len(text.split()) < 4 and width(text) < 24 and not boxed  # a linked name is no headline
        if term or is_prose(text) or text[-1] in ".:。।":
            return None
        elsewhere = is_site_host(address.host) and address.slug is not None and address.slug != self.links.own_slug
        return "related-link" if elsewhere else None

    def children(self, element: etree._Element, kind: Kind, depth: int) -> None:
        if element.text:
            self.buffer.append(element.text)
        for child in element:
            self.element(child, kind, depth + 1)
            if child.tail:
                self.buffer.append(child.tail)

    def element(self, element: etree._Element, kind: Kind, depth: int) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in SILENT or (tag == "head" and is_root(element.getparent())):
            return
        if tag == "br" or tag == "lb":
            self.flush(kind)
            return
        if tag in ("img", "graphic"):
            self.picture(element, kind)
            return
        if depth > MAX_DEPTH:
            self.deep(element, kind)
            return
        block = tag in BLOCKS or is_shown_as_block(element)
        rule = self.rule_of_part(element, tag, block or tag in NODES)
        if rule is not None:
            self.strip(element, rule, kind, depth)
            return
        if not block and (self.region is None or tag not in NODES):
            self.inline(element, tag, kind, depth)
            return
        self.flush(kind)
        above, self.node = self.node, element
        self.block(element, tag, kind, depth)
        self.node = above

    def rule_of_part(self, element: etree._Element, tag: str, block: bool) -> str | None:
        """The rule by which an element goes as a whole: the region's decision if there is one, else its markup's."""
        if self.stripped_whole:
            return None
        if self.region is None or self.region.around is None:
            return self.rule_of_markup(element, tag)
        if not block:
            return self.rule_of_markup(element, tag) if tag in PLAYERS or "hidden" in element.attrib else None
        if rule := self.rule_of_caption(element, tag):
            return rule
        if tag in PLAYERS and tag != "object" and not is_left_open(element):
            return "player"
        if element in self.region.around:
            if not element.attrib:
                return None
            if asks_readers(names(element)) and self.may_go(element, tag):
                return "toolbar"
            return self.rule_of_name(element, tag, _IN_CHOSEN)
        return None if is_picture(element) and not is_author_box(element) else reason(element)

    def deep(self, element: etree._Element, kind: Kind) -> None:
        """Markup nested deeper than people write it: its blocks one by one, pictures left out."""
        page = page_blocks(element)
        if len(page.nodes) == 1 and element.tag not in BLOCKS:
            self.buffer.extend(block.text for block in page.blocks)
            return
        self.flush(kind)
        above = self.node
        for block in page.blocks:
            node = page.nodes[block.node]
            self.node = node.element
            self.buffer.append(block.text)
            kinds = [KINDS[page.nodes[i].tag] for i in page.chain(block.node) if page.nodes[i].tag in KINDS]
            self.flush(kinds[0] if kinds else kind)
            if self.lines[-1].rule is None and any(called(page.nodes[i].element)[1] for i in page.chain(block.node)):
                self.lines[-1].rule = "hidden"
        self.node = above

    def block(self, element: etree._Element, tag: str, kind: Kind, depth: int) -> None:
        """A block element to which no rule applies."""
        inner = KINDS.get(tag, kind)
        if tag == "figure":
            self.figure(element, inner, depth)
        elif tag == "figcaption":
            if is_caption_of_player(element):
                self.strip(element, "player", kind, depth)
            else:
                self.caption_in(element, depth)
        elif tag == "table":
            self.table(element, inner, depth)
        elif tag in HEADINGS:
            self.heading(element, depth)
        elif caption := self.caption_below(element, tag):
            for image in shown(element, "img"):
                self.picture(image, inner)
            self.caption(caption)
        else:
            self.children(element, inner, depth)
        self.flush(inner)

    def caption_below(self, element: etree._Element, tag: str) -> str | None:
        """The caption that shares a plain block with its picture, or is centred and in italics right below one.

        ``<p><img><em>caption</em></p>``, ``<center><img><br>caption</center>``, and a slide among others: ``<div><img>
        <div>caption</div></div>``. Text before a picture, or a sentence beside an inline one that is neither centred
        nor in italics, is a paragraph.
        """
        if tag not in ("p", "div", "center"):
            return None
        image = next(shown(element, "img"), None) if len(element) else None
        above = self.lines[-1].image if self.lines else None
        if image is None and (above is None or above.caption is not None):
            return None
        if any(child.tag in BLOCKS for child in element.iterdescendants()):
            text = text_of_slide(element)
            return text if text and not (is_prose(text) or is_wider(text, 300) or ends_sentence(text)) else None
        if image is not None and LOGO in (address_of(image) or ""):
            return None  # a byline with its publisher's logo
        if image is not None and (before(element, image) or element.find(".//a/img") is not None):
            return None
        text = visible_text(element)
        if not text or is_prose(text) or is_wider(text, 300):
            return None
        italic = is_italic(element, text)
        centred = tag == "center" or is_centred(element)
        if image is None:
            return text if italic and centred else None
        return text if italic or centred or not ends_sentence(text) else None

    def inline(self, element: etree._Element, tag: str, kind: Kind, depth: int) -> None:
        if tag == "a" and element.get("href"):
            if any(child.tag in BLOCKS for child in element.iterdescendants()):
                text = visible_text(element)
                if (
                    text
                    and not holds_prose(element)
                    and self.link_rule(text, self.links.resolve(element.get("href")) or "", boxed=True)
                ):
                    self.flush(kind)
                    self.strip(element, "related-link", kind, depth)
                    return
            if self.buffer and is_beside_link(element) and begins_a_word(self.buffer[-1], inner_text(element)):
                self.buffer.append(" ")
            start = len(self.buffer)
            self.children(element, kind, depth)
            self.linked.extend(self.buffer[start:])
            self.href = self.links.resolve(element.get("href"))
            return
        self.children(element, kind, depth)

    def heading(self, element: etree._Element, depth: int) -> None:
        self.set_controls_apart(element, "heading", depth)
        for image in shown(element, "img"):
            self.picture(image, "heading")
        self.buffer.append(visible_text(element))
        self.flush("heading")

    def set_controls_apart(self, element: etree._Element, kind: Kind, depth: int) -> None:
        """Take the buttons out of a heading or a caption before its text is read."""
        if not self.stripped_whole:
            for control in loose_controls(element):
                self.strip(control, "control", kind, depth)
                become_text(control, " ")

    def rule_of_markup(self, element: etree._Element, tag: str) -> str | None:
        """The rule by which an element goes as a whole, for what its tag, attributes, names and links say; or None."""
        if tag in CONTROLS or element.get("role") == "button":
            return "control" if not holds_prose(element) else None
        if tag in PLAYERS:
            return "player" if not is_left_open(element) else None
        if tag in AMP_ADS or (tag == "ins" and "adsbygoogle" in (element.get("class") or "")):
            return "advertisement"
        attributes = element.attrib
        if not attributes:
            return "control" if is_widget(element) else self.link_box(element, tag)
        if "hidden" in attributes or (HIDDEN.search(attributes.get("style", "")) and tag != "img"):
            return "hidden"
        name = names(element)
        if len(name) > 1:
            if rule := self.rule_of_name(element, tag):
                return rule
            if rule := self.rule_of_caption(element, tag):
                return rule
        return "control" if is_widget(element) else self.link_box(element, tag)

    def rule_of_name(self, element: etree._Element, tag: str, allowed: frozenset[str] | None = None) -> str | None:
        """The rule of the part that an element is named as, if it may go by its name."""
        rules = rules_named(names(element))
        return next(
            (rule for rule in rules if (allowed is None or rule in allowed) and self.may_go(element, tag)), None
        )

    def may_go(self, element: etree._Element, tag: str) -> bool:
        """Whether an element may go by its name: no paragraph, nothing with prose, never most of the container."""
        if tag in ("p", "li", "td", "h2", "h3", "h4", "article", "main") or holds_prose(element):
            return False
        return len(visible_text(element)) < 0.5 * self.size()

    def size(self) -> int:
        """The length of the container's text, at least 400; counted once, and only if a name needs it."""
        if self.text_size is None:
            self.text_size = max(400, len(visible_text(self.container)))
        return self.text_size

    def rule_of_caption(self, element: etree._Element, tag: str) -> str | None:
        """The rule of an element right below a picture or a player that is named a caption: it is of what is above."""
        above = self.lines[-1] if self.lines else None
        played = self.played == len(self.lines)
        named = (
            ((above is not None and above.image is not None) or played)
            and not "".join(self.buffer).strip()
            and tag not in ("figcaption", "table", "figure")
            and bool(CAPTION_NAME.search(split_names(element)))
            and next(shown(element, "img"), None) is None
        )
        return ("player" if played else "caption") if named else None

    def link_box(self, element: etree._Element, tag: str) -> str | None:
        """A block of nothing but links, with at most a heading of its own: a related box, or a table of contents."""
        if tag == "p" and holds(element, "a") and self.is_tag_line(element):
            return "tag-line"
        if tag not in BOXES or not holds(element, "a"):
            return None
        links = [(text, a.get("href") or "") for a in element.iter("a") if a.get("href") and (text := visible_text(a))]
        whole = visible_text(element)
        linked, total = sum(len(text) for text, _ in links), len(whole)
        if links and total - linked <= 40 and all(SHARES.search(href) for _, href in links):
            return "toolbar"
        if links and all(href.startswith("#") and len(href) > 1 for _, href in links):
            contents = next(element.iter("ul", "ol"), None) is not None
            return "toolbar" if contents and linked >= 0.5 * total and total - linked <= 40 else None
        if len(links) == 1 and linked == total:
            return (
                "related-box"
                if self.link_rule(links[0][0], self.links.resolve(links[0][1]) or "", boxed=True)
                else None
            )
        if len(links) == 1 and self.is_card(element, whole, *links[0]):
            return "related-box"
        if len(links) < 2:
            return None
        if not (total and linked >= 0.75 * total and total - linked <= 120):
            return None
        return "related-box" if self.lead_to_articles([href for _, href in links]) else None

    def is_tag_line(self, element: etree._Element) -> bool:
        """Whether a paragraph is nothing but links to tags of the site, two or more."""
        links = list(element.iter("a"))
        if len(links) < 2 or "".join(own_text(element)).strip(" \xa0,;|·•#"):
            return False
        places = [self.links.parts(self.links.resolve(link.get("href")) or "") for link in links]
        return all(place is not None and place.section in ("tag", "tags") for place in places)

    def is_card(self, element: etree._Element, text: str, headline: str, href: str) -> bool:
        """Whether a box announces another article: a label above a headline, and a picture that leads to it as well."""
        label = text.removesuffix(headline).strip()
        if not label or label == text or is_wider(label, 40) or not self.lead_to_articles([href]):
            return False
        pictured = any(a.get("href") == href and holds(a, "img") and not visible_text(a) for a in element.iter("a"))
        return is_known(label, RELATED) or (pictured and len(headline.split()) > 3)

    def lead_to_articles(self, hrefs: list[str]) -> bool:
        """Whether links lead to other articles: one to the site, or all to one newspaper, and none to a document.

        A list of references, each elsewhere, is part of the article.
        """
        hosts = set()
        for href in hrefs:
            address = (self.links.resolve(href) or "").lower()
            parts = self.links.parts(address) if address else None
            if parts is None:
                continue
            hosts.add(parts.host)
            if address.split("?")[0].endswith((".pdf", ".doc", ".docx", ".xls", ".xlsx", ".zip", ".rar")):
                return False
        return any(map(is_site_host, hosts)) or len(hosts) == 1

    def strip(self, element: etree._Element, rule: str, kind: Kind, depth: int) -> None:
        if element.tag in BLOCKS or element.tag in PLAYERS:
            self.flush(kind)
        if rule == "player":
            self.strip_whole(element, rule, depth)
            self.played = len(self.lines)
            return
        if rule == "caption":
            self.caption_in(element, depth)
            return
        if rule.startswith(NOT_ARTICLE):
            self.flush(kind)
            self.lines.extend(stripped_part(element, rule))
            return
        self.strip_whole(element, rule, depth)

    def strip_whole(self, element: etree._Element, rule: str, depth: int) -> None:
        pending = (self.buffer, self.linked, self.href)
        inner = _Walker(element, self.links, stripped_whole=True)
        inner.children(element, "paragraph", min(depth, MAX_DEPTH))
        inner.flush("paragraph")
        for line in inner.lines:
            text = line.text if line.image is None else line.image.caption
            if text:
                inside = line.rule if line.rule == "publisher-logo" else rule
                self.lines.append(Line(text=text, gap=1, rule=inside))
        self.buffer, self.linked, self.href = pending

    # --- pictures -----------------------------------------------------------------------------------------

    def picture(self, element: etree._Element, kind: Kind) -> None:
        """An image. Text before it in the same block is a block of its own."""
        source = self.links.resolve(address_of(element))
        alt = normalise_line(element.get("alt") or "") or None
        if source is None and alt is None:
            return
        if "".join(self.buffer).strip():
            self.flush(kind)
        if source and LOGO in source:  # the publisher's logo (SITE.md), not a picture of the article
            self.lines.append(Line(text=alt or source, gap=1, rule="publisher-logo"))
            return
        self.lines.append(Line(text="", gap=1, image=Image(src=source, alt=alt)))

    def caption(self, text: str) -> None:
        """Give a caption to the picture right above if that has none; else to a picture without an address."""
        text = normalise_line(text)
        if not text:
            return
        above = self.lines[-1] if self.lines else None
        if above is not None and above.image is not None and above.image.caption is None:
            above.image = Image(src=above.image.src, alt=above.image.alt, caption=text)
        else:
            self.lines.append(Line(text="", gap=1, image=Image(caption=text)))

    def caption_in(self, element: etree._Element, depth: int) -> None:
        """Give the text of an element as a caption; its buttons follow, so that the picture is still right above."""
        first = len(self.lines)
        self.set_controls_apart(element, "paragraph", depth)
        self.lines, apart = self.lines[:first], self.lines[first:]
        self.caption(visible_text(element))
        self.lines += apart

    def figure(self, element: etree._Element, kind: Kind, depth: int) -> None:
        if holds(element, "table") or next(shown(element, "img"), None) is None or holds_prose(element, twice=True):
            self.children(element, kind, depth)
            return
        self.set_controls_apart(element, kind, depth)
        captions = list(captioned(element))
        if next(shown(element, "figcaption"), None) is not None and any(
            is_prose(visible_text(p))
            for p in element.iter("p")
            if not any(a.tag == "figcaption" for a in p.iterancestors())
        ):
            self.children(element, kind, depth)
            return
        first = len(self.lines)
        for image in shown(element, "img"):
            self.picture(image, kind)
        pictures = [line for line in self.lines[first:] if line.image is not None]
        if len(captions) == len(pictures):
            for line, text in zip(pictures, captions, strict=True):
                line.image = Image(src=line.image.src, alt=line.image.alt, caption=text) if line.image else None
        elif captions:
            self.caption(" ".join(captions))

    # --- tables -------------------------------------------------------------------------------------------

    def table(self, element: etree._Element, kind: Kind, depth: int) -> None:
        rows = [row for row in element.iter("tr", "row") if own_table(row) is element]
        cells = [[cell for cell in row if cell.tag in ("td", "th", "cell")] for row in rows]
        columns = max(map(len, cells), default=0)
        pictures = next(shown(element, "img"), None) is not None
        layout = holds(element, "table") or (columns <= 1 and not pictures) or has_strays(element)
        if self.region is not None and not self.mostly_chosen(cells):
            layout = True
        if not rows or layout or (pictures and holds_prose(element, twice=True)):
            self.children(element, kind, depth)
            return
        for caption in element.findall("caption"):
            self.buffer.append(visible_text(caption))
            self.flush("paragraph")
        if pictures and not has_icons(cells):
            self.picture_table(cells)
        else:
            for line in joined_rows([[visible_text(cell) for cell in row] for row in cells]):
                self.buffer.append(line)
                self.flush("table_row")

    def mostly_chosen(self, cells: list[list[etree._Element]]) -> bool:
        """Whether most of a table's cells are the article's; then the whole table is read as one."""
        chosen = self.region.chosen if self.region is not None and self.region.chosen else frozenset()
        held = [any(e in chosen for e in cell.iter()) for row in cells for cell in row if visible_text(cell)]
        if sum(held) * 2 <= len(held):
            return False
        self.node = next((e for row in cells for cell in row for e in cell.iter() if e in chosen), self.node)
        return True

    def picture_table(self, cells: list[list[etree._Element]]) -> None:
        """Rows of pictures with rows of captions under them; a caption goes to the picture of its column."""
        above: list[Line] = []
        for row in cells:
            first = len(self.lines)
            texts: list[str] = []
            pictured = [next(shown(cell, "img"), None) is not None for cell in row]
            for cell, has_picture in zip(row, pictured, strict=True):
                for image in shown(cell, "img"):
                    self.picture(image, "paragraph")
                text = visible_text(cell)
                if any(pictured) and not has_picture and len(SENTENCE_END.findall(text)) > 1:
                    self.buffer.append(text)  # sentences beside a picture: captions stand below one
                    self.flush("paragraph")
                else:
                    texts.append(text)
            new = self.lines[first:]
            targets = [line for line in (new or above) if line.image is not None and line.image.caption is None]
            texts = [text for text in texts if text]
            if len(texts) <= len(targets):
                for line, text in zip(targets, texts, strict=False):
                    if line.image is not None:
                        line.image = Image(src=line.image.src, alt=line.image.alt, caption=text)
            else:
                self.lines.extend(Line(text="", gap=1, image=Image(caption=text)) for text in texts)
            above = new or above
