"""Time and memory of the report on stores of several sizes; the memory should not grow with the store.

    python benchmarks/report.py STORE... [--rows 20000 --rows 200000]

The command reports on each store (a file or an address) in a new process; `--rows` makes stores of the
articles of `scale.py` in a temporary folder. Prints wall and CPU time, peak memory,
the size of the page, and for comparison the time of one scan of the table of texts. Run each twice: the first run reads
the file from the disk.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scale import fill
from sqlalchemy import text
from store import Corpus

from pipelines.storage import open_store

_SCAN = text("SELECT count(*), sum(words), max(publisher), max(host), max(url) FROM revisions")


def measured(address: str, out: Path) -> str:
    """The line of results for one store."""
    began = time.perf_counter()
    with open_store(address, read_only=True) as store:
        texts = store.read(lambda connection: connection.execute(_SCAN).one())[0]
    scan = time.perf_counter() - began
    began = time.perf_counter()
    command = [sys.executable, "-m", "vietnamvn", "report", "--store", address, "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"{address}: the report failed")
    return (
        f"{texts:>9,} texts: {seconds:6.1f} s, {used.ru_utime + used.ru_stime:5.1f} s of CPU, "
        f"{used.ru_maxrss / 1024:4.0f} MB, a page of {out.stat().st_size / 1000:,.0f} kB; a scan {scan:.1f} s"
    )


def main() -> None:
    """Print a line for each store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="*", metavar="STORE")
    parser.add_argument("--rows", type=int, action="append", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        addresses = list(options.stores)
        for rows in options.rows:
            addresses.append(f"{folder}/{rows}.db")
            fill(addresses[-1], Corpus(9), rows)
        for address in addresses:
            print(measured(address, Path(folder) / "report.html"), flush=True)


if __name__ == "__main__":
    main()
