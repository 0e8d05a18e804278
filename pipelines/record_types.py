"""The types of a record's fields, and the rules for their values; the fields are in `pipelines.record`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from pipelines.languages import language_code_problem
from pipelines.times import calendar_day, is_instant, read_time

Kind = Literal["paragraph", "heading", "list_item", "quote", "table_row"]
"""What a paragraph of an article is; `Article.kinds` holds one for each of `Article.paragraphs`."""

Check = Callable[[Any], str | None]
"""Why a value is invalid, as the end of a sentence; None where it is valid."""

_KINDS = frozenset(get_args(Kind))
_LARGEST = 2**63  # columns of databases and Parquet hold no larger whole number
_LONGEST_NAME = 100  # of an extractor or its version, which is compared by its numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type of values: its name in docs and card, its check, and its Croissant and Arrow types.

    `arrow` takes the module pyarrow, which is optional and heavy. A list of objects has their `parts` by name.
    `feature` is the type as `datasets` has it in a card, where neither `card` nor `parts` gives it.
    """

    name: str
    check: Check
    arrow: Callable[[Any], Any]
    card: str = ""
    croissant: str = ""
    parts: Mapping[str, Type] = field(default_factory=dict, hash=False)
    feature: Mapping[str, Any] | None = None

    @property
    def flat(self) -> bool:
        """Whether a value is one thing, not a list or an object."""
        return not self.name.startswith(("list", "object"))


# ---- types


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) else "is no string"


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "is neither true nor false"


def _number(value: Any) -> str | None:
    sound = isinstance(value, (int, float)) and not isinstance(value, bool) and -_LARGEST < value < _LARGEST
    return None if sound else "is no number"


def _integer(value: Any) -> str | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST
    return None if sound else "is no whole number"


def _list_of(what: str, check: Check) -> Check:
    def checked(value: Any) -> str | None:
        sound = isinstance(value, (list, tuple)) and not any(check(item) for item in value)
        return None if sound else f"is no list of {what}"

    return checked


def _objects(required: bool, *keys: str) -> Check:
    """A list of objects of texts with these keys alone, which may be null or missing unless `required`."""

    def one(value: Any) -> str | None:
        if not isinstance(value, Mapping) or any(key not in keys for key in value):
            return "is none"
        values = [value.get(key) for key in keys]
        sound = all(isinstance(v, str) or (v is None and not required) for v in values)
        return None if sound else "is none"

    return _list_of(f"objects of {', '.join(keys)}", one)


def _texts_by_text(value: Any) -> str | None:
    sound = isinstance(value, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())
    return None if sound else "is no object of strings"


def list_of_objects(**parts: Type) -> Type:
    """A list of objects, of one shape whatever the data, so that any reader takes the column. Parts may be null."""
    return Type(
        name="list of objects",
        check=_list_of(f"objects of {', '.join(parts)}", lambda value: _object(value, parts)),
        arrow=lambda pa: pa.list_(pa.struct([(name, part.arrow(pa)) for name, part in parts.items()])),
        card=f"list of ({', '.join(parts)})",
        croissant="sc:Text",
        parts=parts,
    )


def _object(value: Any, parts: Mapping[str, Type]) -> str | None:
    if not isinstance(value, Mapping) or any(key not in parts for key in value):
        return "is none"
    return next(
        (why for name, part in parts.items() if value.get(name) is not None and (why := part.check(value[name]))),
        None,
    )


def _list_of_structs(*keys: str, required: bool) -> Type:
    """A list of objects of texts."""
    return replace(list_of_objects(**dict.fromkeys(keys, TEXT)), check=_objects(required, *keys))


def _calendar_day(value: Any) -> str | None:
    return None if isinstance(value, str) and calendar_day(value) is not None else "is no day (2025-10-23)"


def _instant(value: Any) -> str | None:
    return None if is_instant(value) else "is no time with its offset, such as 2025-10-23T08:00:00+07:00"


TEXT = Type(name="string", check=_text, arrow=lambda pa: pa.string(), card="string", croissant="sc:Text")
NUMBER = Type(name="number", check=_number, arrow=lambda pa: pa.float64(), card="float64", croissant="sc:Float")
INTEGER = Type(name="integer", check=_integer, arrow=lambda pa: pa.int64(), card="int64", croissant="sc:Integer")
SMALL = Type(name="integer", check=_integer, arrow=lambda pa: pa.int32(), card="int32", croissant="sc:Integer")
BOOLEAN = Type(name="boolean", check=_boolean, arrow=lambda pa: pa.bool_(), card="bool", croissant="sc:Boolean")
DAY = Type(name="day", check=_calendar_day, arrow=lambda pa: pa.date32(), card="date32", croissant="sc:Date")
INSTANT = Type(
    name="time",
    check=_instant,
    arrow=lambda pa: pa.timestamp("us", tz="UTC"),
    card="timestamp[us, tz=UTC]",
    croissant="sc:DateTime",
)
# Text in every file, but pandas reads this name in JSON Lines as times, and Croissant must name what readers see.
INSTANT_AS_TEXT = replace(TEXT, croissant="sc:DateTime")
TEXTS = Type(
    name="list of strings",
    check=_list_of("strings", _text),
    arrow=lambda pa: pa.list_(pa.string()),
    card="list of string",
    croissant="sc:Text",
)
INTEGERS = Type(
    name="list of integers",
    check=_list_of("whole numbers", _integer),
    arrow=lambda pa: pa.list_(pa.int64()),
    card="list of int64",
    croissant="sc:Integer",
)
IMAGES = _list_of_structs("src", "alt", "caption", required=False)
STRIPPED = _list_of_structs("text", "rule", required=True)
RIGHTS = _list_of_structs("source", "said", "usages", required=True)
BY_LANGUAGE = _list_of_structs("language", "url", required=True)
ORIGINS = _list_of_structs("field", "origin", required=True)
BY_NAME = Type(name="object", check=_texts_by_text, arrow=lambda pa: pa.map_(pa.string(), pa.string()))


# ---- rules


def share(value: float) -> str | None:
    """A share of a whole."""
    return None if 0 <= value <= 1 else "is not between 0 and 1"


def count(value: int) -> str | None:
    """A number of things."""
    return None if value >= 0 else "is below 0"


def no_more_than(number: int) -> Check:
    """A list of so many things at most."""
    return lambda value: None if len(value) <= number else f"has more than {number} entries"


def no_longer_than(characters: int) -> Check:
    """A text of so many characters at most."""
    return lambda value: None if len(value) <= characters else f"has more than {characters} characters"


def name_to_print(value: str) -> str | None:
    """A name that can be printed, of a length that can be compared."""
    if len(value) > _LONGEST_NAME:
        return f"has more than {_LONGEST_NAME} characters"
    return None if value.isprintable() else "has characters that cannot be printed"


def language_code(value: str) -> str | None:
    """A code of a language, since codes become names of files."""
    return language_code_problem(value)


def script_code(value: str) -> str | None:
    """A code of a script by its form."""
    sound = len(value) == 4 and value.isascii() and value.isalpha() and value.istitle()
    return None if sound else "is no code of a script, such as Latn"


def day_or_time(value: str) -> str | None:
    """ISO 8601: a day, or a time with its offset."""
    if calendar_day(value[:10]) is None or read_time(value, zone=None) is None:
        return "is no day (2025-10-23) and no time with its offset (2025-10-23T08:00:00+07:00)"
    return None


def time_with_offset(value: str) -> str | None:
    """A time with its offset."""
    return None if is_instant(value) else "is no time with its offset, such as 2025-10-23T08:00:00+07:00"


def kinds_of_paragraphs(value: Any) -> str | None:
    """Kinds of paragraphs, and no other."""
    return None if all(kind in _KINDS for kind in value) else f"holds another kind than {', '.join(get_args(Kind))}"
