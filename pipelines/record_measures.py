"""The measures of texts: name, type and meaning. The table of fields (`pipelines.record`) takes them from here."""

from __future__ import annotations

from pipelines.record_types import BOOLEAN, INTEGER, NUMBER, Type

MEASURED: tuple[tuple[str, Type, str, bool], ...] = (
    ("words", INTEGER, "words, counted as in [store.md](store.md)", True),
    ("mean_word_length", NUMBER, "letters, digits and marks a word", True),
    ("digit_share", NUMBER, "digits among the visible characters", True),
    ("foreign_script_share", NUMBER, "letters of another script than the article's", True),
    ("repeated_line_share", NUMBER, "lines that stood before", True),
    ("untranslated_share", NUMBER, "characters in paragraphs of another language", True),
    (
        "truncated_end",
        BOOLEAN,
        "ends in an ellipsis, or a last line of eight words or more ends without a full stop",
        True,
    ),
    (
        "mojibake",
        INTEGER,
        "[ftfy](https://ftfy.readthedocs.io)'s badness of title, lead and 2,000 characters: above 0, wrong decoding is "
        "suspected",
        True,
    ),
    ("symbol_share", NUMBER, "punctuation and symbols among the visible characters", False),
    (
        "loop_share",
        NUMBER,
        "characters in phrases that are said three times and more in a row, as machine translation does",
        False,
    ),
    ("unbalanced", INTEGER, "brackets and quotation marks without their partner in a paragraph", False),
)
"""Measures of a text alone; the last value says whether `clean` has it too."""

BESIDE: tuple[tuple[str, Type, str], ...] = (
    ("group_languages", INTEGER, "languages of its article that were seen, its own among them"),
    ("numbers_differ", INTEGER, "numbers that most of the others have and it has not, or that none of the others has"),
    ("dates_differ", INTEGER, "months of dates that most of the others have and it has not, or that none of them has"),
    ("times_differ", INTEGER, "times of day that most of the others have and it has not, or that none of them has"),
    ("units_differ", INTEGER, "numbers with another unit than the others have them with, and the units of those"),
    ("figures_differ", INTEGER, "numbers, months, times of day and units that differ, together"),
    ("foreign_share", NUMBER, "characters in runs of another language, mostly Vietnamese or English"),
    ("length_ratio", NUMBER, "its length over what the median of the others lets expect; null where nothing tells"),
    ("sentence_ratio", NUMBER, "its sentences over the median of the others; null where nothing tells"),
    (
        "odd_kinds",
        INTEGER,
        "kinds of what is odd in it, 0 to 9, as `vietnamvn groups --lens` names them",
    ),
)
"""Measures of a text compared with the others of its article; all can be missing."""
