"""argparse as every command uses it: errors are one line with the remedy and the word that was probably meant."""

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
_LIKE = 0.6  # difflib's default, which just accepts `--output` for `--out`


def near(word: str, words: Iterable[str]) -> str:
    """The one of `words` that was probably meant, as the end of a message; "" if none is near.

    >>> near("exprot", ["crawl", "export"]), near("--lnag", ["--lang", "--last"]), near("xyz", ["crawl", "export"])
    (" (did you mean 'export'?)", " (did you mean '--lang'?)", '')
    """
    bare = {known.lstrip("-"): known for known in words}
    found = get_close_matches(word.lstrip("-").lower(), bare, n=1, cutoff=_LIKE)
    return f" (did you mean {bare[found[0]]!r}?)" if found else ""


class Parser(argparse.ArgumentParser):
    """argparse with one-line errors that end with the remedy; no value may be empty."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.register("type", None, given)  # reads the values of options without a type
        self._subcommands: Any = None
        self._given: Sequence[str] = ()

    def add_subparsers(self, **keywords: Any) -> Any:
        """As argparse's; `leaves` then knows the subparsers."""
        self._subcommands = super().add_subparsers(**keywords)
        return self._subcommands

    def leaves(self) -> dict[str, argparse.ArgumentParser]:
        """The parsers of the actions by name; {"": self} if there are no actions."""
        return {"": self} if self._subcommands is None else dict(self._subcommands.choices)

    def summaries(self) -> dict[str, str]:
        """What each action does, by its name; empty where there is none."""
        listed = () if self._subcommands is None else self._subcommands._choices_actions
        return {each.dest: each.help or "" for each in listed}

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's, but refuse `--option=--`, whose value argparse would drop."""
        self._given = tuple(args or ())
        for argument in self._given:
            if _NO_VALUE.fullmatch(argument):
                self.error(f"argument {argument[:-3]}: -- is not a value")
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
            # Skip single letters, and beginnings of options, which argparse accepts.
            if name.startswith("-") and len(name) > 2 and not any(option.startswith(name) for option in options):
                meant = near(name, options)
                return meant if f" {name}" in message or not meant else f"; {name} is not an option{meant}"
        return ""

    def _options(self) -> list[str]:
        """The long options that this call may have: its action's, if it names one."""
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
    # argparse replaces `%(prog)s` and the like.
    lines = [f"  {started_as()} {call}".replace("%", "%%") for call in calls]
    return "\n".join(["examples:", *lines]) if lines else ""
