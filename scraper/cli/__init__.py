"""The ``vietnamvn`` command: one module for each subcommand, arguments only."""

from __future__ import annotations

import argparse
import errno
import gc
import importlib
import io
import logging
import os
import signal
import sys
import textwrap
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from pipelines.errors import UsageError, VietnamvnError, in_words
from pipelines.exits import MEANINGS, Exit
from pipelines.printable import printable
from pipelines.store_address import masked, secrets_in
from pipelines.version import package_version
from scraper import settings
from scraper.cli.parser import Parser, near, show_examples
from scraper.cli.started import NAME
from scraper.messages import abandon_stdout, end_drawn, speak, tell

# Commands and their summaries; each one's module has EXITS, add_arguments(parser) and run(options) -> exit code.
# Only the called command's module is imported, so that start-up stays quick.
COMMANDS = {
    "align": "align language pairs and write a parallel corpus (tmx, moses, tsv, jsonl, parquet)",
    "apply-removals": "take out of a dataset what a list of removals names",
    "archive": "index, pack (WACZ) and check the WARC files of an archive",
    "audit": "look through the stored texts for chrome that survived, lost body and drift",
    "backfill": "fetch the site's past from web archives into a store",
    "clean": "clean archives and corpora (WARC, WET, JSON Lines, Parquet, folders)",
    "crawl": "crawl the site's articles of some days into a store",
    "demo": "crawl a stand-in for the site on this machine, and show what comes out",
    "doctor": "check what a crawl of the live site would meet",
    "export": "cut a dataset from the store: JSON Lines, tables or a database, with its card",
    "fingerprints": "list fingerprints of the store's texts, to find copies of them in any corpus",
    "groups": "show which languages each article has and lacks",
    "read": "read a store in a browser",
    "reextract": "extract the pages of an archive again, without fetching",
    "report": "write a report on a store, one page to read",
    "rights": "show what the site said about the use of its pages, and what its signals of today would change",
    "runs": "list the runs of a store, and what is unusual about them",
    "scrape": "print the article of files, standard input or addresses",
    "store": "fill, query and check the store of articles and their revisions",
    "verify": "compare a dataset with its manifest",
}

_WIDTH = 100  # columns of exit codes in the help


def _module(name: str) -> ModuleType:
    # Imported modules stay in memory, so garbage collection meanwhile frees nothing; it takes a tenth of the start.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"scraper.cli.{name.replace('-', '_')}")
    finally:
        if collecting:
            gc.enable()


def _overview() -> Parser:
    parser = Parser(prog=NAME, description="Vietnam.vn into clean, trustworthy text, in every language it has.")
    parser.add_argument("--version", action="version", version=f"{NAME} {package_version()}")
    parser.add_argument(
        "--print-completion",
        choices=("bash", "zsh"),
        metavar="SHELL",
        help="print a script for the Tab key of a shell (bash, zsh); README says where to put it",
    )
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        commands.add_parser(name, help=summary, add_help=False)
    return parser


def _open_standard_streams() -> None:
    """Give closed standard streams (`>&-`) a place to go.

    Otherwise the next opened file, such as the store, gets their number, and `print(file=sys.stderr)`, which finds no
    stream, writes to standard output. Standard input stays closed for its readers.
    """
    if sys.stdin is None:
        nowhere = os.open(os.devnull, os.O_RDONLY)
        if nowhere != 0:  # another file has its number already
            os.close(nowhere)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is not None:
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115  # open to the end


def exit_codes(name: str) -> dict[Exit, str]:
    """What each exit code of a command means, in the command's own words or those that all commands share."""
    own: dict[Exit, str] = _module(name).EXITS
    shared = (Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.INTERRUPTED)
    return {code: own.get(code, MEANINGS[code]) for code in Exit if code in own or code in shared}


def _described(name: str, action: str = "") -> str:
    lines = []
    for code, meaning in exit_codes(name).items():
        lines += textwrap.wrap(
            meaning, _WIDTH, initial_indent=f"  {code.value:<4} ", subsequent_indent=" " * 7, break_on_hyphens=False
        )
    text = f"{action[0].upper()}{action[1:]}." if action else (_module(name).__doc__ or "").rstrip()
    return f"{text}\n\nexit codes:\n" + "\n".join(lines)


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does: in order, with its last line and its exit code."""
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Never lets a traceback reach the user."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    _open_standard_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # the same bytes under every locale, and no encoding errors
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    speak()
    # Besides what looks like a password, mask the passwords of this call wherever an error may quote them.
    secrets = [secret for text in (*argv, settings.VIETNAMVN_STORE) for secret in secrets_in(text)]
    try:
        with _termination_as_interrupt():
            try:
                code = _run(argv)
            finally:
                end_drawn()
            sys.stdout.flush()
        return code
    except VietnamvnError as error:
        tell(masked(str(error), secrets), level=logging.ERROR)
        return error.exit_code
    except BrokenPipeError:
        abandon_stdout()  # the reader of the output has gone (`| head`): not an error
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        tell("interrupted", level=logging.ERROR)
        return Exit.INTERRUPTED
    except MemoryError:
        tell("out of memory; give less at once, or a machine with more", level=logging.ERROR)
        return Exit.FAILED
    except OSError as error:
        if error.filename is not None:
            tell(masked(f"{os.fsdecode(error.filename)}: {error.strerror}", secrets), level=logging.ERROR)
        elif error.errno == errno.ENOENT and _is_nowhere():
            tell("the current folder was removed; change to an existing one and start again", level=logging.ERROR)
        elif error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            # Commands report errors of their files themselves; what is left is standard output.
            tell(f"standard output: {error.strerror}; check where it goes and start again", level=logging.ERROR)
            abandon_stdout()
        else:
            _report_internal(error, secrets)
        return Exit.FAILED
    except ModuleNotFoundError as error:
        if error.name != "fcntl":
            _report_internal(error, secrets)
            return Exit.FAILED
        tell(
            "this command locks files as Linux and macOS do, which Windows does not; use it in WSL", level=logging.ERROR
        )
        return Exit.FAILED
    except Exception as error:
        _report_internal(error, secrets)
        return Exit.FAILED


def _run(argv: list[str]) -> int:
    if not argv:
        _overview().print_help()
        return Exit.USAGE
    if argv[0] not in COMMANDS:
        if argv[0].startswith("-"):
            return _overall(argv)
        raise UsageError(f"no command {argv[0]!r}{near(argv[0], COMMANDS)}; the commands are: {', '.join(COMMANDS)}")
    options = command_parser(argv[0]).parse_args(argv[1:])
    speak(quiet=options.quiet, verbose=options.verbose, is_json=options.log_format == "json")
    return int(_module(argv[0]).run(options))


def _overall(argv: list[str]) -> int:
    """Options in place of a command."""
    overview = _overview()
    shell = overview.parse_args(argv).print_completion
    if shell is not None:
        from scraper.cli.completion import completion  # slow: it needs the arguments of all commands

        print(completion(overview, {name: command_parser(name) for name in COMMANDS}, shell), end="")
    return Exit.DONE


def command_parser(name: str) -> Parser:
    """The parser of a command's arguments."""
    parser = Parser(
        prog=f"{NAME} {name}",
        description=_described(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _module(name).add_arguments(parser)
    for leaf in parser.leaves().values():
        _add_manner(leaf)
    for action, summary in parser.summaries().items():
        parser.leaves()[action].description = _described(name, summary)
    show_examples(name, parser)
    return parser


def _add_manner(parser: argparse.ArgumentParser) -> None:
    """Add the options for messages that every command has."""
    manner = parser.add_argument_group("messages, on standard error")
    least = manner.add_mutually_exclusive_group()
    least.add_argument("-q", "--quiet", action="store_true", help="only what needs a person; for cron")
    least.add_argument("-v", "--verbose", action="store_true", help="more, for example each page of a crawl")
    manner.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="lines for people (default), or JSON Lines"
    )


def _is_nowhere() -> bool:
    """Whether the current folder was removed, so that relative names do not work."""
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def _report_internal(error: Exception, secrets: Sequence[str]) -> None:
    if settings.VIETNAMVN_DEBUG:
        sys.stderr.write(printable(masked(traceback.format_exc(), secrets), lines=True))
    tell(masked(in_words(error), secrets), level=logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
