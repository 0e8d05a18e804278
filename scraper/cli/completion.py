"""Scripts for the Tab key of shells, made of the arguments that each command declares."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Mapping
from typing import Any, Final

from scraper.cli.parser import Parser

SHELLS: Final = ("bash", "zsh")


def completion(overview: Parser, parsers: Mapping[str, Parser], shell: str) -> str:
    """The script for `shell`: it completes commands, actions, options, choices, and names of files where one is wanted.

    `parsers` are the commands' parsers by name; `overview` has the commands' summaries.
    """
    shtab = importlib.import_module("shtab")
    commands = overview.leaves()
    for name, parser in parsers.items():
        for leaf in (parser, *parser.leaves().values()):
            leaf.description = None  # of an action, what the list of its command says of it is enough
            for action in leaf._actions:
                _prepare(action, shtab)
        whole: Any = commands[name]
        # The overview's parser of a command has no arguments: it gets those of the real one.
        whole.__dict__.update({**vars(parser), "prog": whole.prog, "description": None, "epilog": None})
    return str(shtab.complete(overview, shell)) + "\n"


def _prepare(action: argparse.Action, shtab: Any) -> None:
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if isinstance(action.choices, Mapping) and not isinstance(action, argparse._SubParsersAction):
        action.choices = list(action.choices)  # shtab takes any mapping for subcommands
    if action.choices is None:
        if "FILE" in metavar or metavar.startswith("INPUT") or action.dest == "store":
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # what shtab looks for
        elif metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    if action.dest == "store" and action.help:
        # The script is kept, so it must not contain the default store of this environment.
        action.help = re.sub(r" \(default: .*\)$", "", action.help)
