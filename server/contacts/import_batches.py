"""Stores the rows of an import in batches: each in a transaction that moves the import on, so that a killed worker's
successor continues exactly there.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aiopg import Cursor

from server.contacts.contact_changes import pushes_of
from server.contacts.contact_table import TableRow
from server.contacts.import_rows import ContactRow, Definitions, RowError, read_row
from server.realtime.events import Push
from server.said.said import Said, said
from server.store.contacts import contact_fields, contact_imports, import_batches
from server.store.contacts.contact_imports import Counts, LeasedImport, Rejection
from server.store.contacts.import_batches import GivenName, GivenRow, GivenValue, Labelled

SEVERAL, TWICE = said("row_several"), said("row_twice")
EXISTS, UNKNOWN = said("row_exists"), said("row_unknown")
# A batch holds the account's lock until its commit, and messages wait for it.
LEAST_ROWS, MOST_ROWS = 10, 300
LONG_SECONDS, SHORT_SECONDS = 0.015, 0.008


Find = Callable[[Cursor, int, Sequence[GivenRow]], Awaitable[dict[int, list[int]] | None]]


class Batch(NamedTuple):
    """The next rows: those that can be stored, and the others."""

    rows: list[ContactRow]
    rejections: list[Rejection]
    size: int


class StoredBatch(NamedTuple):
    """The pushes of a stored batch, and since when the account was locked, by the monotonic clock; None: it was not."""

    pushes: list[Push]
    locked_since: float | None


@dataclass(slots=True)
class BatchSize:
    """How many rows the next batch has: as many as the lock may last for."""

    rows: int = 50

    def adapt(self, locked_seconds: float) -> None:
        if locked_seconds > LONG_SECONDS:
            self.rows = max(LEAST_ROWS, self.rows // 2)
        elif locked_seconds < SHORT_SECONDS:
            self.rows = min(MOST_ROWS, self.rows + 20)


async def read_definitions(cursor: Cursor) -> Definitions:
    return Definitions(await contact_fields.read_fields(cursor), await import_batches.list_labels(cursor))


def read_batch(given: Iterable[TableRow], targets: Sequence[str], known: Definitions, most: int) -> Batch:
    """The next rows, up to `most`. A row that may be of the same contact as an earlier one waits for the next batch,
    which finds the contact stored.
    """
    batch = Batch([], [], 0)
    seen: set[str] = set()
    size = 0
    for one in given:
        try:
            row = read_row(one, targets, known)
        except RowError as error:
            batch.rejections.append(_rejection(one, error.said))
        else:
            if seen & row.keys:
                break
            seen |= row.keys
            batch.rows.append(row)
        size += 1
        if size >= most:
            break
    return batch._replace(size=size)


async def store_batch(
    cursor: Cursor, leased: LeasedImport, batch: Batch, given: Sequence[TableRow]
) -> StoredBatch | None:
    """Store a batch, or only check it; None if the import has ended or was moved on by another worker."""
    if not await contact_imports.is_at(cursor, leased):
        return None
    writer = _Writer(cursor, leased)
    if leased.state == "checking":
        counts = await writer.sort(batch.rows, import_batches.find_contacts)
        if counts is None:
            return None
        await import_batches.commit_later(cursor)
        await contact_imports.move_on(cursor, leased.id, counts, _all_rejections(batch, writer, given))
        return StoredBatch([], None)
    if await writer.sort(batch.rows, import_batches.lock_and_find) is None:
        return None
    begun = time.monotonic()
    counts, pushes = await writer.store()
    if not pushes:
        await import_batches.commit_later(cursor)
    await contact_imports.move_on(cursor, leased.id, counts, _all_rejections(batch, writer, given))
    return StoredBatch(pushes, begun)


def _all_rejections(batch: Batch, writer: "_Writer", given: Sequence[TableRow]) -> list[Rejection]:
    by_row = {one.row: one for one in given}
    found = [_rejection(by_row[row], reason) for row, reason in writer.rejected.items()]
    return [*batch.rejections, *found]


def _rejection(row: TableRow, reason: Said) -> Rejection:
    return {"row": row.row, "reason": reason, "said": reason.on_wire(), "cells": row.cells}


@dataclass(slots=True)
class _Writer:
    """Sorts the rows of a batch into new and known contacts, and stores them."""

    cursor: Cursor
    leased: LeasedImport
    new: list[ContactRow] = field(default_factory=list)
    known: dict[int, ContactRow] = field(default_factory=dict)
    rejected: dict[int, Said] = field(default_factory=dict)

    async def sort(self, rows: Sequence[ContactRow], find: Find) -> Counts | None:
        """Find the contacts of the rows; returns what would become of them, None if the account is being erased."""
        given = [_given(n, row) for n, row in enumerate(rows)]
        found = await find(self.cursor, self.leased.account_id, given) if given else {}
        if found is None:
            return None
        for n, row in enumerate(rows):
            self._sort_row(row, found.get(n, []))
        return Counts(len(self.new), len(self.known), 0)

    def _sort_row(self, row: ContactRow, contact_ids: Sequence[int]) -> None:
        if len(contact_ids) > 1:
            self.rejected[row.row] = SEVERAL
        elif contact_ids and self.leased.mode == "add":
            self.rejected[row.row] = EXISTS
        elif contact_ids and contact_ids[0] in self.known:
            self.rejected[row.row] = TWICE
        elif contact_ids:
            self.known[contact_ids[0]] = row
        elif self.leased.mode == "update" or not row.aliases:
            self.rejected[row.row] = UNKNOWN
        else:
            self.new.append(row)

    async def store(self) -> tuple[Counts, list[Push]]:
        account_id = self.leased.account_id
        ids = await import_batches.insert_contacts(
            self.cursor, account_id, [_given(n, row) for n, row in enumerate(self.new)]
        )
        rows = {**self.known, **{ids[n]: row for n, row in enumerate(self.new)}}
        renamed, others = await import_batches.change_contacts(
            self.cursor,
            account_id,
            _names(self.known),
            _values(rows),
            _labels(rows, self.leased.label_id),
        )
        changed = (renamed | others) & set(self.known)
        pushes = await pushes_of(self.cursor, sorted(changed), sorted(renamed))
        return Counts(len(self.new), len(changed), len(self.known) - len(changed)), pushes


def _given(n: int, row: ContactRow) -> GivenRow:
    return {
        "n": n,
        "contact_id": row.contact_id,
        "aliases": row.aliases,
        "phone": row.phone,
        "username": row.username,
        "own_name": row.own_name,
        "folded": row.folded,
    }


def _names(rows: dict[int, ContactRow]) -> list[GivenName]:
    return [
        {"contact_id": contact_id, "own_name": row.own_name, "folded": row.folded or ""}
        for contact_id, row in rows.items()
        if row.own_name is not None
    ]


def _values(rows: dict[int, ContactRow]) -> list[GivenValue]:
    return [
        {"contact_id": contact_id, "field_id": field_id, "value": value}
        for contact_id, row in rows.items()
        for field_id, value in row.values.items()
    ]


def _labels(rows: dict[int, ContactRow], label_id: int | None) -> set[Labelled]:
    more = () if label_id is None else (label_id,)
    return {Labelled(contact_id, one) for contact_id, row in rows.items() for one in (*row.labels, *more)}
