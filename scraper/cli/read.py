"""Read a store in a browser: pages on this machine, until Ctrl-C.

It has search and filters, articles beside what was stripped from their pages, languages side by side, revisions, and
results as a file. Nothing is written; it works while a crawl writes. Only this machine can connect, unless --host says
otherwise: then everybody who reaches that address can read the store.
"""

from __future__ import annotations

import argparse
import sys

from pipelines.batch.extras import require
from pipelines.errors import UsageError
from pipelines.exits import Exit
from scraper.cli.stores import add_store_argument
from scraper.cli.values import given, whole_number
from scraper.messages import tell

EXITS = {
    Exit.DONE: "ended by Ctrl-C or SIGTERM, the usual end",
    Exit.FAILED: "the store cannot be read, or the port not be used",
}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LARGEST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument(
        "--port", type=whole_number(0), default=8750, metavar="PORT", help="default: %(default)s; 0 takes a free one"
    )
    parser.add_argument(
        "--host", type=given, default="127.0.0.1", metavar="HOST", help="address of this machine (default: %(default)s)"
    )
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    parser.add_argument("--images", action="store_true", help="show pictures, which the browser loads from the site")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    for module in ("starlette", "uvicorn", "jinja2"):
        require(module, extra="view", purpose="vietnamvn read")
    if options.port > _LARGEST_PORT:
        raise UsageError(f"--port {options.port}: is not a port; the largest is {_LARGEST_PORT}")
    from scraper.reader.app import application  # slow: it loads the database's libraries
    from scraper.reader.server import address_of, listening, serve
    from scraper.reader.stores import Stores

    stores = Stores(options.store)
    try:
        with listening(options.host, options.port) as bound:
            address = address_of(bound, options.host)
            if options.host not in _LOOPBACK:
                tell(f"--host {options.host}: everybody who reaches this address can read the store")

            def started() -> None:
                print(address, flush=True)
                tell(f"{stores.name}: read it at {address} (Ctrl-C ends)")
                if options.open:
                    import webbrowser

                    webbrowser.open(address)

            serve(application(stores, host=options.host, images=options.images), bound, started=started)
    except KeyboardInterrupt:
        tell("ended")
    finally:
        stores.close()
        sys.stdout.flush()
    return Exit.DONE
