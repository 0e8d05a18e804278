"""The signs by which a block is told to be the article's or not: text, structure, general names.

Each sign is a small whole number (a bin), so that what is learned is a table: one weight for each bin.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from pipelines.extraction.blocks import Block, PageBlocks
from pipelines.extraction.lines import width

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SENTENCE: Final = re.compile("[.!?…。！？।؟۔។։](?=\\s|$|[\"'”’»)\\]」』])|[。！？]")
_COMMA: Final = re.compile("[,;،、，；]")
_END: Final = re.compile("[.!?…。！？।؟۔។։][\"'”’»)\\]」』]*\\Z")
_DIGIT: Final = re.compile(r"\d")
_DATE: Final = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b")
_UPPER: Final = re.compile(r"\b[^\W\d_a-z]")
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
_STEPS: Final = (1, 3, 6, 10, 16, 25, 40, 60, 90, 130, 180, 260, 400, 700)
_WIDTH_BIN: Final = [next((i for i, step in enumerate(_STEPS) if n < step), len(_STEPS)) for n in range(701)]


def width_bin(n: int) -> int:
    """The bin of a length: fine for short texts, coarse for long ones."""
    return _WIDTH_BIN[n] if n <= 700 else len(_STEPS)


def share_bin(part: int, whole: int) -> int:
    """The bin of a share, 0 to 10."""
    return min(10, part * 10 // whole) if whole else 0


def log_bin(n: int) -> int:
    """The bin of a count: its number of binary digits, at most 15."""
    return min(15, n.bit_length())


def text_key(text: str) -> str:
    """Letters and digits alone, lower case: by this, texts are told to be the same."""
    return _KEY.sub("", text.lower())


def is_running(text: str, linked: int) -> bool:
    """Whether a block reads like a sentence or more, outside links."""
    return len(text) >= 25 and linked * 3 < len(text) and (width(text) >= 80) and _SENTENCE.search(text) is not None


def words_of(name: str) -> list[str]:
    """The words of class, id and role: `post-detail_bodyText` holds post, detail, body, text."""
    return [word.lower() for word in _WORD.findall(name)]


class Signs:
    """The signs of every block of a page. `rows` holds the bins, `names` each block's set of names of its ancestors."""

    def __init__(self, page: PageBlocks, title: str | None) -> None:
        self.page = page
        nodes, blocks = page.nodes, page.blocks
        self.running = [is_running(block.text, block.linked) for block in blocks]
        self._count(page)
        self.prose = max(1, nodes[0].prose)
        self._names()
        self._order(title)
        self.names = [self.node_names[block.node] for block in blocks]

    def rows(self) -> list[tuple[int, ...] | None]:
        """The bins of every block; None for one of a menu, which needs no closer look."""
        return [None if self.menu[block.node] else self._row(i, block) for i, block in enumerate(self.page.blocks)]

    def _count(self, page: PageBlocks) -> None:
        nodes = page.nodes
        direct = [0] * len(nodes)
        for block, running in zip(page.blocks, self.running, strict=True):
            node = nodes[block.node]
            node.chars += len(block.text)
            node.linked += block.linked
            node.blocks += 1
            if running:
                node.prose += len(block.text)
        score = [0.0] * len(nodes)
        runs = direct
        for block, running in zip(page.blocks, self.running, strict=True):
            if running:
                weight = float(len(block.text))
                for step, index in enumerate(page.chain(block.node)):
                    if step > 3:
                        break
                    score[index] += weight * (1.0, 1.0, 0.6, 0.2)[step]
                runs[nodes[block.node].parent] += 1
        for i in range(len(nodes) - 1, 0, -1):
            node = nodes[i]
            above = nodes[node.parent]
            above.chars += node.chars
            above.linked += node.linked
            above.prose += node.prose
            above.blocks += node.blocks
        self.runs = runs
        self.best = max(range(len(nodes)), key=score.__getitem__)
        self.best_chain = list(page.chain(self.best))
        # steps from a node up to the chain of the best container, and where it meets that chain
        rank = {index: i for i, index in enumerate(self.best_chain)}
        meets: list[int] = []
        inside: list[bool] = []
        for i, node in enumerate(nodes):
            inside.append(i == self.best or (node.parent >= 0 and inside[node.parent]))
            meets.append(rank[i] if i in rank else meets[node.parent])
        self.place = [0 if inside[i] else min(7, 1 + meets[i]) for i in range(len(nodes))]
        # the branch of a node: the outermost node above it that is no part of the best container's chain
        branch: list[int] = []
        special: list[int] = []
        for i, node in enumerate(nodes):
            up = node.parent
            branch.append(i if i in rank or up in rank else branch[up])
            own = _SPECIAL.get(node.tag)
            special.append(own if own is not None else special[up] if up >= 0 else 0)
        self.menu = [False] * len(nodes)
        for i, node in enumerate(nodes):
            self.menu[i] = (node.parent >= 0 and self.menu[node.parent]) or (
                node.blocks >= 4 and not node.prose and node.linked * 10 > node.chars * 8
            )
        self.branch = branch
        self.special = special

    def _names(self) -> None:
        nodes = self.page.nodes
        seen: dict[str, frozenset[str]] = {}
        joined: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        self.node_names: list[frozenset[str]] = []
        self.node_bits: list[int] = []
        self.paths: list[int] = []
        path_of: dict[tuple[int, str, str], int] = {}
        for node in nodes:
            own = seen.get(node.name)
            if own is None:
                own = seen[node.name] = frozenset(words_of(node.name))
            if node.prose * 10 > self.prose * 6:
                own = frozenset()  # a wrapper of most of the prose is named after the whole page
            above = self.node_names[node.parent] if node.parent >= 0 else frozenset()
            if own:
                names = joined.get((above, own))
                if names is None:
                    names = joined[(above, own)] = above | own
            else:
                names = above
            self.node_names.append(names)
            bits = self.node_bits[node.parent] if node.parent >= 0 else 0
            self.node_bits.append(bits | _BITS.get(node.tag, 0))
            key = (self.paths[node.parent] if node.parent >= 0 else -1, node.tag, node.name)
            self.paths.append(path_of.setdefault(key, len(path_of)))

    def _order(self, title: str | None) -> None:
        blocks, nodes = self.page.blocks, self.page.nodes
        key = text_key(title) if title else ""
        self.keys = [text_key(block.text) for block in blocks]
        self.repeats = Counter(self.keys)
        heading = next(
            (i for i, block in enumerate(blocks) if nodes[block.node].tag == "h1" and (not key or self.keys[i] == key)),
            None,
        )
        if heading is None:
            heading = next((i for i, k in enumerate(self.keys) if key and k == key), None)
        self.heading = heading
        self.title = key
        first = next((i for i, running in enumerate(self.running) if running), 0)
        self.first = first
        self.path_count = Counter(self.paths[block.node] for block in blocks)
        self.path_prose: Counter[int] = Counter()
        for block, running in zip(blocks, self.running, strict=True):
            if running:
                self.path_prose[self.paths[block.node]] += len(block.text)
        run = 9
        self.since: list[int] = []
        for running in self.running:
            self.since.append(run)
            run = 0 if running else min(9, run + 1)
        run = 9
        self.until = [0] * len(blocks)
        for i in range(len(blocks) - 1, -1, -1):
            self.until[i] = run
            run = 0 if self.running[i] else min(9, run + 1)
        self.before: list[int] = []
        total = 0
        for block, running in zip(blocks, self.running, strict=True):
            self.before.append(total)
            total += len(block.text) if running else 0

    def _row(self, i: int, block: Block) -> tuple[int, ...]:
        nodes, blocks = self.page.nodes, self.page.blocks
        text = block.text
        size = len(text)
        wide = width(text)
        node = nodes[block.node]
        link = share_bin(block.linked, size)
        sentences = len(_SENTENCE.findall(text)) if size > 12 else 0
        ends = 1 if _END.search(text) else 2 if text[-1] in ":：" else 0
        commas = len(_COMMA.findall(text)) if size > 12 else 0
        spaces = text.count(" ") + 1
        first = text[0]
        start = (
            0 if first.islower() else 1 if first.isupper() else 2 if first.isdigit() else 3 if first.isalpha() else 4
        )
        key = self.keys[i]
        same_title = 0
        if self.title:
            same_title = (
                1 if key == self.title else 2 if len(key) > 12 and (key in self.title or self.title in key) else 0
            )
        path = self.paths[block.node]
        a1 = nodes[node.parent] if node.parent >= 0 else node
        a2 = nodes[a1.parent] if a1.parent >= 0 else a1
        a3 = nodes[a2.parent] if a2.parent >= 0 else a2
        prose = self.prose
        previous = blocks[i - 1] if i else None
        following = blocks[i + 1] if i + 1 < len(blocks) else None
        bits = self.node_bits[block.node]
        heading = self.heading
        if heading is None:
            after = 0
        else:
            distance = i - heading
            after = (
                1
                if distance == 0
                else (2 + min(4, distance.bit_length()))
                if distance > 0
                else (8 if distance > -4 else 9)
            )
        running = self.running[i]
        tag = TAGS.get(node.tag, 0)
        place = self.place[block.node]
        branch = nodes[self.branch[block.node]]
        special = self.special[block.node]
        short = 0 if running else 1 if wide >= 60 else 2
        return (
            width_bin(wide),
            link,
            min(5, sentences) * 3 + ends,
            min(6, commas),
            share_bin(len(_DIGIT.findall(text)), size),
            share_bin(len(_UPPER.findall(text)), spaces),
            start,
            1 if _SIGNS.search(text) else 0,
            1 if size < 60 and _DATE.search(text) else 0,
            same_title,
            min(4, self.repeats[key]),
            tag,
            log_bin(self.path_count[path]),
            share_bin(self.path_prose[path], prose),
            min(7, self.runs[block.node]),
            min(7, self.runs[node.parent]) if node.parent >= 0 else 0,
            share_bin(self.before[i], prose) + (11 if running else 0),
            after,
            min(12, node.depth // 2),
            share_bin(node.linked, node.chars),
            share_bin(a1.linked, a1.chars),
            share_bin(a2.linked, a2.chars),
            share_bin(a3.linked, a3.chars),
            share_bin(a1.prose, prose),
            share_bin(a2.prose, prose),
            share_bin(a3.prose, prose),
            share_bin(a1.prose, a1.chars),
            share_bin(a2.prose, a2.chars),
            log_bin(a1.blocks),
            log_bin(a2.blocks),
            log_bin(a1.prose),
            place,
            place * 2 + running,
            (width_bin(width(previous.text)) * 2 + (previous.linked * 2 > len(previous.text))) if previous else 30,
            (width_bin(width(following.text)) * 2 + (following.linked * 2 > len(following.text))) if following else 30,
            (1 + (nodes[previous.node].tag == node.tag) + 2 * (previous.node == block.node)) if previous else 0,
            (1 + (nodes[following.node].tag == node.tag) + 2 * (following.node == block.node)) if following else 0,
            TAGS.get(a1.tag, 0),
            TAGS.get(a2.tag, 0),
            1 if node.hidden else 0,
            bits & 15,
            bits >> 4 & 15,
            bits >> 8 & 15,
            bits >> 12 & 15,
            bits >> 16 & 15,
            min(8, width_bin(wide) // 2) * 6 + min(5, link // 2),
            tag * 3 + (0 if wide < 40 else 1 if wide < 120 else 2),
            place * 12 + min(11, log_bin(node.chars)),
            share_bin(len(self.node_names[block.node]), 30),
            special * 3 + short,
            special * 3 + min(2, place),
            share_bin(branch.prose, prose) * 3 + short,
            min(11, log_bin(branch.blocks)) * 6 + share_bin(branch.linked, branch.chars) // 2,
            TAGS.get(branch.tag, 0) * 2 + (place > 0),
            min(6, self.since[i]) * 7 + min(6, self.until[i]),
            (min(9, self.since[i]) * 2 + (place > 0)) if not running else 20,
            (min(9, self.until[i]) * 2 + (place > 0)) if not running else 20,
            (2 if node.hidden else 0) + (1 if running else 0),
            share_bin(self.before[i], prose) * 2 + (place > 0),
        )
