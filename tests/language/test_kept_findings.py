"""What the finder of languages says of each labelled line, to the last digit of its score: kept in `findings.tsv`.

People filter by `language_score`, and a changed weight or threshold changes scores before it changes languages. After a
change that is meant: ``python tests/language/test_kept_findings.py`` writes the file anew; what changed is then in the
diff, to be judged by benchmarks/language.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from labelled_set import paragraphs, titles

from pipelines.language import TIES, identify

KEPT = Path(__file__).with_name("findings.tsv")


def texts() -> Iterator[tuple[str, str]]:
    """Each text with a name: whole articles, paragraphs, titles, and what is less than that, or of two languages."""
    vietnamese = titles()["vi"][0]
    for code, items in sorted(paragraphs().items()):
        yield f"article {code}", "\n\n".join(items)
        yield f"two articles {code}", "\n\n".join(items + paragraphs()["en"])
        for number, text in enumerate(items):
            yield f"paragraph {code} {number}", text
        yield f"half a paragraph {code}", items[0][: len(items[0]) // 2]
    for code, items in sorted(titles().items()):
        for number, text in enumerate(items):
            yield f"title {code} {number}", text
        yield f"capitals {code}", items[0].upper()
        yield f"words {code}", " ".join(items[1].split()[:3])
        yield f"beside Vietnamese {code}", f"{vietnamese}\n{items[0]}"
    for name in ("fresh", "hard", "names"):
        lines = (KEPT.with_name(f"{name}.tsv")).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(line for line in lines if "\t" in line and not line.startswith("#")):
            yield f"{name} {number}", line.rpartition("\t")[2]


def claimed() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Texts of near neighbours with the other's claim, and those of `texts` without one."""
    for name, text in texts():
        yield name, text, ()
    for tie in TIES:
        for code in sorted(tie & titles().keys()):
            for claim in sorted(tie - {code}):
                for number, text in enumerate(titles()[code] + paragraphs()[code]):
                    yield f"{code} {number} claimed to be {claim}", text, (claim,)


def findings() -> list[str]:
    """A line for each text: its name, language, score and detector, or the reason why there is none."""
    found = []
    for name, text, claims in claimed():
        finding = identify(text, claims=claims)
        said = finding.reason or f"{finding.language}\t{finding.score:.4f}\t{finding.detector}"
        found.append(f"{name}\t{said}")
    return found


def test_the_finder_says_what_it_said() -> None:
    """Of every line; a language that is found with another score was found by other weights."""
    kept, now = KEPT.read_text(encoding="utf-8").splitlines(), findings()
    changed = [line for line in now if line not in set(kept)]
    assert len(now) > 700
    assert changed == [], f"if that is meant: python tests/language/{Path(__file__).name}"
    assert len(kept) == len(now)


if __name__ == "__main__":
    KEPT.write_text("".join(f"{line}\n" for line in findings()), encoding="utf-8")
