"""The finding depends on the text alone: not on order, thread, process, run or Unicode form."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from labelled_set import articles, paragraphs, texts

from pipelines.language import agreement, identify
from pipelines.untranslated import untranslated

ROOT = Path(__file__).resolve().parents[2]
_SAMPLE = [t.text for t in texts()[::5]] + [text for _, text in articles()[::9]]

_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from labelled_set import articles, texts
from pipelines.language import identify
for text in [t.text for t in texts()[::5]] + [text for _, text in articles()[::9]]:
    print(identify(text, claims=("id", "da")))
"""


def _findings(sample):
    return [identify(text, claims=("id", "da")) for text in sample]


def test_the_same_in_any_order_and_thread():
    """A shuffled run, and four threads at once, give each text the finding of a plain run."""
    expected = dict(zip(_SAMPLE, _findings(_SAMPLE), strict=True))
    shuffled = random.Random(7).sample(_SAMPLE, len(_SAMPLE))
    assert len(shuffled) > 120
    assert dict(zip(shuffled, _findings(shuffled), strict=True)) == expected
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda text: identify(text, claims=("id", "da")), shuffled * 2))
    assert found == [expected[text] for text in shuffled * 2]


def test_the_same_in_any_process():
    """Two fresh processes with different hash seeds print the same findings, byte for byte."""
    outputs = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        run = subprocess.run(
            [sys.executable, "-c", _CHILD, str(Path(__file__).parent)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=120,
        )
        outputs.append(run.stdout.decode())
    assert outputs[0] == outputs[1]
    assert outputs[0].splitlines() == [str(finding) for finding in _findings(_SAMPLE)]


def test_nfc_and_nfd_give_the_same_finding():
    """Composed or decomposed, every labelled text and article is found to be the same, score included."""
    sample = [t.text for t in texts()] + [text for _, text in articles()]
    differ = [
        text
        for text in sample
        if identify(unicodedata.normalize("NFC", text)) != identify(unicodedata.normalize("NFD", text))
    ]
    assert len(sample) > 600
    assert differ == []
    for language, items in paragraphs().items():
        mixed = [*items[:2], paragraphs()["vi"][0], paragraphs()["en"][0]]
        assert untranslated([unicodedata.normalize("NFD", p) for p in mixed], language) == untranslated(mixed, language)


_PIECES = st.sampled_from(
    [t.text for t in texts()] + ["Nguyễn Văn A", "123", "\x00", "\ud83d", "https://vietnam.vn/x", "\n"]
)
_ANY_TEXT = st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=5).map(" ".join))
_CLAIMS = st.lists(st.sampled_from(["fr", "vi", "id", "ms", "zh-cn", "no", "xx", ""]), max_size=2)


@settings(max_examples=150, deadline=None)
@given(_ANY_TEXT, _CLAIMS)
def test_any_text_gives_a_sound_finding(text, claims):
    """Whatever the text: no error, a score from 0 to 1, a reason exactly where there is no language, twice the same."""
    finding = identify(text, claims=claims)
    assert 0.0 <= finding.score <= 1.0
    assert (finding.language is None) == (finding.reason is not None) == (finding.detector == "none")
    assert identify(text, claims=claims) == finding
    assert agreement(finding, *claims) in (True, False, None)
    if "+claim" in finding.detector:
        assert agreement(finding, *claims) is not False or len(set(claims)) > 1


@settings(max_examples=60, deadline=None)
@given(st.lists(_ANY_TEXT, max_size=6), st.sampled_from(["fr", "vi", "th", "zh-Hans", "no", "xx"]))
def test_any_paragraphs_give_sound_indices(items, language):
    """`untranslated` gives ascending indices of paragraphs, and each stands on its own."""
    found = untranslated(items, language)
    assert list(found) == sorted(set(found))
    assert found == tuple(i for i, text in enumerate(items) if untranslated([text], language))
