"""Unicode, whitespace and the gaps that removed links left: nothing else of an article's characters changes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(end - 1)}{chr(end)}" for end in range(0xFFFF, 0x110000, 0x10000))
# Carry no meaning in running text, in any script: soft hyphen, zero-width space, word joiner, byte-order mark,
# directional marks and embeddings (the order is implied by the script), object replacement, controls, and those code
# points that are no characters (some programs refuse texts with them).
# ZWNJ (U+200C) and ZWJ (U+200D) are handled below: Persian, Hindi, Bengali, Khmer ... spell words with them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc"
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\ud800-\udfff" + _NO_CHARACTERS + "]"
)
# A joiner means something only between two letters or marks of a script that uses it, or inside an emoji.
_JOINER = re.compile("([^\u200c\u200d]?)([\u200c\u200d]+)(?=(.?))", re.S)
_JOINING_SCRIPT = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufefe]"
)
# A virama asks for a half letter by the ZWJ after it, at the end of a word too (Malayalam's older chillu letters).
_VIRAMA = re.compile("[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]")
_EMOJI = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
# Putting marks into canonical order takes time in the square of their number. No script stacks more than 30 on a letter
# (Unicode's stream-safe format, UAX #15); marks beyond that are cut, in texts so long that the time matters.
_SAFE_LENGTH = 20_000
_MARKS = "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_MARK_RUN = re.compile(f"({_MARKS}{{30}}){_MARKS}+")
_SPACES = re.compile("[\\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800]+")
# One search finds whether a text needs any of the work above; most do not.
_NEEDS_CLEANING = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\ud800-\udfff" + _NO_CHARACTERS + "]"
)

# `str.splitlines` also breaks at U+001C-1E, which corpora use inside lines; a line ends where a reader sees it.
LINE_BREAK = re.compile("\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]")


def is_plain(text: str) -> bool:
    """Whether a text holds no invisible character and no white space but single spaces and newlines.

    All of those are unprintable to Python, which looks them up far faster than a pattern would.
    """
    return _is_printable(text) and "  " not in text and "\u2800" not in text


def _is_printable(text: str) -> bool:
    """Whether no character needs cleaning. The object replacement character alone counts as printable to Python."""
    return text.replace("\n", " ").isprintable() and "\ufffc" not in text


def normalise_characters(text: str) -> str:
    """Unicode NFC, without invisible characters that carry no meaning. Whitespace is left as it is.

    >>> normalise_characters("Ha\\u0300 No\\u0323\\u0302i\\u200b")
    'Hà Nội'
    """
    if not _is_printable(text) and _NEEDS_CLEANING.search(text):
        text = _INVISIBLE.sub("", text)
        if "\u200c" in text or "\u200d" in text:
            text = _JOINER.sub(_keep_meaningful_joiner, text)
    if len(text) > _SAFE_LENGTH:
        text = _MARK_RUN.sub(r"\1", text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _keep_meaningful_joiner(match: re.Match[str]) -> str:
    before, joiners, after = match.group(1), match.group(2), match.group(3)
    meaningful = (_JOINING_SCRIPT.match(before) and _JOINING_SCRIPT.match(after)) or (
        joiners[0] == "\u200d" and (_VIRAMA.match(before) or (_EMOJI.match(before) and _EMOJI.match(after)))
    )
    return before + joiners[0] if meaningful else before


def collapse_spaces(line: str) -> str:
    """Every run of white space, no-break and wide ones included, becomes one space; none at the ends.

    >>> collapse_spaces(" Cao\\u00a0Bang \\t ? ")
    'Cao Bang ?'
    """
    return _SPACES.sub(" ", line).strip(" ")


@lru_cache(maxsize=32)  # the same titles and names are compared with several others of their page
def letters(text: str) -> str:
    """The letters and digits of a text alone, in lower case: names and titles are compared by this.

    >>> letters("Cao-Bang, 2025")
    'caobang2025'
    """
    return "".join(filter(str.isalnum, text.casefold()))


def normalise_line(line: str) -> str:
    """One line or text node: characters and spaces normalised."""
    text = " ".join(line.split())
    if text.isprintable() and len(text) <= _SAFE_LENGTH:  # most nodes of most pages
        if text.isascii():
            return text
        if "\ufffc" not in text and "\u2800" not in text:
            return unicodedata.normalize("NFC", text)  # checks first whether there is anything to do
    return collapse_spaces(normalise_characters(line))


# Only French sets a space before such marks, and only before ``: ; ! ?``. An ellipsis, a leading decimal point, a score
# (`3 : 2`) and an emoticon are none of them: the mark must close something, so a space or another closer follows.
_FOLLOW = "(?=$|[\\s,.;:!?\\]}»”’\"'،。、，．؟؛।])"
_GAP_STOP = re.compile(f"(?<=[^\\s.]) (?=[,.](?:{_FOLLOW}|[)）])(?!\\.\\.)|[،。、，．؟؛।॥။၊！？：；])")
_GAP_SPACED = re.compile(f"(?<=\\S) (?=[:;!?]{_FOLLOW})(?!(?<=\\d ):\\s?\\d)")
_GAP_OPEN = re.compile("(?<=[(\\[（［【]) (?=\\S)")
_GAP_CLOSE = re.compile("(?<=[^\\s:;]) (?=[)\\]）］】])")
# A pattern that begins with a plain space is searched far faster than one that begins with a choice.
_SPACED_MARK = re.compile(" [,.،。、，．؟؛।॥။၊！？：；:;!?)\\]）］】]")
_WIDE_OPENED = ("（ ", "［ ", "【 ")


def close_gaps(text: str, language: str | None) -> str:
    """Close the space that a removed link left before a punctuation mark or inside brackets.

    French sets a space before ``: ; ! ?`` and keeps it. An emoticon or a leading decimal point stays as it is.

    >>> close_gaps("Hanoi , the capital ( Dak Lak ) : 1 .", "en")
    'Hanoi, the capital (Dak Lak): 1.'
    >>> close_gaps("Hanoi , la capitale : elle ...", "fr")
    'Hanoi, la capitale : elle ...'
    """
    gaps = _SPACED_MARK.search(text) or "( " in text or "[ " in text
    if not gaps and (text.isascii() or not any(opened in text for opened in _WIDE_OPENED)):
        return text
    text = _GAP_STOP.sub("", text)
    if language != "fr":
        text = _GAP_SPACED.sub("", text)
    return _GAP_CLOSE.sub("", _GAP_OPEN.sub("", text))
