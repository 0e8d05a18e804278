"""Sets of names that grow by joining: two joined names are in one set with all that either was joined to."""

from __future__ import annotations

from collections.abc import Iterator


class Joined:
    """Sets of names, each known by its smallest; a name that was never joined takes no room.

    >>> names = Joined()
    >>> names.join("c", "b")
    >>> names.join("d", "c")
    >>> names.root("d"), names.root("x"), "x" in names, dict(names.items())
    ('b', 'x', False, {'c': 'b', 'b': 'b', 'd': 'b'})
    """

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._parents

    def root(self, name: str) -> str:
        """The smallest name of its set."""
        parents = self._parents
        if name not in parents:
            return name
        while (parent := parents[name]) != name:
            parents[name] = parents[parent]
            name = parent
        return name

    def join(self, first: str, second: str) -> None:
        """Make one set of the two names' sets."""
        a, b = (self.root(self._parents.setdefault(name, name)) for name in (first, second))
        if a != b:
            self._parents[max(a, b)] = min(a, b)

    def items(self) -> Iterator[tuple[str, str]]:
        """Each name that was joined to another, with the smallest one of its set."""
        for name in self._parents:
            yield name, self.root(name)
