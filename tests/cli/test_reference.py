"""docs/cli.md is what the commands say of themselves: `python tests/cli/test_reference.py` writes it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.cli import COMMANDS, command_parser
from scraper.cli.examples import EXAMPLES
from scraper.cli.parser import Parser

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "cli.md"
MESSAGES = {"quiet", "verbose", "log_format"}  # every command has these: said once, at the top

# The page that explains a command, and what does the same from Python.
PAGES = {
    "align": "alignment.md",
    "apply-removals": "export.md",
    "archive": "archive.md",
    "audit": "operations.md",
    "backfill": "backfill.md",
    "clean": "batch.md",
    "crawl": "crawl.md",
    "doctor": "crawl.md",
    "export": "export.md",
    "fingerprints": "batch.md",
    "groups": "alignment.md",
    "read": "looking.md",
    "reextract": "archive.md",
    "report": "looking.md",
    "rights": "rights.md",
    "runs": "operations.md",
    "scrape": "record.md",
    "store": "store.md",
    "verify": "export.md",
}
PYTHON = {
    "align": "align",
    "clean": "clean",
    "export": "export",
    "groups": "groups",
    "reextract": "reextract",
    "scrape": "extract",
    "store": "open_store",
}

HEAD = """\
# Commands

What `--help` says of each command, on one page. Their exit codes are in [a table of their own](exit-codes.md).

Each command and action also takes `-h`, and three options for what it says on standard error: `-q` only what needs a
person, `-v` more, `--log-format json` as JSON Lines. Without `--store` it is `sqlite:///vietnamvn.db`, or what
`VIETNAMVN_STORE` in the environment says.
"""


def page() -> str:
    """The page, from the parsers."""
    return HEAD + "".join(line for name in COMMANDS for line in section(name, command_parser(name)))


def section(name: str, parser: Parser) -> Iterator[str]:
    """A command: what it does, where more is said of it, its arguments or those of its actions, and examples."""
    yield f"\n## {name}\n\n{described(parser)}\n"
    more = [f"[{PAGES[name]}]({PAGES[name]})"] if name in PAGES else []
    more += [f"[`vietnamvn.{PYTHON[name]}`](api.md) from Python"] if name in PYTHON else []
    if more:
        yield f"\nMore: {', '.join(more)}.\n"
    for action, leaf in parser.leaves().items():
        if action:
            yield f"\n### {name} {action}\n\n{described(leaf)}\n"
        yield "".join(["\n", *(f"    vietnamvn {call}\n" for call in EXAMPLES[f"{name} {action}".strip()])])
        arguments = [line for each in leaf._actions for line in argument(each, leaf)]
        yield "".join(["\n", *arguments]) if arguments else ""


def described(parser: argparse.ArgumentParser) -> str:
    """The text before the exit codes; a list of actions stays in its columns."""
    parts = (parser.description or "").partition("\n\nexit codes:")[0].split("\n\n")
    return "\n\n".join(f"```text\n{part}\n```" if part.startswith("actions:") else escaped(part) for part in parts)


def argument(action: argparse.Action, parser: argparse.ArgumentParser) -> Iterator[str]:
    """An argument: how it is written, what it does."""
    if action.dest in {"help", *MESSAGES}:
        return
    formatter = parser._get_formatter()
    value = formatter._format_args(action, formatter._get_default_metavar_for_optional(action))
    names = ", ".join(f"{name} {value}".strip() for name in action.option_strings)
    text = formatter._expand_help(action) if action.help else ""
    if action.dest == "store":
        text = re.sub(r" \(default: sqlite:.*\)$", "", text)
    required = " (required)" if action.required and action.option_strings else ""
    yield f"- `{names or value}`{required}{': ' if text else ''}{escaped(text)}\n"


def escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return text.replace("<", "&lt;").replace("*", "\\*")


def test_the_page_is_what_the_commands_say() -> None:
    """To the letter."""
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/cli/test_reference.py"


def test_the_page_has_every_option() -> None:
    """Also where the generator would miss one: each long option of each action, in the section of its command."""
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S))
    assert list(sections) == list(COMMANDS)
    options = 0
    for name in COMMANDS:
        for leaf in command_parser(name).leaves().values():
            for action in leaf._actions:
                if action.dest not in {"help", *MESSAGES}:
                    options += len(action.option_strings)
                    assert [o for o in action.option_strings if not re.search(rf"[` ]{o}[`, ]", sections[name])] == []
    assert options > 200


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_a_command_does(name: str) -> None:
    """In a sentence, with the exit codes; each of its actions, too, and each of their options."""
    parser = command_parser(name)
    for action, leaf in parser.leaves().items():
        first, _, rest = (leaf.description or "").partition("\n\n")
        assert re.fullmatch(r"[A-Z](?s:.){10,}[.:?]", first), (action, first)
        assert "exit codes:\n  0 " in rest
        assert [each.option_strings for each in leaf._actions if each.option_strings and not each.help] == []
    assert (name in PAGES) == (name != "demo")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
