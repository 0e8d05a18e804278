"""Regenerate pipelines/unicode/script_table.py from Unicode's Script property: python benchmarks/generate_scripts.py

The property comes with fonttools (pip install fonttools), whose data are Unicode's own file, with ISO 15924 codes.
Characters that several scripts share (Zyyy, Zinh) and unassigned ones are omitted; ranges of one script are joined
across unassigned characters, which keeps the table short.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

TABLE = Path(__file__).parents[1] / "pipelines" / "unicode" / "script_table.py"
_HEAD = '''"""The script of each character (Unicode {version}); made by benchmarks/generate_scripts.py, not by hand."""

UNICODE_VERSION = "{version}"

# First and last code point, and ISO 15924 code; what is in no range is shared by scripts, or unassigned.
RANGES: tuple[tuple[int, int, str], ...] = (
{rows}
)
'''


def ranges() -> list[tuple[int, int, str]]:
    """(first, last, script) over all of Unicode, in order."""
    from fontTools.unicodedata import Scripts

    found: list[tuple[int, int, str]] = []
    unassigned = True
    ends = [*Scripts.RANGES[1:], 0x110000]
    for first, end, script in zip(Scripts.RANGES, ends, Scripts.VALUES, strict=True):
        if script == "Zzzz":
            continue
        if script in ("Zyyy", "Zinh"):
            unassigned = False
            continue
        if found and unassigned and found[-1][2] == script:
            found[-1] = (found[-1][0], end - 1, script)
        else:
            found.append((first, end - 1, script))
        unassigned = True
    return found


def main() -> int:
    """Write the table, or print what is missing."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    try:
        from fontTools.unicodedata import Scripts
    except ImportError:
        print("generate_scripts: fonttools is missing; pip install fonttools", file=sys.stderr)
        return 1
    source = Path(str(Scripts.__file__)).read_text(encoding="utf-8")
    version = re.search(r"Scripts-(\d+\.\d+\.\d+)\.txt", source)
    if version is None:
        print("generate_scripts: fonttools does not say its version of Unicode", file=sys.stderr)
        return 1
    cells = [f'(0x{first:04X}, 0x{last:04X}, "{script}"),' for first, last, script in ranges()]
    rows = []
    for cell in cells:
        if rows and len(rows[-1]) + len(cell) < 118:
            rows[-1] += f" {cell}"
        else:
            rows.append(f"    {cell}")
    text = _HEAD.format(version=version[1], rows="\n".join(rows))
    TABLE.write_text(text.replace("\n)\n", "\n)  # fmt: skip\n"), encoding="utf-8")
    print(f"{TABLE.name}: {len(cells)} ranges, Unicode {version[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
