"""The query of a reader's address: read once, within bounds, and written again for a page's links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pipelines.errors import UsageError
from pipelines.languages import read_languages
from pipelines.rights.choosing import read_usages
from pipelines.storage import Selection
from pipelines.storage.browsing import LARGEST_SAMPLE
from pipelines.storage.query import parse
from pipelines.times import calendar_day, require_order
from scraper.cli.values import found_languages

_MOST = 50  # values of a query
_LONGEST = 2_000  # characters of one
_LARGEST = 2**53
SELECTING = (
    *("q", "lang", "since", "until", "publisher", "agreeing", "min_words", "quality", "allowed", "unsaid"),
    *("sample", "seed"),
)
"""The parameters that select texts, the same on every page that shows or exports several."""


@dataclass(frozen=True, slots=True)
class QueryValues:
    """The values of a query by name; empty values are left out."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, query: bytes) -> QueryValues:
        """Read a query. Raises `UsageError` if it is too large or contains a NUL."""
        try:
            pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST)
        except ValueError:
            raise UsageError(f"the address has more than {_MOST} values") from None
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            if len(value) > _LONGEST or len(name) > _LONGEST:
                raise UsageError(f"a value has more than {_LONGEST:,} characters")
            if "\x00" in value:
                raise UsageError("a value holds a NUL")
            if value.strip():
                values.setdefault(name, []).append(value.strip())
        return cls(values)

    def require(self, *known: str) -> None:
        """Raise `UsageError` for an unknown parameter, or one that may not be repeated."""
        for name, found in self.values.items():
            if name not in known:
                raise UsageError(f"this page knows no {name[:50]!r}; it knows {', '.join(known) or 'nothing'}")
            if len(found) > 1 and name not in {"lang", "publisher", "quality"}:
                raise UsageError(f"{name} is there twice")

    def get(self, name: str) -> str | None:
        """The value of a name; None if there is none."""
        found = self.values.get(name)
        return found[0] if found else None

    def article(self) -> tuple[str, str, str]:
        """The article that ``id`` names: (id, language, slug) of ``fr/bai-viet``. Raises `UsageError` without an id."""
        identifier = self.get("id")
        if identifier is None:
            raise UsageError("id is missing: an article's language and slug, such as fr/bai-viet")
        language, _, slug = identifier.partition("/")
        return identifier, language, slug

    def number(self, name: str) -> int | None:
        """A whole number of 0 or more; None if it is not given. Raises `UsageError`."""
        text = self.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= _LARGEST):
            raise UsageError(f"{name}: {text[:50]!r} is not a whole number of 0 or more")
        return int(text)

    def link(self, path: str, *names: str, **more: object) -> str:
        """The address of `path` with the values of `names` from this query, and `more` values."""
        pairs = [(name, value) for name in names for value in self.values.get(name, ())]
        pairs += [(name, str(value)) for name, value in more.items() if value is not None]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def selection_of(asked: QueryValues) -> Selection:
    """The texts that an address selects. Raises `UsageError`."""
    query = asked.get("q")
    if query is not None and parse(query) is None:
        raise UsageError(f"{query[:100]!r} holds no letter and no digit to search for")
    since, until = period(asked)
    sample = asked.number("sample")
    if sample is not None and not 0 < sample <= LARGEST_SAMPLE:
        raise UsageError(f"sample: {sample:,} is not between 1 and {LARGEST_SAMPLE:,}")
    seed = asked.number("seed")
    if asked.get("agreeing") not in (None, "1"):
        raise UsageError("agreeing is 1, or is left out")
    allowed, unsaid = read_usages(asked.get("allowed") or ""), asked.get("unsaid")
    if unsaid not in (None, "leave"):
        raise UsageError("unsaid is leave, or is left out")
    return Selection(
        search=query,
        languages=languages_of(asked, "lang"),
        since=since,
        until=until,
        publishers=tuple(sorted(set(asked.values.get("publisher", ())))),
        agreeing_only=asked.get("agreeing") is not None,
        min_words=asked.number("min_words") or 0,
        quality=conditions_of(asked),
        allowed=allowed,
        rights_unsaid="leave" if allowed and unsaid else "keep",
        sample=sample,
        sample_by="row" if sample is not None else "id",
        seed=seed if seed is not None and sample is not None else 0,
    )


def languages_of(asked: QueryValues, name: str) -> tuple[str, ...]:
    """The languages in a parameter's values, in any spelling that the command line takes. Raises `UsageError`."""
    given = ",".join(asked.values.get(name, ()))
    return found_languages(read_languages(given)) if given else ()


def conditions_of(asked: QueryValues) -> tuple[str, ...]:
    """Conditions on measures, separated by commas, as for ``--quality``. Raises `UsageError`."""
    from pipelines.storage.measures import condition  # slow: it loads the measures

    given = ",".join(asked.values.get("quality", ()))
    return tuple(sorted({condition(one) for one in given.split(",") if one.strip()}))


def measures_of(selection: Selection) -> set[str]:
    """The measures that a selection's conditions name."""
    from pipelines.storage.measures import measure_of  # see `conditions_of`

    return set(map(measure_of, selection.quality))


def period(asked: QueryValues) -> tuple[str | None, str | None]:
    """The days that ``since`` and ``until`` name. Raises `UsageError`."""
    since, until = _day(asked, "since"), _day(asked, "until")
    require_order(since, until)
    return since, until


def _day(asked: QueryValues, name: str) -> str | None:
    text = asked.get(name)
    if text is not None and calendar_day(text) is None:
        raise UsageError(f"{name}: {text[:50]!r} is not a day; write YYYY-MM-DD")
    return text
