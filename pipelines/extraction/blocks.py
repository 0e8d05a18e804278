"""All visible text of a page as blocks with their ancestors: one bounded walk, whatever the markup's depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from pipelines.extraction.draft import MAX_BLOCKS, TooManyBlocksError
from pipelines.extraction.elements import BLOCKS, HIDDEN
from pipelines.extraction.normalisation import normalise_line

# No text for any reader: programs, styles, values of forms.
UNSEEN: Final = frozenset({
    "script", "style", "template", "head", "meta", "link", "source", "track", "param", "select", "datalist",
    "textarea", "input",
})  # fmt: skip
_OWN_PART: Final = frozenset({
    "nav", "aside", "form", "button", "dialog", "iframe", "object", "video", "audio", "canvas", "amp-ad", "menu",
    "hgroup",
})  # fmt: skip
NODES: Final = BLOCKS | _OWN_PART
_PASSED: Final = UNSEEN | {"noscript", "br"}
_SHOWN_AS_BLOCK: Final = re.compile(r"display\s*:\s*(?:block|flex|grid|table(?!-c)|list-item|flow-root)", re.I)
_NAME: Final = ("class", "id", "role", "itemprop")


def is_shown_as_block(element: etree._Element) -> bool:
    """Whether the style of an inline element shows it as a block."""
    style = element.get("style")
    return style is not None and _is_block_style(style)


def _is_block_style(style: str) -> bool:
    return "display" in style.lower() and _SHOWN_AS_BLOCK.search(style) is not None


@dataclass(slots=True, eq=False)
class Node:
    """A block element. `chars`, `linked` and `prose` count the text under it, itself included.

    `parent` is the index of the node above, -1 for the page's own.
    """

    element: etree._Element
    tag: str
    parent: int
    depth: int
    chars: int = 0
    linked: int = 0
    prose: int = 0
    blocks: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """A run of text inside one block element: `text` normalised, `node` the index of its element's node.

    `linked` counts its characters inside links.
    """

    text: str
    node: int
    linked: int


@dataclass(slots=True, eq=False)
class PageBlocks:
    """The blocks of a page in reading order, and the nodes that hold them, each after the one above it."""

    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def chain(self, index: int) -> Iterator[int]:
        """A node and all above it, the nearest first."""
        while index >= 0:
            yield index
            index = self.nodes[index].parent


def page_blocks(root: etree._Element) -> PageBlocks:
    """Every block of visible text under an element, hidden parts included.

    Raises `TooManyBlocksError` where there are more than `MAX_BLOCKS`.
    """
    page = PageBlocks()
    nodes, blocks = page.nodes, page.blocks
    nodes.append(Node(root, "html", -1, 0))
    node = 0
    buffer: list[str] = []
    linked = 0  # characters of the buffer that are inside links
    links = 0  # links that are open

    def flush() -> None:
        nonlocal linked
        text = normalise_line(buffer[0] if len(buffer) == 1 else "".join(buffer))
        if text:
            if len(blocks) >= MAX_BLOCKS:
                raise TooManyBlocksError
            blocks.append(Block(text, node, min(linked, len(text))))
        buffer.clear()
        linked = 0

    def leave(element: etree._Element, above: int) -> None:
        """Close an element, to whose node, if it has one, `above` is the node above it, and read the text behind it."""
        nonlocal node, links, linked
        if above >= 0:
            if buffer:
                flush()
            node = above
        elif element.tag == "a":
            links -= 1
        if (tail := element.tail) and (buffer or not tail.isspace()):
            buffer.append(tail)
            if links:
                linked += len(tail.strip())

    if root.text:
        buffer.append(root.text)
    stack: list[tuple[etree._Element, Iterator[etree._Element], int]] = [(root, iter(root), -1)]
    while stack:
        element, children, above = stack[-1]
        for child in children:
            tag = child.tag
            if not isinstance(tag, str) or tag in _PASSED:
                if tag == "br" and buffer:
                    buffer.append(" ")
                if (tail := child.tail) and (buffer or not tail.isspace()):
                    buffer.append(tail)
                    if links:
                        linked += len(tail.strip())
                continue
            outer = -1
            if tag in NODES or ((style := child.get("style")) is not None and _is_block_style(style)):
                if buffer:
                    flush()
                outer = node
                node = len(nodes)
                nodes.append(Node(child, tag, outer, nodes[outer].depth + 1))
            elif tag == "a":
                links += 1
            if (text := child.text) and (buffer or not text.isspace()):
                buffer.append(text)
                if links:
                    linked += len(text.strip())
            if len(child):
                stack.append((child, iter(child), outer))
                break
            leave(child, outer)
        else:
            stack.pop()
            if stack:
                leave(element, above)
    if buffer:
        flush()
    return page


def called(element: etree._Element) -> tuple[str, bool]:
    """An element's class, id and role as one text, and whether it is hidden until a reader unfolds it."""
    attributes: dict[str, str] = dict(element.items())  # type: ignore[arg-type]  # never bytes in a parsed page
    if not attributes:
        return "", False
    name = " ".join([attributes[key] for key in _NAME if key in attributes])[:300]
    hidden = (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or ("style" in attributes and HIDDEN.search(attributes["style"]) is not None)
    )
    return name, hidden
