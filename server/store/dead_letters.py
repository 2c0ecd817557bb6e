"""Dead letters: events that could not be stored or are not handled yet, stored verbatim."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.db.keyset_pages import Page, page_of

# The event is not in it: it can quote a contact's message.
DEAD_LETTER_JSON = """
    row_to_json((select x from (select
        d.id, d.source, d.reason, octet_length(d.body) as bytes, rfc3339(d.created_at) as created_at,
        rfc3339(d.updated_at) as updated_at) x))::text"""


class DeadLetter(NamedTuple):
    """One of those that need attention: as JSON without its event, and the event's JSON text."""

    shown: str
    body: str


class Redriven(NamedTuple):
    """What is handed to the workers once more; `received_at` is RFC 3339."""

    source: str
    external_account_id: str | None
    received_at: str
    body: str


async def insert_dead_letter(
    cursor: Cursor, source: str, state: str, reason: str, external_account_id: str | None, body: str
) -> bool:
    """Store an event's JSON text; False if it is stored already (a rerun of the job, a duplicate delivery). One that
    was redriven and fails again is back among those that need attention.
    """
    digest = hashlib.sha256(f"{source}\n{body}".encode("utf-8", "surrogatepass")).digest()
    await cursor.execute(
        """insert into dead_letters as d (source, state, reason, external_account_id, digest, body)
           values (%s, %s, %s, %s, %s, %s) on conflict (digest) do update
           set state = excluded.state, reason = excluded.reason, updated_at = now() where d.state = 'redriven'""",
        (source, state, reason, external_account_id, digest, body),
    )
    return bool(cursor.rowcount)


async def count_dead_letters(cursor: Cursor) -> int:
    """How many need the attention of an operator."""
    await cursor.execute("select count(*) from dead_letters where state = 'dead'")
    return int((await cursor.fetchone())[0])


async def list_dead(cursor: Cursor, limit: int, before: int | None) -> Page:
    """Those that need attention as JSON, newest first."""
    await cursor.execute(
        f"""select {DEAD_LETTER_JSON}, '', d.id from dead_letters d
            where d.state = 'dead' and (%(before)s::bigint is null or d.id < %(before)s)
            order by d.id desc limit %(limit)s + 1""",
        {"before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


async def fetch_dead(cursor: Cursor, dead_letter_id: int) -> DeadLetter | None:
    """One of those that need attention; None if there is none with this id."""
    await cursor.execute(
        f"select {DEAD_LETTER_JSON}, d.body from dead_letters d where d.id = %s and d.state = 'dead'",
        (dead_letter_id,),
    )
    row = await cursor.fetchone()
    return row and DeadLetter(*row)


async def mark_redriven(cursor: Cursor, dead_letter_id: int) -> Redriven | None:
    """Take one off those that need attention; None if it is not among them. Locks it until the commit."""
    await cursor.execute(
        """update dead_letters set state = 'redriven', updated_at = now() where id = %s and state = 'dead'
           returning source, external_account_id, rfc3339(created_at), body""",
        (dead_letter_id,),
    )
    row = await cursor.fetchone()
    return row and Redriven(*row)


async def drop_dead(cursor: Cursor, dead_letter_id: int) -> str | None:
    """Blank one of those that need attention, and return its source; None if it is not among them."""
    await cursor.execute(
        "select source from dead_letters where id = %s and state = 'dead' for update", (dead_letter_id,)
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    await blank_dead_letters(cursor, [dead_letter_id])
    return str(row[0])


DEAD_LETTERS = """
    select d.id, d.body from channels_account a join dead_letters d on d.external_account_id = a.external_account_id
        or d.external_account_id is null and strpos(d.body, a.external_account_id) > 0
    where a.id = %(account_id)s and d.id > %(after)s and d.state <> 'erased'
    order by d.id limit %(limit)s"""


async def list_dead_letters(
    cursor: Cursor, account_id: int, after: int, limit: int
) -> list[tuple[int, object]]:
    """(id, body) of an account's dead letters with ids above `after`: addressed to it, or without an address and
    with its id in the body.
    """
    await cursor.execute(DEAD_LETTERS, {"account_id": account_id, "after": after, "limit": limit})
    return [(row[0], orjson.loads(row[1])) for row in await cursor.fetchall()]


async def blank_dead_letters(cursor: Cursor, ids: Sequence[int]) -> None:
    """Delete body and reason; the digest stays, so that the event is not stored again."""
    await cursor.execute(
        "update dead_letters set state = 'erased', reason = '', body = '{}', updated_at = now() where id = any(%s)",
        (list(ids),),
    )
