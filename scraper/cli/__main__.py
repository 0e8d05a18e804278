"""``python -m scraper.cli``: the command without installing it."""

import sys

from scraper.cli import main
from scraper.starting import run

sys.exit(run(lambda: main))
