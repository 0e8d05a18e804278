"""Fingerprints of articles: a small list that finds copies of them in any corpus, on any host.

For each text the list has the exact hash that `clean` gives it, and a sample of its shingles: the smallest of their
hashes. A row that holds most of a sample holds most of the article, whatever else is in it; a row whose shingles are
mostly those of an article is a part of it. Neither lines nor letter case, punctuation or Unicode forms matter.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal

from pipelines.batch import files
from pipelines.batch.duplicates import exact_hash
from pipelines.batch.extras import require
from pipelines.batch.shingles import SHORTEST, long_shingles, normalised, pieces
from pipelines.errors import UsageError

FORMAT = "vietnamvn fingerprints 1"
LISTED_OUTCOME = "listed"
"""The outcome of a row that is a copy of a listed text."""
_PURPOSE = "looking for listed texts (--drop-matches)"
# A shingle of no article matches one of a list of 10 million hashes once in 100,000, and a match needs many of one
# article.
_HASH_BYTES = 5
# With 32 of 400 shingles the share of an article that a row holds is known to 0.08 (one standard deviation); with 16,
# of an article of 200 words, to 0.11.
_EVERY, _FEWEST, _MOST = 12, 16, 32
# Shorter texts are a caption or a line of contact, also on pages that are no copy: they are found by the exact hash
# alone, and below `SHORTEST` pieces not at all.
_SHORTEST_OF_SAMPLE = 12
_FEWEST_SHARED = 6  # shingles of a sample, at least; a stock phrase has fewer
_LONGEST_LINE = 10_000
_BUCKETS = 64  # of texts while a list is written; one at a time is sorted in memory

Reason = Literal["same", "holds", "part"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text's exact hash (16 bytes), how many different shingles it has, and the sample of their hashes, ascending."""

    exact: bytes
    shingles: int
    sample: tuple[int, ...]

    def to_line(self) -> bytes:
        """The fingerprint as a line of the list."""
        sample = b"".join(value.to_bytes(_HASH_BYTES, "big") for value in self.sample).hex()
        return json.dumps({"exact": self.exact.hex(), "shingles": self.shingles, "sample": sample}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Fingerprint:
        """The inverse of `to_line`. Raises `ValueError` for any other line."""
        content = json.loads(line)
        if not isinstance(content, dict) or not {"exact", "shingles", "sample"} <= content.keys():
            raise ValueError("has no exact, shingles and sample")
        exact, packed, shingles = bytes.fromhex(content["exact"]), bytes.fromhex(content["sample"]), content["shingles"]
        sample = tuple(int.from_bytes(packed[i : i + _HASH_BYTES], "big") for i in range(0, len(packed), _HASH_BYTES))
        if len(exact) != 16 or len(packed) % _HASH_BYTES or type(shingles) is not int or shingles < len(sample):
            raise ValueError("its values do not fit together")
        return cls(exact, shingles, sample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A listed article that a text is a copy of.

    `reason` is ``same`` (the same text), ``holds`` (`similarity` of the article is in the text) or ``part``
    (`similarity` of the text is of the article); `article` is its exact hash in the list, in hexadecimal.
    """

    article: str
    reason: Reason
    similarity: float

    @property
    def detail(self) -> str:
        """The match in one line."""
        words = {
            "same": "is the text of",
            "holds": f"holds {self.similarity:.2f} of",
            "part": f"is for {self.similarity:.2f} a part of",
        }
        return f"{words[self.reason]} listed article {self.article}"


def fingerprint(text: str) -> Fingerprint | None:
    """The fingerprint of a text; None where it is too short to identify it."""
    found = pieces(text)
    if len(found) < SHORTEST:
        return None
    normal = normalised(found)
    hashes = _hashes(normal)
    number = min(_MOST, max(_FEWEST, len(hashes) // _EVERY))
    sample = sorted(hashes)[:number] if len(hashes) >= _SHORTEST_OF_SAMPLE else []
    return Fingerprint(exact_hash(normal, None), len(hashes), tuple(sample))


def _hashes(normal: str) -> set[int]:
    return {
        int.from_bytes(hashlib.blake2b(shingle, digest_size=_HASH_BYTES).digest(), "big")
        for shingle in (s.encode("utf-8", "surrogatepass") for s in long_shingles(normal))
    }


def write_list(out: IO[bytes], texts: Iterable[str]) -> int:
    """Write the list of these texts as gzip-compressed JSON Lines; returns how many different ones it has.

    The same texts in any order give the same bytes.
    """
    with TemporaryDirectory() as folder, ExitStack() as stack:
        buckets = [stack.enter_context((Path(folder) / str(i)).open("w+b")) for i in range(_BUCKETS)]
        for text in texts:
            if (found := fingerprint(text)) is not None:
                buckets[found.exact[0] * _BUCKETS // 256].write(found.to_line())
        number = sum(len(_lines_of(bucket)) for bucket in buckets)
        # No name and no time in the gzip header: they would differ from run to run.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as packed:
            packed.write(json.dumps({"format": FORMAT, "articles": number}).encode() + b"\n")
            for bucket in buckets:
                packed.writelines(sorted(_lines_of(bucket)))
    return number


def _lines_of(bucket: IO[bytes]) -> set[bytes]:
    bucket.seek(0)
    return set(bucket)


class FingerprintList:
    """A list in memory (about 12 bytes for each hash), which finds the article that a text is a copy of."""

    def __init__(self, found: Iterable[Fingerprint]) -> None:
        numpy = self._numpy = require("numpy", extra="batch", purpose=_PURPOSE)
        articles = sorted(set(found), key=lambda one: one.exact)
        self._exact = [one.exact for one in articles]
        self._places = {exact: place for place, exact in enumerate(self._exact)}
        self._samples = numpy.array([max(1, len(one.sample)) for one in articles], dtype="f8")
        self._shingles = numpy.array([one.shingles for one in articles], dtype="f8")
        hashes = numpy.fromiter((value for one in articles for value in one.sample), dtype="u8")
        owners = numpy.repeat(numpy.arange(len(articles), dtype="i4"), [len(one.sample) for one in articles])
        order = numpy.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], owners[order]

    def __len__(self) -> int:
        return len(self._exact)

    def match(self, text: str, *, share: float) -> Match | None:
        """The listed article of which at least `share` is in this text, or from which at least `share` of this text is.

        The best one where there are several. What is too short for a fingerprint matches nothing.
        """
        found = pieces(text)
        if len(found) < SHORTEST:
            return None
        normal = normalised(found)
        if (place := self._places.get(exact_hash(normal, None))) is not None:
            return Match(article=self._exact[place].hex(), reason="same", similarity=1.0)
        return self._near(_hashes(normal), share)

    def _near(self, own: set[int], share: float) -> Match | None:
        numpy = self._numpy
        values = numpy.fromiter(own, dtype="u8", count=len(own))
        first, last = numpy.searchsorted(self._hashes, values), numpy.searchsorted(self._hashes, values, side="right")
        shared = numpy.flatnonzero(last > first)
        if len(shared) < _FEWEST_SHARED:
            return None
        owners = numpy.concatenate([self._owners[first[i] : last[i]] for i in shared])
        places, counts = numpy.unique(owners, return_counts=True)
        places, counts = places[counts >= _FEWEST_SHARED], counts[counts >= _FEWEST_SHARED]
        if not len(places):
            return None
        held = counts / self._samples[places]
        part = numpy.minimum(1.0, held * self._shingles[places] / len(own))
        best = int(numpy.argmax(numpy.maximum(held, part)))
        similarity = max(held[best], part[best])
        if similarity < share:
            return None
        reason: Reason = "holds" if held[best] >= part[best] else "part"
        return Match(article=self._exact[places[best]].hex(), reason=reason, similarity=round(float(similarity), 4))


def is_list(content: bytes) -> bool:
    """Whether the content of a file is a list, of any version."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as lines:
            head = json.loads(lines.readline(_LONGEST_LINE))
    except (OSError, EOFError, ValueError):
        return False
    return isinstance(head, dict) and str(head.get("format")).startswith(FORMAT.rpartition(" ")[0])


def digest_of(uri: str) -> str:
    """The SHA-256 of a list's file. Raises `UsageError` where there is none."""
    content = files.read_bytes(uri)
    if content is None:
        raise UsageError(f"--drop-matches {uri}: no such file; 'vietnamvn fingerprints' makes one of a store")
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=2)
def load(uri: str, digest: str) -> FingerprintList:
    """The list in a file, read once in a process; `digest` is its SHA-256.

    Raises `UsageError` where the file is no list, or has changed since.
    """
    content = files.read_bytes(uri)
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise UsageError(f"--drop-matches {uri}: has changed since the job began; run the command again")
    return FingerprintList(read_list(content, uri))


def read_list(content: bytes, name: str) -> Iterator[Fingerprint]:
    """The fingerprints of a list. Raises `UsageError` where it is none; `name` stands for it in the message."""
    number = 0
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as lines:
            head = json.loads(lines.readline(_LONGEST_LINE))
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise ValueError(f"its first line does not say {FORMAT}")
            while line := lines.readline(_LONGEST_LINE):
                number += 1
                yield Fingerprint.from_line(line)
            if number != head["articles"]:
                raise ValueError(f"has {number} of {head['articles']} articles")
    except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
        cause = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(
            f"{name}: is no list of 'vietnamvn fingerprints' (line {number + 1}: {cause}); make it anew"
        ) from error
