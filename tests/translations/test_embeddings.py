"""Embeddings as one more evidence, with a tiny model of the test's own in the place of a real one."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from making_articles import make_article

from pipelines.errors import UsageError, VietnamvnError
from pipelines.translations.align import SENTENCES, AlignOptions, align, document
from pipelines.translations.embeddings import Cosines, load
from pipelines.translations.units import VersionText, units

# Words without a letter in common, of no vocabulary: only the model knows what they mean.
MEANINGS = {"tabu": 0, "oxo": 0, "lomi": 1, "erku": 1, "sena": 2, "idin": 2, "vupa": 3, "akok": 3}


class Tiny:
    """Vectors that count meanings; remembers what it was asked."""

    def __init__(self, name: str = "") -> None:
        sys.stderr.write("Loading weights\n")
        if name == "nowhere":
            raise OSError("no such\nmodel")
        self.asked: list[str] = []

    def encode(self, sentences: list[str]) -> list[list[float]]:
        """Texts x meanings."""
        self.asked += sentences
        words = [sentence.lower().rstrip(".").split() for sentence in sentences]
        return [[float(sum(MEANINGS.get(word) == n for word in each)) for n in range(4)] for each in words]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """sentence-transformers, as far as it is used."""
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Tiny  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


SOURCE = ["Tabu tabu.", "Lomi lomi.", "Sena sena.", "Vupa vupa."]
TARGET = ["Erku erku.", "Idin idin.", "Akok akok."]


@pytest.mark.parametrize("options", [None, SENTENCES])
def test_a_model_decides_where_nothing_else_does(options: AlignOptions | None) -> None:
    """The paragraph or sentence that is left out is the one that the model finds nowhere."""
    source, target = document(SOURCE, "xx"), document(TARGET, "yy")
    wanted = [((0,), ()), ((1,), (0,)), ((2,), (1,)), ((3,), (2,))]
    found = align(source, target, options=options, scorer=Cosines(Tiny()))
    assert [(bead.source, bead.target) for bead in found.beads] == wanted
    alone = align(source, target, options=options)
    assert [(bead.source, bead.target) for bead in alone.beads] != wanted


def test_cosines_and_vectors_of_nothing() -> None:
    """Long vectors count as short ones, and a text of which the model knows nothing is like no other."""
    matrix = Cosines(Tiny())(["tabu", "tabu tabu lomi lomi", "?"], ["oxo", "oxo erku"])
    assert matrix.round(3).tolist() == [[1.0, 0.707], [0.707, 1.0], [0.0, 0.0]]


def test_every_text_is_encoded_once() -> None:
    """However many pairs an article is in, and however often a text is in it."""
    model = Tiny()
    scorer = Cosines(model)
    for _ in range(3):
        scorer(SOURCE, [*TARGET, *TARGET])
        scorer(TARGET, SOURCE)
    assert sorted(model.asked) == sorted([*SOURCE, *TARGET])


def test_a_model_that_gives_something_else_is_named() -> None:
    """One vector for all texts together, no number, or an error of its own."""

    class Short(Tiny):
        def encode(self, sentences: list[str]) -> list[list[float]]:
            return super().encode(sentences)[:1]

    class Infinite(Tiny):
        def encode(self, sentences: list[str]) -> list[list[float]]:
            return [[float("inf")] * 4 for _ in sentences]

    class Failing(Tiny):
        def encode(self, sentences: list[str]) -> list[list[float]]:
            raise RuntimeError("not enough\nmemory")

    said = {
        Short: r"gave an array of shape \(1, 4\) for 7 texts",
        Infinite: "one vector of finite numbers",
        Failing: r"failed on 7 texts \(RuntimeError: not enough memory\)",
    }
    for wrong, message in said.items():
        with pytest.raises(UsageError, match=f"^the model of embeddings .*{message}"):
            align(document(SOURCE, "xx"), document(TARGET, "yy"), scorer=Cosines(wrong()))


def test_the_sentences_of_an_article_are_encoded_together() -> None:
    """A model is asked twice: for all paragraphs, and for all their sentences."""

    class Counting(Tiny):
        calls = 0

        def encode(self, sentences: list[str]) -> list[list[float]]:
            self.calls += 1
            return super().encode(sentences)

    sides = [
        VersionText(slug="bai", language=code, article=make_article("bai", code, paragraphs=paragraphs, kinds=()))
        for code, paragraphs in (
            ("en", ("Tabu tabu. Lomi lomi lomi.", "Sena sena. Vupa vupa vupa.")),
            ("fr", ("Oxo oxo. Erku erku erku.", "Idin idin. Akok akok akok.")),
        )
    ]
    scorer = Cosines(model := Counting())
    alignment = align(*(side.document for side in sides), scorer=scorer)
    found = list(units(alignment, *sides, kind="sentence", scorer=scorer))
    assert [unit.source.text for unit in found] == ["Tabu tabu.", "Lomi lomi lomi.", "Sena sena.", "Vupa vupa vupa."]
    assert model.calls == 2


def test_loading(installed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A model is loaded by its name; one that cannot be read, and a missing package, are told with what to do."""
    assert load("tiny")(["tabu"], ["oxo"]) == pytest.approx(1.0)
    assert capsys.readouterr().err == "", "a model's progress is for a terminal"
    with pytest.raises(UsageError, match=r"--embeddings nowhere: the model cannot be read \(OSError: no such model\)"):
        load("nowhere")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(VietnamvnError, match=r"pip install 'vietnamvn\[embeddings\]'"):
        load("tiny")
