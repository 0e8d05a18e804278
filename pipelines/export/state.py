"""What an export held, as one short digest a text: the next one writes only what is not in it.

Kept sorted in one block of bytes and searched by halves: 16 bytes a text, not the 100 of a Python set.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipelines.export.errors import ExportError
from pipelines.storage import Stored

STATE = "state.bin.z"
_SIZE = 16


def digest(stored: Stored) -> bytes:
    """Changes with the text and with anything that the record tells of it, but not with a further sighting."""
    parts = (stored.slug, stored.language, stored.content_sha256, stored.fingerprint)
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


class State:
    """The digests of an earlier export."""

    def __init__(self, sorted_digests: bytes = b"") -> None:
        self._digests = sorted_digests

    def __len__(self) -> int:
        return len(self._digests) // _SIZE

    def __contains__(self, wanted: bytes) -> bool:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = self._digests[middle * _SIZE : (middle + 1) * _SIZE]
            if found == wanted:
                return True
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return False


class Following:
    """Watches texts go by: lets through what the earlier export had not, and remembers all for the next one."""

    def __init__(self, earlier: State) -> None:
        self._earlier = earlier
        # By first byte: sorted part by part, and only a part is ever more than its 16 bytes a text.
        self._now = [bytearray() for _ in range(256)]
        self._kept = 0

    def new(self, texts: Iterator[Stored]) -> Iterator[Stored]:
        """The texts that the earlier export had not."""
        for stored in texts:
            mine = digest(stored)
            self._now[mine[0]] += mine
            if mine in self._earlier:
                self._kept += 1
            else:
                yield stored

    @property
    def unchanged(self) -> int:
        """How many texts the earlier export had already."""
        return self._kept

    @property
    def withdrawn(self) -> int:
        """How many texts of the earlier export are not selected any more: replaced by another text, or left out."""
        return len(self._earlier) - self._kept

    def save(self, folder: Path) -> None:
        """Write the state that the next export starts from."""
        packer = zlib.compressobj(1)
        with (folder / STATE).open("wb") as out:
            for part in self._now:
                digests = sorted(bytes(part[at : at + _SIZE]) for at in range(0, len(part), _SIZE))
                out.write(packer.compress(b"".join(digests)))
            out.write(packer.flush())


def load(path: Path) -> State:
    """The state that `save` wrote. Raises `ExportError` where there is none or it is damaged."""
    try:
        digests = zlib.decompress(path.read_bytes())
    except (OSError, zlib.error) as error:
        raise ExportError(
            f"{path}: the state of the earlier export cannot be read ({error}); export everything"
        ) from error
    if len(digests) % _SIZE:
        raise ExportError(f"{path}: the state of the earlier export is damaged; export everything")
    return State(digests)
