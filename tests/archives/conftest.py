"""What the tests of archives share."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for `by_hand`, whatever the import mode
