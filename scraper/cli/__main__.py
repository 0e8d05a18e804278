"""``python -m scraper.cli``: the command without an installation."""

import sys

from scraper.cli import main

sys.exit(main())
