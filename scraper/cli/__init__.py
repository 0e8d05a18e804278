"""The ``vietnamvn`` command: one module for each subcommand, arguments only."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from pipelines.errors import UsageError, VietnamvnError

# name -> module of this package; each has SUMMARY, add_arguments(parser) and run(options) -> exit code.
# Modules are imported only for the command that is called: start-up stays quick.
COMMANDS = {
    "align": "align",
    "clean": "clean",
    "crawl": "crawl",
    "demo": "demo",
    "doctor": "doctor",
    "export": "export",
    "groups": "groups",
    "reextract": "reextract",
    "scrape": "scrape",
    "store": "store",
}


class _Parser(argparse.ArgumentParser):
    """argparse, with its message on one line and the remedy at its end."""

    def error(self, message: str) -> None:  # type: ignore[override]  # argparse says NoReturn; raising is one
        raise UsageError(f"{message}; see '{self.prog} --help'")


def _version() -> str:
    try:
        return version("vietnamvn")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"scraper.cli.{COMMANDS[name]}")


def _overview() -> _Parser:
    parser = _Parser(prog="vietnamvn", description="Vietnam.vn into clean, trustworthy text, in every language it has.")
    parser.add_argument("--version", action="version", version=f"vietnamvn {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for name in COMMANDS:
        commands.add_parser(name, help=_module(name).SUMMARY, add_help=False)
    return parser


def _open_standard_streams() -> None:
    """Give closed standard streams (`>&-`) a place to go.

    Else the next file that is opened, say the store, takes their number, and `print(file=sys.stderr)`, which finds no
    stream there, goes to standard output.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is not None:
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115  # open to the end


def _abandon_stdout() -> None:
    """Keep the interpreter's last flush quiet, which would fail as our own did."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Never lets a traceback reach the user."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    _open_standard_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # the same bytes under every locale, and no letter it cannot print
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        if not argv or argv[0] not in COMMANDS:
            if not argv:
                _overview().print_help()
                return 2
            if argv[0].startswith("-"):
                _overview().parse_args(argv)
                return 0
            raise UsageError(f"no command {argv[0]!r}; the commands are: {', '.join(COMMANDS)}")
        module = _module(argv[0])
        parser = _Parser(
            prog=f"vietnamvn {argv[0]}",
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(parser)
        code = int(module.run(parser.parse_args(argv[1:])))
        sys.stdout.flush()
        return code
    except VietnamvnError as error:
        print(f"vietnamvn: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        _abandon_stdout()  # the reader of our output has gone (`| head`): not an error
        return 128 + signal.SIGPIPE
    except OSError as error:
        # Files that a command works on have messages of their own; what is left is standard output, on a full disk.
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise
        print(f"vietnamvn: standard output: {error.strerror}; see to where it goes and start again", file=sys.stderr)
        _abandon_stdout()
        return 1
    except KeyboardInterrupt:
        print("vietnamvn: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
