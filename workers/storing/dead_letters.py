"""Stores unprocessable events and jobs verbatim as dead letters, except those that mention erased data."""

from collections.abc import Mapping, Sequence

import orjson
from aiopg import Cursor

from server import metrics
from server.queue import AMEND_MESSAGE, Events
from server.store.accounts import accounts
from server.store.dead_letters import insert_dead_letter
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.events.parse import account_of
from workers.context import Parts
from workers.storing.erasure_filter import names_erased


async def put_aside(
    parts: Parts, source: str, reason: str, raw: Mapping[str, object], external_account_id: str | None = None
) -> None:
    """Count an unprocessable event and store it, in a transaction of its own."""
    metrics.EVENTS.labels("dead").inc()
    await parts.database.write(
        dead_letter_event, parts.name_hasher, parts.unipile.provider, source, reason, raw, external_account_id
    )


async def dead_letter_event(
    cursor: Cursor,
    hasher: NameHasher,
    provider: str,
    source: str,
    reason: str,
    raw: Mapping[str, object],
    external_account_id: str | None = None,
) -> None:
    """Store a raw event; or a message of UniPile's store, together with the account that it was read from.

    The account is locked, so an erasure there either begins before this and is seen, or after it and finds the row.
    """
    body = raw if external_account_id is None else {**raw, "account_id": external_account_id}
    name = account_of(body) or ""
    # No account can have any other name, and Postgres rejects a NUL in a parameter.
    if len(name) <= accounts.MAX_EXTERNAL_ID and "\0" not in name:
        locked = await accounts.lock_accounts(cursor, provider, [name])
        if await names_erased(cursor, hasher, provider, locked.get(name), body):
            return
    await insert_dead_letter(cursor, source, "dead", reason, external_account_id, orjson.dumps(raw).decode())


async def dead_letter_job(
    cursor: Cursor, hasher: NameHasher, provider: str, job: str, reason: str, args: Sequence[object]
) -> None:
    """Store a job's arguments. Events are stored one by one, so that an erasure deletes only those it concerns."""
    match args:
        case [Events() as events, *_]:
            for event in events:
                await dead_letter_event(cursor, hasher, provider, event["source"], reason, event["body"])
        case [int() as account_id, str() as message_id] if job == AMEND_MESSAGE:
            await _dead_letter_amendment(cursor, hasher, reason, account_id, message_id)
        case _:
            body = orjson.dumps(args, default=str).decode()
            await insert_dead_letter(cursor, f"job:{job}", "dead", reason, None, body)


async def _dead_letter_amendment(
    cursor: Cursor, hasher: NameHasher, reason: str, account_id: int, message_id: str
) -> None:
    """The only other job with an id of UniPile's among its arguments. A deleted account has no messages left."""
    account = await accounts.lock_account(cursor, account_id)
    if account is not None:
        name = account.external_account_id
        body = {"account_id": name, "message_id": message_id}
        source = f"job:{AMEND_MESSAGE}"
        await dead_letter_event(cursor, hasher, account.provider, source, reason, body, name)
