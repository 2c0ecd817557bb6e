"""Dead letters: events that could not be stored or are not handled yet, kept word for word."""

import hashlib

from aiopg import Cursor


async def insert_dead_letter(
    cursor: Cursor, source: str, state: str, reason: str, external_account_id: str | None, body: str
) -> bool:
    """Keep an event's JSON text; False when it is kept already (a rerun of the job, a duplicate delivery)."""
    digest = hashlib.sha256(f"{source}\n{body}".encode("utf-8", "surrogatepass")).digest()
    await cursor.execute(
        """insert into dead_letters (source, state, reason, external_account_id, digest, body)
           values (%s, %s, %s, %s, %s, %s) on conflict (digest) do nothing""",
        (source, state, reason, external_account_id, digest, body),
    )
    return bool(cursor.rowcount)


async def count_dead_letters(cursor: Cursor) -> int:
    """How many wait for somebody to look at them."""
    await cursor.execute("select count(*) from dead_letters where state = 'dead'")
    return int((await cursor.fetchone())[0])
