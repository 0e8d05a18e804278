"""The names that pages and servers give to charsets, and the codecs for each: the table of WHATWG's Encoding Standard.

The standard reads names as what is really sent under them: "gb2312" for GB 18030, "shift_jis" and "euc-kr" for
Windows' supersets, "iso-8859-1" for Windows-1252, "iso-8859-9" for Windows-1254.
"""

from __future__ import annotations

import re
from encodings.aliases import aliases
from typing import Final

# Python's codecs, the first to be tried in front; then the labels.
_TABLE: Final = """
utf_8          unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8
cp866          866 cp866 csibm866 ibm866
iso8859_2,cp1250 csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso8859_3      csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso8859_4,cp1257 csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso8859_5,cp1251 csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
iso8859_6,cp1256 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e
iso8859_6,cp1256 iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
iso8859_7,cp1253 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597
iso8859_7,cp1253 iso_8859-7 iso_8859-7:1987 sun_eu_greek
iso8859_8,cp1255 csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598
iso8859_8,cp1255 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
iso8859_10     csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso8859_13,cp1257 iso-8859-13 iso8859-13 iso885913
iso8859_14     iso-8859-14 iso8859-14 iso885914
iso8859_15,cp1252 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
iso8859_16     iso-8859-16
koi8_r         cskoi8r koi koi8 koi8-r koi8_r
koi8_u         koi8-ru koi8-u
mac_roman      csmacintosh mac macintosh x-mac-roman
mac_cyrillic   x-mac-cyrillic x-mac-ukrainian
cp874          dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
cp1250         cp1250 windows-1250 x-cp1250
cp1251         cp1251 windows-1251 x-cp1251
cp1252         ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591
cp1252         iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252
cp1253         cp1253 windows-1253 x-cp1253
cp1254         cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5
cp1254         windows-1254 x-cp1254
cp1255         cp1255 windows-1255 x-cp1255
cp1256         cp1256 windows-1256 x-cp1256
cp1257         cp1257 windows-1257 x-cp1257
cp1258         cp1258 windows-1258 x-cp1258
gb18030        chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030
big5hkscs,cp950 big5 big5-hkscs cn-big5 csbig5 x-x-big5
euc_jp         cseucpkdfmtjapanese euc-jp x-euc-jp
iso2022_jp     csiso2022jp iso-2022-jp
cp932          csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
cp949          cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
iso2022_kr     csiso2022kr iso-2022-kr
hz             hz-gb-2312
utf_16_be      unicodefffe utf-16be
utf_16_le,utf_16_be csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
"""
_CODECS: Final[dict[str, tuple[str, ...]]] = {
    label: tuple(row[0].split(",")) for row in map(str.split, _TABLE.strip().split("\n")) for label in row[1:]
}
UNREADABLE: Final = frozenset({"iso-2022-cn", "iso-2022-cn-ext", "replacement", "x-user-defined"})
"""Labels of the standard that stand for no text: browsers show one replacement character, or keep bytes as they are."""

# What else Python can read under its own names, none of them known to browsers, all of them kept by archives.
_PYTHON: Final = re.compile(
    r"cp(?:437|720|737|775|850|852|855|857|858|86[0-6]|869|874|932|949|950|1125|125[0-8])|koi8_[rtu]|kz1048|ptcp154|hp_roman8"
    r"|mac_(?:arabic|croatian|cyrillic|farsi|greek|iceland|latin2|roman|romanian|turkish)|iso8859_(?:[1-9]|1[013-6])"
    r"|utf_8|johab|euc_(?:jp|kr|jis_2004|jisx0213)|shift_jis(?:_2004|x0213)?|gb2312|gbk|gb18030|big5|big5hkscs|tis_620"
)

# Windows' and IBM's code pages under names that people make up.
_NUMBERED: Final = re.compile(r"(?:x-)?(?:windows|win|ms|ibm|cp|dos)[-_]?(\d{3,4})")
_ODD: Final = {"cp65001": "utf_8", "latin_1": "iso8859_1", "latin1": "iso8859_1"}


def readers(label: str) -> tuple[str, ...]:
    """Python's codecs for a label, the best first; none for an unknown name, or one that must not be read.

    >>> readers(" Windows-1258 "), readers("euc-kr"), readers("utf8mb4")
    (('cp1258',), ('cp949',), ())
    """
    name = label.strip(" \t\r\n\f\"'").lower()
    found = _CODECS.get(name) or _CODECS.get(name.replace("_", "-"))
    if found is not None or name in UNREADABLE:
        return found or ()
    if numbered := _NUMBERED.fullmatch(name):
        name = f"cp{numbered[1]}"
        if name in _CODECS:
            return _CODECS[name]
    # Not `codecs.lookup`, which keeps every name it is ever given.
    python = name.replace("-", "_").replace(" ", "_")
    canonical = _ODD.get(python) or aliases.get(python, python)
    return _CODECS.get(canonical.replace("_", "-"), (canonical,)) if _PYTHON.fullmatch(canonical) else ()
