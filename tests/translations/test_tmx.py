"""TMX as parsers of XML and translation tools read it: what was written comes back, and nothing else is asked for."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from pipelines.translations.exports import MULTIWAY, CorpusContent, ParagraphRow, Writer, prepare
from pipelines.translations.units import Side, Unit

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Every end of line and blank that a parser or a reader of lines may turn into another, and what markup is made of.
ODD = "one\rtwo\r\nthree\nfour\x85five\u2028six\u2029seven\teight\xa0\u3000 <&>\"' ]]> &#13; \x7f\x9f \ufeff 𠮷"


def _side(language: str, text: str) -> Side:
    return Side(language=language, text=text, ids=("p0",), url="https://x.vn/?a=1&b=2", slug="s", content_sha256="0")


def _tmx(source: str, target: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        content = CorpusContent(version="1", languages=("en", "zh-Hant"), unit="paragraph", multiway=False)
        out = Writer("tmx", Path(folder), content)
        unit = Unit(
            source=_side("en", source), target=_side("zh-Hant", target), shape="1-1", score=0.5, kind="paragraph"
        )
        out.take(out.name(("en", "zh-Hant")), prepare("tmx", [unit.to_dict()], content))
        (name,) = out.close()
        return (Path(folder) / name).read_bytes()


def _segments(data: bytes) -> list[list[str | None]]:
    """By expat, by lxml, and by translate-toolkit."""
    found = [[seg.text or "" for seg in ElementTree.fromstring(data).iter("seg")]]
    strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, strip_cdata=False)
    found.append([seg.text or "" for seg in etree.fromstring(data, strict).iter("seg")])
    toolkit = pytest.importorskip("translate.storage.tmx")
    (unit,) = toolkit.tmxfile.parsefile(io.BytesIO(data)).units
    found.append([str(unit.source), str(unit.gettarget("zh-Hant"))])
    return found


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
@example(ODD, f"\r{ODD}\r")
def test_what_is_written_is_read(source: str, target: str) -> None:
    """Every character but those that XML cannot hold at all, which are replaced by U+FFFD."""
    gone = {chr(code) for code in (*range(0x20), 0xFFFE, 0xFFFF)} - {"\t", "\n", "\r"}
    wanted = ["".join("\ufffd" if c in gone else c for c in text) for text in (source, target)]
    for found in _segments(_tmx(source, target)):
        assert found == wanted


def test_nothing_outside_is_named() -> None:
    """No document type and no entity, which a parser would look for beside the file; no bare carriage return."""
    data = _tmx(ODD, ODD)
    assert b"<!" not in data
    assert not {character for character in "\r\x85\u2028\u2029\x7f\x9f" if character in data.decode()}


def test_scripts_of_chinese_are_told_apart(tmp_path: Path) -> None:
    """A segment of many languages names each by BCP 47."""
    content = CorpusContent(version="1", languages=("vi", "zh-Hans", "zh-Hant"), unit="paragraph", multiway=True)
    out = Writer("tmx", tmp_path, content)
    sides = {code: _side(code, code) for code in ("zh-Hant", "vi", "zh-Hans")}
    row = ParagraphRow(slug="s", pivot="vi", sides=sides, score=1.0)
    out.take(MULTIWAY, prepare("tmx", [row.to_dict()], content))
    (name,) = out.close()
    tree = ElementTree.parse(tmp_path / name)
    assert [(tuv.get(LANGUAGE), tuv.findtext("seg")) for tuv in tree.iter("tuv")] == [
        ("vi", "vi"), ("zh-Hans", "zh-Hans"), ("zh-Hant", "zh-Hant"),
    ]  # fmt: skip
