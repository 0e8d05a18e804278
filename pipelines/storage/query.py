"""What people write into a search: one grammar for both databases.

Words and "phrases" beside one another must all be there; AND, OR and NOT in capitals, parentheses, `-word` for NOT and
`word*` for a beginning. NOT binds closest, then AND, then OR. Any text is a query: what joins nothing (a quote or
parenthesis without its other half, an operator at the end, a sign) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.errors import UsageError
from pipelines.storage.segmentation import tokens

# A page of text and more than anybody nests: SQLite's parser ends at some 30 parentheses in one another.
_MAX_CHARACTERS, _MAX_PHRASES, _MAX_DEPTH = 10_000, 1_000, 8
_MAX_PARENTHESES = 100
MAX_TOKEN_CHARACTERS = 50
"""So many characters of a word are indexed and searched."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"（": "(", "）": ")", "＊": "*", "　": " "})
_AND, _OR, _NOT = "AND", "OR", "NOT"
_LEXEME = re.compile(
    r'"(?P<phrase>[^"]*)"(?P<begins>\*?)'
    r"|(?P<parenthesis>[()])"
    r"|(?P<minus>(?<![^\s(])-(?=[^\s)-]))"  # before a word, as in -milk; elsewhere it is a hyphen or a dash
    r'|(?P<word>[^\s"()]+)'
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """These tokens one after another; with `begins` the last one need only begin so."""

    tokens: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match the part."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What matches all parts; two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What matches one part at least; two or more."""

    parts: tuple[Node, ...]


Node = Phrase | Not | And | Or


def parse(query: str) -> Node | None:
    """What a query asks for; None where it holds nothing that can be searched.

    Raises `UsageError` where it is longer, or nested deeper, than the databases take.

    >>> parse('"Hà Nội" -coffee* 東京都')
    And(parts=(Phrase(tokens=('ha', 'noi'), begins=False), Not(part=Phrase(tokens=('coffee',), begins=True)), \
Phrase(tokens=('東京', '京都'), begins=False)))
    >>> parse("AND !?")
    """
    if len(query) > _MAX_CHARACTERS:
        raise UsageError(f"the query has {len(query):,} characters; {_MAX_CHARACTERS:,} are taken")
    found = _Parser(list(_lexemes(query.translate(_QUOTES)))).all()
    if found is not None and (sum(1 for _ in phrases(found)) > _MAX_PHRASES or _depth(found) > _MAX_DEPTH):
        raise UsageError(
            f"the query has more than {_MAX_PHRASES:,} words, or parentheses nested more than {_MAX_DEPTH} deep"
        )
    return found


def phrases(node: Node) -> Iterator[Phrase]:
    """All phrases of a query, also those that must not be there."""
    if isinstance(node, Phrase):
        yield node
    else:
        for part in (node.part,) if isinstance(node, Not) else node.parts:
            yield from phrases(part)


def wanted(node: Node, *, reverse: bool = False) -> Iterator[Phrase]:
    """The phrases that a match may show: those that are not asked to be absent."""
    if isinstance(node, Phrase):
        if not reverse:
            yield node
    elif isinstance(node, Not):
        yield from wanted(node.part, reverse=not reverse)
    else:
        for part in node.parts:
            yield from wanted(part, reverse=reverse)


def holds(have: Sequence[str], phrase: Phrase) -> bool:
    """Whether tokens of a text hold a phrase."""
    *first, last = phrase.tokens
    size = len(first)
    for at in range(len(have) - size):
        found = have[at + size]
        if (found.startswith(last) if phrase.begins else found == last) and list(have[at : at + size]) == first:
            return True
    return False


def match(node: Node, dialect: str) -> tuple[str, bool]:
    """The query in a database's own words, and whether what matches them is what is *not* wanted.

    FTS5 can take something away from a match and knows no NOT alone. But every query is a match or the rest of one.
    """
    if isinstance(node, Phrase):
        return _phrase(node, dialect), False
    if isinstance(node, Not):
        matched, reverse = match(node.part, dialect)
        return matched, not reverse
    every, some, without = _SIGNS[dialect]
    found = [match(part, dialect) for part in node.parts]
    there = [matched for matched, reverse in found if not reverse]
    absent = [matched for matched, reverse in found if reverse]
    reverse = not there if isinstance(node, And) else bool(absent)
    if isinstance(node, Or) and reverse:  # a OR NOT b is what is left without (b NOT a)
        there, absent = absent, there
    elif reverse or isinstance(node, Or):  # NOT a AND NOT b is what is left without (a OR b)
        there, absent, every = there or absent, [], some
    kept = f"({every.join(there)})"
    return f"({kept}{without}({some.join(absent)}))" if absent else kept, reverse


_SIGNS = {"sqlite": (" AND ", " OR ", " NOT "), "postgresql": (" & ", " | ", " & !")}


def _phrase(phrase: Phrase, dialect: str) -> str:
    # Tokens hold letters, digits and marks alone: there is nothing in them to quote.
    if dialect == "sqlite":
        return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.begins else "")
    words = " <-> ".join(f"'{token}'" for token in phrase.tokens)
    return f"({words}:*)" if phrase.begins else f"({words})"


def _lexemes(query: str) -> Iterator[Phrase | str]:
    """Phrases, and as texts the operators and parentheses; a minus is NOT."""
    for found in _LEXEME.finditer(query):
        if found["parenthesis"]:
            yield found["parenthesis"]
        elif found["minus"]:
            yield _NOT
        elif found["word"] in (_AND, _OR, _NOT):
            yield found["word"]
        else:
            text = found["word"] or found["phrase"]
            begins = bool(found["begins"]) or (found["word"] or "").endswith("*")
            sequence = tuple(token[:MAX_TOKEN_CHARACTERS] for token in tokens(text))
            yield Phrase(sequence, begins)


class _Parser:
    def __init__(self, lexemes: list[Phrase | str]) -> None:
        self._lexemes = lexemes
        self._at = 0
        self._open = 0

    def all(self) -> Node | None:
        parts = []
        while self._next is not None:
            parts.append(self._any_of())
            if self._next == ")":  # closes nothing
                self._at += 1
        return _joined(And, parts)

    @property
    def _next(self) -> Phrase | str | None:
        return self._lexemes[self._at] if self._at < len(self._lexemes) else None

    def _any_of(self) -> Node | None:
        parts = [self._all_of()]
        while self._next == _OR:
            self._at += 1
            parts.append(self._all_of())
        return _joined(Or, parts)

    def _all_of(self) -> Node | None:
        parts = []
        while self._next not in (None, ")", _OR):
            if self._next == _AND:
                self._at += 1
            else:
                parts.append(self._one())
        return _joined(And, parts)

    def _one(self) -> Node | None:
        reverse = False
        while self._next == _NOT:
            self._at += 1
            reverse = not reverse
        lexeme = self._next
        if lexeme in (None, ")", _OR, _AND):
            return None
        self._at += 1
        found: Node | None = lexeme if isinstance(lexeme, Phrase) else self._inside()
        if isinstance(found, Phrase) and not found.tokens:
            return None
        if found is None or not reverse:
            return found
        return found.part if isinstance(found, Not) else Not(found)

    def _inside(self) -> Node | None:
        self._open += 1
        if self._open > _MAX_PARENTHESES:
            raise UsageError(f"the query has more than {_MAX_PARENTHESES} parentheses in one another")
        found = self._any_of()
        if self._next == ")":
            self._at += 1
        self._open -= 1
        return found


def _joined(kind: type[And] | type[Or], parts: Sequence[Node | None]) -> Node | None:
    """Parts as one node, those of a node of the same kind beside the others; None where nothing is left."""
    flat: list[Node] = []
    for part in parts:
        if part is not None:
            flat.extend(part.parts if isinstance(part, kind) else (part,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat)) if flat else None


def _depth(node: Node) -> int:
    if isinstance(node, Phrase):
        return 0
    if isinstance(node, Not):
        return _depth(node.part)
    return 1 + max(map(_depth, node.parts))
