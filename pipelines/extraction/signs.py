"""The signs that show whether a block is the article's: text, structure, general names.

Each sign is a small whole number (a bin), so that the learned model is a table with one weight for each bin.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

from pipelines.extraction.blocks import Block, PageBlocks, called
from pipelines.extraction.draft import width

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SENTENCE: Final = re.compile("[.!?…。！？।؟۔។։](?=\\s|$|[\"'”’»)\\]」』])|[。！？]")
_COMMA: Final = re.compile("[,;،、，；]")
_UNMARKED: Final = re.compile("[\u0e00-\u0eff\u1780-\u17ff]")  # Thai, Lao, Khmer: a space ends a sentence
_END: Final = re.compile("[.!?…。！？।؟۔។։][\"'”’»)\\]」』]*\\Z")
_DIGIT: Final = re.compile(r"\d")
_DATE: Final = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b")
_UPPER: Final = re.compile(r"[^\W\d_a-z](?<!\w.)")  # at the beginning of a word; a search for `\b` is slower
_KEY: Final = re.compile(r"[\W_]+")
_SIGNS: Final = re.compile("[©®™|•»›→▶@#]|https?:|www\\.")

TAGS: Final = {
    tag: i + 1
    for i, tag in enumerate((
        "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "td", "th", "blockquote", "figcaption", "section", "article",
        "header", "footer", "aside", "nav", "form", "button", "figure", "dt", "dd", "pre", "body", "summary", "label",
        "main", "tr", "caption", "h6", "address", "svg", "noscript", "center", "ul", "ol",
    ))
}  # fmt: skip
ABOVE: Final = (
    "article", "main", "aside", "nav", "footer", "header", "figure", "form", "li", "table", "section", "blockquote",
    "noscript", "button", "iframe", "svg", "dl", "picture", "video", "details",
)  # fmt: skip
_SPECIAL: Final = {
    tag: i + 1
    for i, tag in enumerate(
        (
            "figure",
            "figcaption",
            "aside",
            "nav",
            "footer",
            "header",
            "form",
            "li",
            "table",
            "blockquote",
            "button",
            "h2",
        )
    )
} | {"h1": 12, "h3": 12, "h4": 12, "article": 13, "main": 0}
_BITS: Final = {tag: 1 << i for i, tag in enumerate(ABOVE)}
_BEGINNING: Final = 8  # characters
_STEPS: Final = (1, 3, 6, 10, 16, 25, 40, 60, 90, 130, 180, 260, 400, 700)
_WIDTH_BIN: Final = [next((i for i, step in enumerate(_STEPS) if n < step), len(_STEPS)) for n in range(701)]


def width_bin(n: int) -> int:
    """The bin of a length: fine for short texts, coarse for long ones."""
    return _WIDTH_BIN[n] if n <= 700 else len(_STEPS)


def share_bin(part: int, whole: int) -> int:
    """The bin of a share, 0 to 10. No whole is nothing: what is weighed has text in it."""
    tenths = part * 10 // whole
    return tenths if tenths < 10 else 10  # `min` takes twice as long, and this is asked a thousand times


def log_bin(n: int) -> int:
    """The bin of a count: its number of binary digits, at most 15."""
    digits = n.bit_length()
    return digits if digits < 15 else 15


def text_key(text: str) -> str:
    """Letters and digits alone, lower case: texts are compared by this."""
    return _KEY.sub("", text.lower())


def is_running(text: str, linked: int) -> bool:
    """Whether a long block reads like a sentence or more, outside links. Some scripts do not mark a sentence's end."""
    return linked * 3 < len(text) and (_SENTENCE.search(text) is not None or _UNMARKED.search(text) is not None)


def _commas(text: str) -> int:
    """The commas and semicolons in the first 300 characters of a text."""
    text = text[:300]
    if text.isascii():
        return text.count(",") + text.count(";")
    return len(_COMMA.findall(text))


@lru_cache(maxsize=4096)  # the pages of a site have the same classes
def words_of(name: str) -> frozenset[str]:
    """The words of class, id and role: `post-detail_bodyText` holds post, detail, body, text."""
    return frozenset(map(str.lower, _WORD.findall(name)))


class Signs:
    """The signs of the blocks of a page: `own` for a block itself, `above` for what it shares with its siblings.

    `names` holds each block's set of names of its ancestors. `is_plain` marks blocks of menus, which are not weighed.
    """

    def __init__(self, page: PageBlocks, title: str | None) -> None:
        self.page = page
        blocks = page.blocks
        self.widths = [width(block.text) for block in blocks]
        self.running = [
            wide >= 80 and is_running(block.text, block.linked) for block, wide in zip(blocks, self.widths, strict=True)
        ]
        self._count()
        self.prose = max(1, page.nodes[0].prose)
        self._describe()
        self._order(title)

    def rows(self) -> list[tuple[int, ...] | None]:
        """All signs of every block, its own first; None for a block that `is_plain`."""
        cached: dict[int, tuple[int, ...]] = {}
        found: list[tuple[int, ...] | None] = []
        for i, block in enumerate(self.page.blocks):
            if self.is_plain(i):
                found.append(None)
                continue
            holder = self.holder(block)
            if holder not in cached:
                cached[holder] = self.above(holder)
            found.append(self.own(i) + cached[holder])
        return found

    def names(self, block: Block) -> frozenset[str]:
        """The names that the elements above a block's text have, wrappers of most of the prose left out."""
        return self.node_names[block.node]

    def holder(self, block: Block) -> int:
        """The index of the node that holds a block's element."""
        return max(0, self.page.nodes[block.node].parent)

    def is_plain(self, i: int) -> bool:
        """Whether a block is one of a menu, or a short link far from all prose."""
        block = self.page.blocks[i]
        if self.menu[block.node]:
            return True
        if self.widths[i] >= 60 or block.linked * 2 <= len(block.text):
            return False
        return not self.page.nodes[self.holder(block)].prose

    # --- what is counted once for the page -----------------------------------------------------------------

    def _count(self) -> None:
        nodes, blocks = self.page.nodes, self.page.blocks
        score = [0.0] * len(nodes)
        runs = [0] * len(nodes)
        for block, running in zip(blocks, self.running, strict=True):
            node = nodes[block.node]
            size = len(block.text)
            node.chars += size
            node.linked += block.linked
            node.blocks += 1
            if running:
                node.prose += size
                index = block.node
                for share in (1.0, 1.0, 0.6, 0.2):
                    score[index] += size * share
                    index = nodes[index].parent
                    if index < 0:
                        break
                if node.parent >= 0:
                    runs[node.parent] += 1
        for i in range(len(nodes) - 1, 0, -1):
            node = nodes[i]
            if node.blocks:
                above = nodes[node.parent]
                above.chars += node.chars
                above.linked += node.linked
                above.prose += node.prose
                above.blocks += node.blocks
        self.runs = runs
        self.best = max(range(len(nodes)), key=score.__getitem__)

    def _describe(self) -> None:
        """Set what each node inherits from those above it."""
        nodes = self.page.nodes
        rank = {index: i for i, index in enumerate(self.page.chain(self.best))}
        joined: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        paths: dict[tuple[int, str, str], int] = {}
        none: frozenset[str] = frozenset()
        wrapper = self.prose * 6
        count = len(nodes)
        self.node_names = [none] * count
        self.bits = [0] * count
        self.paths = [0] * count
        self.special = [0] * count
        self.branch = [0] * count
        self.place = [0] * count
        self.menu = [False] * count
        self.hidden = [False] * count
        meets = [0] * count
        inside = [False] * count
        for i, node in enumerate(nodes):
            up = max(0, node.parent)
            if not node.blocks or self.menu[up]:
                self.menu[i] = True  # no text in it, or nothing but a menu: nothing more is needed
                continue
            if node.blocks >= 4 and not node.prose and node.linked * 10 > node.chars * 9 and i:
                self.menu[i] = True
                continue
            name, hidden = called(node.element)
            self.hidden[i] = hidden or self.hidden[up]
            above = self.node_names[up]
            if name and node.prose * 10 <= wrapper and (own := words_of(name)):
                names = joined.get((above, own))
                if names is None:
                    names = joined[above, own] = above | own
                above = names
            self.node_names[i] = above
            tag = node.tag
            self.bits[i] = self.bits[up] | _BITS.get(tag, 0)
            key = (self.paths[up], tag, name)
            self.paths[i] = paths.setdefault(key, len(paths) + 1)
            special = _SPECIAL.get(tag)
            self.special[i] = special if special is not None else self.special[up]
            inside[i] = i == self.best or inside[up]
            meets[i] = rank[i] if i in rank else meets[up]
            self.place[i] = 0 if inside[i] else min(7, 1 + meets[i])
            self.branch[i] = i if i in rank or up in rank else self.branch[up]

    def _order(self, title: str | None) -> None:
        blocks, nodes = self.page.blocks, self.page.nodes
        self.title = text_key(title) if title else ""
        self.beside = [
            (width_bin(wide) * 2 + (block.linked * 2 > len(block.text)), TAGS.get(nodes[block.node].tag, 0), block.node)
            for block, wide in zip(blocks, self.widths, strict=True)
        ]
        self.repeats = Counter([block.text for block in blocks])
        heading = None
        for i, block in enumerate(blocks):
            if nodes[block.node].tag == "h1" and (not self.title or text_key(block.text) == self.title):
                heading = i
                break
        if heading is None and title:
            heading = next((i for i, block in enumerate(blocks) if block.text == title), None)
        self.heading = heading
        self.path_count = Counter([self.paths[block.node] for block in blocks])
        self.path_prose: Counter[int] = Counter()
        self.before: list[int] = []
        self.since: list[int] = []
        total, run = 0, 6
        for block, running in zip(blocks, self.running, strict=True):
            self.before.append(total)
            self.since.append(run)
            run += run < 6
            if running:
                self.path_prose[self.paths[block.node]] += len(block.text)
                total += len(block.text)
                run = 0
        run = 6
        self.until: list[int] = []
        for running in reversed(self.running):
            self.until.append(run)
            run = 0 if running else run + (run < 6)
        self.until.reverse()

    # --- signs ---------------------------------------------------------------------------------------------

    def above(self, index: int) -> tuple[int, ...]:
        """The signs of a block from the node that holds its element, and from those above that."""
        nodes, prose = self.page.nodes, self.prose
        first = nodes[index]
        second = nodes[first.parent] if first.parent >= 0 else first
        third = nodes[second.parent] if second.parent >= 0 else second
        branch = nodes[self.branch[index]]
        place, bits = self.place[index], self.bits[index]
        return (
            min(7, self.runs[index]),
            min(12, first.depth // 2),
            share_bin(first.linked, first.chars),
            share_bin(second.linked, second.chars),
            share_bin(third.linked, third.chars),
            share_bin(first.prose, prose),
            share_bin(second.prose, prose),
            share_bin(third.prose, prose),
            share_bin(first.prose, first.chars),
            share_bin(second.prose, second.chars),
            log_bin(first.blocks),
            log_bin(second.blocks),
            log_bin(first.prose),
            TAGS.get(first.tag, 0),
            TAGS.get(second.tag, 0),
            bits & 15,
            bits >> 4 & 15,
            bits >> 8 & 15,
            bits >> 12 & 15,
            bits >> 16 & 15,
            place * 12 + min(11, log_bin(first.chars)),
            min(10, len(self.node_names[index]) // 3),
            self.special[index] * 3 + min(2, place),
            min(11, log_bin(branch.blocks)) * 6 + share_bin(branch.linked, branch.chars) // 2,
            TAGS.get(branch.tag, 0) * 2 + (place > 0),
        )

    def own(self, i: int) -> tuple[int, ...]:
        """The signs of a block by its text, its element and its neighbours."""
        nodes, blocks, prose = self.page.nodes, self.page.blocks, self.prose
        block = blocks[i]
        text, size, wide, running = block.text, len(block.text), self.widths[i], self.running[i]
        node = nodes[block.node]
        holder = self.holder(block)
        head = text[:80]
        link = block.linked * 10 // size
        ends = 1 if _END.search(text, max(0, size - 3)) else 2 if text[-1] in ":：" else 0
        first = head[0]
        start = (
            0 if first.islower() else 1 if first.isupper() else 2 if first.isdigit() else 3 if first.isalpha() else 4
        )
        place = self.place[holder]
        short = 0 if running else 1 if wide >= 60 else 2
        wide_bin = width_bin(wide)
        tag = TAGS.get(node.tag, 0)
        path = self.paths[block.node]
        before = self.before[i] * 10 // prose
        previous, previous_tag = self._neighbour(i - 1, tag, block.node)
        following, following_tag = self._neighbour(i + 1, tag, block.node)
        special = self.special[block.node]
        return (
            wide_bin,
            link,
            min(5, len(_SENTENCE.findall(text, 0, 600)) if size > 12 else 0) * 3 + ends,
            min(6, _commas(text) if size > 12 else 0),
            share_bin(len(_DIGIT.findall(head)), len(head)),
            share_bin(len(_UPPER.findall(head)), head.count(" ") + 1),
            start,
            1 if _SIGNS.search(head) else 0,
            1 if size < 60 and _DATE.search(text) else 0,
            self._title_bin(text, size),
            min(4, self.repeats[text]),
            tag,
            log_bin(self.path_count[path]),
            share_bin(self.path_prose[path], prose),
            min(7, self.runs[block.node]),
            before + (11 if running else 0),
            self._distance(i),
            share_bin(node.linked, node.chars),
            place * 2 + running,
            previous,
            following,
            previous_tag,
            following_tag,
            (2 if self.hidden[block.node] else 0) + running,
            wide_bin // 2 * 6 + link // 2,
            tag * 3 + (0 if wide < 40 else 1 if wide < 120 else 2),
            special * 3 + short,
            share_bin(nodes[self.branch[block.node]].prose, prose) * 3 + short,
            self.since[i] * 7 + self.until[i],
            before * 2 + (place > 0),
        )

    def _neighbour(self, i: int, tag: int, index: int) -> tuple[int, int]:
        """The bin of length and links of a neighbour, and how alike its element is to `tag` and node `index`."""
        if not 0 <= i < len(self.beside):
            return 30, 0
        bins, other, node = self.beside[i]
        return bins, 1 + (other == tag) + 2 * (node == index)

    def _title_bin(self, text: str, size: int) -> int:
        if not self.title or size > 2 * len(self.title) + 40:
            return 0
        if size < len(self.title) and text_key(text[:_BEGINNING]) not in self.title:
            return 0  # as most: a shorter text is no part of the title if its first letters are not
        key = text_key(text)
        return 1 if key == self.title else 2 if len(key) > 12 and (key in self.title or self.title in key) else 0

    def _distance(self, i: int) -> int:
        if self.heading is None:
            return 0
        distance = i - self.heading
        if distance <= 0:
            return 1 if distance == 0 else 8 if distance > -4 else 9
        return 2 + min(4, distance.bit_length())
