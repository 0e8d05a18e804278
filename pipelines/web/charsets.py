"""The one module that turns bytes into characters: web pages, text files, sitemaps, robots.txt.

In this order: a byte-order mark; the pattern of zero bytes of UTF-16 and UTF-32 without one; the escapes of
ISO-2022; valid UTF-8, whatever is declared; then what the header and the page declare, by the web's own table of
labels, as far as it gives plausible text; then what the page's language is usually written in. What cannot be read is
refused: to every later program, the text of a wrong table looks like text.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from pipelines.web.labels import readers
from pipelines.web.plausibility import least_spelled, spelled, strangeness

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Signatures of files that are no text, although some consist of letters. Anything else binary is recognised by its
# control characters.
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "a document in RTF"),
    (b"%!PS-", "a PostScript file"),
    (b"\x89PNG\r\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF87a", "a picture (GIF)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"PK\3\4", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"SQLite format 3\0", "a database"),
)
_MARKS: Final = tuple(mark for mark, _ in _SIGNATURES)
# Not among them: tab, line feed, vertical tab, form feed, carriage return, end of file (DOS), escape.
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b") + b"\x7f"
_HEAD = 8192
_MOST_CONTROLS = 0.02
_LEAST_ZEROS = 0.02  # of UTF-16: line ends and spaces are a part of every text
_LEAST_ZEROS_OF_ASCII = 0.25
_LOW: Final = bytes(range(32))
_MOST_LOW = 0.2  # line ends and tabs of a text
_MOST_ZEROS = 0.01  # from a database's padding or a program's bug: they are dropped

_PARAMETER = re.compile(r"""charset\s*=\s*["']?\s*([^\s;,"']{2,40})""", re.I)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.S)
_DECLARATION = re.compile(
    rb"""<meta\b[^>]{0,400}?charset\s*=\s*["']?\s*([^\s"'/>;]{2,40})"""
    rb"""|<\?xml\b[^>]{0,200}?encoding\s*=\s*["']\s*([^\s"'>]{2,40})""",
    re.I,
)
_LANGUAGE = re.compile(rb"""<html\b[^>]{0,400}?\blang\s*=\s*["']?\s*([a-z]{2,3})\b([a-z_-]{0,12})""", re.I)
_DECLARED_WITHIN = 65_536  # browsers look at 1,024 bytes; many declarations come after long scripts
_MOST_LABELS = 4
_MOST_ESCAPES = 20_000  # an article has some hundred
_LARGEST_REPAIRED = 1 << 20  # bytes: each pair that Python lacks costs a call; articles have some thousand bytes
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<[^>]{0,1000}>", re.S | re.I)
_SAMPLE = 50_000  # characters in which the language of a page is looked for
_ENOUGH = 40
_ENTITY_WORD = re.compile(r"\S{0,40}&#\S{0,40}")
_ALIKE = 0.02  # of two readings that differ by less, the first is taken (also shares of spelling)
_GUESSED = 0.2  # strangeness up to which an undeclared reading is believed
_VAGUE: Final = ("cp1252", "iso8859_15")

# What a page's language was written in before UTF-8, the commonest first, and its script. Where two
# tables read the same bytes, the one that fails over the other's text comes first.
_USUAL: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "vi": (("cp1258",), None),
    **dict.fromkeys(("ru", "bg", "sr", "mk", "kk", "mn"), (("cp1251", "koi8_r", "iso8859_5", "cp866"), "cyrillic")),
    **dict.fromkeys(("uk", "be"), (("cp1251", "koi8_u", "iso8859_5"), "cyrillic")),
    "el": (("cp1253", "iso8859_7"), "greek"),
    **dict.fromkeys(("he", "iw", "yi"), (("cp1255", "iso8859_8"), "hebrew")),
    **dict.fromkeys(("ar", "fa", "ur"), (("cp1256", "iso8859_6"), "arabic")),
    "th": (("cp874",), "thai"),
    "ja": (("euc_jp", "cp932"), "kana"),
    "ko": (("cp949",), "hangul"),
    "zh": (("gb18030", "big5hkscs"), "han"),
    **dict.fromkeys(("cs", "sk", "pl", "hu", "hr", "sl", "ro", "sq"), (("cp1250", "iso8859_2"), None)),
    "tr": (("cp1254",), None),
    **dict.fromkeys(("et", "lv", "lt"), (("cp1257", "iso8859_13", "iso8859_4"), None)),
}


class NoTextError(ValueError):
    """The bytes are no text, or in a charset that cannot be found; the message says what they are."""


def decode_text(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text that bytes stand for, without a byte-order mark, and the charset it was in, by Python's name.

    `content_type` is the header of that name. Damage of a byte here and there becomes U+FFFD; text in Windows-1258
    is composed (NFC). Raises `NoTextError` for anything but text (a picture, a program, zero bytes) and for text whose
    charset cannot be found.

    >>> decode_text("Làng gốm".encode("utf-16"))
    ('Làng gốm', 'utf-16-le')
    >>> decode_text("Làng".encode(), "text/html; charset=iso-8859-1")
    ('Làng', 'utf-8')
    >>> decode_text("Новая школа".encode("koi8-r"), "text/html; charset=KOI8-R")
    ('Новая школа', 'koi8_r')
    """
    if _is_plain_utf8(body):
        return body.decode("utf-8").removeprefix("\ufeff"), "utf-8"
    for mark, codec in _BOMS:
        if body.startswith(mark):
            if codec != "utf-8":
                return _marked(body[len(mark) :], codec), codec
            body = body[3:]
            break
    if kind := next((kind for mark, kind in _SIGNATURES if body.startswith(mark)), None):
        raise NoTextError(f"no text: {kind}")
    if b"\0" in body:
        if wide := _without_mark(body):
            return wide
        zeros = body.count(0)
        if zeros > _MOST_ZEROS * len(body):
            raise NoTextError("nothing but zero bytes" if zeros == len(body) else f"no text: {zeros} zero bytes")
        body = body.replace(b"\0", b"")
    if body.isascii() and (seven := _seven_bits(body, content_type)):
        return seven
    _refuse_controls(body)
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    # In UTF-8 that was damaged or cut, sound multi-byte characters outnumber the damage; in a legacy charset hardly any
    # accented byte happens to continue a sequence.
    cut = bad == 1 and text.endswith("\ufffd")
    if not bad or beyond - bad > (0 if cut else 4 * bad):
        return text, "utf-8"
    return _legacy(body, content_type)


def to_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """`decode_text` for parsers that take bytes; UTF-8 costs no copy."""
    if _is_plain_utf8(body):
        return body.removeprefix(b"\xef\xbb\xbf")
    return decode_text(body, content_type)[0].encode("utf-8", "replace")


def _is_plain_utf8(body: bytes) -> bool:
    """The usual case, checked at the cost of one decoding: valid UTF-8 without anything that needs a second look."""
    if b"\0" in body or b"\x1b" in body or body.startswith(_MARKS):
        return False
    if body.isascii():
        if b"~{" in body:  # HZ, if it is declared
            return False
    else:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return False
    head = body[:_HEAD]
    return len(head) - len(head.translate(None, _CONTROLS)) <= _MOST_CONTROLS * len(head)


def _refuse_controls(body: bytes) -> None:
    number = len(body) - len(body.translate(None, _CONTROLS))
    if number > _MOST_CONTROLS * len(body):
        raise NoTextError(f"no text: {number} control characters in {len(body)} bytes")


# --- what the bytes themselves say ---------------------------------------------------------------------------------


def _marked(body: bytes, codec: str) -> str:
    width = 4 if "32" in codec else 2
    text = body[: len(body) // width * width].decode(codec, "replace")
    if strangeness(text) is None:
        raise NoTextError(f"no text: marked as {codec.upper()}, and not readable as such")
    return text


def encoding_by_bytes(body: bytes) -> str | None:
    """The Unicode encoding by its mark, or by the zero bytes of UTF-16 and UTF-32 without one; None for all others.

    >>> encoding_by_bytes("User-agent: *".encode("utf-16-be")), encoding_by_bytes(b"User-agent: *")
    ('utf-16-be', None)
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return codec
    head = body[:_HEAD]
    # ASCII characters are zero in every other byte, or in three of four.
    zeros = [head[at::4].count(0) for at in range(4)]
    first, second = zeros[0] + zeros[2], zeros[1] + zeros[3]
    # Markup in adjacent bytes, or hardly a zero: another text with stray zeros. So is nothing but ASCII besides the
    # zeros, unless every other byte is one.
    least = _LEAST_ZEROS_OF_ASCII if _is_ascii_but_for_zeros(head) else _LEAST_ZEROS
    if sum(zeros) < least * len(head) or b"</" in head or not any(zeros):
        return None
    most = 0.9 * (len(head) // 4)
    if min(zeros[:2]) > most or min(zeros[2:]) > most:
        return "utf-32-be" if zeros[0] > most else "utf-32-le"
    if max(first, second) >= 9 * min(first, second):
        return "utf-16-be" if first > second else "utf-16-le"
    return None


def _is_ascii_but_for_zeros(head: bytes) -> bool:
    """Whether nearly all bytes are ASCII's characters; in UTF-16, many scripts have a low number in every other
    byte."""
    plain = head.translate(None, b"\0")
    return plain.isascii() and len(plain.translate(None, _LOW)) > (1 - _MOST_LOW) * len(plain)


def decode_listing(body: bytes, declared: str | None = None) -> str:
    """The text of a file that lists addresses (robots.txt, a sitemap), without its byte-order mark; never refused.

    A byte that is no UTF-8 stays as its surrogate escape: in an address it is requested unchanged. `declared` is the
    encoding that the file names itself; UTF-8 where it names none, or an impossible one.

    >>> decode_listing("/bài".encode("utf-16")), decode_listing("/café".encode("latin-1"))
    ('/bài', '/caf\\udce9')
    """
    encoding = encoding_by_bytes(body)
    if encoding is None and (named := readers(declared or "")) and not named[0].startswith("utf"):
        return body.decode(named[0], "replace")
    if encoding is None or encoding == "utf-8":
        return body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return body.decode(encoding, "replace").removeprefix("\ufeff")


def _without_mark(body: bytes) -> tuple[str, str] | None:
    codec = encoding_by_bytes(body)
    if codec is None or codec == "utf-8":
        return None
    try:
        return _marked(body, codec), codec
    except NoTextError:
        return None


_C1 = re.compile("[\x80-\x9f]")
_ESCAPES = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\(D)")
_TO_EIGHT_BITS: Final = bytes(code | 0x80 if 0x21 <= code <= 0x7E else code for code in range(256))


def _seven_bits(body: bytes, content_type: str | None) -> tuple[str, str] | None:
    """ISO-2022-JP and -KR by their escapes, HZ where it is declared; None where none is found."""
    if b"\x1b$)C" in body:
        text, codec = body.decode("iso2022_kr", "replace"), "iso2022_kr"
    elif _ESCAPES.search(body):
        if body.count(b"\x1b") > _MOST_ESCAPES:
            raise NoTextError(f"no text: more than {_MOST_ESCAPES} escapes")
        text, codec = _iso_2022_jp(body), "iso2022_jp"
    elif b"~{" in body and "hz" in _declared(body, content_type):
        text, codec = body.decode("hz", "replace"), "hz"
    elif b"\x1b$)" in body or b"\x1b$*" in body:
        raise NoTextError("text in ISO-2022-CN, which is not read")
    else:
        return None
    if strangeness(text) is None:
        raise NoTextError(f"no text: it has escapes of {codec}, and is not readable as such")
    return text, codec


def _iso_2022_jp(body: bytes) -> str:
    """Decode by way of EUC-JP, so that Windows' characters are read, which pages under this name contain."""
    parts = _ESCAPES.split(body)
    found = [parts[0].decode("ascii", "replace")]
    for escape, part in zip(parts[1::2], parts[2::2], strict=True):
        if escape in (b"(B", b"(J"):
            found.append(part.decode("ascii", "replace"))
        elif escape in (b"(I", b"$(D"):
            shift, width = (b"\x8e", 1) if escape == b"(I" else (b"\x8f", 2)
            eight = re.sub(rb"([\x21-\x7e]{%d})" % width, shift + rb"\1", part)
            found.append(eight.translate(_TO_EIGHT_BITS).decode("euc_jp", "replace"))
        else:
            found.append(_read(part.translate(_TO_EIGHT_BITS), "euc_jp", "replace") or "")
    return "".join(found)


# --- what is declared ----------------------------------------------------------------------------------------------


def _legacy(body: bytes, content_type: str | None) -> tuple[str, str]:
    """Text in no Unicode encoding: as declared, else as its language is usually written."""
    declared = _declared(body, content_type)
    exact = [codec for codec in declared if codec not in _VAGUE]
    if found := _best(body, exact):
        return found
    match = _LANGUAGE.search(body[:_HEAD])
    language = match[1].decode("ascii").lower() if match else ""
    expected = language in _USUAL
    regional = match is not None and re.search(rb"(?i)tw|hk|mo|hant", match[2]) is not None
    if found := _usual(body, language, regional):
        return found
    # Western Europe's table is the default of many servers, and it reads nearly all bytes.
    language = _language(body.decode("cp1252", "replace")) or ""
    if language in _USUAL:
        found = _usual(body, language)
    elif language or (declared and not expected):
        found = _best(body, declared or ["cp1252"])
    if found is None:
        named = f"declared {', '.join(declared)}" if declared else "nothing declared that is known"
        raise NoTextError(f"text in a charset that cannot be told: no UTF-8, {named}, and not readable so")
    return found


def _best(body: bytes, names: Sequence[str]) -> tuple[str, str] | None:
    """The reading that looks least like one by a wrong table; of two equal ones the first, without damage if
    possible."""
    best: tuple[float, str, str] | None = None
    for errors in ("strict", "replace"):
        for codec in names:
            text = _read(body, codec, errors)
            strange = None if text is None else strangeness(text)
            if text is not None and strange is not None and (best is None or strange < best[0] - _ALIKE):
                best = strange, text, codec
        if best is not None and best[0] <= _ALIKE:
            break
    return None if best is None else best[1:]


def _usual(body: bytes, language: str, regional: bool = False) -> tuple[str, str] | None:
    """The text by the usual tables of its language: the one that spells it best; None where none does."""
    names, script = _USUAL.get(language, ((), None))
    best, share = None, least_spelled(script)
    for codec in reversed(names) if regional else names:
        text = _read(body, codec, "strict")
        if text is None or (strange := strangeness(text)) is None or strange > _GUESSED:
            continue
        if (found := spelled(text, language, script)) >= share + (_ALIKE if best else 0):
            best, share = (text, codec), found
    return best


def _language(text: str) -> str | None:
    """The language of the sentences beyond ASCII, recognised despite wrong accents; None where none is sure."""
    # Imported here: most pages need no guess. Without n-grams, which take wrong accents for strange words.
    from pipelines.language import DEFAULTS, identify

    parts = [part for part in _MARKUP.sub("\n", text[:_SAMPLE]).split("\n") if not part.isascii()]
    # Menus in another language hold entities, where a page's charset lacks their letters.
    plain = "\n".join(part for part in parts if "&#" not in part)
    text = plain if len(plain) > _ENOUGH else _ENTITY_WORD.sub("", "\n".join(parts))
    return identify(text, options=replace(DEFAULTS, short_length=0)).language


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The codecs of the header's charset, then of those that the page names; no UTF, since its bytes would show
    that."""
    header = _PARAMETER.findall(content_type or "")[:1]
    labels: list[str] = []
    window = body[:_DECLARED_WITHIN]
    if b"<" in window:
        found = _DECLARATION.finditer(_COMMENT.sub(b"", window))
        labels = [(match[1] or match[2]).decode("ascii", "replace") for match in islice(found, _MOST_LABELS)]
    codecs_of = dict.fromkeys(codec for label in header + labels for codec in readers(label))
    return [codec for codec in codecs_of if not codec.startswith("utf") and (codec != "hz" or body.isascii())]


def _read(body: bytes, codec: str, errors: str) -> str | None:
    """The text by one codec; None where a strict reading fails."""
    try:
        if codec == "euc_jp":
            text = body.decode(codec, "replace")
            if len(body) <= _LARGEST_REPAIRED and "\ufffd" in text:
                text = body.decode(codec, _WINDOWS_ROWS)
            return None if errors == "strict" and "\ufffd" in text else text
        text = body.decode(codec, errors)
    except UnicodeDecodeError:
        return None
    if errors == "strict" and codec.startswith("iso8859") and _C1.search(text):
        return None  # letters and quotation marks of Windows' table, which is tried next
    return unicodedata.normalize("NFC", text) if codec == "cp1258" else text


# --- Japanese as Windows writes it ---------------------------------------------------------------------------------


def _windows_row(error: UnicodeError) -> tuple[str, int]:
    """Two bytes of EUC-JP that only Windows' table has (rows 13, 89 to 92 and 115 to 119: ①, ㈱, 髙)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    if len(pair) == 2 and min(pair) >= 0xA1 and max(pair) <= 0xFE:
        row, cell = pair[0] - 0xA0, pair[1] - 0xA0
        lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
        trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell < 0x40 else 0x40)
        try:
            return bytes((lead, trail)).decode("cp932"), error.start + 2
        except UnicodeDecodeError:
            pass
    return "\ufffd", error.end


_WINDOWS_ROWS: Final = "vietnamvn.windows-rows"
codecs.register_error(_WINDOWS_ROWS, _windows_row)
