"""A similarity out of a model of sentence embeddings that the user has, in the interface of sentence-transformers."""

from __future__ import annotations

import contextlib
import io
import sys
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UsageError, VietnamvnError

# Texts whose vectors are kept: every text of an article is asked for once for each language pair.
_KEPT = 4096


class Model(Protocol):
    """The part of `sentence_transformers.SentenceTransformer` that is used."""

    def encode(self, sentences: list[str]) -> Any:
        """One vector for each text: anything that numpy reads as texts x dimensions."""


class Cosines:
    """A scorer (`align(..., scorer=Cosines(model))`): n texts, m texts -> n x m cosines of their vectors."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._vectors: OrderedDict[str, NDArray[np.float64]] = OrderedDict()

    def __call__(self, sources: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        """The matrix; raises `UsageError` where the model fails or gives not one vector for each text."""
        vectors = self.read([*sources, *targets])
        result: NDArray[np.float64] = (
            np.array([vectors[t] for t in sources]) @ np.array([vectors[t] for t in targets]).T
        )
        return result

    def read(self, texts: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """The vector of each text; new ones are encoded together, which takes a model half as long as a few at a time.

        Raises as `__call__` does. The vectors of the last `_KEPT` texts stay.
        """
        wanted = list(dict.fromkeys(texts))
        vectors = {text: self._vectors[text] for text in wanted if text in self._vectors}
        if new := [text for text in wanted if text not in vectors]:
            vectors |= zip(new, self._encoded(new), strict=True)
        for text, vector in vectors.items():
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
        while len(self._vectors) > _KEPT:
            self._vectors.popitem(last=False)
        return vectors

    def _encoded(self, texts: list[str]) -> NDArray[np.float64]:
        try:
            found = np.asarray(self._model.encode(texts), dtype=float)
        except Exception as error:  # what it raises depends on the model
            cause = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            raise UsageError(f"the model of embeddings failed on {len(texts)} texts ({cause})") from error
        if found.ndim != 2 or len(found) != len(texts) or not np.isfinite(found).all():
            raise UsageError(
                f"the model of embeddings gave an array of shape {found.shape} for {len(texts)} texts; "
                "it must give one vector of finite numbers for each"
            )
        result: NDArray[np.float64] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return result


def load(name: str) -> Cosines:
    """The similarity of a model by its folder, or by a name that sentence-transformers knows.

    Raises `VietnamvnError` where sentence-transformers is not installed, `UsageError` where the model cannot be read.
    """
    try:
        # Of the extra `embeddings`; with it comes torch.
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise VietnamvnError(
            "--embeddings needs sentence-transformers, which is not installed; pip install 'vietnamvn[embeddings]'"
        ) from None
    # Its progress bars are for a terminal.
    progress = contextlib.nullcontext() if sys.stderr.isatty() else contextlib.redirect_stderr(io.StringIO())
    try:
        with progress:
            return Cosines(SentenceTransformer(name))
    except Exception as error:  # what it raises depends on the model's files and on the hub
        cause = " ".join(str(error).split())[:200]
        raise UsageError(
            f"--embeddings {name}: the model cannot be read ({type(error).__name__}: {cause}); give its folder"
        ) from error
