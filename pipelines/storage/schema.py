"""The tables, the same on both databases, and how an older store is brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    inspect,
    literal_column,
    select,
    text,
    update,
)

from pipelines.record import COMPARED, FIELDS, QUALITY
from pipelines.record_types import BOOLEAN, INTEGER, NUMBER, Type
from pipelines.rights import COLUMNS
from pipelines.storage.errors import StoreError

SCHEMA_VERSION = 8

TOMBSTONES = "tombstones"
"""The row of `meta` whose value changes whenever a tombstone is made or lifted."""

metadata = MetaData()

# SQLite counts rows only in a column that is called INTEGER.
_ID = BigInteger().with_variant(Integer, "sqlite")
# Byte order on both: PostgreSQL would else sort by the locale of its cluster, and exports would differ.
_KEY = Text().with_variant(Text(collation="C"), "postgresql")
_TIME = String(27).with_variant(String(27, collation="C"), "postgresql")  # see pipelines.times.instant
_HASH = String(64).with_variant(String(64, collation="C"), "postgresql")

meta = Table(
    "vietnamvn_store",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("command", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("started_at", _TIME, nullable=False),
    Column("finished_at", _TIME),
    Column("outcome", Text),
    Column("options", Text, nullable=False),
    Column("summary", Text, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("slug", _KEY, nullable=False),
    Column("language", _KEY, nullable=False),
    Column("content_sha256", _HASH, nullable=False),  # which of its revisions is the current one
    Column("gone_at", _TIME),
    # What the next conditional request needs, and the address that it holds for.
    Column("http_url", Text),
    Column("http_etag", Text),
    Column("http_last_modified", Text),
    Column("http_status", SmallInteger),
    UniqueConstraint("slug", "language"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("content_sha256", _HASH, nullable=False),
    Column("record_hash", LargeBinary(16), nullable=False),
    Column("first_seen", _TIME, nullable=False),
    Column("last_seen", _TIME, nullable=False),
    Column("url", Text),
    Column("host", Text),
    Column("fetched_at", Text),
    # Where in an archive of the web the sighting comes from; NULL where the site itself was asked.
    Column("capture", Text),
    # The rights of that sighting; NULL where there were no signals, or nobody looked: all rows of versions before 8.
    Column("rights_id", ForeignKey("rights.id")),
    Column("found_language", _KEY),
    Column("found_script", _KEY),
    Column("agrees", Boolean),
    Column("publisher", Text),
    Column("published", String(10).with_variant(String(10, collation="C"), "postgresql")),
    # The instant of publication, of a lone day its beginning in Vietnam; NULL also in rows of version 2, see there.
    Column("published_at", _TIME),
    Column("words", Integer, nullable=False),
    Column("extractor_version", Text, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Column("warc_file", Text),
    Column("warc_offset", BigInteger),
    Column("warc_length", BigInteger),
    UniqueConstraint("article_id", "content_sha256"),
)
# The order of publication. Rows of version 2 have the day alone until their record is replaced. The empty text is no
# parameter: the index is used only where a statement has its very expression.
PUBLICATION = func.coalesce(revisions.c.published_at, revisions.c.published, literal_column("''"))
_BY_PUBLICATION = Index("revisions_by_publication", PUBLICATION)

# Rights of the use of pages (`pipelines.rights`), each different one once; `id` is made of its hash (see
# `pipelines.storage.rights_rows`). `signals` is its JSON; a column for each usage has the answer.
rights = Table(
    "rights",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", _HASH, nullable=False, unique=True),
    Column("signals", Text, nullable=False),
    *(Column(name, String(10), nullable=False) for name in COLUMNS.values()),
)
# robots.txt and tdmrep.json as they were seen, by content.
rights_files = Table(
    "rights_files",
    metadata,
    Column("url", _KEY, primary_key=True),
    Column("sha256", _HASH, primary_key=True),
    Column("first_seen", _TIME, nullable=False),
    Column("last_seen", _TIME, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Apart from `revisions`: a timestamp is written into a page of many small rows, and statistics read no texts.
records = Table(
    "records",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("record", LargeBinary, nullable=False),
    # What the page's `stripped` lines have beside those of `boilerplate`; NULL where `record` holds them itself: few
    # lines, and all rows of version 1.
    Column("stripped", LargeBinary),
    Column("boilerplate_id", ForeignKey("boilerplate.id")),
)

# Lines beside the article that are nearly the same on many pages (see `pipelines.storage.boilerplate`), once.
boilerplate = Table(
    "boilerplate",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", _KEY, nullable=False),
    Column("lines", LargeBinary, nullable=False),
)
Index("boilerplate_site", boilerplate.c.site, boilerplate.c.id)

# Revisions that the indexes (full text, `claims`) have not read yet: those of a store that an older program filled.
unindexed = Table(
    "unindexed",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
)

# What revisions say of the article that they belong to (see `pipelines.storage.claims`), by numbers that stand for it:
# where the other slugs of an article are looked for.
claims = Table(
    "claims",
    metadata,
    Column("claim", BigInteger, primary_key=True, autoincrement=False),
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
Index("claims_revision", claims.c.revision_id)

# Measures of texts (see `pipelines.storage.measures`); all NULL of a text that could not be read.
_MEASURES: dict[Type, Any] = {NUMBER: Double, INTEGER: Integer, BOOLEAN: Boolean}
measures = Table(
    "measures",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("record_hash", LargeBinary(16), nullable=False),  # of the record that was measured
    Column("version", SmallInteger, nullable=False),  # of the measures
    *(Column(name, _MEASURES[FIELDS[name].type]) for name in QUALITY),
)

# Measures of current texts beside the others of their article (see `pipelines.storage.compared`); all NULL of a text
# that could not be read.
compared = Table(
    "compared",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("versions", LargeBinary(16), nullable=False),  # of the article: the hash of what was seen
    *(Column(name, _MEASURES[FIELDS[name].type]) for name in COMPARED),
)

# What duplicates of texts are found by (see `pipelines.storage.copies`); no `signature` of a text that could not be
# read.
signatures = Table(
    "signatures",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("record_hash", LargeBinary(16), nullable=False),  # of the record that was signed
    Column("version", Integer, nullable=False),  # of what signs
    Column("joins", Boolean, nullable=False),  # whether it is long enough to join two articles
    Column("signature", LargeBinary),
)
# The clusters that follow from all signatures together; rows of texts that were not clustered yet are not there.
duplicates = Table(
    "duplicates",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("joins", Boolean, nullable=False),
    Column("cluster", LargeBinary(16)),
    Column("size", Integer),
)

rejects = Table(
    "rejects",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("address", _KEY, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("url", Text),
    Column("detail", Text, nullable=False),
    Column("first_seen", _TIME, nullable=False),
    Column("last_seen", _TIME, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Column("warc_file", Text),
    Column("warc_offset", BigInteger),
    Column("warc_length", BigInteger),
    UniqueConstraint("address", "outcome"),
)


def _leased() -> list[Column[Any]]:
    """The columns of what is leased to be fetched, and of what became of it."""
    return [
        Column("state", String(8), nullable=False),
        Column("outcome", Text),
        Column("detail", Text),
        Column("attempt", Integer, nullable=False),
        # Counts every lease ever given out, so that a lost lease is not taken for its successor.
        Column("token", Integer, nullable=False),
        Column("holder", Text),
        # When a lease expires, or from when on what is pending may be tried again.
        Column("due_at", _TIME),
        Column("changed_at", _TIME, nullable=False),
    ]


ledger = Table(
    "ledger",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("slug", _KEY, nullable=False),
    Column("language", _KEY, nullable=False),
    Column("url", Text, nullable=False),
    Column("day", String(10)),
    Column("lastmod", Text),
    Column("priority", Integer, nullable=False),
    *_leased(),
    UniqueConstraint("slug", "language"),
)
Index("ledger_next", ledger.c.state, ledger.c.priority.desc(), ledger.c.id)
Index("ledger_day", ledger.c.day, ledger.c.language)

# What archives of the web hold of the site, capture by capture: what `backfill` has to do, and its account.
captures = Table(
    "captures",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", _HASH, nullable=False, unique=True),  # the hash of what makes it another capture than others
    Column("archive", _KEY, nullable=False),
    Column("crawl", _KEY, nullable=False),
    Column("slug", _KEY, nullable=False),
    Column("language", _KEY, nullable=False),
    Column("url", Text, nullable=False),
    Column("captured_at", _TIME, nullable=False),
    # Where the record stands: empty and 0 where the archive gives pages by address and time.
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("digest", Text),
    Column("status", Text, nullable=False),
    # The hash of the text that it showed, and the signals of its use that came with it (headers, meta), as JSON.
    Column("content_sha256", _HASH),
    Column("signals", Text),
    *_leased(),
)
Index("captures_next", captures.c.state, captures.c.captured_at, captures.c.name)

# Parts of an archive's index, or files, that were read: which, when, and what was in them (JSON).
listings = Table(
    "listings",
    metadata,
    Column("name", _KEY, primary_key=True),
    Column("read_at", _TIME, nullable=False),
    Column("found", Text, nullable=False),
)

locks = Table(
    "locks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("acquired_at", _TIME, nullable=False),
    Column("expires_at", _TIME, nullable=False),
)

# What was taken down, and is not stored again: marks by which its keys are recognised, and from which they cannot be
# read (see `pipelines.storage.tombstones`). Those of one `article`, which is one of them, are lifted together.
tombstones = Table(
    "tombstones",
    metadata,
    Column("mark", _HASH, primary_key=True),
    Column("article", _HASH, nullable=False),
    Column("removed_at", _TIME, nullable=False),
    Column("reason", String(16), nullable=False),
)

# The texts that were taken down, for those who have them in an export: the hashes of the row's id there (of the
# article, and of the revision) and of the content. `article` as in `tombstones`.
removed = Table(
    "removed",
    metadata,
    Column("revision_sha256", _HASH, primary_key=True),
    Column("row_sha256", _HASH, nullable=False),
    Column("content_sha256", _HASH, nullable=False),
    Column("article", _HASH, nullable=False),
    Column("removed_at", _TIME, nullable=False),
    Column("reason", String(16), nullable=False),
)
Index("tombstones_article", tombstones.c.article)
Index("removed_article", removed.c.article)

# The full-text index is each database's own. Tokens are made by `segmentation`, so both find the same; its row is
# a revision, which never changes, so nothing is taken out of it but with what was taken down.
SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search USING fts5"
        "(tokens, content='', tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")",
    ),
    "postgresql": (
        "CREATE TABLE search (revision_id bigint PRIMARY KEY, tokens tsvector NOT NULL)",
        "CREATE INDEX search_tokens ON search USING gin (tokens)",
    ),
}

Migration = Callable[[Connection], None]


def _share_boilerplate(connection: Connection) -> None:
    """1 to 2. Rows stay as they are, with their lines in `record`: a store of millions is opened at once."""
    metadata.create_all(connection, tables=[boilerplate])
    binary, number = ("BLOB", "INTEGER") if connection.dialect.name == "sqlite" else ("BYTEA", "BIGINT")
    connection.execute(text(f"ALTER TABLE records ADD COLUMN stripped {binary}"))
    connection.execute(text(f"ALTER TABLE records ADD COLUMN boilerplate_id {number} REFERENCES boilerplate (id)"))


def _time_of_publication(connection: Connection) -> None:
    """2 to 3. Rows stay as they are: their time is in the record alone, and the order goes by their day."""
    kind = _TIME.compile(connection.dialect)
    connection.execute(text(f"ALTER TABLE revisions ADD COLUMN published_at {kind}"))


def _claims(connection: Connection) -> None:
    """3 to 4. Whoever searches first makes both indexes anew: a store of millions is opened at once."""
    metadata.create_all(connection, tables=[claims])
    for statement in (
        "DROP TABLE search",
        *SEARCH[connection.dialect.name],
        "DELETE FROM unindexed",
        "INSERT INTO unindexed (revision_id) SELECT id FROM revisions",
    ):
        connection.execute(text(statement))


def _captures(connection: Connection) -> None:
    """4 to 5. Rows stay as they are: their pages came from the site itself."""
    metadata.create_all(connection, tables=[captures, listings])
    connection.execute(text("ALTER TABLE revisions ADD COLUMN capture TEXT"))


def _measures(connection: Connection) -> None:
    """5 to 6. Texts are measured when they are first chosen by it."""
    metadata.create_all(connection, tables=[measures])


def _order_and_measures(connection: Connection) -> None:
    """6 to 7. Texts are compared, and looked through for copies, when they are first chosen by it."""
    _BY_PUBLICATION.create(connection)
    metadata.create_all(connection, tables=[compared, signatures, duplicates])


def _rights_and_removals(connection: Connection) -> None:
    """7 to 8. Rows stay as they are: nobody looked then. Nothing was taken down yet."""
    metadata.create_all(connection, tables=[rights, rights_files, tombstones, removed])
    kind = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    connection.execute(text(f"ALTER TABLE revisions ADD COLUMN rights_id {kind} REFERENCES rights (id)"))
    _add_notes(connection)


def _add_notes(connection: Connection) -> None:
    """The rows of `meta` that are always there: whoever stores something locks one against who takes it down."""
    if connection.execute(select(meta.c.value).where(meta.c.name == TOMBSTONES)).first() is None:
        connection.execute(insert(meta).values(name=TOMBSTONES, value=""))


MIGRATIONS: tuple[Migration, ...] = (
    _share_boilerplate,
    _time_of_publication,
    _claims,
    _captures,
    _measures,
    _order_and_measures,
    _rights_and_removals,
)
"""Entry i brings a store of version i + 1 to version i + 2; each runs in the transaction that writes the version."""

_ADVISORY_LOCK = 0x7669_6574  # any constant: two processes that open an empty database at once create it once


def prepare(connection: Connection, *, name: str, create: bool) -> None:
    """Make sure that the database holds this version's tables: create, migrate, or refuse in one line.

    Runs inside the caller's transaction. `name` is how messages call the store.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    version = stored_version(connection)
    if version is None:
        tables = inspect(connection).get_table_names()
        if set(tables) & set(metadata.tables):
            raise StoreError(
                f"{name}: has tables of other make ({', '.join(sorted(tables)[:3])}); give another --store"
            )
        if not create:
            raise StoreError(f"{name}: holds no store; fill one with 'vietnamvn store add' or 'vietnamvn crawl'")
        metadata.create_all(connection)
        for statement in SEARCH[connection.dialect.name]:
            connection.execute(text(statement))
        connection.execute(insert(meta).values(name="schema_version", value=str(SCHEMA_VERSION)))
        _add_notes(connection)
        return
    require_known(version, name=name)
    for step in range(version, SCHEMA_VERSION):
        MIGRATIONS[step - 1](connection)
    if version < SCHEMA_VERSION:
        connection.execute(update(meta).where(meta.c.name == "schema_version").values(value=str(SCHEMA_VERSION)))


def stored_version(connection: Connection) -> int | None:
    """The version of the store in this database; None where there is none."""
    if not inspect(connection).has_table(meta.name):
        return None
    value = connection.execute(select(meta.c.value).where(meta.c.name == "schema_version")).scalar()
    return int(value) if value is not None and value.isdigit() else None


def is_anything_removed(connection: Connection) -> bool:
    """Whether something was ever taken down in this store."""
    return bool(connection.execute(select(meta.c.value).where(meta.c.name == TOMBSTONES)).scalar())


def require_known(version: int, *, name: str) -> None:
    """Raise `StoreError` for a store that a newer program has written."""
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{name}: is a store of version {version}, this program knows up to {SCHEMA_VERSION}; "
            "use the newer vietnamvn that wrote it (pip install --upgrade vietnamvn)"
        )
