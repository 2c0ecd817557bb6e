"""Dead letters: events that could not be stored or are not handled yet, stored verbatim."""

import hashlib
from collections.abc import Sequence

import orjson
from aiopg import Cursor


async def insert_dead_letter(
    cursor: Cursor, source: str, state: str, reason: str, external_account_id: str | None, body: str
) -> bool:
    """Store an event's JSON text; False if it is stored already (a rerun of the job, a duplicate delivery)."""
    digest = hashlib.sha256(f"{source}\n{body}".encode("utf-8", "surrogatepass")).digest()
    await cursor.execute(
        """insert into dead_letters (source, state, reason, external_account_id, digest, body)
           values (%s, %s, %s, %s, %s, %s) on conflict (digest) do nothing""",
        (source, state, reason, external_account_id, digest, body),
    )
    return bool(cursor.rowcount)


async def count_dead_letters(cursor: Cursor) -> int:
    """How many need the attention of an operator."""
    await cursor.execute("select count(*) from dead_letters where state = 'dead'")
    return int((await cursor.fetchone())[0])


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
