"""How many texts have which answers and which signals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipelines.rights import Rights


@dataclass(slots=True)
class SignalCounts:
    """Numbers of texts by (usage, answer), and by (source of a signal, its words)."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    signals: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, rights: Rights, texts: int = 1) -> None:
        """Count texts with these rights."""
        for answer in rights.answers().items():
            self.answers[answer] += texts
        for signal in rights.signals:
            self.signals[signal.source, signal.said] += texts

    def most(self) -> list[tuple[tuple[str, str], int]]:
        """The signals, those of most texts first."""
        return sorted(self.signals.items(), key=lambda item: (-item[1], item[0]))
