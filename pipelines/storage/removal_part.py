"""What a store knows of what was taken down (see `pipelines.storage.tombstones`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, select

from pipelines.lazily import Later
from pipelines.storage import schema
from pipelines.storage.database import translated
from pipelines.storage.values import Lease, Removed
from pipelines.store_address import StoreAddress

if TYPE_CHECKING:
    from pipelines.storage import ledger as _ledger
    from pipelines.storage import tombstones as _tombstones
    from pipelines.storage.boilerplate import Packer
    from pipelines.storage.records import Codec
    from pipelines.storage.tombstones import Tombstones
else:  # reading the store needs none of them
    _ledger, _tombstones = (Later(f"pipelines.storage.{name}") for name in ("ledger", "tombstones"))

T = TypeVar("T")

_CHANGED = select(schema.meta.c.value).where(schema.meta.c.name == schema.TOMBSTONES)


class RemovalPart:
    """The part of `Store` for what was taken down. Transactions are those of `Store`."""

    name: str
    _address: StoreAddress
    _engine: Engine
    _hosts: frozenset[str]
    _codec: Codec
    _packer: Packer
    _asked: bool
    _known: tuple[str, Tombstones] | None = None

    def write(self, work: Callable[[Connection], T]) -> T:
        """Change the tables, in the open transaction or in one of its own."""
        raise NotImplementedError

    def read(self, work: Callable[[Connection], T]) -> T:
        """Ask the tables; an open transaction sees its own changes."""
        raise NotImplementedError

    @property
    def hosts(self) -> frozenset[str]:
        """Further hosts that serve the site's articles."""
        return self._hosts

    def tombstones(self) -> Tombstones:
        """What was taken down, as it is known now."""
        return self.read(lambda connection: self._learn(connection, connection.execute(_CHANGED).scalar() or ""))

    @property
    def taken_down(self) -> Tombstones:
        """What was last known to be taken down; asks nothing."""
        return self._known[1] if self._known is not None else _tombstones.Tombstones((), (), self._hosts)

    def removed(self) -> Iterator[Removed]:
        """The texts that were taken down, by the time and their hashes: for those who have them in an export."""
        table = schema.removed
        query = select(*(table.c[name] for name in Removed._fields)).order_by(
            table.c.removed_at, table.c.row_sha256, table.c.content_sha256, table.c.revision_sha256
        )
        return iter(self.read(lambda connection: [Removed(*row) for row in connection.execute(query)]))

    def tombstones_in(self, connection: Connection) -> Tombstones:
        """What was taken down, for a transaction that stores something: nothing more can be until its end."""
        if self._known is None or not self._asked:
            self._asked = True
            return self._learn(connection, connection.execute(_CHANGED.with_for_update(read=True)).scalar() or "")
        return self._known[1]

    def _learn(self, connection: Connection, changed: str) -> Tombstones:
        if self._known is None or self._known[0] != changed:
            self._known = (changed, _tombstones.load(connection, self._hosts))
            self._packer.forget()  # lines that others share may have gone with a text
        return self._known[1]

    def complete_removed(self, lease: Lease, *, now: str, found: str) -> bool:
        """The address leads to what was taken down: it is done with outcome ``removed``, and its name is forgotten.

        `found` is the address, or ``fr/slug``, that it leads to. False if the lease was lost.
        """

        def work(connection: Connection) -> bool:
            is_held = _ledger.finish(connection, lease, state="done", outcome="removed", detail=None, now=now)
            marked = self.tombstones_in(connection)
            query = select(schema.tombstones.c.article).where(schema.tombstones.c.mark.in_(marked.hits_in(found)))
            article = connection.execute(query.order_by(schema.tombstones.c.mark)).scalar()
            _ledger.bury(connection, lease, marked, article=article, now=now)
            self._asked = False  # there may be one more
            return is_held

        return self.write(work)

    # ---- for `pipelines.storage.removing`

    @property
    def address(self) -> StoreAddress:
        """Where the store is."""
        return self._address

    @property
    def codec(self) -> Codec:
        """What reads its records."""
        return self._codec

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection beside all transactions, each of whose statements is one of its own."""
        with translated(self.name, self._address), self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
