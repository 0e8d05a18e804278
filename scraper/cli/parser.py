"""argparse as every command uses it: errors on one line with the remedy, and the word that was probably meant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from pipelines.errors import UsageError
from scraper.cli.examples import EXAMPLES
from scraper.cli.started import started_as
from scraper.cli.values import given

_NO_VALUE = re.compile(r"--[a-z-]+=--")
_WRONG_CHOICE = re.compile(r"(?s)invalid choice: (['\"])(.*)\1 \(choose from (.*)\)")
_LIKE = 0.6  # difflib's own; `--output` for `--out` is just within it


def near(word: str, words: Iterable[str]) -> str:
    """The one of `words` that was probably meant, as the rest of a message; "" where none is near.

    >>> near("exprot", ["crawl", "export"]), near("--lnag", ["--lang", "--last"]), near("xyz", ["crawl", "export"])
    (" (did you mean 'export'?)", " (did you mean '--lang'?)", '')
    """
    bare = {known.lstrip("-"): known for known in words}
    found = get_close_matches(word.lstrip("-").lower(), bare, n=1, cutoff=_LIKE)
    return f" (did you mean {bare[found[0]]!r}?)" if found else ""


class Parser(argparse.ArgumentParser):
    """argparse, with its message on one line and the remedy at its end; no value may be empty."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.register("type", None, given)  # what reads the values of options that name no type
        self._subcommands: Any = None
        self._given: Sequence[str] = ()

    def add_subparsers(self, **keywords: Any) -> Any:
        """As argparse; they are known to `leaves`."""
        self._subcommands = super().add_subparsers(**keywords)
        return self._subcommands

    def leaves(self) -> dict[str, argparse.ArgumentParser]:
        """The parsers that see the options of a call, by the action's name: this one has none, and its name is ""."""
        return {"": self} if self._subcommands is None else dict(self._subcommands.choices)

    def summaries(self) -> dict[str, str]:
        """What each action does, by its name; empty where there is none."""
        listed = () if self._subcommands is None else self._subcommands._choices_actions
        return {each.dest: each.help or "" for each in listed}

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse `--option=--`, whose value argparse takes for its own mark and leaves out."""
        self._given = tuple(args or ())
        for argument in self._given:
            if _NO_VALUE.fullmatch(argument):
                self.error(f"argument {argument[:-3]}: -- is no value")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> None:  # type: ignore[override]  # argparse says NoReturn; raising is one
        """Raise `UsageError`: argparse's message, what was probably meant, and where the help is."""
        raise UsageError(f"{message}{self._meant(message)}; see '{self._started()} --help'")

    def _meant(self, message: str) -> str:
        if choice := _WRONG_CHOICE.search(message):
            return near(choice[2], re.findall(r"[^\s,'\"]+", choice[3]))
        options = self._options()
        for word in self._given:
            if word == "--":
                break
            name = word.partition("=")[0]
            # Longer than one letter, and not the beginning of an option, which argparse takes for the whole of it.
            if name.startswith("-") and len(name) > 2 and not any(option.startswith(name) for option in options):
                meant = near(name, options)
                return meant if f" {name}" in message or not meant else f"; {name} is no option{meant}"
        return ""

    def _options(self) -> list[str]:
        """What may be given in this call: behind an action, what that one takes."""
        leaves = self.leaves()
        leaf = next((leaves[word] for word in self._given if word in leaves), self)
        return [option for option in leaf._option_string_actions if option.startswith("--")]

    def _started(self) -> str:
        return " ".join([started_as(), *self.prog.split()[1:]])


def show_examples(name: str, parser: Parser) -> None:
    """Put the examples of a command at the end of its help, and those of its actions at the end of theirs."""
    leaves = parser.leaves()
    for action, leaf in leaves.items():
        leaf.epilog = _epilog(EXAMPLES.get(f"{name} {action}".strip(), ()))
        leaf.formatter_class = argparse.RawDescriptionHelpFormatter
    if "" not in leaves:
        parser.epilog = _epilog([first for action in leaves for first in EXAMPLES.get(f"{name} {action}", ())[:1]])


def _epilog(calls: Iterable[str]) -> str:
    # argparse fills in `%(prog)s` and the like.
    lines = [f"  {started_as()} {call}".replace("%", "%%") for call in calls]
    return "\n".join(["examples:", *lines]) if lines else ""
